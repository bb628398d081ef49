"""Which files of a folder are which part of a corpus: train.tsv, or the shards of a Hugging Face dataset."""

from __future__ import annotations

import os
import re
from functools import partial
from pathlib import Path, PurePosixPath

from ans.data.columns import PART_OF, SPLIT_NAMES
from ans.data.formats.packed import PACKED
from ans.data.several_files import MOST_TOGETHER, GivenFile
from ans.data.tables import EXTENSIONS, contents_of, unpacked_name

SHARD = re.compile(r"([a-z]+)[-_.]\d+(?:[-_.]of[-_.]\d+)?")
MOST_FILES, DEEPEST = 2000, 3
SAVED_BY = ("dataset_dict.json", "dataset_info.json", "state.json")  # beside the Arrow files of `save_to_disk`


def parts_of(folder: Path) -> dict[str, list[Path]]:
    """The files of train, dev and test. A file `train.csv` in the folder itself wins over shards below it."""
    found: dict[str, list[Path]] = {}
    for part, stems in SPLIT_NAMES.items():
        endings = [*EXTENSIONS, *(f"{extension}{packed}" for extension in EXTENSIONS for packed in PACKED)]
        paths = [folder / f"{stem}{ending}" for stem in stems for ending in endings]
        found[part] = [path for path in paths if path.is_file()][:1]
    if found["train"] and found["test"]:
        return found
    sharded: dict[str, list[Path]] = {part: [] for part in SPLIT_NAMES}
    for path in _files(folder):
        if (part := _part(path, folder)) is not None:
            sharded[part].append(path)
    return {part: found[part] or sorted(sharded[part]) for part in SPLIT_NAMES}


def parts_given(folder: Path) -> dict[str, list[Path]]:
    """`parts_of`, where train and test are there.

    Raises:
        ValueError: one of them is not.
    """
    paths = parts_of(folder)
    for part in SPLIT_NAMES:
        if not paths[part] and part != "dev":
            raise ValueError(
                f"the folder {folder} has no {part} file; expected train and test, and dev if there is one, "
                f"for example {part}.tsv."
            )
    return paths


def has_parts(folder: Path) -> bool:
    """Whether a folder has train and test files, or one of them beside no other files that could be read together."""
    paths = parts_of(folder)
    return bool(paths["train"] and paths["test"]) or any(
        path.parent == folder for one in paths.values() for path in one
    )


def given_files(folder: Path) -> list[GivenFile]:
    """All files below a folder, for `table_of_files`.

    Raises:
        ValueError: they are far too many.
    """
    made = []
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith((".", "__")))
        for name in sorted(names):
            path = Path(root, name)
            if not name.startswith(".") and name not in SAVED_BY and path.is_file():
                below = PurePosixPath(unpacked_name(path).relative_to(folder).as_posix())
                made.append(GivenFile(below, partial(_read, path)))
        if len(made) > MOST_TOGETHER:
            raise ValueError(f"holds more than {MOST_TOGETHER:,} files; keep fewer, or put their texts into one table.")
    return made


def _read(path: Path) -> tuple[bytes, str]:
    return contents_of(path)[:2]


def files_of(folder: Path) -> list[Path]:
    """All files of a folder that may hold texts, in order."""
    found = parts_of(folder)
    listed = [path for paths in found.values() for path in paths]
    others = [path for path in _files(folder) if path.parent == folder and path not in listed]
    return listed + [path for path in others if path.stem.lower() != "readme"]


def _files(folder: Path) -> list[Path]:
    made = []
    for path in sorted(folder.rglob("*")):
        depth = len(path.relative_to(folder).parts)
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        texts = unpacked_name(path).suffix.lower() in EXTENSIONS and path.name not in SAVED_BY
        if depth <= DEEPEST and not hidden and texts and path.is_file():
            made.append(path)
        if len(made) >= MOST_FILES:
            break
    return made


def _part(path: Path, folder: Path) -> str | None:
    """The part that a file's name says, else the folder it is in."""
    stem = unpacked_name(path).stem.lower()
    shard = SHARD.fullmatch(stem)
    name = shard[1] if shard is not None else stem
    if name in PART_OF:
        return PART_OF[name]
    if path.parent == folder or path.suffix.lower() not in (".arrow", ".parquet"):
        return None
    return PART_OF.get(path.parent.name.lower())

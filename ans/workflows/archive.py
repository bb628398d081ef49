"""A run as one zip file: written for a download, read from an upload that nobody vouches for.

<name>/config.json, status.json, evaluation.json, check.json, events.jsonl, name.json, test.json,
    test.safetensors, model/…

Nothing in it is ever unpickled. Of an upload only the files named here are taken, to places named here, each no larger
than its limit; `ans.workflows.admission` then looks at what is in them.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from ans.apart import GIB, apart
from ans.data.corpora import dataset_name
from ans.durable import remedy
from ans.json_files import read_json
from ans.runs.run import Run
from ans.runs.store import RunStore

MEBIBYTE = 2**20
READING_SECONDS, READING_MEMORY = 120, 4 * GIB  # of an upload; a model of 1,000 classes takes half of either
# Every file of a run, and the most bytes one may have. The largest model of the paper's settings has about 400 MiB.
LIMITS = {
    "config.json": MEBIBYTE,
    "status.json": MEBIBYTE,
    "name.json": MEBIBYTE,
    "evaluation.json": 64 * MEBIBYTE,
    "check.json": 64 * MEBIBYTE,
    "events.jsonl": 64 * MEBIBYTE,
    "test.json": 64 * MEBIBYTE,
    "test.safetensors": 1024 * MEBIBYTE,
    "model/model.json": MEBIBYTE,
    "model/training_texts.json": 64 * MEBIBYTE,
    "model/weights.safetensors": 1024 * MEBIBYTE,
}
OPTIONAL = ("name.json", "events.jsonl", "check.json")
MODEL_FILES = tuple(name for name in LIMITS if name.startswith("model/"))


def save_archive(run: Run, path: Path) -> None:
    """Write a finished run as a zip. Where its data lie on this machine, and whose they are, is left out.

    Raises:
        ValueError: the run has no model.
    """
    if not run.status.ended_well:
        raise ValueError(f"{run.name} is {run.status.state} and has no model to download; choose a finished run.")
    dataset = dataset_name(run.config.dataset)
    top = path.stem
    with zipfile.ZipFile(path, "w") as archive:
        for name in LIMITS:
            file = run.folder / name
            if not file.is_file():
                continue
            shrinks = not name.endswith(".safetensors")
            packing = zipfile.ZIP_DEFLATED if shrinks else zipfile.ZIP_STORED
            entry = zipfile.ZipInfo(f"{top}/{name}")  # without a time: the same run is the same zip, and kept once
            entry.compress_type = packing
            if name in ("config.json", "model/model.json"):
                values = read_json(file)
                settings = values if name == "config.json" else values["config"]
                settings |= {"dataset": dataset, "data_dir": None}
                archive.writestr(entry, json.dumps(values, ensure_ascii=False))
            else:
                with file.open("rb") as source, archive.open(entry, "w") as packed:
                    shutil.copyfileobj(source, packed)


def load_archive(path: Path, store: RunStore, owner: str, encoders: Collection[str]) -> Run:
    """Make a zip of `save_archive` a run of the store, which then belongs to the browser `owner`.

    Args:
        encoders: those a run may name; loading one that nobody here chose could fetch anything.

    Raises:
        ValueError: it is no such zip, one of another version, damaged, too large, or not what it says.
    """
    building = store.new_folder()
    try:
        apart(READING_SECONDS, READING_MEMORY, _admit, path, building, store.root, owner, list(encoders))
        return store.adopt(building)
    except ValueError as error:
        reason = str(error).replace(f"{building}/", "")
        raise ValueError(f"This is no run that can be opened here: {reason}") from error
    except RuntimeError as error:
        raise ValueError(f"This is no run that can be opened here: its files don't fit together ({error}).") from error
    finally:
        shutil.rmtree(building, ignore_errors=True)  # after `adopt` there is none by this name


def _admit(path: Path, building: Path, root: Path, owner: str, encoders: list[str]) -> None:
    """In a process of its own: unpack a zip into a folder and look at what is in it."""
    from ans.workflows.admission import check

    unpack(path, building, tuple(LIMITS))
    check(building, RunStore(root), owner, encoders)


@contextmanager
def model_folder(path: str | Path) -> Iterator[Path]:
    """The folder of a model: `path` itself, the one in an unpacked run, or that of a zipped run, unpacked meanwhile.

    Raises:
        ValueError: a file that is no zip of a run.
    """
    path = Path(path).expanduser()
    if not path.is_file():
        yield path / "model" if (path / "model" / "model.json").is_file() else path
        return
    with tempfile.TemporaryDirectory(prefix="ans-model-") as folder:
        try:
            unpack(path, Path(folder), MODEL_FILES)
        except ValueError as error:
            raise ValueError(f"{path} is no run downloaded from the app: {error}") from error
        yield Path(folder) / "model"


def unpack(path: Path, folder: Path, wanted: tuple[str, ...]) -> None:
    """Unpack the files of a run that are `wanted` into an empty folder, and nothing else to nowhere else.

    Raises:
        ValueError: no zip, damaged, a name that is no file of a run, a file that is too large, missing or there twice.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = _members(archive)
            for name in wanted:
                if name in members:
                    target = folder / name
                    target.parent.mkdir(exist_ok=True)
                    with archive.open(members[name]) as source, target.open("wb") as file:
                        shutil.copyfileobj(source, file, MEBIBYTE)  # zipfile gives no more than the size it declares
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        if remedy(error) is not None:  # a full disk: the zip may be whole
            raise
        raise ValueError(f"the zip can't be read ({error}); download it again.") from error
    if missing := [name for name in wanted if name not in OPTIONAL and not (folder / name).is_file()]:
        raise ValueError(f"it lacks {missing[0]}; expected a zip that the Runs tab made.")


def _members(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The files of a run in a zip by their names in the run, below the one folder that holds them."""
    found: dict[str, zipfile.ZipInfo] = {}
    tops = set()
    for member in archive.infolist():
        parts = PurePosixPath(member.filename.replace("\\", "/")).parts
        if member.is_dir() or parts[0] == "__MACOSX" or parts[-1] == ".DS_Store":  # what a computer adds by itself
            continue
        name = "/".join(parts[1:])
        if name not in LIMITS or parts[0] in ("/", ".", ".."):
            raise ValueError(f"{member.filename!r} is no file of a run; expected a zip that the Runs tab made.")
        tops.add(parts[0])
        if name in found or len(tops) > 1:
            raise ValueError(f"it holds {name} more than once; expected one run.")
        if member.file_size > LIMITS[name]:
            raise ValueError(f"{name} has {member.file_size:,} bytes; at most {LIMITS[name]:,} are accepted.")
        found[name] = member
    return found

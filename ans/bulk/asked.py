"""Which files a command asks for, where their answers go, and which of them hold these answers already."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ans.bulk.written import KINDS, check_kind
from ans.data.tables import unpacked_name
from ans.json_files import DamagedFile, read_json, write_json
from ans.terminal import note

WILD = "*?["
FINISHED = ".answered.json"  # in a folder: of which task each file holds the answers


@dataclass(frozen=True)
class Asked:
    """How all files of a run are read and answered."""

    model: str
    column: str | None
    sheet: str | None
    encoding: str | None
    refused: float | None
    quiet: bool


class Finished:
    """Which files of a folder hold the answers of which task."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FINISHED
        try:
            found = read_json(self.path)
        except (FileNotFoundError, DamagedFile):
            found = {}
        self.tasks: dict[str, str] = found if isinstance(found, dict) else {}

    def holds(self, out: Path, task: str) -> bool:
        """Whether a file is there already."""
        return out.is_file() and self.tasks.get(out.name) == task

    def add(self, out: Path, task: str) -> None:
        """A file is whole."""
        self.tasks[out.name] = task
        write_json(self.path, self.tasks)


def waiting_files(given_input: str, given_out: str, asked: Asked) -> Iterator[tuple[Path, Path, Finished | None]]:
    """Each file that isn't answered yet, where its answers go, and for a folder where it is written down when they are.

    Raises:
        ValueError: nothing is there, or something can't be written.
    """
    for name, given, what in (("--input", given_input, "the file to answer"), ("--out", given_out, "a file to write")):
        if not given.strip():  # else the folder that one is in would be taken
            raise ValueError(f"{name} is empty; name {what}.")
    source, out = Path(given_input), Path(given_out)
    if not source.is_dir() and (source.exists() or not any(sign in given_input for sign in WILD)):
        check_kind(out)
        if out.resolve() == source.resolve():
            raise ValueError(f"--out {out} is the input itself; name another file.")
        yield source, out, None
        return
    pairs = into_folder(given_input, out)
    finished = Finished(out)
    waiting = [(one, there) for one, there in pairs if not finished.holds(there, task_name(one, asked))]
    if len(waiting) < len(pairs):
        note(f"{len(pairs) - len(waiting):,} of {len(pairs):,} files in {out} are answered already.", asked.quiet)
    for one, there in waiting:
        yield one, there, finished


def into_folder(given_input: str, out: Path) -> list[tuple[Path, Path]]:
    """The files that a pattern or a folder names, in the order of their names, and their places in the folder `out`.

    Raises:
        ValueError: there are none, two would have one place, or one would be written over.
    """
    source = Path(given_input)
    found = source.iterdir() if source.is_dir() else Path(source.anchor).glob(str(source.relative_to(source.anchor)))
    files = sorted(path for path in found if path.is_file() and not path.name.startswith("."))
    if not files:
        raise ValueError(f"--input {given_input} names no files; expected some, as 'lines/*.jsonl'.")
    if out.exists() and not out.is_dir():
        raise ValueError(f"--out {out} is a file; name a folder, as --input names several files.")
    places: dict[Path, Path] = {}
    for path in files:
        name = unpacked_name(path).name
        place = out / (name if Path(name).suffix.lower() in KINDS else f"{name}.csv")
        if (other := places.setdefault(place, path)) != path:
            raise ValueError(f"{other} and {path} would both be answered in {place}; rename one of them.")
        if place.resolve() == path.resolve():
            raise ValueError(f"--out {out} is the folder of the input itself; name another one.")
    out.mkdir(parents=True, exist_ok=True)
    return [(path, place) for place, path in places.items()]


def task_name(source: Path, asked: Asked) -> str:
    """What tells a task from others: the model as it was written, the file's bytes, how they are read."""
    with source.open("rb") as file:
        content = hashlib.file_digest(file, "sha256").hexdigest()
    model = Path(asked.model).resolve()
    written = [path.stat().st_mtime_ns for path in (model, *sorted(model.glob("*"))) if path.exists()]
    how = [asked.refused, asked.column, asked.sheet, asked.encoding]
    return hashlib.sha256(json.dumps([str(model), written, content, how]).encode("utf-8", "replace")).hexdigest()

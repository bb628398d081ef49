"""Files of rows in, files with their answers out; cut off, the same command goes on where it was."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ans.bulk.kept_answers import KeptAnswers, alone_at
from ans.bulk.long_rows import LongRows, open_rows
from ans.bulk.rows import Rows
from ans.bulk.written import KINDS, check_kind, write_rows
from ans.data.rows import lines_named
from ans.data.tables import unpacked_name
from ans.json_files import DamagedFile, read_json, write_json
from ans.terminal import Progress, note

if TYPE_CHECKING:
    from ans.model.trained_model import TrainedModel

AT_ONCE = 256  # texts that are answered together: the same ones again after a run was cut off, as they round together
COLUMNS = ("label", "open", "unsure", "score", "known_below", "closest")
PREFIX = "answer_"  # the input may have a column `label`
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


@dataclass(frozen=True)
class Task:
    """One file: its rows, the column with the texts, where the answers go, and what tells this task from others."""

    source: Path
    out: Path
    rows: Rows | LongRows
    column: str
    name: str

    @classmethod
    def of(cls, source: Path, out: Path, asked: Asked) -> Task:
        """Look through a file, and say how it is understood.

        Raises:
            ValueError: it can't be read, or has no such column.
        """
        rows = open_rows(source, asked.sheet, asked.encoding)
        column = asked.column or rows.likeliest
        try:
            rows.pieces(column)
        except ValueError as error:
            raise ValueError(f"{source} {error}") from error
        read_as = f", read as {rows.table.encoding}" if rows.table.encoding else ""
        note(f"{source.name}: {rows.count:,} rows{read_as}; the texts are in the column {column!r}.", asked.quiet)
        for said in rows.table.notes:
            note(" ".join([said.text, ", ".join(said.examples)]).strip(), asked.quiet)
        for reason, left in rows.table.left_out.items():
            note(f"{left.count:,} rows were left out ({reason}): {lines_named(left.lines, left.count)}.", asked.quiet)
        return cls(source, out, rows, column, task_name(source, asked))

    def texts(self, first: int = 0, end: int | None = None) -> Iterator[list[str]]:
        """The texts from a row on, `AT_ONCE` at a time."""
        each = (text for _, texts in self.rows.pieces(self.column) for text in texts)
        wanted = islice(each, first, end)
        while some := list(islice(wanted, AT_ONCE)):
            yield some

    def write(self, answers: KeptAnswers, quiet: bool) -> None:
        """Write the rows with their answers beside them."""
        before = [name for name in self.rows.names if name != "row"]
        names = ["row", *before, *(PREFIX + name for name in COLUMNS)]

        def each() -> Iterator[dict[str, Any]]:
            rows = (row for some, _ in self.rows.pieces(self.column) for row in some)
            for number, (row, one) in enumerate(zip(rows, answers, strict=True), 1):
                yield {**dict.fromkeys(names), **row, "row": number, **{PREFIX + name: one[name] for name in COLUMNS}}

        write_rows(self.out, names, each)
        refused = empty = 0
        for one in answers:
            refused += one["open"] is True
            empty += one["open"] is None
        note(f"{answers.count:,} rows are in {self.out}: {refused:,} open, {empty:,} empty.", quiet)


def answer_files(given_input: str, given_out: str, asked: Asked, load) -> None:
    """Answer one file, or each of those that a pattern with `*` or a folder names into a folder.

    Raises:
        ValueError: a file can't be read or written.
    """
    model = None
    for source, out, finished in _pairs(given_input, given_out, asked):
        task = Task.of(source, out, asked)
        with alone_at(out):
            kept = KeptAnswers(out, task.name, AT_ONCE)
            if kept.count:
                note(f"Going on after {kept.count:,} rows that {kept.path} holds.", asked.quiet)
            model = load() if model is None else model
            with Progress(asked.quiet) as progress:
                progress({"phase": "predict", "step": kept.count, "steps": task.rows.count})
                for texts in task.texts(kept.count):
                    kept.add(brief_answers(model, texts))
                    progress({"phase": "predict", "step": kept.count, "steps": task.rows.count})
                progress.finish()
            task.write(kept, asked.quiet)
            if finished is not None:
                finished.add(out, task.name)
            kept.remove()


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


def _pairs(given_input: str, given_out: str, asked: Asked) -> Iterator[tuple[Path, Path, Finished | None]]:
    """Each file that isn't answered yet, where its answers go, and for a folder where it is written down when they are.

    Raises:
        ValueError: nothing is there, or something can't be written.
    """
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


def answers_of(model: TrainedModel, texts: list[str], candidates: int, neighbours: int) -> Iterator[dict[str, Any]]:
    """One object a text; of an empty one all but the text is null."""
    found = iter(model.explain_many([text for text in texts if text], candidates, neighbours))
    for text in texts:
        yield next(found).to_dict() if text else {"text": "", **dict.fromkeys(("label", "open", "unsure", "score"))}


def brief_answers(model: TrainedModel, texts: list[str]) -> list[dict[str, Any]]:
    """What of the answers stands beside the rows of a file."""
    made = []
    for answer in answers_of(model, texts, 1, 0):
        closest = answer.get("candidates") or [{"label": None}]
        made.append({**{name: answer.get(name) for name in COLUMNS}, "closest": closest[0]["label"]})
    return made

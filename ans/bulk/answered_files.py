"""Files of rows in, files with their answers out; cut off, the same command goes on where it was."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import compress, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ans.bulk.asked import Asked, Finished, task_name, waiting_files
from ans.bulk.kept_answers import KeptAnswers, alone_at
from ans.bulk.long_rows import LongRows, open_rows
from ans.bulk.rows import Rows
from ans.bulk.written import write_rows
from ans.data.rows import clean, lines_named
from ans.terminal import Progress, note

if TYPE_CHECKING:
    from ans.model.trained_model import TrainedModel

AT_ONCE = 512  # texts that are answered together: the same ones again after a run was cut off, as they round together
# From so many rows on recording the encoder, which takes seconds, pays: each text takes half as long then. What a file
# alone decides is the same for one that goes on, and for another engine: so its answers are the same to the last digit.
RECORDED_FROM = 4096
COLUMNS = ("label", "open", "unsure", "score", "known_below", "closest")
PREFIX, NUMBER = "answer_", "row"  # the input may have a column `label`
ANSWERS = tuple(PREFIX + name for name in COLUMNS)


@dataclass(frozen=True)
class Answered:
    """What came of a file, or of several: rows, and how many are open and empty. `task`: what tells a file's task."""

    rows: int = 0
    open: int = 0
    empty: int = 0
    task: str = ""

    def and_of(self, other: Answered) -> Answered:
        """Both together."""
        return Answered(self.rows + other.rows, self.open + other.open, self.empty + other.empty)

    def told(self, files: int, out: str, seconds: float) -> dict[str, Any]:
        """What `--json` prints."""
        known = self.rows - self.open - self.empty
        counts = {"files": files, "rows": self.rows, "known": known, "open": self.open, "empty": self.empty}
        return {**counts, "seconds": round(seconds, 2), "out": out}


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

    def texts(self, first: int = 0) -> Iterator[list[str]]:
        """The texts from a row on, `AT_ONCE` at a time."""
        each = (text for _, texts in self.rows.pieces(self.column) for text in texts)
        wanted = islice(each, first, None)
        while some := list(islice(wanted, AT_ONCE)):
            yield some

    def write(self, answers: KeptAnswers, quiet: bool) -> Answered:
        """Write the rows with their answers beside them. Of a table without rows its header: a program that goes on
        with it finds the columns, as it finds them in any other."""
        kept = kept_as(self.rows.names)
        for name, other in kept.items():
            if name != other:
                note(f"Its column {name!r} is kept as {other!r}, since the answers have one of that name.", quiet)
        names = [NUMBER, *kept.values(), *ANSWERS]

        def each() -> Iterator[dict[str, Any]]:
            rows = (row for some, _ in self.rows.pieces(self.column) for row in some)
            for number, (row, one) in enumerate(zip(rows, answers, strict=True), 1):
                before = {kept[name]: cell for name, cell in row.items()}
                answer = {PREFIX + name: one[name] for name in COLUMNS}
                yield {**dict.fromkeys(names), **before, NUMBER: number, **answer}

        write_rows(self.out, names, each)
        refused = empty = 0
        for one in answers:
            refused += one["open"] is True
            empty += one["open"] is None
        note(f"{answers.count:,} rows are in {self.out}: {refused:,} open, {empty:,} empty.", quiet)
        if not answers.count:
            note(f"{self.source} has a header and no rows; is it the right file?", quiet)
        return Answered(answers.count, refused, empty, self.name)


def kept_as(names: Sequence[str]) -> dict[str, str]:
    """What each column of the input is called in the output, where `row` and `answer_…` are taken."""
    taken, kept = {NUMBER, *ANSWERS, *names}, {}
    for name in names:
        kept[name] = name
        if name == NUMBER or name in ANSWERS:
            while kept[name] in taken:
                kept[name] = f"input_{kept[name]}"
            taken.add(kept[name])
    return kept


def answer_files(given_input: str, given_out: str, asked: Asked, load) -> dict[str, Any]:
    """Answer one file, or each of those that a pattern with `*` or a folder names into a folder; what came of them.

    Raises:
        ValueError: a file can't be read or written.
    """
    model = None

    def once():
        nonlocal model
        model = load() if model is None else model
        return model

    started, files, all_of_them = time.perf_counter(), 0, Answered()
    for source, out, finished in waiting_files(given_input, given_out, asked):
        all_of_them = all_of_them.and_of(answer_file(source, out, asked, once, finished))
        files += 1
    return all_of_them.told(files, given_out, time.perf_counter() - started)


def answer_file(source: Path, out: Path, asked: Asked, load, finished: Finished | None = None) -> Answered:
    """Answer one file; what came of it.

    Args:
        load: gives the model. finished: where it is written down that the file is whole.

    Raises:
        ValueError: it can't be read or written, or another run writes it.
    """
    task = Task.of(source, out, asked)
    with alone_at(out):
        model = load()  # a model that can't be used leaves nothing behind
        kept = KeptAnswers(out, task.name, AT_ONCE)
        if kept.count:
            note(f"Going on after {kept.count:,} rows that {kept.path} holds.", asked.quiet)
        if task.rows.count >= RECORDED_FROM:
            model.encoder.record()
        else:
            model.encoder.forget_recorded()
        with Progress(asked.quiet) as progress:
            progress({"phase": "predict", "step": kept.count, "steps": task.rows.count})
            for texts in task.texts(kept.count):
                kept.add(brief_answers(model, texts))
                progress({"phase": "predict", "step": kept.count, "steps": task.rows.count})
            progress.finish()
        answered = task.write(kept, asked.quiet)
        if finished is not None:
            finished.add(out, task.name)
        kept.remove()
    return answered


def answers_of(model: TrainedModel, texts: list[str], candidates: int, neighbours: int) -> Iterator[dict[str, Any]]:
    """One object a text; of an empty one all but the text is null."""
    filled = [bool(clean(text)) for text in texts]  # a space that no key types is no text either
    found = iter(model.explain_many(list(compress(texts, filled)), candidates, neighbours))
    for is_text in filled:
        yield next(found).to_dict() if is_text else {"text": "", **dict.fromkeys(("label", "open", "unsure", "score"))}


def brief_answers(model: TrainedModel, texts: list[str]) -> list[dict[str, Any]]:
    """What of the answers stands beside the rows of a file."""
    made = []
    for answer in answers_of(model, texts, 1, 0):
        closest = answer.get("candidates") or [{"label": None}]
        made.append({**{name: answer.get(name) for name in COLUMNS}, "closest": closest[0]["label"]})
    return made

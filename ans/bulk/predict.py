"""`ans predict`: one answer a text, in the order of the texts, whether they are arguments, lines or rows of a file.

A file's answers are kept beside the output until it is whole, so that a run that was cut off goes on where it was.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
from collections.abc import Iterable, Iterator
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from ans.bulk.rows import check_kind, read_rows, write_rows
from ans.data.rows import lines_named
from ans.terminal import Progress, note

if TYPE_CHECKING:
    from ans.conventions import Prediction
    from ans.model.trained_model import TrainedModel

AT_ONCE = 256  # texts between two looks at the disk
COLUMNS = ("label", "open", "unsure", "score", "known_below", "closest")
PREFIX = "answer_"  # the input may have a column `label`


def predict(given: argparse.Namespace, load) -> None:
    """Answer each text. `load` gives the model that the arguments name."""
    if (given.input is None) != (given.out is None):
        raise ValueError("--input and --out go together: the file with the texts, and the one for their answers.")
    if given.input is not None and given.text:
        raise ValueError("give texts or --input, not both.")
    if given.input is not None and given.out is not None:
        check_kind(Path(given.out))
        if Path(given.out).resolve() == Path(given.input).resolve():
            raise ValueError(f"--out {given.out} is the input itself; name another file.")
        _answer_file(given, load)
        return
    model = load(given)
    if not given.text and sys.stdin.isatty():
        note("One text per line; end with Ctrl-D.", given.quiet)
    row = 0
    for chunk in (
        [[os.fsencode(text) for text in given.text]]
        if given.text
        else _arriving_lines(cast(BufferedReader, sys.stdin.buffer))
    ):
        texts = [raw.decode("utf-8", errors="replace").strip("\ufeff \t\r\n") for raw in chunk]
        for answer in _answers(model, texts, given.candidates, given.neighbours):
            row += 1
            print(json.dumps({"row": row, **answer}, ensure_ascii=False))
        sys.stdout.flush()


def _answers(model: TrainedModel, texts: list[str], candidates: int, neighbours: int) -> Iterator[dict[str, Any]]:
    """One object a text; of an empty one all but the text is null."""
    found: Iterator[Prediction] = iter(model.explain_many([text for text in texts if text], candidates, neighbours))
    for text in texts:
        yield next(found).to_dict() if text else {"text": "", **dict.fromkeys(("label", "open", "unsure", "score"))}


def _answer_file(given: argparse.Namespace, load) -> None:
    source, out = Path(given.input), Path(given.out)
    rows = read_rows(source, given.sheet, given.encoding)
    column = given.text_column or rows.likeliest
    try:
        texts = rows.texts(column)
    except ValueError as error:
        raise ValueError(f"{source} {error}") from error
    read_as = f", read as {rows.table.encoding}" if rows.table.encoding else ""
    note(f"{source.name}: {len(texts):,} rows{read_as}; the texts are in the column {column!r}.", given.quiet)
    for said in rows.table.notes:
        note(" ".join([said.text, ", ".join(said.examples)]).strip(), given.quiet)
    for reason, left in rows.table.left_out.items():
        note(f"{left.count:,} rows were left out ({reason}): {lines_named(left.lines, left.count)}.", given.quiet)
    task = hashlib.sha256(
        json.dumps([str(Path(given.model).resolve()), given.refused, column, texts]).encode("utf-8", "replace")
    ).hexdigest()
    kept = out.with_name(f"{out.name}.part")
    answers = _kept(kept, task)
    if answers:
        note(f"Going on after {len(answers):,} rows that {kept} holds.", given.quiet)
    model = load(given)
    with kept.open("a", encoding="utf-8") as file, Progress(given.quiet) as progress:
        if not answers:
            file.truncate(0)
            file.write(f"{json.dumps(task)}\n")
        for start in range(len(answers), len(texts), AT_ONCE):
            new = [_brief(one) for one in _answers(model, texts[start : start + AT_ONCE], 1, 0)]
            file.write("".join(f"{json.dumps(one)}\n" for one in new))
            file.flush()
            answers += new
            progress({"phase": "predict", "step": len(answers), "steps": len(texts)})
        progress.finish()
    names = ["row", *(name for name in rows.names if name != "row"), *(PREFIX + name for name in COLUMNS)]
    write_rows(
        out,
        names,
        (
            {**dict.fromkeys(names), **row, "row": number, **{PREFIX + name: one[name] for name in COLUMNS}}
            for number, (row, one) in enumerate(zip(rows.rows, answers, strict=True), 1)
        ),
    )
    kept.unlink()
    refused, empty = (sum(one["open"] is value for one in answers) for value in (True, None))
    note(f"{len(answers):,} rows are in {out}: {refused:,} open, {empty:,} empty.", given.quiet)


def _brief(answer: dict[str, Any]) -> dict[str, Any]:
    closest = answer.get("candidates") or [{"label": None}]
    return {**{name: answer.get(name) for name in COLUMNS}, "closest": closest[0]["label"]}


def _kept(path: Path, task: str) -> list[dict[str, Any]]:
    """The answers that an earlier run of the same task has left; its last line may be torn."""
    try:
        first, *lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    except (OSError, ValueError):
        return []
    if first != f"{json.dumps(task)}\n":
        return []
    whole = [line for line in lines if line.endswith("\n")]
    if len(whole) < len(lines):
        path.write_text("".join([first, *whole]), encoding="utf-8")
    return [json.loads(line) for line in whole]


def _arriving_lines(stream: BufferedReader) -> Iterator[Iterable[bytes]]:
    """The lines of a stream in the chunks they arrive in, at most 64 KiB at a time."""
    rest = b""
    while block := stream.read1(65536):
        *lines, rest = (rest + block).split(b"\n")
        yield lines
    if rest:
        yield [rest]

"""Texts as people paste or upload them: lines, or the text column of a file, with a label beside it or without."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ans.conventions import LONGEST
from ans.data.label_cells import labels_in
from ans.data.rows import Table, clean
from ans.data.tables import read_upload

MOST_LINES = 20_000


@dataclass(frozen=True)
class Lines:
    """Texts, at most `MOST_LINES`, and their labels where the file has some (else empty texts).

    `beyond` counts the texts that were left out because there are too many.
    """

    texts: list[str]
    labels: list[str]
    beyond: int = 0


def lines_of(pasted: str) -> Lines:
    """One text a line; blank lines are none."""
    return _lines([(clean(line), "") for line in pasted.splitlines()])


def lines_given(pasted: str | None, file: str | Path | None, column: str | None = None) -> Lines:
    """The texts that were pasted, or those of a file that was uploaded.

    Args:
        column: of the file, where another than the likeliest holds the texts.

    Raises:
        ValueError: both are there; or as `lines_of_file`.
    """
    if file and (pasted or "").strip():
        raise ValueError("there are pasted texts and a file, too; remove one of them.")
    return lines_of_file(Path(file), column) if file else lines_of(pasted or "")


def lines_of_file(path: Path, column: str | None = None) -> Lines:
    """The texts of a file: one column of a table, each line where there are no columns.

    Args:
        column: its name; None takes the one with a usual name, else the longest cells.

    Raises:
        ValueError: the file can't be read, or has no such column.
    """
    table = read_upload(path)
    text = column or table.guessed.text
    if not table.has(text):
        raise ValueError(f"{path.name} has no column {text!r}; it has {', '.join(table.names)}.")
    return _lines([(clean(cell), label) for cell, label in zip(table.column(text), _labels(table, text), strict=True)])


def columns_of_file(path: Path) -> tuple[list[str], str | None]:
    """The columns a person can choose the texts from, and the likeliest; none where there is nothing to choose.

    Raises:
        ValueError: the file can't be read.
    """
    table = read_upload(path)
    likeliest = table.guessed.text
    return (list(dict.fromkeys([*table.names, likeliest])), likeliest) if len(table.names) > 1 else ([], None)


def _labels(table: Table, text: str) -> list[str]:
    """The labels beside the texts; empty where there are none."""
    label = table.guessed.label
    if label is None or label == text or label in table.guessed.guessed:
        return [""] * len(table.rows)
    return [", ".join(labels_in(cell)) for cell in table.column(label)]


def _lines(pairs: list[tuple[str, str]]) -> Lines:
    pairs = [(text[:LONGEST], label) for text, label in pairs if text]
    kept = pairs[:MOST_LINES]
    return Lines([text for text, _ in kept], [label for _, label in kept], len(pairs) - len(kept))

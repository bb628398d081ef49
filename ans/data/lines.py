"""Texts as people paste or upload them: lines, or the text column of a file, with a label beside it or without."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ans.conventions import LONGEST
from ans.data.columns import LABEL_COLUMNS, usual_column
from ans.data.tables import check_size, clean, read_upload, text_of, without_folder

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
    """The texts of a file: each line of a TXT file, one column of a CSV, TSV, JSONL or JSON file.

    Args:
        column: its name; None takes the one with a usual name, else the longest cells.

    Raises:
        ValueError: the file can't be read, or has no such column.
    """
    if path.suffix.lower() == ".txt":
        check_size(path)
        try:
            return lines_of(text_of(path, path.read_bytes()))
        except ValueError as error:
            raise ValueError(without_folder(error, path)) from error
    table = read_upload(path)
    text, label = column or table.guessed.text, usual_column(table.names, LABEL_COLUMNS)
    if text not in table.names:
        raise ValueError(f"{path.name} has no column {text!r}; it has {', '.join(table.names)}.")
    if label == text:
        label = None
    return _lines([(clean(row.get(text)), clean(row.get(label)) if label else "") for row in table.records])


def columns_of_file(path: Path) -> tuple[list[str], str | None]:
    """The columns a person can choose the texts from, and the likeliest; none where there is nothing to choose.

    Raises:
        ValueError: the file can't be read.
    """
    if path.suffix.lower() == ".txt":
        return [], None
    table = read_upload(path)
    return (table.names, table.guessed.text) if len(table.names) > 1 else ([], None)


def _lines(pairs: list[tuple[str, str]]) -> Lines:
    pairs = [(text[:LONGEST], label) for text, label in pairs if text]
    kept = pairs[:MOST_LINES]
    return Lines([text for text, _ in kept], [label for _, label in kept], len(pairs) - len(kept))

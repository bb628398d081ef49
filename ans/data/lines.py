"""Texts as people paste or upload them: lines, or the text column of a file, with a label beside it or without."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ans.conventions import LONGEST
from ans.data.formats.written_rows import as_lines
from ans.data.label_cells import labels_in
from ans.data.rows import Table, clean, text_in
from ans.data.tables import chosen_columns, read_upload

MOST_LINES = 20_000


@dataclass(frozen=True)
class Lines:
    """Texts, at most `MOST_LINES`, and their labels where the file has some (else empty texts).

    `beyond` counts the texts that were left out because there are too many.
    """

    texts: list[str]
    labels: list[str]
    beyond: int = 0


@dataclass(frozen=True)
class Offered:
    """What a person can choose in a file: `columns`, none where there is one, and the likeliest; `sheets`, none where
    there is one, and the one that was read, if it was one; whether the encoding was guessed, and as which."""

    columns: list[str]
    likeliest: str | None
    sheets: list[str]
    sheet: str | None
    guessed_encoding: bool
    encoding: str

    @classmethod
    def of(cls, table: Table) -> Offered:
        """What can be chosen in a table that was read."""
        likeliest = table.guessed.text
        columns = list(dict.fromkeys([*table.names, likeliest])) if len(table.names) > 1 else []
        sheet = (table.sheet or None) if table.sheets else None
        of_columns = likeliest if columns else None
        return cls(columns, of_columns, list(table.sheets), sheet, table.guessed_encoding, table.encoding)


def lines_of(pasted: str) -> Lines:
    """One text a line; blank lines are none."""
    return _lines([(clean(line), "") for line in as_lines(pasted)])


def lines_given(
    pasted: str | None,
    file: str | Path | None,
    column: str | None = None,
    sheet: str | None = None,
    encoding: str | None = None,
) -> Lines:
    """The texts that were pasted, or those of a file that was uploaded.

    Args:
        column, sheet, encoding: of the file, as `lines_of_file` takes them.

    Raises:
        ValueError: both are there; or as `lines_of_file`.
    """
    if file and (pasted or "").strip():
        raise ValueError("there are pasted texts and a file, too; remove one of them.")
    return lines_of_file(Path(file), column, sheet, encoding) if file else lines_of(pasted or "")


def lines_of_file(
    path: Path, column: str | None = None, sheet: str | None = None, encoding: str | None = None
) -> Lines:
    """The texts of a file: one column of a table, each line where there are no columns.

    Args:
        column: its name; None takes the one with a usual name, else the longest cells.
        sheet, encoding: where another is meant than is read without them.

    Raises:
        ValueError: the file can't be read, or has no such column.
    """
    table = read_upload(path, sheet, encoding)
    try:
        text = chosen_columns(table, column).text
    except ValueError as error:
        raise ValueError(f"{path.name} {error}") from error
    return _lines(
        [(text_in(cell), label) for cell, label in zip(table.column(text), _labels(table, text), strict=True)]
    )


def offered_by_file(path: Path, sheet: str | None = None, encoding: str | None = None) -> Offered:
    """What a person can choose in a file, read with this sheet and encoding.

    Raises:
        ValueError: the file can't be read.
    """
    return Offered.of(read_upload(path, sheet, encoding))


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

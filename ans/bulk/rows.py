"""Files of rows as they are, none left out: CSV, TSV, JSONL, Parquet, a text a line, or any other kind; read whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ans.bulk.written import LINES
from ans.conventions import with_whole_characters
from ans.data.columns import named
from ans.data.encodings import Decoded
from ans.data.formats.arranged import is_spread, with_a_text_a_row
from ans.data.formats.arrow_values import rows_of_table
from ans.data.formats.as_written import rows_as_written
from ans.data.formats.columnar import arrow_table, is_columnar
from ans.data.formats.delimited import is_delimited
from ans.data.formats.json_table import flat
from ans.data.formats.recognised import encoding_notes, read_bytes
from ans.data.rows import (
    BEFORE,
    BROKEN,
    COMMENT,
    DESCRIBING,
    HEADER_AGAIN,
    NO_EXAMPLE,
    TOTAL,
    Cell,
    Table,
    lines_named,
    text_in,
)
from ans.data.several_files import table_of_files
from ans.data.tables import EXTENSIONS, chosen_columns, contents_of, several_in
from ans.data.text_bytes import decode

MOST_ROWS = 10_000_000  # to be answered: far more than anybody trains on
LINE = "line"  # the column of a line of JSON that is no object
NO_ROWS = (COMMENT, BEFORE, DESCRIBING, HEADER_AGAIN, TOTAL, NO_EXAMPLE)  # what may stand between rows and is none
SPREADSHEETS = ("workbook", "spreadsheet")
Pieces = Iterator[tuple[list[dict[str, Any]], list[str]]]


@dataclass(frozen=True)
class Rows:
    """Columns and rows in the order of the file, empty rows among them.

    `table`: the same as cells, nested values by their paths (`data.text`), with how the file was understood.
    """

    names: list[str]
    rows: list[dict[str, Any]]
    table: Table

    def texts(self, column: str | None) -> list[str]:
        """The texts of a column, or of two as `title+body`, else of the likeliest; what is missing is the empty text.

        Raises:
            ValueError: there is no such column; the sentence follows a file's name.
        """
        return [text_in(cell) for cell in self.table.column(chosen_columns(self.table, column).text)]

    @property
    def count(self) -> int:
        """How many rows there are."""
        return len(self.rows)

    def pieces(self, column: str) -> Pieces:
        """The rows and their texts, in one piece; raises as `texts`."""
        return iter([(self.rows, self.texts(column))])

    @property
    def likeliest(self) -> str:
        """The column that holds the texts, by its name, else as the one with the longest cells."""
        return self.table.guessed.text


def read_rows(path: Path, sheet: str | None = None, encoding: str | None = None) -> Rows:
    """All rows of a file, whatever its format; where there are no columns each line is a row.

    Args:
        sheet, encoding: as `ans.data.tables.read_file` takes them.

    Raises:
        ValueError: there is none, it is empty, or no such file.
    """
    if not path.is_file():
        raise ValueError(f"expected a file at {path}, found none.")
    try:
        if (several := several_in(path)) is not None:
            return _of_any(replace(table_of_files(several, EXTENSIONS, sheet, encoding), format="zip"))
        raw, kind, _ = contents_of(path)
        if not raw.strip():
            raise ValueError("is empty; expected rows.")
        if is_columnar(raw, kind):
            return _of_arrow(raw)
        table = read_bytes(raw, kind, sheet, encoding, MOST_ROWS)
        if kind in LINES or _is_json_lines(table, raw):
            return of_json(decode(raw, encoding), table)
        if not is_delimited(table) or is_spread(table):
            return _of_any(table)
        return _of_table(decode(raw, encoding), kind)
    except ValueError as error:
        raise ValueError(f"{path} {error}") from error


def _of_table(found: Decoded, kind: str) -> Rows:
    names, rows = rows_as_written(found.text, kind)
    width = max((len(names), *(len(row) for row in rows)))
    names = named([*names, *[""] * (width - len(names))])
    made = with_cells(names, [{name: cell for name, cell in zip(names, row, strict=False)} for row in rows], found)
    whole = with_a_text_a_row(made.table)  # words that are kept as a list are one text
    return made if is_spread(whole) else replace(made, table=whole)


def with_cells(names: list[str], rows: list[dict[str, Any]], found: Decoded | None) -> Rows:
    """Rows of a file that keeps none back."""
    cells = [flat(row) for row in rows]
    columns = list(dict.fromkeys([*(name for row in cells for name in row)])) or list(names)
    table = Table(
        "", "" if found is None else found.name, columns, [[row.get(name) for name in columns] for row in cells],
        list(range(1, len(rows) + 1)), notes=[] if found is None else encoding_notes(found),
    )  # fmt: skip
    return Rows(names, rows, table)


def _is_json_lines(table: Table, raw: bytes) -> bool:
    """Whether a file holds an object a line, however it is called. A list of Prodigy's has their format, too."""
    return table.format == "JSON Lines" or (table.format.endswith("JSON Lines") and not raw.lstrip().startswith(b"["))


def _of_any(table: Table, first: int = 1) -> Rows:
    """The rows of a spreadsheet, of Rasa's data and of all else that `ans.data.formats` knows.

    Raises:
        ValueError: rows of it were left out, so that the others would lose their places.
    """
    for reason, left in table.left_out.items():
        where = lines_named([first - 1 + line for line in left.lines], left.count)
        if reason == BROKEN:
            raise ValueError(f"is no valid JSON in {where}; mend it, since all rows keep their places.")
        if reason not in NO_ROWS:
            raise ValueError(
                f"holds rows that have no answer in their places ({left.count:,} {reason}: {where}); take them out, or "
                "write one object a line into a .jsonl file."
            )
    table = _with_blanks(table) if table.format.endswith(SPREADSHEETS) and not is_spread(table) else table
    rows = [dict(zip(table.names, map(_plain, row), strict=True)) for row in table.rows]
    return Rows(table.names, rows, table)


def _with_blanks(table: Table) -> Table:
    """The table with an empty row for each empty one between those of the sheet, as of other files."""
    by_line = dict(zip(table.lines, table.rows, strict=True))
    aside = {line for left in table.left_out.values() for line in left.lines}
    nothing: list[Cell] = [None] * len(table.names)
    lines = [line for line in range(min(by_line, default=1), max(by_line, default=0) + 1) if line not in aside]
    return replace(table, rows=[by_line.get(line, nothing) for line in lines], lines=lines)


def _plain(cell: Cell) -> Any:
    return list(cell) if isinstance(cell, tuple) else cell


def of_json(found: Decoded, table: Table, first: int = 1) -> Rows:
    """The object of each line, with the cells that were understood of it; of several lines as the table has them.

    Args:
        first: the number of the first line, for errors.

    Raises:
        ValueError: a line is no JSON; the sentence follows a file's name.
    """
    try:
        rows = objects_of(found.text, first)
    except ValueError:
        if BROKEN in table.left_out:  # it is one object a line, but for some
            raise
        return _of_any(table, first)
    filled = [place for place, row in enumerate(rows, 1) if row]
    if len(filled) < len(table.rows):  # a line holds several
        return _of_any(table, first)
    if filled != table.lines:  # what is no row for a training is one here
        return with_cells(list(dict.fromkeys(name for row in rows for name in row)), rows, found)
    by_line = dict(zip(table.lines, table.rows, strict=True))
    nothing: list[Cell] = [None] * len(table.names)
    lines = list(range(1, len(rows) + 1))
    whole = replace(table, rows=[by_line.get(line, nothing) for line in lines], lines=lines)
    return Rows(list(dict.fromkeys(name for row in rows for name in row)), rows, whole)


def objects_of(content: str, first: int = 1) -> list[dict[str, Any]]:
    """The object in each line, an empty one of a blank line.

    Raises:
        ValueError: a line is no JSON; the sentence follows a file's name.
    """
    rows = []
    for number, line in enumerate(content.rstrip("\n").split("\n"), first):
        try:
            row = json.loads(line) if line.strip() else {}
        except (json.JSONDecodeError, RecursionError) as error:
            problem = error.msg if isinstance(error, json.JSONDecodeError) else "nested too deeply"
            raise ValueError(f"is no JSON in line {number}: {problem}; expected one object a line.") from error
        row = with_whole_characters(row)  # what is read here is written again
        rows.append(row if isinstance(row, dict) else {LINE: row})
    return rows


def _of_arrow(raw: bytes) -> Rows:
    table, _ = arrow_table(raw)
    found = with_cells(table.column_names, rows_of_table(table), None)
    apart = with_a_text_a_row(found.table)
    return _of_any(apart) if is_spread(apart) else replace(found, table=apart)

"""Rows of a file that is longer than memory, some at a time: delimited text, JSON Lines, Parquet.

What is understood is what `ans.bulk.rows.read_rows` understands of the whole file, with its guesses from the head.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from ans.bulk.rows import Pieces, Rows, objects_of, of_json, read_rows, with_cells
from ans.bulk.written import LINES
from ans.data.columns import AND, named
from ans.data.encodings import Decoded
from ans.data.formats.arranged import is_spread, with_a_text_a_row
from ans.data.formats.as_written import Layout, layout_of, long_rows_as_written
from ans.data.formats.delimited import is_delimited
from ans.data.formats.long_parquet import batches, unpacked_size
from ans.data.formats.packed import STREAMS
from ans.data.formats.recognised import read_bytes
from ans.data.formats.spreadsheet import OLE
from ans.data.long_text import HEAD, LongText
from ans.data.rows import Cell, Table, clean, text_in
from ans.data.tables import chosen_columns

PIECE = 2048  # rows that are in memory at a time
PIECE_LETTERS = 4 << 20
ROWS_OF_HEAD = 20_000  # of Parquet


@dataclass(frozen=True)
class LongRows:
    """As `ans.bulk.rows.Rows`, of rows that aren't kept. `table`: those of the head, with the columns of all."""

    names: list[str]
    count: int
    table: Table
    again: Callable[[], Iterator[Rows]]

    @property
    def likeliest(self) -> str:
        """The column that holds the texts, by its name, else as the one with the longest cells."""
        return self.table.guessed.text

    def pieces(self, column: str) -> Pieces:
        """The rows and their texts, some at a time.

        Raises:
            ValueError: there is no such column; the sentence follows a file's name.
        """
        chosen = chosen_columns(self.table, column).text
        parts = [chosen] if chosen in self.table.names else chosen.split(AND)

        def each() -> Iterator[tuple[list[dict[str, Any]], list[str]]]:
            for piece in self.again():
                places = [piece.table.names.index(part) for part in parts if part in piece.table.names]
                yield piece.rows, [clean(" ".join(text_in(row[at]) for at in places)) for row in piece.table.rows]

        return each()


def open_rows(path: Path, sheet: str | None = None, encoding: str | None = None) -> Rows | LongRows:
    """The rows of a file, whatever its format and its length; where there are no columns each line is a row.

    Args:
        sheet, encoding: as `ans.data.tables.read_file` takes them.

    Raises:
        ValueError: there is none, it is empty, or no such file.
    """
    try:
        long = long_rows(path, encoding) if path.is_file() else None
    except ValueError as error:
        raise ValueError(f"{path} {error}") from error
    return long if long is not None else read_rows(path, sheet, encoding)


def long_rows(path: Path, encoding: str | None = None) -> LongRows | None:
    """The rows of a file that is too long to be read whole; None of a short one, and of kinds that can't be cut.

    Args:
        encoding: of a file of text, where it is told wrongly.

    Raises:
        ValueError: it is damaged; the sentence follows a file's name.
    """
    with path.open("rb") as file:
        start = file.read(8)
    if start.startswith(b"PAR1"):
        return _of_parquet(path) if unpacked_size(path) > HEAD else None
    packed = start.startswith((b"PK\x03\x04", b"ARROW1", OLE, *(sign for sign, *_ in STREAMS)))
    kind = path.suffix.lower()
    if path.stat().st_size <= HEAD or packed or kind == ".arrow":
        return None
    text = LongText.of(path, encoding)
    if not text.head.strip():
        return None
    if kind in LINES:
        return _of_json_lines(text, kind)
    try:
        table = read_bytes(text.head.encode(), kind, encoding="utf-8")
    except ValueError:
        return None  # whoever reads it whole says what is wrong
    if is_spread(table):
        return None
    layout = layout_of(text.head, kind) if is_delimited(table) else None
    return _of_table(text, layout) if layout is not None and layout.first else None


def _of_table(text: LongText, layout: Layout) -> LongRows | None:
    count, width = 0, len(layout.names)
    for row in long_rows_as_written(layout, text.lines()):
        count, width = count + 1, max(width, len(row))
    names = named([*layout.names, *[""] * (width - len(layout.names))])

    def again() -> Iterator[Rows]:
        rows = long_rows_as_written(layout, text.lines())
        while piece := list(islice(rows, PIECE)):
            cells: list[list[Cell]] = [[*row, *[None] * (width - len(row))] for row in piece]
            table = Table("", text.found.name, names, cells, list(range(1, len(cells) + 1)))
            yield Rows(names, [dict(zip(names, row, strict=False)) for row in piece], table)

    head = _head(again)
    if with_a_text_a_row(head) is not head:
        return None
    return LongRows(names, count, replace(head, notes=text.notes), again)


def _of_json_lines(text: LongText, kind: str) -> LongRows | None:
    try:
        objects_of(text.head)
    except ValueError:
        return None  # objects over several lines
    again = partial(_json_pieces, text, kind)
    names, columns, count = _gone_through(again)
    head = _head(again)
    missing: list[Cell] = [None] * (len(columns) - len(head.names))
    columns = [*head.names, *(name for name in columns if name not in head.names)]
    table = replace(head, names=columns, rows=[[*row, *missing] for row in head.rows], encoding=text.found.name)
    return LongRows(names, count, replace(table, notes=[*head.notes, *text.notes]), again)


def _json_pieces(text: LongText, kind: str) -> Iterator[Rows]:
    """Lines as a file of their own, each as long as the others or longer, as few lines tell less of what they are."""
    held: list[str] = []
    first = line_number = 1
    last: tuple[int, list[str]] | None = None
    letters = 0
    for line_number, line in enumerate(text.lines(), 1):
        held.append(line)
        letters += len(line)
        if line.strip() and (len(held) >= PIECE or letters >= PIECE_LETTERS):
            if last is not None:
                yield _json_piece(text, kind, *last)
            last, held, letters, first = (first, held), [], 0, line_number + 1
    first, before = last or (first, [])
    if any(line.strip() for line in (*before, *held)):
        yield _json_piece(text, kind, first, [*before, *held])


def _json_piece(text: LongText, kind: str, first: int, lines: list[str]) -> Rows:
    content = "\n".join(lines)
    table = read_bytes(content.encode("utf-8", "replace"), kind, encoding="utf-8")
    return of_json(Decoded(content, text.found.encoding), table, first)


def _of_parquet(path: Path) -> LongRows | None:
    def again() -> Iterator[Rows]:
        for names, rows in batches(path):
            yield with_cells(names, rows, None)

    names, columns, count = _gone_through(again)
    head = _head(again)
    if with_a_text_a_row(head) is not head:
        return None  # which rows there are is told of the whole
    missing: list[Cell] = [None] * (len(columns) - len(head.names))
    columns = [*head.names, *(name for name in columns if name not in head.names)]
    return LongRows(names, count, replace(head, names=columns, rows=[[*row, *missing] for row in head.rows]), again)


def _gone_through(again: Callable[[], Iterator[Rows]]) -> tuple[list[str], list[str], int]:
    """Names, columns and number of all rows."""
    names: dict[str, None] = {}
    columns: dict[str, None] = {}
    count = 0
    for piece in again():
        names |= dict.fromkeys(piece.names)
        columns |= dict.fromkeys(piece.table.names)
        count += len(piece.rows)
    return list(names), list(columns), count


def _head(again: Callable[[], Iterator[Rows]]) -> Table:
    """The first rows as one table."""
    tables: list[Table] = []
    for piece in again():
        tables.append(piece.table)
        if sum(len(table.rows) for table in tables) >= ROWS_OF_HEAD:
            break
    names = list(dict.fromkeys(name for table in tables for name in table.names))
    rows: list[list[Cell]] = []
    for table in tables:
        by_name = [dict(zip(table.names, row, strict=True)) for row in table.rows]
        rows += [[cells.get(name) for name in names] for cells in by_name]
    return replace(tables[0], names=names, rows=rows, lines=list(range(1, len(rows) + 1)))

"""Delimited text with all its rows, none left out: of a whole table, or of one that is longer than memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ans.data.formats.delimited import is_aside, with_names
from ans.data.formats.dialect import Dialect, dialect_of
from ans.data.formats.shapes import Shapes
from ans.data.formats.written_rows import LONGEST_CELL, Repairs, physical_lines, rows_of, unwrapped_lines
from ans.data.rows import Account

BLOCK = 4096  # lines whose rows are told together, of a long table


@dataclass(frozen=True)
class Layout:
    """How a table is written. `unwrapped`: each line stands in quotes as one cell; `first`: the line in which the first
    row below the names begins, 0 where there is none."""

    names: list[str]
    dialect: Dialect
    shapes: Shapes
    unwrapped: bool
    first: int

    def row(self, cells: list[str]) -> list[str]:
        """The cells of a row; a text that a delimiter cuts is put together where `read_delimited` does so."""
        return (self.shapes.merged(cells) or cells) if len(cells) > len(self.names) else cells


def rows_as_written(content: str, suffix: str) -> tuple[list[str], list[list[str]]]:
    """Names and rows: blank lines are empty rows, short and long rows keep their cells."""
    layout, rows, starts, numbers = _laid_out(content, suffix)
    return layout.names, list(_with_blanks(layout, rows, starts, numbers, layout.first - 1))


def layout_of(content: str, suffix: str) -> Layout:
    """How a table is written, by its first lines."""
    return _laid_out(content, suffix)[0]


def long_rows_as_written(layout: Layout, lines: Iterable[str]) -> Iterator[list[str]]:
    """The rows of `rows_as_written`, of a table whose lines come one after the other."""
    waiting: list[str] = []
    numbers: list[int] = []
    before = layout.first - 1
    for number, line in enumerate(lines, 1):
        line = line.removesuffix("\r").removeprefix("\ufeff")
        if number < layout.first or not line or line.isspace():
            continue
        if layout.unwrapped and line.startswith('"') and line.endswith('"') and len(line) > 1:
            line = line[1:-1].replace('""', '"')
        waiting.append(line)
        numbers.append(number)
        if len(waiting) < BLOCK + LONGEST_CELL:
            continue
        rows, starts = rows_of(waiting, numbers, layout.dialect, Repairs())
        sure = sum(start <= numbers[BLOCK - 1] for start in starts)  # a later one may go on behind these lines
        end = numbers.index(starts[sure]) if sure < len(starts) else len(waiting)
        yield from _with_blanks(layout, rows[:sure], starts[:sure], numbers[:end], before)
        before = numbers[end - 1]
        waiting, numbers = waiting[end:], numbers[end:]
    yield from _with_blanks(layout, *rows_of(waiting, numbers, layout.dialect, Repairs()), numbers, before)


def _laid_out(content: str, suffix: str) -> tuple[Layout, list[list[str]], list[int], list[int]]:
    """How a table is written, its rows, the line in which each begins, and the numbers of all lines."""
    lines, numbers, said = physical_lines(content)
    lines, unwrapped = (lines, False) if said is not None else unwrapped_lines(lines)
    plain = [line for line in lines if not is_aside(line)] or lines
    dialect = Dialect(said) if said is not None else dialect_of(plain, suffix)
    rows, starts = rows_of(lines, numbers, dialect, Repairs())
    names, rows, starts = with_names(rows, starts, dialect, Account(), [])
    shapes = Shapes.of(names, rows, dialect.delimiter)
    return Layout(names, dialect, shapes, unwrapped, starts[0] if starts else 0), rows, starts, numbers


def _with_blanks(
    layout: Layout, rows: Sequence[list[str]], starts: Sequence[int], numbers: Sequence[int], before: int
) -> Iterator[list[str]]:
    """Rows, and an empty one for each blank line between them. `before`: the last line above that isn't blank."""
    place = {number: index for index, number in enumerate(numbers)}
    for index, (row, start) in enumerate(zip(rows, starts, strict=True)):
        yield from ([] for _ in range(start - before - 1))
        yield layout.row(row)
        following = place[starts[index + 1]] if index + 1 < len(starts) else len(numbers)
        before = numbers[following - 1]  # the last line of this row that isn't blank

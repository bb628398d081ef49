"""Which cells the lines of a table hold: one line a row, a cell over several lines, a quote that is a letter."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from itertools import dropwhile

from ans.data.columns import some, usual_name
from ans.data.formats.dialect import NONE, SEP_LINE, Dialect
from ans.data.formats.shapes import Shapes

LONGEST_CELL = 400  # lines that one cell may hold
MOST_SCANNED = 6  # times the content: what looking for the ends of cells may cost


@dataclass
class Repairs:
    """What was read otherwise than it is written, by line."""

    letters: list[int] = field(default_factory=list)
    letter_count: int = 0
    escaped: list[int] = field(default_factory=list)
    merged: list[int] = field(default_factory=list)
    unwrapped: bool = False


def with_feeds(content: str) -> str:
    """A text whose lines end in CR, as on old Macs, with LF instead. Where most end in LF, CR is a letter."""
    lone = content.count("\r") - content.count("\r\n")
    if lone and 2 * lone > content.count("\n"):
        return content.replace("\r\n", "\n").replace("\r", "\n")
    return content


def as_lines(content: str) -> list[str]:
    """The lines of a text, blank ones among them.

    They end at LF, CRLF or CR, never at other signs that Unicode has for it.
    """
    content = with_feeds(content)
    return [line.removesuffix("\r").removeprefix("\ufeff") for line in content.split("\n")]


def physical_lines(content: str) -> tuple[list[str], list[int], str | None]:
    """The lines that aren't blank, their numbers, and the delimiter that a first line `sep=;` names."""
    found, numbers, said = [], [], None
    for number, line in enumerate(as_lines(content), 1):
        if not line or line.isspace():
            continue
        if not found and said is None and (match := SEP_LINE.fullmatch(line)) is not None:
            said = match[1]
            continue
        found.append(line)
        numbers.append(number)
    return found, numbers, said


def unwrapped_lines(lines: list[str]) -> tuple[list[str], bool]:
    """Lines that a spreadsheet took for one cell each, with quotes around the whole line, as they were before."""
    if not all(line.startswith('"') and line.endswith('"') and len(line) > 1 for line in lines[:50]):
        return lines, False
    if len(lines) < 2 or not all(Dialect(NONE).cells(line) for line in lines[:50]):
        return lines, False
    inner = [line[1:-1].replace('""', '"') for line in lines]
    header = next((cells for d in "\t,;|" if len(cells := Dialect(d).cells(inner[0]) or [""]) > 1), [])
    if not any(map(usual_name, header)) or any(Dialect(d).cells(lines[0]) == header for d in "\t,;|"):
        return lines, False
    whole = all(line.startswith('"') and line.endswith('"') for line in lines)
    return (inner, True) if whole else (lines, False)


def rows_of(
    lines: list[str], numbers: list[int], dialect: Dialect, repairs: Repairs
) -> tuple[list[list[str]], list[int]]:
    """The rows, and the number of the line in which each begins."""
    if not dialect.escapes:
        return _rows_of(lines, numbers, dialect, repairs)
    rows, starts = _rows_of([dialect.masked(line) for line in lines], numbers, dialect, repairs)
    return [dialect.unmasked(row) for row in rows], starts


def _rows_of(
    lines: list[str], numbers: list[int], dialect: Dialect, repairs: Repairs
) -> tuple[list[list[str]], list[int]]:
    if (quick := _all_by_the_rules(lines, numbers, dialect)) is not None:
        return quick
    whole = [cells for line in some(lines) if (cells := dialect.cells(line)) is not None]
    header = next((cells for cells in whole[:1] if any(map(usual_name, cells))), None)
    shapes = Shapes.of(None, whole, dialect.delimiter, None if header is None else len(header))
    budget = MOST_SCANNED * sum(map(len, lines))
    rows, starts, place = [], [], 0
    while place < len(lines):
        line, start = lines[place], numbers[place]
        cells, taken = dialect.cells(line), 1
        if cells is None and "\\" + dialect.quote in line:
            cells = dialect.cells(line.replace("\\" + dialect.quote, dialect.quote * 2))
            cells = cells if cells is not None and shapes.is_wide_enough(cells) else None
            if cells is not None:
                repairs.escaped.append(start)
        if cells is None:
            cells, letters, is_open = dialect.as_letters(line)
            if is_open and budget > 0:
                found, taken, cost = _over_lines(lines, place, dialect, shapes)
                budget -= cost
                if found is not None:
                    cells, letters = found, 0
            if letters:
                repairs.letters.append(start)
                repairs.letter_count += letters
        rows.append(cells)
        starts.append(start)
        place += taken
    return rows, starts


def _all_by_the_rules(
    lines: list[str], numbers: list[int], dialect: Dialect
) -> tuple[list[list[str]], list[int]] | None:
    """All rows and where they begin, if the whole table is written by the rules; else None.

    Cells of several lines are by the rules where all rows have as many cells, and they don't look like rows themselves.
    """
    if not any(dialect.quote in line for line in lines):
        return [line.split(dialect.delimiter) for line in lines], numbers
    reader = csv.reader(
        (f"{line}\n" for line in lines),
        delimiter=dialect.delimiter,
        quotechar=dialect.quote,
        strict=True,
        skipinitialspace=True,
    )
    rows, starts, long, place = [], [], [], 0
    try:
        for row in reader:
            if reader.line_num > place + 1:
                long.append((place, reader.line_num))
            rows.append(row)
            starts.append(numbers[place])
            place = reader.line_num
    except csv.Error:
        return None
    if not long:
        return rows, starts
    table = list(dropwhile(lambda row: len(row) == 1, rows)) or rows  # a title may stand above it
    if any(len(row) != len(table[0]) for row in table):
        return None
    shapes = Shapes.of(None, table, dialect.delimiter, len(table[0]))
    for first, end in long:
        cells = [
            dialect.as_letters(lines[first])[0],
            *(line.split(dialect.delimiter) for line in lines[first + 1 : end]),
        ]
        if 2 * sum(map(shapes.looks_whole, cells)) > len(cells):
            return None
    return rows, starts


def _over_lines(lines: list[str], place: int, dialect: Dialect, shapes: Shapes) -> tuple[list[str] | None, int, int]:
    """A row with a cell of several lines that begins here, how many lines it takes, and what looking cost.

    None where the quote that opens it closes nothing by the rules, or most of the lines in it look like rows of their
    own: then the quote is a letter.
    """
    cost, text = 0, lines[place]
    looks_whole = shapes.looks_whole(dialect.as_letters(text)[0])
    for end in range(place + 1, min(place + LONGEST_CELL, len(lines))):
        cost += len(lines[end])
        text = f"{text}\n{lines[end]}"
        looks_whole += shapes.looks_whole(lines[end].split(dialect.delimiter))
        if dialect.quote not in lines[end]:
            continue
        cost += len(text)
        states = []
        for written in dict.fromkeys((text, text.replace("\\" + dialect.quote, dialect.quote * 2))):
            cells, state = _strictly(written, dialect)
            states.append(state)
            if state == "whole" and shapes.is_wide_enough(cells):
                taken = end - place + 1
                return (None, 1, cost) if 2 * looks_whole > taken else (cells, taken, cost)
        if "open" not in states:
            return None, 1, cost
        if cost > 1 << 20:
            break
    return None, 1, cost


def _strictly(text: str, dialect: Dialect) -> tuple[list[str], str]:
    """The cells of a row over several lines, and whether it is `whole`, still `open` or `wrong`."""
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=dialect.delimiter,
        quotechar=dialect.quote,
        strict=True,
        skipinitialspace=True,
    )
    try:
        rows = list(reader)
    except csv.Error as error:
        return [], "open" if "end of data" in str(error) else "wrong"
    return (rows[0], "whole") if len(rows) == 1 else ([], "wrong")

"""Tables of delimited text (CSV and its relatives): each line becomes a row, part of one, or stands in the account."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ans.data.columns import (
    LABEL_COLUMNS,
    TEXT_COLUMNS,
    few_values,
    has_header,
    named,
    some,
    usual_column,
    usual_name,
)
from ans.data.formats.dialect import NONE, SEP_LINE, Dialect, dialect_of
from ans.data.formats.shapes import Shapes
from ans.data.rows import BEFORE, COMMENT, HEADER_AGAIN, TOO_FEW, TOO_MANY, Account, Cell, Note, Table, lines_named

SEPARATED_BY = {"\t": "tabs", ",": "commas", ";": "semicolons", "|": "bars", NONE: ""}
MOST_CELLS = 5000  # of a row: with more it is no table of texts
MOST_PREAMBLE = 20  # lines above a table
LONGEST_CELL = 400  # lines that one cell may hold
MOST_SCANNED = 6  # times the content: what looking for the ends of cells may cost
ESCAPED = re.compile(r'\\"')


@dataclass
class _Repairs:
    """What was read otherwise than it is written, by line."""

    letters: list[int] = field(default_factory=list)
    letter_count: int = 0
    escaped: list[int] = field(default_factory=list)
    merged: list[int] = field(default_factory=list)
    unwrapped: bool = False


def read_delimited(content: str, suffix: str, encoding: str) -> Table:
    """A table from its text.

    Args:
        suffix: of the file's name, as `.tsv`.
    """
    lines, numbers, said = _physical_lines(content)
    repairs, account = _Repairs(), Account()
    notes: list[Note] = []
    if said is not None:
        notes.append(Note("fine", f"The first line, sep={said}, was obeyed: it is no row."))
    only_texts = said is not None and usual_name(lines[0].strip()) in TEXT_COLUMNS if lines else False
    dialect = (Dialect(NONE) if only_texts else Dialect(said)) if said is not None else None
    if dialect is None:
        lines, repairs.unwrapped = _unwrapped(lines)
        dialect = dialect_of([line for line in lines if not line.startswith("#")] or lines, suffix)
    if lines and (cells := lines[0].count(dialect.delimiter) + 1) > MOST_CELLS:
        raise ValueError(f"has {cells:,} columns; a table of texts has a few. Keep those with text and label.")
    rows, starts = _rows(lines, numbers, dialect, repairs)
    names, rows, starts = with_names(rows, starts, dialect, account, notes)
    shapes = Shapes.of(names, rows, dialect.delimiter)
    kept, kept_lines = _fitted(names, rows, starts, shapes, account, repairs)
    notes += _told(repairs)
    kind = {"\t": "TSV", NONE: "text, one line a row"}.get(dialect.delimiter, "CSV")
    if dialect.delimiter not in ("\t", ",", NONE):
        kind += f" separated by {SEPARATED_BY.get(dialect.delimiter, dialect.delimiter)}"
    return Table(kind, encoding, names, kept, kept_lines, account, notes)


def rows_as_written(content: str, suffix: str) -> tuple[list[str], list[list[str]]]:
    """Names and rows, none left out: blank lines are empty rows, short and long rows keep their cells.

    A row whose text a delimiter cuts is put together where `read_delimited` does so.
    """
    lines, numbers, said = _physical_lines(content)
    lines, _ = (lines, False) if said is not None else _unwrapped(lines)
    dialect = Dialect(said) if said is not None else dialect_of(lines, suffix)
    rows, starts = _rows(lines, numbers, dialect, _Repairs())
    names, rows, starts = with_names(rows, starts, dialect, Account(), [])
    shapes = Shapes.of(names, rows, dialect.delimiter)
    place = {number: index for index, number in enumerate(numbers)}
    made: list[list[str]] = []
    before = starts[0] - 1 if starts else 0
    for index, (row, start) in enumerate(zip(rows, starts, strict=True)):
        made += [[] for _ in range(start - before - 1)]
        made.append((shapes.merged(row) or row) if len(row) > len(names) else row)
        following = place[starts[index + 1]] if index + 1 < len(starts) else len(numbers)
        before = numbers[following - 1]  # the last line of this row that isn't blank
    return names, made


def _physical_lines(content: str) -> tuple[list[str], list[int], str | None]:
    """The lines that aren't blank, their numbers, and the delimiter that a first line `sep=;` names.

    Lines end at LF, CRLF or CR, never at other signs that Unicode has for it. Where most end in LF, a lone CR is part
    of its line.
    """
    feeds = content.count("\n")
    lone = content.count("\r") - content.count("\r\n")
    if lone and 2 * lone > feeds:
        content = content.replace("\r\n", "\n").replace("\r", "\n")
    found, numbers, said = [], [], None
    for number, line in enumerate(content.split("\n"), 1):
        line = line.removesuffix("\r")
        if not line or line.isspace():
            continue
        if not found and said is None and (match := SEP_LINE.fullmatch(line)) is not None:
            said = match[1]
            continue
        found.append(line)
        numbers.append(number)
    return found, numbers, said


def _unwrapped(lines: list[str]) -> tuple[list[str], bool]:
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


def _rows(
    lines: list[str], numbers: list[int], dialect: Dialect, repairs: _Repairs
) -> tuple[list[list[str]], list[int]]:
    """The rows, and the number of the line in which each begins."""
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
    if any(len(row) != len(rows[0]) for row in rows):
        return None
    shapes = Shapes.of(None, rows, dialect.delimiter, len(rows[0]))
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


def with_names(
    rows: list[list[str]], starts: list[int], dialect: Dialect, account: Account, notes: list[Note]
) -> tuple[list[str], list[list[str]], list[int]]:
    """The names of the columns, and the rows below them; what stands above goes into the account."""
    first = _first_of_table(rows, dialect)
    for row, start in zip(rows[:first], starts[:first], strict=True):
        reason = COMMENT if row[0].startswith("#") else BEFORE
        account.add(reason, start, _written(row, dialect))
    rows, starts = rows[first:], starts[first:]
    if not rows:
        return ["text"], [], []
    row = [cell.strip() for cell in rows[0]]
    row[0] = row[0].removeprefix("#").strip() if usual_name(row[0].removeprefix("#")) else row[0]
    looked = [row, *some(rows[1:])]
    header = has_header(looked)
    widths = [len(r) for r in looked]
    usual = max(set(widths), key=widths.count)
    if len(row) != usual and not any(map(usual_name, row)):  # a text that a delimiter cuts is no header
        alike = [r for r in looked if len(r) == usual]
        return (_pair(alike) if usual == 2 else named([""] * usual)), rows, starts
    if len(row) == 1 and not header:  # texts alone
        return ["text"], rows, starts
    if not header and len(row) == 2:  # the label comes again, or is shorter
        return _pair(looked), rows, starts
    if header is False:
        return named([""] * len(row)), rows, starts
    if header is None:
        notes.append(Note("note", f"The first row was taken for the names of the columns: {', '.join(row[:6])}."))
    if usual_name(row[-1]) == "" and len(row) > 1 and row[-1] == "" and all(len(r) < len(row) for r in looked[1:]):
        row = row[:-1]
    longer = [r for r in looked[1:] if len(r) == len(row) + 1]
    if usual_name(row[0]) and longer and len(longer) >= 0.9 * (len(looked) - 1) and _are_numbers(r[0] for r in longer):
        row = ["", *row]  # as R writes a table: row names have no header
    return named(row), rows[1:], starts[1:]


def _are_numbers(cells) -> bool:
    values = list(cells)
    return all(cell.strip().isdigit() for cell in values) and len(set(values)) == len(values)


def _pair(rows: Sequence[Sequence[str]]) -> list[str]:
    """The names of two columns without a header."""
    few = [bool(few_values(rows, place)) for place in (0, 1)]
    if few[0] == few[1]:
        lengths = [sum(len(row[place]) for row in rows if len(row) > place) for place in (0, 1)]
        few[0] = lengths[0] < lengths[1]
    return ["label", "text"] if few[0] else ["text", "label"]


def _first_of_table(rows: list[list[str]], dialect: Dialect) -> int:
    """Where the table begins: below comments and titles, which have fewer cells than nearly all rows."""
    if dialect.delimiter == NONE or not rows:
        return 0
    body = some(rows[: 1 << 15])
    widths = [len(row) for row in body]
    usual = max(set(widths), key=widths.count)
    for place, row in enumerate(rows[:MOST_PREAMBLE]):
        names = sum(usual_name(cell.removeprefix("#")) != "" for cell in row)
        if names and (len(row) > 1 or usual == 1):
            return place
        if row[0].startswith("#") and len(row) != usual:
            continue
        if len(row) == usual and not _names_follow(rows, place):
            return place
        if not (usual > 1 and widths.count(usual) >= 0.8 * len(widths)) and not _names_follow(rows, place):
            return place
    return 0


def _names_follow(rows: list[list[str]], place: int) -> bool:
    """Whether a header of usual names comes below a comment that looks like a row."""
    if not rows[place][0].startswith("#"):
        return False
    below = next((row for row in rows[place + 1 : place + MOST_PREAMBLE] if not row[0].startswith("#")), [])
    return any(map(usual_name, below)) and len(below) > 1


def _fitted(
    names: list[str],
    rows: list[list[str]],
    starts: list[int],
    shapes: Shapes,
    account: Account,
    repairs: _Repairs,
) -> tuple[list[list[Cell]], list[int]]:
    """The rows that fit the header, or can be made to in one way; all others go into the account."""
    width, kept, lines = len(names), [], []
    text, label = usual_column(names, TEXT_COLUMNS), usual_column(names, LABEL_COLUMNS)
    needed = max((names.index(name) + 1 for name in (text, label) if name is not None), default=width)
    for row, start in zip(rows, starts, strict=True):
        if row[0].startswith("#") and width > 1 and len(row) != width:
            account.add(COMMENT, start, shapes.delimiter.join(row))
            continue
        if len(row) == width:
            fit: Sequence[Cell] | None = row
        elif len(row) < width:
            missing: list[Cell] = [None] * (width - len(row))
            fit = [*row, *missing] if len(row) >= needed else None
            if fit is None:
                account.add(TOO_FEW, start, shapes.delimiter.join(row))
                continue
        else:
            fit = shapes.merged(row)
            if fit is None:
                account.add(TOO_MANY, start, shapes.delimiter.join(row))
                continue
            if any(cell.strip() for cell in row[width:]):
                repairs.merged.append(start)
        if row[0].strip() == names[0] and [cell.strip() for cell in row] == names:
            account.add(HEADER_AGAIN, start, shapes.delimiter.join(row))
            continue
        kept.append(list(fit))
        lines.append(start)
    return kept, lines


def _written(row: Sequence[str], dialect: Dialect) -> str:
    return dialect.delimiter.join(row)


def _told(repairs: _Repairs) -> list[Note]:
    made = []
    if repairs.letter_count:
        count, where = repairs.letter_count, lines_named(repairs.letters, len(repairs.letters))
        what = "quote was taken as a letter" if count == 1 else "quotes were taken as letters"
        made.append(Note("note", f"{count:,} {what}: {where}."))
    if repairs.escaped:
        where = lines_named(repairs.escaped, len(repairs.escaped))
        made.append(Note("note", f"A backslash before a quote was read as a quote inside the text: {where}."))
    if repairs.merged:
        where = lines_named(repairs.merged, len(repairs.merged))
        what = "1 text was" if len(repairs.merged) == 1 else f"{len(repairs.merged):,} texts were"
        made.append(Note("note", f"{what} cut by a delimiter without quotes, and put together again: {where}."))
    if repairs.unwrapped:
        made.append(Note("note", "Each line stood in quotes as one cell; they were taken off."))
    return made

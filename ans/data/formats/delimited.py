"""Tables of delimited text (CSV and its relatives): each line becomes a row, part of one, or stands in the account."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ans.data.columns import (
    LABEL_COLUMNS,
    TEXT_COLUMNS,
    are_brief,
    bare,
    few_values,
    has_header,
    named,
    some,
    usual_column,
    usual_name,
)
from ans.data.formats.dialect import NONE, Dialect, dialect_of
from ans.data.formats.shapes import Shapes
from ans.data.formats.survey_rows import count_below_header
from ans.data.formats.written_rows import Repairs, physical_lines, rows_of, unwrapped_lines
from ans.data.rows import (
    BEFORE,
    COMMENT,
    DESCRIBING,
    HEADER_AGAIN,
    TOO_FEW,
    TOO_MANY,
    TOTAL,
    Account,
    Cell,
    Note,
    Table,
    lines_named,
)

SEPARATED_BY = {"\t": "tabs", ",": "commas", ";": "semicolons", "|": "bars", NONE: ""}
MOST_CELLS = 5000  # of a row: with more it is no table of texts
MOST_PREAMBLE, MOST_HEADERS = 20, 5  # lines above a table, rows that may be its header
RULING = re.compile(r"[\s|+:=-]*(-{3,}|={3,})[\s|+:=-]*")
TOTALS = (
    "total", "totals", "grandtotal", "sum", "count", "summe", "gesamt", "gesamtsumme", "somme", "totale", "totaal",
    "suma", "razem", "итого", "всего", "合计", "总计", "合計", "합계",
)  # fmt: skip
NUMBER = re.compile(r"[\d.,\s]+%?")
ONE_A_LINE = "text, one line a row"


def is_delimited(table: Table) -> bool:
    """Whether a table is of `read_delimited`."""
    return table.format == ONE_A_LINE or table.format.startswith(("CSV", "TSV"))


def read_delimited(content: str, suffix: str, encoding: str) -> Table:
    """A table from its text.

    Args:
        suffix: of the file's name, as `.tsv`.
    """
    lines, numbers, said = physical_lines(content)
    repairs, account = Repairs(), Account()
    notes: list[Note] = []
    if said is not None:
        notes.append(Note("fine", f"The first line, sep={said}, was obeyed: it is no row."))
    only_texts = said is not None and usual_name(lines[0].strip()) in TEXT_COLUMNS if lines else False
    dialect = (Dialect(NONE) if only_texts else Dialect(said)) if said is not None else None
    if dialect is None:
        lines, repairs.unwrapped = unwrapped_lines(lines)
        dialect = dialect_of([line for line in lines if not is_aside(line)] or lines, suffix)
    if lines and (cells := lines[0].count(dialect.delimiter) + 1) > MOST_CELLS:
        raise ValueError(f"has {cells:,} columns; a table of texts has a few. Keep those with text and label.")
    rows, starts = rows_of(lines, numbers, dialect, repairs)
    rows, starts = without_total(rows, starts, dialect, account)
    names, rows, starts = with_names(rows, starts, dialect, account, notes)
    shapes = Shapes.of(names, rows, dialect.delimiter)
    kept, kept_lines = _fitted(names, rows, starts, shapes, account, repairs)
    notes += _told(repairs)
    kind = {"\t": "TSV", NONE: ONE_A_LINE}.get(dialect.delimiter, "CSV")
    if dialect.delimiter not in ("\t", ",", NONE):
        kind += f" separated by {SEPARATED_BY.get(dialect.delimiter, dialect.delimiter)}"
    return Table(kind, encoding, names, kept, kept_lines, account, notes)


def is_aside(line: str) -> bool:
    """Whether a line is a comment or drawn: it says nothing of how cells are separated."""
    return line.startswith("#") or RULING.fullmatch(line) is not None


def with_names(
    rows: list[list[str]], starts: list[int], dialect: Dialect, account: Account, notes: list[Note]
) -> tuple[list[str], list[list[str]], list[int]]:
    """The names of the columns, and the rows below them; what stands above goes into the account."""
    rows, starts = _without_rulings(rows, starts, dialect, account)
    first = _first_of_table(rows, dialect)
    for row, start in zip(rows[:first], starts[:first], strict=True):
        reason = COMMENT if row[0].startswith("#") else BEFORE
        account.add(reason, start, _written(row, dialect))
    rows, starts = rows[first:], starts[first:]
    if not rows:
        return ["text"], [], []
    described = count_below_header(rows)
    for row, start in zip(rows[1 : described + 1], starts[1 : described + 1], strict=True):
        account.add(DESCRIBING, start, _written(row, dialect))
    rows, starts = [rows[0], *rows[described + 1 :]], [starts[0], *starts[described + 1 :]]
    row = [cell.strip() for cell in rows[0]]
    row[0] = row[0].removeprefix("#").strip() if usual_name(row[0].removeprefix("#")) else row[0]
    names_again = any(map(usual_name, row)) and len(row) > 1  # files that were joined have their header each
    looked = [row, *(r for r in some(rows[1:]) if not names_again or [cell.strip() for cell in r] != row)]
    header = True if described else has_header(looked)
    widths = [len(r) for r in looked]
    usual = max(set(widths), key=widths.count)
    if len(row) != usual and not any(map(usual_name, row)):  # a text that a delimiter cuts is no header
        alike = [r for r in looked if len(r) == usual]
        return (_pair(alike) if usual == 2 else named([""] * usual)), rows, starts
    if len(row) == 1 and not header:  # texts alone
        return ["text"], rows, starts
    if not header and len(row) == 2:  # the label comes again, or is shorter
        if header is None and are_brief(row) and not any(_comes_again(looked, place) for place in (0, 1)):
            said = f"The first row was taken for one like the others: {', '.join(row)}."
            notes.append(Note("note", f"{said} If it names the columns, write text and label there."))
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


def _without_rulings(
    rows: list[list[str]], starts: list[int], dialect: Dialect, account: Account
) -> tuple[list[list[str]], list[int]]:
    """Without the lines of dashes that Markdown and databases draw; only where they stand near the top are they any."""
    if not any(RULING.fullmatch(_written(row, dialect)) for row in rows[:3]):
        return rows, starts
    kept, lines = [], []
    for row, start in zip(rows, starts, strict=True):
        if RULING.fullmatch(_written(row, dialect)):
            account.add(COMMENT, start, _written(row, dialect))
        else:
            kept.append(row)
            lines.append(start)
    return kept, lines


def without_total(
    rows: list[list[str]], starts: list[int], dialect: Dialect, account: Account
) -> tuple[list[list[str]], list[int]]:
    """Without a last row of a total and nothing but numbers, if none of these stands elsewhere in its column."""
    if len(rows) < 3 or len(rows[-1]) < 2:
        return rows, starts
    last = [cell.strip() for cell in rows[-1]]
    filled = [place for place, cell in enumerate(last) if cell]
    if len(filled) < 2 or bare(last[filled[0]]) not in TOTALS:
        return rows, starts
    for place in filled[1:]:
        others = {row[place].strip() for row in rows[:-1] if len(row) > place}
        if not NUMBER.fullmatch(last[place]) or last[place] in others:
            return rows, starts
    account.add(TOTAL, starts[-1], _written(rows[-1], dialect))
    return rows[:-1], starts[:-1]


def _are_numbers(cells) -> bool:
    values = list(cells)
    return all(cell.strip().isdigit() for cell in values) and len(set(values)) == len(values)


def _comes_again(rows: Sequence[Sequence[str]], column: int) -> bool:
    """Whether a cell of the first row stands in another one, too."""
    return any(len(row) > column and row[column].strip() == rows[0][column] for row in rows[1:])


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
    named_twice = next((place for place, row in enumerate(rows[:MOST_HEADERS]) if _usual_names(row) > 1), None)
    above = [row for row in rows[:named_twice] if all(cell.strip() for cell in row)]
    if named_twice and not any(map(_usual_names, above)):  # below a row that groups columns, a name for several each
        return named_twice
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


def _usual_names(row: Sequence[str]) -> int:
    """How many different usual names of columns a row holds."""
    return len({usual_name(cell.removeprefix("#")) for cell in row} - {""})


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
    repairs: Repairs,
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


def _told(repairs: Repairs) -> list[Note]:
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

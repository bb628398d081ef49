"""How a table is written: what separates its cells, and which line is its header.

Compared on the cases with clevercsv and csv.Sniffer (assets/guide/files.md): both decide by the shape of all lines
alike, and take a comma of prose for a delimiter; here names and classes that come again count more.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ans.data.columns import TEXT_COLUMNS, few_values, some, usual_name

DELIMITERS = "\t,;|"
RARE_DELIMITERS = ("^", "~", "¦", "§")
NONE, MASK = "\x1f", "\x1e"  # in no text
SEP_LINE = re.compile(r'\s*"?sep=(.)"?\1*\s*', re.IGNORECASE)  # a spreadsheet fills it up with empty cells
SAMPLE = 400
LONGEST_LINE = 4000  # characters of a line that are looked at
MOST_ALIKE, MOST_CUT = 0.8, 0.9
csv.field_size_limit(1 << 28)


@dataclass(frozen=True)
class Dialect:
    """`delimiter` is `NONE` where there is one column; `quote` encloses a cell. `escapes`: behind a backslash a
    delimiter is a letter, as `\\|` is in Markdown."""

    delimiter: str
    quote: str = '"'
    escapes: bool = False

    def masked(self, line: str) -> str:
        """A line in which nothing but a delimiter looks like one."""
        return line.replace(f"\\{self.delimiter}", MASK) if self.escapes else line

    def unmasked(self, cells: list[str]) -> list[str]:
        """The cells of a masked line, with their letters."""
        return [cell.replace(MASK, self.delimiter) for cell in cells] if self.escapes else cells

    def cells(self, line: str) -> list[str] | None:
        """The cells of a line that is whole by the rules; None if a quote stands where none may."""
        if self.quote not in line:
            return line.split(self.delimiter)
        try:
            row = csv.reader([line], delimiter=self.delimiter, quotechar=self.quote, strict=True, skipinitialspace=True)
            return next(row)
        except (csv.Error, StopIteration):
            return None

    def as_letters(self, line: str) -> tuple[list[str], int, bool]:
        """The cells of any line: a quote that closes nothing is a letter. Also how many are, and whether one opens a
        cell that this line doesn't close."""
        cells, letters, is_open, place, closable = [], 0, False, 0, True
        quote, size = self.quote, len(line)
        while True:
            while place < size and line[place] == " ":
                place += 1
            end = self._closing(line, place + 1) if closable and line[place : place + 1] == quote else -1
            if end >= 0:
                cells.append(line[place + 1 : end].replace(quote * 2, quote))
                stop = line.find(self.delimiter, end)
            else:
                if line[place : place + 1] == quote:
                    is_open, closable = True, False  # what nothing closes from here, nothing closes farther on
                stop = line.find(self.delimiter, place)
                cell = line[place : stop if stop >= 0 else size]
                letters += cell.count(quote) if cell[:1] == quote else 0
                cells.append(cell)
            if stop < 0:
                return cells, letters, is_open
            place = stop + 1

    def _closing(self, line: str, start: int) -> int:
        """Where a cell that was opened before `start` is closed: by a quote before a delimiter or the end. Else -1."""
        place = start
        while (found := line.find(self.quote, place)) >= 0:
            after = found
            while line[after : after + 1] == self.quote:
                after += 1
            rest = after
            while line[rest : rest + 1] == " ":
                rest += 1
            if (after - found) % 2 and (rest >= len(line) or line[rest] == self.delimiter):
                return after - 1
            place = after
        return -1


def dialect_of(lines: Sequence[str], suffix: str) -> Dialect:
    """How a table is written, by its lines (none of them blank). One column, if nothing separates."""
    sample = [*lines[: SAMPLE // 2], *some(lines[SAMPLE // 2 :])][: 3 * SAMPLE]
    sample = [line[:LONGEST_LINE] for line in sample]
    only = lines[0].strip()
    only = only[1:-1] if only[:1] in "\"'" and only[-1:] == only[:1] else only
    if '"' not in only and usual_name(only) in map(usual_name, TEXT_COLUMNS):
        return Dialect(NONE, _quote(sample, NONE))  # a header of one column says that nothing separates
    best, best_score = NONE, (0, 0, 0.0, 0)
    for delimiter in (*DELIMITERS, *RARE_DELIMITERS):
        score = _score(sample, delimiter, suffix)
        if score > best_score:
            best, best_score = delimiter, score
    if best == NONE:
        best = _delimiter_by_the_rules(lines[:SAMPLE])
    return Dialect(best, _quote(sample, best), _escapes(sample, best))


def _escapes(lines: Sequence[str], delimiter: str) -> bool:
    """Whether a backslash makes a letter of a delimiter: it does in a table of Markdown, with bars at both ends of each
    line, and where more rows are as wide as the others then. A path like `C:\\` may as well end a cell."""
    if delimiter == "|" and all(line.strip().startswith("|") and line.strip().endswith("|") for line in lines):
        return True
    lines = [line for line in lines if '"' not in line]  # in quotes any delimiter is a letter
    if delimiter == NONE or not any(f"\\{delimiter}" in line for line in lines):
        return False
    alike = [
        Counter(line.replace(sign, "").count(delimiter) + 1 for line in lines).most_common(1)[0]
        for sign in ("\0", f"\\{delimiter}")
    ]
    return alike[1][0] > 1 and alike[1][1] > alike[0][1]


def _delimiter_by_the_rules(lines: Sequence[str]) -> str:
    """What separates cells that go over several lines, where quotes enclose them all, or nearly each row has such a
    cell; else `NONE`."""
    if not any(line.rstrip().endswith('"') for line in lines):
        return NONE
    quoted = lines[0].startswith('"')
    for delimiter in DELIMITERS:
        rows: list[list[str]] = []
        try:
            for row in csv.reader((f"{line}\n" for line in lines), delimiter=delimiter, strict=True):
                rows.append(row)
        except csv.Error:  # the last row may be cut off by the end of the sample
            pass
        widths = {len(row) for row in rows}
        long = sum(any("\n" in cell for cell in row) for row in rows)
        if len(rows) > 1 and len(widths) == 1 and widths != {1} and (long if quoted else _nearly_all(long, rows[1:])):
            return delimiter
    return NONE


def _nearly_all(count: int, rows: Sequence[Sequence[str]]) -> bool:
    return count >= max(2, MOST_ALIKE * len(rows))


def _score(lines: Sequence[str], delimiter: str, suffix: str) -> tuple[int, int, float, int]:
    """How well a delimiter suits: usual names it gives the header, classes it shows, lines it cuts alike, cells."""
    dialect = Dialect(delimiter)
    rows = [cells if (cells := dialect.cells(line)) is not None else dialect.as_letters(line)[0] for line in lines]
    header, body = rows[0], rows[1:] or rows
    cut = sum(len(row) > 1 for row in body) / len(body)
    names = sum(usual_name(cell) != "" for cell in header) if len(header) > 1 else 0
    if cut < 0.5 and len(lines) > 1 and names < 2:  # a header of usual names is one, whatever quotes do below it
        return 0, 0, 0.0, 0
    widths = Counter(len(row) for row in body if len(row) > 1) or Counter({len(header): 0})
    width, alike = widths.most_common(1)[0]
    alike /= len(body)
    ends = [[row[0], row[-1]] for row in body if len(row) > 1]
    prose = delimiter in ",;" and _is_prose(lines, delimiter)
    few = sum(bool(few_values(ends, place)) for place in (0, 1)) if cut >= MOST_CUT else 0
    if prose and few and (len(body) < 8 or not _has_long_end(ends)):
        few = 0
    by_shape = (
        alike >= MOST_ALIKE and not prose and (delimiter == "\t" or (delimiter in DELIMITERS and suffix != ".txt"))
    )
    first = int(delimiter == "\t" and suffix in (".tsv", ".tab") and cut >= MOST_CUT)
    if not (names or few or by_shape or first):
        return 0, 0, 0.0, 0
    return names + 10 * first, few, alike, width


def _is_prose(lines: Sequence[str], delimiter: str) -> bool:
    """Whether a space follows nearly each, as in sentences."""
    spaced = sum(line.count(f"{delimiter} ") for line in lines)
    return spaced >= 0.9 * sum(line.count(delimiter) for line in lines)


def _has_long_end(ends: Sequence[Sequence[str]]) -> bool:
    """Whether one end of the lines is several words, as a text beside its class is."""
    return any(sum(len(row[place].split()) for row in ends) >= 3 * len(ends) for place in (0, 1))


def _quote(lines: Sequence[str], delimiter: str) -> str:
    """What encloses cells: a single quote only where it does so in nearly every line."""
    single = sum(
        line.lstrip().startswith("'") and f"'{delimiter}" in line.replace(f"' {delimiter}", f"'{delimiter}")
        if delimiter != NONE
        else line.strip().startswith("'") and line.strip().endswith("'") and len(line.strip()) > 1
        for line in lines
    )
    return "'" if single >= 0.9 * len(lines) and not any('"' in line for line in lines[:1]) else '"'

"""What every reader makes of a file: columns, rows with their line numbers, and an account of what it left out.

Rows read = rows kept + rows left out, each by a reason with a name. What is no row (blank lines, a header) is neither.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from ans.data.columns import AND, Columns, guess_columns, some

# A cell is a text, several values (a list of labels), or None where the row has no such cell.
Cell = str | tuple[str, ...] | None
SHOWN_LINES, SHOWN_SAMPLES, LONGEST_SAMPLE = 10, 3, 80
MOST_ROWS = 500_000  # of a file that is trained on
LONG_CELL = 1 << 16  # characters: what follows is left away, as no text is read that far
INVISIBLE = re.compile("[\u200b\u2060\ufeff\u00ad]")  # zero-width spaces and soft hyphens: nobody means them

COMMENT, HEADER_AGAIN, BEFORE, TOTAL = "comment", "repeated header", "before the table", "total"
TOO_MANY, TOO_FEW, BROKEN = "too many cells", "too few cells", "no valid JSON"
NOT_ANSWERED = "cancelled annotation"
EMPTY, UNLABELLED, SEVERAL, NO_PART = "no text", "unlabelled", "multi-label", "in no part"
REPEATED, CONTRADICTORY = "repeated", "two labels for one text"
NO_EXAMPLE = "no example"
DESCRIBING = "column description"
FOR_NONE = "written for no text"


@dataclass
class LeftOut:
    """Rows that were left out for one reason: how many, the first line numbers, some samples."""

    count: int = 0
    lines: list[int] = field(default_factory=list)
    samples: list[str] = field(default_factory=list)


class Account(dict[str, LeftOut]):
    """What was left out, by reason."""

    def add(self, reason: str, line: int, sample: str) -> None:
        """One more row is left out."""
        entry = self.setdefault(reason, LeftOut())
        entry.count += 1
        if len(entry.lines) < SHOWN_LINES:
            entry.lines.append(line)
        if len(entry.samples) < SHOWN_SAMPLES:
            entry.samples.append(shortened(sample))

    @property
    def total(self) -> int:
        """All rows that were left out."""
        return sum(entry.count for entry in self.values())

    def and_of(self, other: Account) -> Account:
        """Both together."""
        made = Account()
        for account in (self, other):
            for reason, entry in account.items():
                into = made.setdefault(reason, LeftOut())
                into.count += entry.count
                into.lines = [*into.lines, *entry.lines][:SHOWN_LINES]
                into.samples = [*into.samples, *entry.samples][:SHOWN_SAMPLES]
        return made


@dataclass(frozen=True)
class Note:
    """Something a person should know. A `doubt` may be read wrongly; at a `note` look; `fine` is good news."""

    kind: Literal["fine", "note", "doubt", "stop"]
    text: str
    examples: tuple[str, ...] = ()

    def of(self, name: str) -> Note:
        """The same, said of one file of several."""
        return Note(self.kind, f"{name}: {self.text}", self.examples)


@dataclass(frozen=True)
class Table:
    """A file as it was understood. `lines`: where each row begins, from 1 (of a JSON list its place).

    `usual`: which column holds what, where the format says it. `sheets`: of a workbook with several, their names;
    `sheet`: the one that was read, if it was one. `guessed_encoding`: the file doesn't say its encoding, and it is no
    Unicode.
    """

    format: str
    encoding: str
    names: list[str]
    rows: list[list[Cell]]
    lines: list[int]
    left_out: Account = field(default_factory=Account)
    notes: list[Note] = field(default_factory=list)
    usual: Columns | None = None
    sheets: tuple[str, ...] = ()
    sheet: str = ""
    guessed_encoding: bool = False

    @cached_property
    def guessed(self) -> Columns:
        """Which column holds what, as the format says it, else by names and shapes."""
        if self.usual is not None:
            return self.usual
        return guess_columns(self.names, [[clean(cell) for cell in row] for row in some(self.rows)])

    @property
    def read(self) -> int:
        """Rows that were read."""
        return len(self.rows) + self.left_out.total

    def column(self, name: str) -> list[Cell]:
        """The cells of a column, or of two that are joined: `title + body`.

        Raises:
            KeyError: there is no such column.
        """
        if name in self.names:
            place = self.names.index(name)
            return [row[place] for row in self.rows]
        parts = name.split(AND)
        if len(parts) < 2 or not set(parts) <= set(self.names):
            raise KeyError(name)
        places = [self.names.index(part) for part in parts]
        return [" ".join(text_in(row[place]) for place in places).strip() or None for row in self.rows]

    def has(self, name: str) -> bool:
        """Whether `column` knows it."""
        parts = name.split(AND)
        return name in self.names or (len(parts) > 1 and set(parts) <= set(self.names))


def clean(cell: Cell) -> str:
    """A cell as one line: letters composed, whitespace single, none at the ends; nothing becomes the empty text."""
    if cell is None:
        return ""
    if not isinstance(cell, str):
        return ", ".join(map(clean, cell))
    if len(cell) > LONG_CELL:
        cell = cell.strip()[:LONG_CELL]
    if cell.isascii():
        return " ".join(cell.split())
    whole = cell.encode("utf-8", "replace").decode()  # JSON may hold half a surrogate pair
    return " ".join(INVISIBLE.sub("", unicodedata.normalize("NFC", whole)).split())


def text_in(cell: Cell) -> str:
    """The text in a cell as one line: of a list of words or pieces all of them, one after the other."""
    return " ".join(map(clean, cell)).strip() if isinstance(cell, tuple) else clean(cell)


def check_count(count: int, most: int = MOST_ROWS) -> None:
    """See that texts are no more than they may be.

    Raises:
        ValueError: they are; the sentence follows a file's name.
    """
    if count > most:
        raise ValueError(f"holds {count:,} texts, and {most:,} are the most; keep fewer.")


def shortened(text: str) -> str:
    """The beginning of a text, for a list."""
    text = " ".join(text[: 4 * LONGEST_SAMPLE].split())
    return text if len(text) <= LONGEST_SAMPLE else f"{text[: LONGEST_SAMPLE - 1]}…"


def lines_named(lines: Iterable[int], count: int) -> str:
    """The first line numbers as words: `line 7`, `lines 7, 9 and 40 more`."""
    shown = list(lines)[:SHOWN_LINES]
    if count == 1:
        return f"line {shown[0]:,}"
    rest = f" and {count - len(shown):,} more" if count > len(shown) else ""
    return f"lines {', '.join(f'{line:,}' for line in shown)}{rest}"

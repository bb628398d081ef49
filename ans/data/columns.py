"""Which column of a table holds what: by its usual name, else by its shape; and whether a table has a header."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

TEXT_COLUMNS = (
    "text", "utterance", "sentence", "query", "question", "message", "title", "content", "input", "phrase", "prompt",
    "body", "description", "document",
)  # fmt: skip
LABEL_COLUMNS = (
    "label", "intent", "class", "category", "target", "tag", "topic", "labels", "intents", "label_text", "output",
    "class_name", "y",
)  # fmt: skip
SPLIT_COLUMNS = ("split", "set", "part", "partition", "fold", "subset")
LOOKED_AT = 2000  # rows: enough to tell a column's shape
LONGEST_LABEL = 60  # characters, on average
NAMED_BY = 3  # words that the name of a column may have
Row = TypeVar("Row")


@dataclass(frozen=True)
class Columns:
    """Which column holds what. Without a label column no text is labelled; without a split column none is given.

    `guessed`: those of them that were told by their shape, as no name is a usual one.
    """

    text: str
    label: str | None = None
    split: str | None = None
    guessed: tuple[str, ...] = ()


def usual_column(names: Sequence[str], usual: Sequence[str]) -> str | None:
    """The column that has one of the usual names; the earliest of these wins. None if none has."""
    by_lower = {name.lower(): name for name in reversed(names)}
    return next((by_lower[name] for name in usual if name in by_lower), None)


def some(rows: Sequence[Row]) -> Sequence[Row]:
    """Rows from all over, as a file may be sorted by its labels."""
    return rows[:: max(1, len(rows) // LOOKED_AT)]


def guess_columns(names: Sequence[str], rows: Sequence[Sequence[str]]) -> Columns:
    """Text, label and split by their usual names; else the text is what is longest, the label what has few values.

    Args:
        rows: cells in the order of the names, of `some` rows.
    """
    text, label, split = (usual_column(names, usual) for usual in (TEXT_COLUMNS, LABEL_COLUMNS, SPLIT_COLUMNS))
    guessed = []
    if text is None:
        rest = [name for name in names if name not in (label, split)] or list(names)
        text = max(rest, key=lambda name: _length(rows, names.index(name)))
        guessed.append(text)
    label, split = (None if name == text else name for name in (label, split))
    if label is None:
        rest = [name for name in names if name not in (text, split)]
        few = {name: values for name in rest if (values := few_values(rows, names.index(name)))}
        if few:  # beside a language or a date the label has the most values
            label = max(few, key=lambda name: len(few[name]))
            guessed.append(label)
    return Columns(text, label, split, tuple(guessed))


def few_values(rows: Sequence[Sequence[str]], column: int) -> Counter[str]:
    """The values of a column that could be labels: short, two or more, each twice on average. Else nothing."""
    values = Counter(row[column] for row in rows if len(row) > column and row[column])
    count = values.total()
    if len(values) < 2 or 2 * len(values) > count or _length(rows, column) > LONGEST_LABEL * len(rows):
        return Counter()
    if all(value.replace(".", "", 1).isdigit() for value in values) and len(values) > 20:  # a number, not a name
        return Counter()
    return values


def has_header(rows: Sequence[Sequence[str]]) -> bool | None:
    """Whether the first of these rows names the columns; None where neither names nor shapes tell.

    A usual name is one. Else a column of few values tells: if the first row's value comes again, that row is data; if
    it comes nowhere else, and each cell of that row is short and comes nowhere else, it names the columns.
    """
    first, rest = rows[0], some(rows[1:])
    if {cell.strip().lower() for cell in first} & {*TEXT_COLUMNS, *LABEL_COLUMNS}:
        return True
    columns = range(len(first))
    again = {column for column in columns if any(len(row) > column and row[column] == first[column] for row in rest)}
    few = [column for column in columns if few_values(rest, column)]
    if not few:
        return None
    if again & set(few):
        return False
    brief = all(0 < len(cell.split()) <= NAMED_BY and len(cell) <= LONGEST_LABEL for cell in first)
    longest = max(columns, key=lambda column: _length(rest, column))
    shorter = len(first[longest]) < _length(rest, longest) / len(rest)
    return True if brief and shorter and not again else None


def named(names: Sequence[str]) -> list[str]:
    """Names of columns that tell them apart: an empty one gets its place, one that is taken a number."""
    made: list[str] = []
    for place, name in enumerate(names, 1):
        stem = name.strip() or f"column {place}"
        free, number = stem, 2
        while free in made:
            free, number = f"{stem} ({number})", number + 1
        made.append(free)
    return made


def _length(rows: Sequence[Sequence[str]], column: int) -> int:
    return sum(len(row[column]) for row in rows if len(row) > column)

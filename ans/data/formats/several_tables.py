"""Several tables as one: files of a folder or an archive, sheets of a workbook. Their names may be parts or classes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from ans.data.columns import PART_OF, Columns, bare, named
from ans.data.rows import HEADER_AGAIN, Account, Cell, Note, Table, check_count, clean

SPLIT, LABEL = "split", "label"  # the names of columns that the files' names fill
WITHOUT_LABEL = ("unsup", "unsupervised", "unlabeled", "unlabelled", "nolabel")  # folders of texts without a class
SAID_OF = 3  # files that a note names


class Named(NamedTuple):
    """One of several tables: what it is called, the part it is, or "", and what it holds."""

    name: str
    part: str
    table: Table


def has_labels(table: Table) -> bool:
    """Whether a table has a column of labels beside its texts."""
    return table.guessed.label not in (None, table.guessed.text)


def parts_by_name(names: Sequence[str]) -> dict[str, str]:
    """The part that each of these names says first or last, `train` or `tickets_test`; none unless train and test are
    among them, and are called alike otherwise."""
    found: dict[str, dict[str, str]] = {}
    for name in names:
        words = [word for word in re.split(r"[^\w]+|_", name.casefold()) if word]
        part = next((PART_OF[word] for word in (*words[:1], *words[-1:]) if word in PART_OF), None)
        if part is not None:
            rest = " ".join(word for word in words if word not in PART_OF and word != "of" and not word.isdigit())
            found.setdefault(rest, {})[name] = part
    return next((parts for parts in found.values() if {"train", "test"} <= {*parts.values()}), {})


def joined(tables: Sequence[Named], kind: str) -> Table:
    """All rows below one another, in the columns of the first, with one for the part where there are parts.

    Raises:
        ValueError: they are too many; the sentence follows the name of what holds the tables.
    """
    first = tables[0].table
    columns, parted = first.guessed, any(one.part for one in tables)
    check_count(sum(len(one.table.rows) for one in tables))
    names = named([*first.names, SPLIT]) if parted else first.names
    rows: list[list[Cell]] = []
    lines, account = [], Account()
    for one in tables:
        places = _places(first.names, one.table)
        parts: list[Cell] = [one.part] if parted else []
        rows += [[None if place is None else row[place] for place in places] + parts for row in one.table.rows]
        lines += one.table.lines
        account = account.and_of(one.table.left_out)
    encoding = ", ".join(dict.fromkeys(one.table.encoding for one in tables if one.table.encoding))
    usual = replace(columns, split=names[-1] if parted else columns.split)
    return Table(
        kind, encoding, names, rows, lines, account, _notes(tables), usual,
        guessed_encoding=any(one.table.guessed_encoding for one in tables),
    )  # fmt: skip


def _places(names: Sequence[str], table: Table) -> list[int | None]:
    """Where a table has the columns of these names; those with the same meaning where the names differ."""
    own = {bare(name): place for place, name in reversed([*enumerate(table.names)])}
    return [table.names.index(name) if name in table.names else own.get(bare(name)) for name in names]


def _notes(tables: Sequence[Named]) -> list[Note]:
    """What is to be said of each table; the same of several is said once."""
    of: dict[Note, list[str]] = {}
    for one in tables:
        for note in one.table.notes:
            of.setdefault(note, []).append(one.name)
    made = []
    for note, names in of.items():
        more = f" and {len(names) - SAID_OF:,} more" if len(names) > SAID_OF else ""
        made.append(note.of(f"{', '.join(names[:SAID_OF])}{more}"))
    return made


def of_classes(tables: Sequence[Named], kind: str, what: str) -> Table:
    """Tables of texts alone as one, in which each text has the name of its table as its label.

    A first row that is the same in all of them, or in each its name, names their column.

    Args:
        what: the names are of, as `file`.
    """
    texts = [(one, one.table.column(one.table.guessed.text)) for one in tables]
    firsts = {clean(cells[0]) if cells else "" for _, cells in texts}
    own = all(cells and bare(clean(cells[0])) == bare(one.name) for one, cells in texts)
    header = (len(firsts) == 1 or own) and len(tables) > 1 and all(len(cells) > 1 for _, cells in texts)
    made = []
    for one, cells in texts:
        account, label = one.table.left_out.and_of(Account()), "" if bare(one.name) in WITHOUT_LABEL else one.name
        if header:
            account.add(HEADER_AGAIN, one.table.lines[0], clean(cells[0]))
        rows: list[list[Cell]] = [[cell, label] for cell in cells[header:]]
        table = replace(
            one.table, names=["text", LABEL], rows=rows, lines=one.table.lines[header:], left_out=account,
            usual=Columns("text", LABEL),
        )  # fmt: skip
        made.append(Named(one.name, one.part, table))
    whole = joined(made, kind)
    whole.notes.insert(0, classes_named(what, [one.name for one in tables], "its texts"))
    return whole


def classes_named(what: str, names: Sequence[str], of: str) -> Note:
    """That names were taken for classes."""
    shown = list(dict.fromkeys(name for name in names if bare(name) not in WITHOUT_LABEL))
    more = f" and {len(shown) - 4:,} more" if len(shown) > 4 else ""
    return Note("note", f"The name of each {what} was taken for the class of {of}: {', '.join(shown[:4])}{more}.")

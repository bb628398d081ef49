"""Which sheets of a workbook hold the texts: the first one, another behind a cover, parts, or one for each class."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from ans.data.columns import bare, few_values, usual_name
from ans.data.formats.one_hot import gathered
from ans.data.formats.packed import ASIDE
from ans.data.formats.several_tables import Named, has_labels, joined, of_classes, parts_by_name
from ans.data.rows import Note, Table, clean

COVERS = (*ASIDE, "info", "about", "cover", "notes", "instructions", "legend", "overview", "contents", "deckblatt")
UNNAMED = ("", "sheet", "tabelle", "feuil", "feuille", "hoja", "foglio", "blad", "arkusz", "planilha", "лист", "工作表")


class Sheet(NamedTuple):
    """What a sheet holds, and whether a row of it names the columns."""

    table: Table
    has_names: bool


def table_of_sheets(shown: Sequence[str], names: Sequence[str], read: Callable[[str], Sheet]) -> Table:
    """The table of the sheets that hold the texts, where nobody has named one; a note tells which.

    Args:
        shown: the sheets that are no hidden ones, at least one; the first holds something. names: of all sheets.
        read: a sheet by its name.

    Raises:
        ValueError: what `read` raises of the first sheet, or of one that is a part.
    """
    if parts := parts_by_name(shown):
        given = {name: read(name) for name in shown if name in parts}
        tables = [Named(name, parts[name], sheet.table) for name, sheet in given.items()]
        named_alike = len({sheet.has_names for sheet in given.values()}) == 1
        if named_alike and (found := _of_parts(tables)) is not None:
            return _told(found, names, list(parts), "as parts")
    first = read(shown[0])
    if len(shown) == 1 or holds_labels(first):
        return _told(first.table, names, [shown[0]])
    sheets = {shown[0]: first}
    for name in shown[1:]:
        try:
            sheets[name] = read(name)
        except ValueError:  # too large to look at, and not the one that is read without being named
            return _told(first.table, names, [shown[0]])
    better = [name for name in shown[1:] if holds_labels(sheets[name]) and _is_cover(shown[0], first, sheets[name])]
    if better:
        chosen = next((name for name in better if not sheets[name].table.guessed.guessed), better[0])
        return _told(sheets[chosen].table, names, [chosen], "as it has texts with labels")
    lists = [Named(name, "", one.table) for name, one in sheets.items() if bare(name) not in COVERS and one.table.rows]
    if _are_classes(lists):
        return _told(of_classes(lists, lists[0].table.format, "sheet"), names, [one.name for one in lists])
    chosen = lists[0].name if bare(shown[0]) in COVERS and lists else shown[0]
    return _told(sheets[chosen].table, names, [chosen])


def holds_labels(sheet: Sheet) -> bool:
    """Whether there are labels beside the texts: by usual names above them, in columns of classes, or as they come
    again."""
    table = gathered(sheet.table)
    if not has_labels(table):
        return False
    columns = table.guessed
    named = sheet.has_names and columns.label not in columns.guessed
    return named or bool(few_values([[clean(cell)] for cell in table.column(columns.label or "")], 0))


def _is_cover(name: str, first: Sheet, other: Sheet) -> bool:
    """Whether the first sheet may lie before another as its cover: it is called so, or is shorter, without texts."""
    table, columns = first.table, first.table.guessed
    named = first.has_names and columns.text not in columns.guessed
    texts = named and not any(usual_name(clean(cell)) for cell in table.column(columns.text))  # else names all the way
    return bare(name) in COVERS or (not texts and len(table.rows) < len(other.table.rows))


def _of_parts(tables: Sequence[Named]) -> Table | None:
    """Train and test as one table, if they have the same columns; a test without labels may lack theirs."""
    train = next(one.table for one in tables if one.part == "train")
    label = bare(train.guessed.label or "")
    own = {bare(name) for name in train.names} - {label}
    if any({bare(name) for name in one.table.names} - {label} != own for one in tables):
        return None
    return joined(sorted(tables, key=lambda one: one.part != "train"), train.format)


def _are_classes(lists: Sequence[Named]) -> bool:
    """Whether sheets are lists of texts alone, alike, and called by more than numbers and what programs call them."""
    words = {"".join(filter(str.isalpha, one.name)).casefold() for one in lists}
    if len(words) < 2 or words & {*UNNAMED} or max(len(one.table.rows) for one in lists) < 2:
        return False
    if any(has_labels(one.table) for one in lists):
        return False
    return all(len(one.table.names) == 1 for one in lists) or len({tuple(one.table.names) for one in lists}) == 1


def _told(table: Table, names: Sequence[str], read: Sequence[str], why: str = "") -> Table:
    """The table with the names of the sheets, and a note that tells which were read."""
    if len(names) < 2:
        return replace(table, sheet=read[0])
    quoted = [f"“{name}”" for name in read]
    which = f"sheet {quoted[0]}" if len(read) == 1 else f"sheets {', '.join(quoted[:-1])} and {quoted[-1]}"
    others = ", ".join(name for name in names if name not in read)
    said = f"Read the {which}{f' {why}' if why else ''}{f'; the file also has {others}' if others else ''}."
    kind = table.format if len(read) == 1 else f"{table.format}, {len(read)} sheets"
    notes = [Note("note", said), *table.notes]
    return replace(table, format=kind, notes=notes, sheets=tuple(names), sheet=read[0] if len(read) == 1 else "")

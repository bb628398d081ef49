"""Labels that are spread over columns of 0 and 1 or of crosses, one a class: spaCy's `cats`, and much else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ans.data.columns import BESIDE, LABEL_COLUMNS, bare, some, usual_column, usual_name
from ans.data.rows import Cell, Note, Table

YES = ("1", "1.0", "true", "True", "TRUE", "x", "X", "✓", "✔")  # people put a cross
NO = ("0", "0.0", "false", "False", "FALSE", "", None)
LABEL = "label"
FEWEST = 3  # columns; two are it only where each row has one 1
ALONE = 0.8  # of the rows have at most one 1, else these are properties of texts and no classes
SHOWN = 6


def gathered(table: Table) -> Table:
    """The table with one column of labels for those of 0 and 1, if that is how it has its classes; else as it is."""
    if table.usual is not None or usual_column(table.names, LABEL_COLUMNS) is not None or LABEL in table.names:
        return table
    looked = some(table.rows)
    places = [
        place
        for place, name in enumerate(table.names)
        if not usual_name(name) and bare(name) not in BESIDE and _is_yes_or_no([row[place] for row in looked])
    ]
    ones = [sum(row[place] in YES for place in places) for row in looked]
    enough = len(places) >= FEWEST or (len(places) == 2 and all(count == 1 for count in ones))
    if not enough or sum(count <= 1 for count in ones) < ALONE * len(ones) or len(places) == len(table.names):
        return table
    names = [table.names[place] for place in places]
    start = _common_path(names)
    rest = [place for place in range(len(table.names)) if place not in places]
    rows: list[list[Cell]] = [
        [*(row[place] for place in rest), tuple(table.names[place][start:] for place in places if row[place] in YES)]
        for row in table.rows
    ]
    listed = ", ".join(name[start:] for name in names[:SHOWN]) + (" …" if len(names) > SHOWN else "")
    note = Note("note", f"{len(places)} columns of 0 and 1 or of crosses were read as one label: {listed}.")
    return replace(table, names=[*(table.names[place] for place in rest), LABEL], rows=rows, notes=[*table.notes, note])


def _is_yes_or_no(cells: Sequence[Cell]) -> bool:
    found = set(cells)
    return found <= {*YES, *NO} and not found.isdisjoint(YES) and not found.isdisjoint(NO)


def _common_path(names: Sequence[str]) -> int:
    """How many letters of `cats.` all these names begin with."""
    before = {name.rpartition(".")[0] for name in names}
    path = before.pop()
    return len(path) + 1 if path and not before else 0

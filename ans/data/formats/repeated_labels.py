"""Labels in several columns of one name, as Jira writes those of an issue: a row that fills two of them has two."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ans.data.columns import LABEL_COLUMNS, usual_name
from ans.data.label_cells import labels_in
from ans.data.rows import Cell, Note, Table

AGAIN = re.compile(r"(.+?)(?: \((\d+)\)|\.(\d+))")  # as `named` tells columns apart, and as pandas does
MANY_SEVERAL = 0.5  # of the labelled rows; where so many have two different ones, the columns name two things


def in_one_column(table: Table) -> Table:
    """The table with all labels of a row in one cell, where several columns have the usual name of one."""
    if table.usual is not None:
        return table
    for name in table.names:
        places = [place for place, other in enumerate(table.names) if other == name or _is_again(other, name)]
        if len(places) < 2 or not {usual_name(name), usual_name(name.removesuffix("s"))} & {*LABEL_COLUMNS}:
            continue
        cells = [_together([row[place] for place in places]) for row in table.rows]
        labelled = [labels for cell in cells if (labels := labels_in(cell))]
        several = sum(len(labels) > 1 for labels in labelled)
        if labelled and several >= MANY_SEVERAL * len(labelled):
            said = f"{len(places)} columns are called “{name}”, and mostly differ: only the first was read."
            return replace(table, notes=[*table.notes, Note("doubt", f"{said} Is another one the label?")])
        kept = [place for place in range(len(table.names)) if place not in places[1:]]
        rows = [
            [cell if place == places[0] else row[place] for place in kept]
            for row, cell in zip(table.rows, cells, strict=True)
        ]
        note = Note("note", f"The labels of {len(places)} columns called “{name}” were read together.")
        return replace(table, names=[table.names[place] for place in kept], rows=rows, notes=[*table.notes, note])
    return table


def _is_again(other: str, name: str) -> bool:
    found = AGAIN.fullmatch(other)
    return found is not None and found[1] == name


def _together(cells: Sequence[Cell]) -> Cell:
    """Cells as one of several values; one that is alone stays as it is."""
    filled = [cell for cell in cells if labels_in(cell)]
    if len(filled) < 2:
        return filled[0] if filled else cells[0]
    return tuple(label for cell in filled for label in labels_in(cell))

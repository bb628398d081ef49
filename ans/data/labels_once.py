"""Labels that stand once, in the first row of their group, with empty cells below, as people write them in a sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from ans.data.columns import AND, BESIDE, bare, few_values, some
from ans.data.rows import Cell, Note, Table, clean

MOST = 2 / 3  # of the labels have empty cells below: where a few rows are labelled among many, most have a label each


def with_labels_below(table: Table) -> Table:
    """The table, where its labels stand once each, with each label in the rows below it, too; else as it is.

    A label that comes again further down tells that an empty cell means no label: then nothing is filled.
    """
    columns = table.guessed
    if columns.label is not None:
        names = [columns.label]
    else:
        taken = {*columns.text.split(AND), columns.split}
        names = [name for name in table.names if name not in taken and bare(name) not in BESIDE]
    for name in names:
        place = table.names.index(name)
        below = _below([row[place] for row in table.rows])
        if below is None or (columns.label is None and not few_values(some([[clean(cell)] for cell in below]), 0)):
            continue
        count = sum(_is_blank(row[place]) for row in table.rows)
        rows = [
            [*row[:place], cell, *row[place + 1 :]] if cell is not row[place] else row
            for row, cell in zip(table.rows, below, strict=True)
        ]
        said = f"In {count:,} rows “{name}” is empty below a label, and no label comes again further down"
        note = Note("doubt", f"{said}: they were read as of the label above. If they have none, take them out.")
        return replace(table, rows=rows, notes=[*table.notes, note])
    return table


def _below(cells: Sequence[Cell]) -> list[Cell] | None:
    """The cells of a column, each empty one as the one above; None where they don't look as if that were meant."""
    if not cells or not clean(cells[0]) or 2 * sum(not _is_blank(cell) for cell in cells) > len(cells):
        return None
    filled = [place for place, cell in enumerate(cells) if not _is_blank(cell)]
    followed = sum(place + 1 < len(cells) and _is_blank(cells[place + 1]) for place in filled)
    groups = [value for value, _ in groupby(clean(cells[place]) for place in filled)]
    if followed < MOST * len(filled) or len(groups) < 2 or len(set(groups)) < len(groups):
        return None
    made: list[Cell] = []
    for cell in cells:
        made.append(made[-1] if _is_blank(cell) else cell)
    return made


def _is_blank(cell: Cell) -> bool:
    return not cell or (isinstance(cell, str) and cell.isspace())

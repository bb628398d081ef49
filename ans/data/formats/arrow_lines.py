"""A text and its label in each line with an arrow between them: `where is my parcel -> delivery`."""

from __future__ import annotations

import re

from ans.data.columns import Columns, few_values, usual_name
from ans.data.rows import Cell, Table, clean

ARROW = re.compile(r" (?:-{1,2}>|={1,2}>) |[→⇒➔]")
FEWEST = 4  # lines


def read_arrows(table: Table) -> Table | None:
    """The table of texts, one a line, with their labels; None where not each line holds one arrow, or no end of them
    names classes."""
    ends = [[part.strip() for part in ARROW.split(clean(row[0]))] for row in table.rows]
    if len(ends) < FEWEST or any(len(parts) != 2 or not all(parts) for parts in ends):
        return None
    has_names = all(map(usual_name, ends[0]))
    rows, lines = ends[has_names:], table.lines[has_names:]
    few = [place for place in (0, 1) if few_values(rows, place)]
    if len(few) != 1:
        return None
    made: list[list[Cell]] = [[row[1 - few[0]], row[few[0]]] for row in rows]
    kind, usual = "text and label with an arrow between them", Columns("text", "label")
    return Table(kind, table.encoding, ["text", "label"], made, lines, table.left_out, table.notes, usual)

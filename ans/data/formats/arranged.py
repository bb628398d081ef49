"""A table as it was written, turned into one with a text and a label a row."""

from __future__ import annotations

from ans.data.formats.one_hot import gathered
from ans.data.formats.repeated_labels import in_one_column
from ans.data.formats.wide import spread
from ans.data.rows import Table


def arranged(table: Table) -> Table:
    """The table with its labels in one column and its texts in another, where it has either in several."""
    return spread(gathered(in_one_column(table)))

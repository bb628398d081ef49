"""A table as it was written, turned into one with a text and a label a row."""

from __future__ import annotations

from ans.data.formats.one_hot import gathered
from ans.data.formats.repeated_labels import in_one_column
from ans.data.formats.several_texts import texts_apart
from ans.data.formats.wide import spread
from ans.data.rows import Table


def arranged(table: Table) -> Table:
    """The table with its labels in one column and one text in each row, where it has several of either.

    Raises:
        ValueError: there are too many texts; the sentence follows a file's name.
    """
    return with_a_text_a_row(gathered(in_one_column(table)))


def with_a_text_a_row(table: Table) -> Table:
    """The table with a row for each text; itself, where its rows hold one each.

    Raises:
        ValueError: there are too many texts; the sentence follows a file's name.
    """
    return texts_apart(spread(table))


def is_spread(table: Table) -> bool:
    """Whether a row of the file became several rows of the table."""
    return len(set(table.lines)) < len(table.lines)

"""Texts of three classes that tests write into files of many kinds, and the look at what is read of them."""

from __future__ import annotations

from ans.data.intake import Understood, understand
from ans.data.rows import Table

CLASSES = ("refund", "delivery", "login")
ROWS = [(f"please help with my {label}, case {i}", label) for label in CLASSES for i in range(8)]
EACH = dict.fromkeys(CLASSES, 8)


def found_in(table: Table) -> Understood:
    found = understand(table, table.guessed)
    assert found.rows == found.kept + found.left_out.total
    return found

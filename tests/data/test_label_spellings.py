"""Names of classes that are probably one, or several in one; classes that are marked by a cross in their column."""

from __future__ import annotations

import pytest

from ans.data.formats.recognised import read_bytes
from ans.data.intake import understand
from ans.data.label_cells import near_names
from ans.data.report import Report


def reported(content: str) -> Report:
    table = read_bytes(content.encode(), ".csv")
    return Report(table, table.guessed, understand(table, table.guessed))


@pytest.mark.parametrize(
    "names",
    [
        ("log in", "log-in", "login", "Log_In"),
        ("orderStatus", "order_status", "Order Status"),
        ("Réclamation", "Reclamation"),
        ("ｒｅｆｕｎｄ", "refund"),
        ("１", "1", "1.0"),
    ],
)
def test_names_that_differ_by_an_accent_a_separator_or_width_are_probably_one(names):
    assert near_names(dict.fromkeys(names, 1)) == [sorted(names)]


@pytest.mark.parametrize("names", [("1-1", "11"), ("ขาว", "ข่าว"), ("カード", "ガード"), ("C", "C#", "C++")])
def test_names_that_differ_by_a_letter_are_several(names):
    assert near_names(dict.fromkeys(names, 1)) == []


def test_labels_that_doccano_joins_are_told_and_a_sharp_is_none():
    rows = [f"text {i},{label}" for i, label in enumerate(["C", "C#", "bug", "bug#urgent"] * 3)]
    said = "These labels seem to name several classes each, and count as classes of their own; write one of them."
    found = [note.examples for note in reported("\n".join(["data,label", *rows])).notes if note.text == said]
    assert found == [("bug#urgent",)]


@pytest.mark.parametrize("cross", ["x", "X", "✓"])
def test_a_cross_in_the_column_of_its_class_is_a_label(cross):
    rows = [f"text {i},{','.join(cross if i % 3 == place else '' for place in range(3))}" for i in range(9)]
    report = reported("\n".join(["text,refund,delivery,login", *rows]))
    assert report.all_counts == {"refund": 3, "delivery": 3, "login": 3}
    assert "3 columns of 0 and 1 or of crosses were read as one label" in report.notes[0].text

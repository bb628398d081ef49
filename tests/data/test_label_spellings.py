"""Names of classes that are probably one, or several in one; classes that are marked by a cross in their column."""

from __future__ import annotations

import pytest

from ans.data.formats.recognised import read_bytes
from ans.data.intake import understand
from ans.data.label_cells import near_names
from ans.data.report import TRAINABLE, Report
from tests.odd_files.made import written

JOINED = "These labels seem to name several classes each, and count as classes of their own; write one of them."


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
        ("Billing & Refund", "Billing &amp; Refund"),
    ],
)
def test_names_that_differ_by_an_accent_a_separator_or_width_are_probably_one(names):
    assert near_names(dict.fromkeys(names, 1)) == [sorted(names)]


@pytest.mark.parametrize("names", [("1-1", "11"), ("ขาว", "ข่าว"), ("カード", "ガード"), ("C", "C#", "C++")])
def test_names_that_differ_by_a_letter_are_several(names):
    assert near_names(dict.fromkeys(names, 1)) == []


def test_labels_that_doccano_joins_are_told_and_a_sharp_is_none():
    rows = [f"text {i},{label}" for i, label in enumerate(["C", "C#", "bug", "bug#urgent"] * 3)]
    found = [note.examples for note in reported("\n".join(["data,label", *rows])).notes if note.text == JOINED]
    assert found == [("bug#urgent",)]


@pytest.mark.parametrize("joined", ["a/b", "a + b", "b & a", "a and b", "a und b", "a\nb", "a, b", "a;z"])
def test_labels_that_people_join_are_told_where_all_parts_are_classes(joined):
    rows = [*((f"text {i} of {label}", label) for label in "ab" for i in range(4)), ("both of it", joined)]
    notes = {note.text: note for note in reported(written(rows)).notes}
    assert (notes[JOINED].kind, notes[JOINED].examples) == ("doubt", (" ".join(joined.split()),))
    alone = [*rows[:4], *((text, "c") for text, _ in rows[4:8]), ("both of it", joined.replace("z", "b"))]
    kept = {note.text for note in reported(written(alone)).notes}
    assert (JOINED in kept) == (";" in joined)


@pytest.mark.parametrize("name", ["nan", "N/A", "no_label", "Not Applicable", "unlabelled", "-", "??"])
def test_labels_that_are_written_where_there_is_none_are_asked_about(name):
    rows = [*((f"text {i} of {label}", label) for label in ("a", "b") for i in range(4)), ("so what", name)]
    said = f"Programs and people write {name} (1) where there is no label; kept as a class. If it is none, empty it."
    assert said in [note.text for note in reported(written(rows)).notes]


def test_signs_that_are_the_classes_are_not_asked_about():
    rows = [(f"text {i} of {label}", label) for label in ("+", "-", "0") for i in range(4)]
    assert reported(written(rows)).status == TRAINABLE


@pytest.mark.parametrize("cross", ["x", "X", "✓"])
def test_a_cross_in_the_column_of_its_class_is_a_label(cross):
    rows = [f"text {i},{','.join(cross if i % 3 == place else '' for place in range(3))}" for i in range(9)]
    report = reported("\n".join(["text,refund,delivery,login", *rows]))
    assert report.all_counts == {"refund": 3, "delivery": 3, "login": 3}
    assert "3 columns of 0 and 1 or of crosses were read as one label" in report.notes[0].text

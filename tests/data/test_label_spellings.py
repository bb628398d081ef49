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


@pytest.mark.parametrize(
    ("yes", "no"),
    [("yes", "no"), ("YES", ""), ("ja", "nein"), ("✔\ufe0f", ""), ("on", "off"), ("pick", "skip")],
)
def test_a_yes_in_the_column_of_its_class_is_a_label_by_whatever_word(yes, no):
    rows = [f"text {i},{','.join(yes if i % 3 == place else no for place in range(3))}" for i in range(9)]
    report = reported("\n".join(["Message,refund,delivery,login", *rows]))
    assert (report.all_counts, report.status) == ({"refund": 3, "delivery": 3, "login": 3}, 0)


def test_a_class_that_is_called_like_a_column_of_texts_is_one():
    rows = [f"text {i},{','.join('yes' if i % 3 == place else 'no' for place in range(3))}" for i in range(9)]
    report = reported("\n".join(["text,question,complaint,comment", *rows]))
    assert report.all_counts == {"question": 3, "complaint": 3, "comment": 3}


@pytest.mark.parametrize(
    "answers",
    [("yes,no,no", "no,no,no", "yes,yes,no", "no,no,yes"), ("low,low,hi", "hi,low,low", "low,hi,hi", "low,low,low")],
)
def test_yes_and_no_of_several_properties_are_no_classes(answers):
    rows = [f"where is parcel {i},{'abc'[i % 3]},{answers[i % 4]}" for i in range(24)]
    report = reported("\n".join(["Message,Department,escalated,urgent,paid", *rows]))
    assert report.columns.label == "Department"
    assert report.all_counts == dict.fromkeys("abc", 8)


@pytest.mark.parametrize("name", ["Labels", "tags"])
def test_labels_in_columns_of_one_name_are_several_of_a_row(name):
    rows = [f"where is parcel {i},{'abc'[i % 3]},{'urgent' if i % 6 == 0 else ''},{'abc'[i % 3]}" for i in range(18)]
    report = reported("\n".join([f"text,{name},{name},{name}", *rows]))
    assert report.all_counts == {"a": 3, "b": 6, "c": 6}
    assert report.found.left_out["multi-label"].lines == [2, 8, 14]
    assert f"The labels of 3 columns called “{name}” were read together." in [note.text for note in report.notes]


def test_columns_of_one_name_that_mostly_differ_are_two_things_of_which_the_first_is_read_with_a_doubt():
    rows = [f"where is parcel {i},{'abc'[i % 3]},{'de'[i % 2]}" for i in range(18)]
    report = reported("\n".join(["text,label,label", *rows]))
    assert report.all_counts == dict.fromkeys("abc", 6)
    assert [note.text for note in report.notes if note.kind == "doubt"] == [
        "2 columns are called “label”, and mostly differ: only the first was read. Is another one the label?"
    ]

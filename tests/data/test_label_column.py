"""Which column holds the labels or the parts, where others of few values stand beside it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from ans.data.column_words import is_beside, is_destination
from ans.data.columns import guess_columns
from ans.data.intake import ReadAs
from ans.data.reading import understood

CLASSES = ("delivery", "refund", "login", "invoice")
ASKS = ("where", "when", "why", "how")
TEXTS = [(f"{ASKS[i % 4]} about case {i * 7} then", CLASSES[i % 4]) for i in range(24)]
# They have more values than there are classes, and nothing to do with the texts.
FIVE, SIX = ("High", "Low", "Medium", "Urgent", "Minor"), ("Anna", "Bob", "Carl", "Dora", "Eve", "Finn")
TABLE = [(text, FIVE[i * 3 % 5], label, SIX[i * 5 // 4 % 6], f"Request {i}") for i, (text, label) in enumerate(TEXTS)]


@pytest.fixture
def read(tmp_path: Path):
    """A function that writes a table and returns its report."""

    def report(names, rows):
        path = tmp_path / "a.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([names, *rows])
        return understood(path, ReadAs())

    return report


@pytest.mark.parametrize(
    "names",
    [
        ("Message", "Priority", "Department", "Agent", "Nr"), ("Message", "Status", "Ticket type", "Agent", "Nr"),
        ("Nachricht", "Priorität", "Abteilung", "Bearbeiter", "Nr"), ("Body", "Severity", "Queue", "Assigned to", "Nr"),
        ("Meddelande", "Prioritet", "Grupp", "Kanal", "Nr"), ("Text", "Priority", "Sorte", "Language", "Nr"),
        ("消息", "优先级", "部门", "渠道", "号"),
    ],
)  # fmt: skip
def test_where_messages_go_is_the_label_and_what_is_known_beside_is_none(names, read):
    report = read(names, TABLE)
    assert report.columns.label == names[2]
    assert report.status == 0, [note.text for note in report.notes]
    assert guess_columns(names, TABLE).rivals == ()


def test_of_several_columns_that_no_name_and_no_text_tells_the_label_is_a_doubt(read):
    rows = [(f"please look at case {i * 7919 % 97}", *row[1:]) for i, row in enumerate(TABLE)]
    report = read(("Message", "hue", "shade", "tint", "Nr"), rows)
    said = [note.text for note in report.notes if note.kind == "doubt"]
    assert any(one.startswith("“tint” was taken for the label: it has few values. So might “hue”") for one in said)
    assert report.status == 1


def test_one_column_that_could_be_the_label_is_no_doubt(read):
    assert read(("Message", "shade"), [(row[0], row[2]) for row in TABLE]).status == 0


@pytest.mark.parametrize(
    "names",
    [("Thema", "Nachricht", "Abteilung"), ("Rubrik", "Meddelande", "Grupp"), ("Topic", "Message", "Team"),
     ("Tema", "Mensaje", "Departamento"), ("topic", "text", "category")],
)  # fmt: skip
def test_a_free_subject_that_is_named_like_labels_yields_to_a_column_of_few_values(names):
    rows = [(subject, text, label) for text, _, label, _, subject in TABLE]
    assert guess_columns(names, rows).label == names[2]


def test_a_free_subject_yields_with_a_doubt_where_no_name_says_more(read):
    report = read(("Topic", "Message", "shade"), [(row[4], row[0], row[2]) for row in TABLE])
    said = "“shade” was taken for the label: it has few values. So might “Topic” be."
    assert any(note.kind == "doubt" and note.text.startswith(said) for note in report.notes)


@pytest.mark.parametrize("beside", ["Language", "Priority", "number"])
def test_labels_that_all_differ_stay_labels_beside_what_is_none(beside):
    rows = [(text, f"class {i}", str(i) if beside == "number" else "ab"[i % 2]) for i, (text, _) in enumerate(TEXTS)]
    assert guess_columns(("text", "label", beside), rows).label == "label"
    few = [(text, f"class {i}", "ab"[i % 2]) for i, (text, _) in enumerate(TEXTS[:6])]
    assert guess_columns(("text", "label", "kind"), few).label == "label", "of few texts each may be a class"


@pytest.mark.parametrize(
    ("names", "values"),
    [
        (("dataset", "text", "label"), ("Train", "Train", "Test")), (("ml_use", "text", "label"), ("training", "test")),
        (("Set", "text", "label"), ("TRAIN", "VALIDATION", "TEST", "TRAIN")),
        (("column 1", "column 2", "column 3"), ("TRAIN", "TRAIN", "TEST")),
        (("use", "Frage", "Thema"), ("train", "eval", "test")),
    ],
)  # fmt: skip
def test_a_column_of_nothing_but_names_of_parts_is_the_split(names, values, read):
    rows = [(values[i // 4 % len(values)], text, label) for i, (text, label) in enumerate(TEXTS)]
    found = guess_columns(names, rows)
    assert (found.split, found.label) == (names[0], names[2])
    report = read(names, rows)
    assert any(note.text.startswith("The file's own split:") for note in report.notes)
    assert report.found.kept == len(TEXTS)


@pytest.mark.parametrize("values", [("train", "bus"), ("train", "dev"), ("test", "tested"), ("train", "train")])
def test_labels_and_half_a_split_are_no_parts(values):
    rows = [(text, values[i % 2], "ab"[i // 2 % 2]) for i, (text, _) in enumerate(TEXTS)]
    assert guess_columns(("text", "vehicle", "label"), rows).split is None
    assert guess_columns(("text", "label", "other"), rows).split is None


def test_labels_that_are_called_like_parts_are_labels_where_their_name_says_it():
    rows = [(text, ("train", "test")[i % 2]) for i, (text, _) in enumerate(TEXTS)]
    assert guess_columns(("text", "label"), rows) == guess_columns(("text", "label"), TEXTS)


@pytest.mark.parametrize("name", ["Age group", "Customer type", "Agent group", "tool", "artist"])
def test_these_say_not_where_a_message_goes(name):
    assert not is_destination(name)


@pytest.mark.parametrize("name", ["statuette", "sourdough", "Order", "Reason"])
def test_these_may_be_labels(name):
    assert not is_beside(name)

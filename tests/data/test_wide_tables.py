"""Several texts in one row, or a class a column: each text is read, and what is no text of its own stays as it is."""

from __future__ import annotations

from itertools import zip_longest

import pandas as pd
import pytest

from ans.bulk.rows import read_rows
from ans.data.intake import ReadAs
from ans.data.reading import understood
from ans.data.tables import read_table
from tests.odd_files.made import CLASSES, ROWS, by_class, workbook, written

PAIRS = [(text, f"say it otherwise, number {place}, please", label) for place, (text, label) in enumerate(ROWS)]


@pytest.fixture
def read(tmp_path):
    """A function that writes a table and returns its report."""

    def report(rows, header: str):
        path = tmp_path / "a.csv"
        path.write_text(written(rows, header), encoding="utf-8")
        return understood(path, ReadAs(), must_have_labels=False)

    return report


def test_of_several_texts_a_row_each_is_a_row_at_the_line_where_it_stands_and_this_is_told(read):
    rows = [(label, *texts[:3]) for label, texts in by_class().items()]
    report = read([*rows, ("hello", "hi", "", "good day")], "intent,utterance 1,utterance 2,utterance 3")
    assert report.table.lines == [2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5]
    assert report.all_counts == {**dict.fromkeys(CLASSES, 3), "hello": 2}
    said = "The 3 columns “utterance 1”, “utterance 2”, … hold a text each: each filled cell became a row."
    assert said in [note.text for note in report.notes if note.kind == "note"]


@pytest.mark.parametrize("header", ["sentence1,sentence2,label", "question 1,question 2,label", "text,text,label"])
def test_two_texts_of_one_name_are_a_pair_of_which_one_is_read_with_a_doubt(read, header):
    report = read(PAIRS, header)
    assert report.found.kept == len(PAIRS)
    unread = next(name for name in report.table.names[:2] if name != report.columns.text)
    doubts = [note.text for note in report.notes if note.kind == "doubt"]
    assert [one[: len(unread) + 2] for one in doubts] == [f"“{unread}”"]
    assert "holds texts, too, and was not read" in doubts[0]


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("text,label,comment 1,comment 2,comment 3", ("a first word on {}", "a second one on {}", "a third {}")),
        ("title,label,comment,comment,comment,body", ("so it is {}", "and {} more", "or {} so", "all of it {}")),
        ("message,label,answer 1,answer 2,answer 3", ("we look at {} now", "it is {} then", "over with {}")),
        ("message,label,score1,score2,score3", ("0.5{}", "0.7{}", "0.9{}")),
        ("Meldung,label,topic 1,topic 2,topic 3", ("of this kind", "of that kind", "of no kind")),
    ],
    ids=["comments", "comments on title and body", "answers", "numbers", "few values"],
)  # fmt: skip
def test_columns_with_numbers_beside_a_text_or_without_texts_are_no_rows(read, header, cells):
    rows = [(text, label, *(cell.format(place) for cell in cells)) for place, (text, label) in enumerate(ROWS)]
    report = read(rows, header)
    assert report.table.read == len(ROWS)
    assert report.all_counts == dict.fromkeys(CLASSES, 6)


def test_a_class_a_column_is_a_doubt(read):
    report = read(zip_longest(*by_class().values(), fillvalue=""), ",".join(CLASSES))
    said = "Each column was read as a class with its texts below it: refund, delivery, login."
    assert [note.text[: len(said)] for note in report.notes if note.kind == "doubt"] == [said]
    assert report.all_counts == dict.fromkeys(CLASSES, 6)


@pytest.mark.parametrize(
    ("header", "rows"),
    [
        ("English,German,French", [(text, f"oder {text}", f"ou {text}") for text, _ in ROWS]),
        ("Kurz,Lang,Notiz", [(text[:12], f"{text}, {text} und so weiter bis zum Ende", text) for text, _ in ROWS]),
        ("one,two,three", [(text, "" if i % 3 else f"so {text}", f"or {text}") for i, (text, _) in enumerate(ROWS)]),
        ("said,topic,asked", [(text, f"of {text}", f"or {text}") for text, _ in ROWS]),
        ("one,two,three", [(text, f"of {text}", str(i)) for i, (text, _) in enumerate(ROWS)]),
    ],
    ids=["languages", "lengths", "gaps", "a usual name", "numbers"],
)
def test_other_tables_of_texts_have_no_class_a_column(read, header, rows):
    assert read(rows, header).table.read == len(ROWS)


def test_an_answer_is_given_to_each_of_several_texts_a_row_in_a_workbook_and_in_csv(tmp_path):
    rows = [("intent", "ex1", "ex2", "ex3"), *((label, *texts[:3]) for label, texts in by_class().items())]
    (tmp_path / "a.xlsx").write_bytes(workbook(("one", rows)))
    (tmp_path / "a.csv").write_text(written(rows, None))
    right = [text for texts in by_class().values() for text in texts[:3]]
    assert read_rows(tmp_path / "a.xlsx").texts(None) == read_rows(tmp_path / "a.csv").texts(None) == right


def test_a_data_frame_is_read_as_a_file_of_its_columns():
    rows = [(label, *texts[:3]) for label, texts in by_class().items()]
    found = read_table(pd.DataFrame(rows, columns=["intent", "utterance_1", "utterance_2", "utterance_3"]))
    assert found.labels == [label for label in CLASSES for _ in range(3)]

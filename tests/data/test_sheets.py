"""Of a workbook the sheets that hold the texts are read, whichever they are, and what is read is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from ans.bulk.rows import read_rows
from ans.data.corpora import load_corpus
from ans.data.intake import ReadAs
from ans.data.lines import lines_of_file, offered_by_file
from ans.data.reading import understood
from tests.odd_files.made import CLASSES, EACH, ROWS, by_class, workbook

HEADER = ("text", "label")
KEYS = [("Project", "Shop bot"), ("Owner", "Anna Smith"), ("Date", "2024-05-01"), ("Status", "final")]
LINES = [("This workbook holds the training data",), ("Owner: Anna",), ("Version 3",)]
TITLES = [("Title", "Shop bot"), ("Description", "All that people ask"), ("Category", "Bots"), ("Version", "3")]
CROSSES = [(text, *("x" if own == label else None for own in CLASSES)) for text, label in ROWS]


def put(folder: Path, *sheets) -> Path:
    path = folder / "mine.xlsx"
    path.write_bytes(workbook(*sheets))
    return path


@pytest.mark.parametrize("name", ["Info", "Sheet1"])
@pytest.mark.parametrize("cover", [KEYS, LINES, TITLES], ids=["keys", "lines", "titles"])
@pytest.mark.parametrize("header", [[HEADER], [("Nr.", "Meldung", "Sorte")], []], ids=["usual", "own", "none"])
def test_a_cover_before_the_texts_is_not_read_for_them(name, cover, header, tmp_path):
    rows = [(place, *row) for place, row in enumerate(ROWS)] if header and len(header[0]) == 3 else ROWS
    path = put(tmp_path, (name, cover), ("Data", [*header, *rows]))
    report = understood(path, ReadAs())
    assert (report.found.counts, report.table.sheet, report.found.left_out.total) == (EACH, "Data", 0)
    assert report.table.notes[0].text == f"Read the sheet “Data” as it has texts with labels; the file also has {name}."
    assert lines_of_file(path).texts == [text for text, _ in ROWS]
    assert len(read_rows(path).rows) == len(ROWS)
    assert understood(path, ReadAs(sheet=name), must_have_labels=False).table.sheet == name


def test_the_first_sheet_is_read_where_it_holds_texts_whatever_comes_behind_it(tmp_path):
    for first in (
        [HEADER, *ROWS[:4]],
        [("Message", "Team"), *((text, label) for text, label in ROWS[::3])],
        [("text", *CLASSES), *CROSSES[:9]],
        [("text",), *((text,) for text, _ in ROWS[:3])],
    ):
        table = understood(put(tmp_path, ("New", first), ("Old", [HEADER, *ROWS])), ReadAs(), False).table
        assert (table.sheet, table.notes[0].text) == ("New", "Read the sheet “New”; the file also has Old.")


@pytest.mark.parametrize("names", [("train", "test"), ("Training data", "Test data"), ("shop_train", "shop_test")])
@pytest.mark.parametrize("cover", [[], [("Info", KEYS)]], ids=["alone", "with a cover"])
def test_sheets_called_train_and_test_are_parts(names, cover, tmp_path):
    halves = [(name, [HEADER, *ROWS[place::2]]) for place, name in enumerate(names)]
    path = put(tmp_path, *cover, *halves)
    report, corpus = understood(path, ReadAs()), load_corpus(str(path))
    assert (report.status, len(corpus.train), len(corpus.test)) == (0, 9, 9)
    assert corpus.test.texts == [text for text, _ in ROWS[1::2]]
    assert report.table.notes[0].text.startswith(f"Read the sheets “{names[0]}” and “{names[1]}” as parts")
    assert offered_by_file(path).sheet is None
    assert len(understood(path, ReadAs(sheet=names[0])).table.rows) == 9


def test_a_test_sheet_without_labels_is_explored_and_one_of_other_columns_is_no_part(tmp_path):
    path = put(tmp_path, ("train", [HEADER, *ROWS]), ("test", [("text",), ("and what of this",)]))
    report = understood(path, ReadAs())
    assert (report.found.counts, report.found.unlabelled, report.status) == (EACH, 1, 0)
    path = put(tmp_path, ("train", [HEADER, *ROWS]), ("test", [("metric", "value"), ("accuracy", 0.9)]))
    assert understood(path, ReadAs()).table.sheet == "train"


@pytest.mark.parametrize("header", [None, "Utterances", "text", "own"])
@pytest.mark.parametrize("cover", [[], [("README", LINES)]], ids=["alone", "with a cover"])
def test_sheets_of_texts_alone_are_a_class_each(header, cover, tmp_path):
    sheets = [
        (label, [*([(label if header == "own" else header,)] if header else []), *((text,) for text in texts)])
        for label, texts in by_class().items()
    ]
    path = put(tmp_path, *cover, *sheets)
    report = understood(path, ReadAs())
    assert (report.found.counts, report.status) == (EACH, 0)
    assert "The name of each sheet was taken for the class of its texts: refund, delivery, login." in [
        note.text for note in report.notes
    ]
    assert lines_of_file(path).texts == [text for text, _ in ROWS]
    assert len(read_rows(path).rows) == len(ROWS)


def test_numbered_sheets_of_texts_alone_are_no_classes_and_the_error_names_the_sheets(tmp_path):
    sheets = [(f"Sheet{place}", [(text,) for text in texts]) for place, texts in enumerate(by_class().values(), 1)]
    path = put(tmp_path, *sheets)
    with pytest.raises(
        ValueError,
        match=r"has the columns text; expected one for the label.* Or choose another sheet \(--sheet\): this is "
        r"“Sheet1”, and there are Sheet2, Sheet3\.$",
    ):
        understood(path, ReadAs())

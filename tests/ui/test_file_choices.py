"""Sheet and encoding: chosen at every door, and offered on the page only where there is a choice."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ans.__main__ import main
from ans.bulk.rows import read_rows
from ans.config import TrainConfig
from ans.data.corpora import corpus_of
from ans.data.lines import lines_of_file
from ans.data.tables import read_table
from ans.ui.ask import many_texts
from ans.ui.data import upload
from ans.ui.discover import tab as discover
from tests.odd_files.made import CLASSES, ROWS, workbook, written
from tests.ui.tabs import laid_out

WORD = "źle działa"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "mine.xlsx"
    june = [(f"{text} in june", label.upper()) for text, label in ROWS]
    path.write_bytes(workbook(("May", [("text", "label"), *ROWS]), ("June", [("said", "queue"), *june])))
    return path


@pytest.fixture
def polish(tmp_path: Path) -> Path:
    path = tmp_path / "mine.csv"
    path.write_bytes(written([(f"{WORD} {text}", label) for text, label in ROWS]).encode("cp1250"))
    return path


def inspected(capsys, *arguments: str) -> dict:
    main(["inspect", *arguments, "--json"])
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("sheet", ["June", "2"])
def test_another_sheet_is_read_at_every_door(book, sheet, capsys):
    found = inspected(capsys, str(book), "--sheet", sheet)
    assert (found["sheet"], set(found["classes"])) == ("June", {label.upper() for label in CLASSES})
    assert set(corpus_of(TrainConfig(dataset=str(book), sheet=sheet)).classes) == set(found["classes"])
    assert set(read_table(book, sheet=sheet).labels) == set(found["classes"])
    for texts in (lines_of_file(book, sheet=sheet).texts, read_rows(book, sheet).texts(None)):
        assert all(text.endswith("in june") for text in texts)
    assert not any(text.endswith("in june") for text in read_rows(book).texts(None))


def test_the_encoding_that_somebody_names_is_read_at_every_door(polish, capsys):
    wrong = polish.read_bytes().decode("cp1253", "replace").split(",")[1].split()[0]
    assert wrong != WORD.split()[0]
    for named, first in (("Windows-1250", WORD), ("cp1250", WORD), ("cp1253", None)):
        texts = [
            inspected(capsys, str(polish), "--encoding", named)["sample"][0]["text"],
            corpus_of(TrainConfig(dataset=str(polish), encoding=named)).train.texts[0],
            read_table(polish, encoding=named).texts[0],
            lines_of_file(polish, encoding=named).texts[0],
            read_rows(polish, encoding=named).texts(None)[0],
        ]
        assert [text.startswith(WORD) for text in texts] == [first is not None] * 5


def test_the_options_are_there_at_each_command(capsys):
    for command in ("inspect", "train", "evaluate", "predict"):
        with pytest.raises(SystemExit):
            main([command, "--help"])
        told = capsys.readouterr().out
        assert "--sheet" in told
        assert "--encoding" in told


def shown(changes: dict, *menus) -> list[bool]:
    return [changes[menu]["visible"] for menu in menus]


def test_an_upload_offers_its_sheets_and_is_read_again_with_another(store, book, polish):
    mine = laid_out(upload.layout, store)
    sheet, encoding = mine.of_file.both
    opened = mine.opened(str(book))
    assert shown(opened, sheet, encoding) == [True, False]
    assert (opened[sheet]["choices"], opened[sheet]["value"]) == (["May", "June"], "May")
    assert opened[mine.name] == "mine"
    other = mine.opened_as(str(book), "June", None)
    assert (other[mine.text]["value"], other[mine.table].sheet, other[sheet]["value"]) == ("said", "June", "June")
    assert mine.name not in other  # what was typed there stays
    opened = mine.opened(str(polish))
    assert shown(opened, sheet, encoding) == [False, True]
    guessed = opened[encoding]["value"]
    again = mine.opened_as(str(polish), None, "none such")
    assert again[mine.report]["state"] == "failed"
    assert again[mine.mapping]["visible"]  # another choice may do
    again = mine.opened_as(str(polish), None, "Windows-1250")
    assert (again[encoding]["visible"], again[encoding]["value"]) == (True, "Windows-1250")
    assert guessed in [choice for choice, _ in encoding.choices]


@pytest.mark.parametrize("layout", [many_texts.layout, discover.layout])
def test_files_with_texts_offer_the_same(layout: Callable, store, book, polish, tmp_path):
    mine = laid_out(layout, store).own
    sheet, encoding = mine.choices.both
    brought = mine.brought(str(book))
    assert shown(brought, sheet, encoding, mine.column) == [True, False, True]
    other = mine.read_as(str(book), "June", None)
    assert (other[mine.column]["value"], other[sheet]["value"]) == ("said", "June")
    assert shown(mine.brought(str(polish)), sheet, encoding) == [False, True]
    plain = tmp_path / "plain.txt"
    plain.write_text("one\ntwo\n")
    assert shown(mine.brought(str(plain)), sheet, encoding, mine.column) == [False, False, False]
    plain.write_bytes(b"%PDF-1.7")
    refused = mine.brought(str(plain))
    assert refused[mine.card]["detail"].startswith("plain.txt looks like a PDF document")
    assert shown(refused, sheet, encoding, mine.column) == [False, False, False]
    gone = mine.read_as(str(book), "July", None)
    assert gone[mine.card]["detail"].startswith("mine.xlsx has no sheet 'July'")
    assert sheet not in gone  # the menu stays
    assert shown(mine.brought(None), sheet, encoding, mine.column) == [False, False, False]

"""Cells that hold what is written where there is no text."""

from __future__ import annotations

import pytest

from ans.data.formats.recognised import read_bytes
from ans.data.intake import understand
from ans.data.no_texts import is_no_text
from ans.data.report import DOUBTFUL, TRAINABLE, Report
from tests.odd_files.made import ROWS, written


def reported(*more: str) -> Report:
    table = read_bytes(written([*ROWS, *((text, "login") for text in more)]).encode(), ".csv")
    return Report(table, table.guessed, understand(table, table.guessed))


@pytest.mark.parametrize("text", ["nan", "NaN", "NULL", "n/a", "#N/A", "#NAME?", "[Deleted]", "<NA>", "-", "."])
def test_what_programs_write_for_nothing_is_no_text(text):
    assert is_no_text(text)


@pytest.mark.parametrize("text", ["Nan", "na", "Null", "none", "no", "?", "#1", "#wow", "-1", "👍", "[help]", "a", "…"])
def test_what_a_person_may_have_written_is_one(text):
    assert not is_no_text(text)


def test_rows_with_nothing_for_a_text_are_left_out_and_shown():
    report = reported("nan", "#REF!", "-")
    assert (report.found.kept, report.status) == (18, TRAINABLE)
    note = next(note for note in report.notes if "no text" in note.text)
    assert note.text == "3 rows with what is written where there is no text: left out, lines 20, 21, 22."
    assert note.examples == ("nan", "#REF!", "-")


def test_what_may_be_a_text_is_kept_and_asked_about_or_told():
    report = reported("null")
    assert (report.found.kept, report.status) == (19, DOUBTFUL)
    assert report.notes[-1].text.startswith("Programs write null (1) where there is no text; kept as one.")
    report = reported("??", "!")
    assert (report.found.kept, report.status) == (20, TRAINABLE)
    assert (report.notes[-1].text, report.notes[-1].examples) == (
        "2 texts are signs without a letter or number: kept.",
        ("??", "!"),
    )

"""Rows below a header that describe the columns, and rows that only look so."""

from __future__ import annotations

import pytest

from ans.data.formats.survey_rows import count_below_header
from tests.odd_files.made import ROWS

HEADER = ("Respondent ID", "What is your question?", "Which team?")


@pytest.mark.parametrize(
    "below",
    [
        [("", "Open-Ended Response", "Response")],
        [("", "Offene Antwort", "Antwort")],
        [("", "Open-Ended Response", "Billing")],  # what could be ticked
        [("Comment", "Message", "Topic")],
        [("Response ID", "What is it?", "Team"), ('{"ImportId":"_recordId"}', '{"ImportId":"QID1_TEXT"}', "")],
    ],
)
def test_rows_that_describe_columns_are_told_from_those_below(below):
    answers = [(str(place), *row) for place, row in enumerate(ROWS)]
    assert count_below_header([HEADER, *below, *answers]) == len(below)
    assert count_below_header([HEADER, *answers]) == 0


def test_a_row_of_usual_names_is_a_text_and_its_label_where_the_label_comes_again():
    rows = [("text", "label"), ("question", "title"), ("what is it called", "title"), ("who wrote it", "author")]
    assert count_below_header(rows) == 0
    assert count_below_header([("text", "label"), ("text", "label"), ("who wrote it", "author")]) == 0

"""Texts that differ by case or by the punctuation at their ends alone."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from ans.data.corpora import divided
from ans.data.formats.recognised import read_bytes
from ans.data.intake import understand
from ans.data.report import DOUBTFUL, TRAINABLE, Report
from ans.data.tables import LabelledTexts
from ans.data.twins import plain
from tests.odd_files.made import EACH, ROWS, written


def reported(rows: Sequence[tuple[str, str]]) -> Report:
    table = read_bytes(written(rows).encode(), ".csv")
    return Report(table, table.guessed, understand(table, table.guessed))


@pytest.mark.parametrize(
    "text", ["WHERE IS IT", "where is it?", "Where is it…", "ｗｈｅｒｅ ｉｓ ｉｔ？", "¿Where is it?"]
)
def test_case_width_and_punctuation_at_the_ends_make_no_other_text(text):
    assert plain(text) == "where is it"


@pytest.mark.parametrize("text", ["C#", "C++", "?", "!", "👍🏽", "it's 1.5"])
def test_other_signs_do(text):
    assert plain(text) == text.lower()


def test_a_text_that_stands_there_with_two_labels_but_for_its_case_is_doubted_and_kept():
    text, label = ROWS[0]
    report = reported([*ROWS, (f"{text.upper()}!", "login")])
    assert (report.all_counts, report.status) == ({**EACH, "login": 7}, DOUBTFUL)
    assert report.notes[-1].examples == (f"{text} → {label} = {text.upper()}! → login",)
    assert "1 text stands there with two labels, written differently by case" in report.notes[-1].text


def test_a_text_that_stands_there_twice_but_for_its_case_is_told():
    report = reported([*ROWS, (ROWS[0][0].title(), ROWS[0][1])])
    assert (report.found.kept, report.status) == (19, TRAINABLE)
    assert report.notes[-1].text.startswith("1 text differs from another of the class by case")
    assert reported(ROWS).twins == []


@pytest.mark.parametrize("seed", range(5))
def test_no_text_is_drawn_to_test_what_its_twin_has_taught(seed):
    texts = [f"text {place // 2} of {label}{'?' * (place % 2)}" for label in "ab" for place in range(60)]
    texts += [f"one of {label} {place}" for label in "ab" for place in range(60)]
    labels = [label for _ in range(2) for label in "ab" for _ in range(60)]
    parts = divided(LabelledTexts(texts, labels), seed)
    learnt = {plain(text) for text in parts[0].texts}
    assert not any(plain(text) in learnt for part in parts[1:] for text in part.texts)
    assert sorted(text for part in parts for text in part.texts) == sorted(texts)
    assert set(parts[2].labels) == {"a", "b"}


def test_something_is_left_to_test_with_where_each_text_has_a_twin():
    texts = [f"{text}{sign}" for text, _ in ROWS for sign in ("", "?")]
    parts = divided(LabelledTexts(texts, [label for _, label in ROWS for _ in range(2)]), 0)
    assert len(parts[2])

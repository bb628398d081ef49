"""Texts that are names of files are a doubt: who exports from a tool gets these, and the texts lie elsewhere."""

from __future__ import annotations

import json

import pytest

from ans.data.file_names import are_file_names
from ans.data.formats.recognised import read_bytes
from ans.data.intake import understand
from ans.data.report import DOUBTFUL, Report
from tests.odd_files.made import ROWS


@pytest.mark.parametrize("name", ["doc{}.txt", "mails/2026/Ticket {}.eml", "gs://bucket/calls/{}.wav", "a_{}.PDF"])
def test_an_export_that_names_files_for_texts_is_a_doubt(name):
    documents = [
        {"location": name.format(place), "language": "en-us", "class": {"category": label}}
        for place, (_, label) in enumerate(ROWS)
    ]
    table = read_bytes(json.dumps({"assets": {"documents": documents}}).encode(), ".json")
    report = Report(table, table.guessed, understand(table, table.guessed))
    assert report.status == DOUBTFUL
    assert [note.examples[0] for note in report.notes if "names of files" in note.text] == [name.format(0)]


def test_texts_that_speak_of_files_are_none():
    assert not are_file_names([f"please open the file that i sent you, number{place}.txt" for place in range(9)])
    assert not are_file_names(["where is it", "readme.txt", "call me"] * 4)
    assert not are_file_names(["a.txt"])
    assert not are_file_names([])

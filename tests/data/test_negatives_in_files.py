"""Texts of no class are read as that, and what is none of one class is left aside; both are told."""

from __future__ import annotations

import pytest

from ans.data.formats.recognised import read_bytes
from tests.odd_files import negatives


@pytest.mark.parametrize("kind", [kind for kind in negatives.FILES if "feel" not in kind])
def test_what_is_read_as_of_no_class_or_left_aside_is_told_with_its_key(kind):
    file = negatives.FILES[kind]
    notes = read_bytes(file.raw, ".json").notes
    told = [note for note in notes if "read as of no class" in note.text or "left aside" in note.text]
    assert len(told) == 1
    assert told[0].text.startswith("3 texts under “" if file.no_class else "6 texts under “")
    assert told[0].kind == ("doubt" if kind.endswith("negative") else "note")


def test_what_people_dislike_is_no_negative_where_others_are_neutral():
    file = negatives.FILES["products with what people feel about them"]
    assert not [note for note in read_bytes(file.raw, ".json").notes if "left aside" in note.text]

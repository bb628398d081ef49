"""A file of a stranger is read in a process of its own, and what it can't do there is told in a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from ans.data.lines import lines_given
from ans.data.tables import read_upload
from ans.ui.reading import read_apart


def broken(path: Path) -> None:
    raise KeyError(path.name)


def test_a_table_comes_back_as_it_would_from_here(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("text,label\nwake me up,alarm\nmy card is gone,card\n" * 20)
    there, here = read_apart(read_upload, path), read_upload(path)
    assert (there.names, there.guessed, len(there.rows)) == (here.names, here.guessed, len(here.rows))
    assert read_apart(lines_given, "", str(path), None).texts == lines_given("", str(path), None).texts


def test_a_refusal_is_the_readers_own_and_anything_else_is_a_sentence(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(bytes(range(256)) * 40)
    with pytest.raises(ValueError) as here:  # noqa: PT011, the sentence is compared
        read_upload(path)
    with pytest.raises(ValueError) as there:  # noqa: PT011
        read_apart(read_upload, path)
    assert str(there.value) == str(here.value)
    with pytest.raises(ValueError, match="the file can't be understood"):
        read_apart(broken, path)

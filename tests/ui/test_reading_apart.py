"""A file of a stranger is read in a process of its own, and what it can't do there is told in a sentence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ans.data.lines import lines_given
from ans.data.tables import read_upload
from ans.ui.ask import many_texts
from ans.ui.data import upload
from ans.ui.reading import read_apart
from ans.ui.texts_file import texts_given
from tests.ui.tabs import ME, laid_out


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


@pytest.mark.parametrize(
    ("name", "most", "said"),
    [
        ("SECONDS", 0, "longer than 0 seconds to read; make it smaller or simpler."),
        ("MEMORY", 1 << 24, "more than 0.015625 GiB of memory to read; make it smaller or simpler."),
    ],
)
def test_every_door_of_the_page_reads_a_file_so(store, tmp_path, monkeypatch, name, most, said):
    path = tmp_path / f"{name}.csv"
    path.write_text("text,label\n" + "".join(f"wake me up at {i},alarm\n" for i in range(100_000)))
    monkeypatch.setattr(f"ans.ui.reading.{name}", most)
    tab = laid_out(upload.layout, store)
    assert said in tab.opened_as(str(path), None, None, ME)[tab.report]["detail"]
    with pytest.raises(ValueError, match=re.escape(said)):
        texts_given("", str(path), None, None, None)
    many = laid_out(many_texts.layout, store)
    assert said in many.own.brought(str(path))[many.own.card]["detail"]

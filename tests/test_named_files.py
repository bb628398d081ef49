"""Whatever somebody types where a file or folder can be named, it is found, or a sentence says that there is none."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ans.data.corpora import load_corpus
from ans.data.listing import Library
from ans.data.uploads import Uploads
from ans.model.card import _is_folder
from ans.model.loading import load_model
from ans.model.readable import readable
from ans.paths import existing, home
from ans.runs.store import RunStore

NO_FILES = {
    "longer than a name may be": "a" * 300,
    "longer in bytes": "🙂" * 80,
    "longer than a path may be": "a/" * 3000,
    "an empty character": "a\0b",
    "half a character": "\ud83d",
    "the home of nobody": "~nobody-of-that-name/texts.csv",
    "in a file": f"{__file__}/texts.csv",
}
REFUSED: dict[str, Callable[[str], object]] = {
    "the texts of a training": load_corpus,
    "a dataset that is looked through": Library().listing,
    "the benchmarks": lambda name: load_corpus("clinc", name),
    "an encoder": load_model,
}


@pytest.mark.parametrize("name", NO_FILES.values(), ids=NO_FILES)
@pytest.mark.parametrize("door", REFUSED)
def test_a_name_that_no_file_can_have_is_refused_like_any_other_that_there_is_not(name, door):
    with pytest.raises(ValueError, match=r"(?s)expected .*[a-zA-Z]\.") as told:
        REFUSED[door](name)
    assert type(told.value) is ValueError
    assert "Errno" not in str(told.value)


@pytest.mark.parametrize("name", NO_FILES.values(), ids=NO_FILES)
def test_it_is_nothing_where_it_is_only_looked_for(name, tmp_path):
    store = RunStore(tmp_path / "runs")
    assert existing(name) is None
    assert store.get(name) is None
    assert store.why_not(name) is None
    assert not Library().has(name)
    assert not Uploads(tmp_path / "uploads").holds(name)
    _is_folder(name)  # a name of the hub, or not; it says so
    assert readable(name, ["a text"], 64) is None


def test_what_is_there_is_found_by_its_path_and_from_home(tmp_path, monkeypatch):
    (tmp_path / "texts.csv").write_text("text,label\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert existing(tmp_path) == tmp_path
    assert existing("~/texts.csv") == tmp_path / "texts.csv"
    assert existing("~/other.csv") is None
    monkeypatch.setenv("ANS_HOME", "~/runs")
    assert home() == tmp_path / "runs"
    uploads = Uploads(tmp_path / "uploads")
    assert uploads.holds("~/uploads/x/not-there.tsv")
    assert uploads.holds(os.path.relpath(tmp_path / "uploads" / "a.tsv", Path.cwd()))
    assert not uploads.holds("~/texts.csv")

"""What the buttons of the Runs tab do, and for whom they do nothing."""

from __future__ import annotations

from pathlib import Path

import gradio as gr
import pytest

from ans.runs.status import FINISHED, QUEUED, STOPPED
from ans.runs.store import RunStore
from ans.ui import download, runs
from tests.ui.tabs import ME, OTHER, event, laid_out, run_of


@pytest.fixture
def store(tmp_path) -> RunStore:
    """One run that is everybody's, one that belongs to this browser."""
    store = RunStore(tmp_path / "runs")
    run_of(store, None, FINISHED)
    run_of(store, ME, FINISHED)
    return store


def run_id(store: RunStore, owner: str | None) -> str:
    return next(run.id for run in store.all() if run.owner == owner)


def listed(tab: runs.RunsTab, who: str) -> dict[str, bool]:
    """For each run that is listed, by its dataset: whether it may be changed."""
    rows = tab.refill(who, None)[tab.view]["rows"]
    return {row["dataset"]: row["may_change"] for row in rows}


def test_where_strangers_come_nobody_changes_what_is_everybodys_and_everybody_their_own(store):
    assert listed(laid_out(runs.layout, store, restricted=True), ME) == {"assistant": False, "mine": True}
    assert listed(laid_out(runs.layout, store, restricted=False), ME) == {"assistant": True, "mine": True}


@pytest.mark.parametrize("action", ["open", "download", "rename", "delete"])
def test_another_browser_neither_sees_a_run_nor_reaches_it_by_its_id(store, action):
    for restricted in (True, False):
        tab, mine = laid_out(runs.layout, store, restricted), run_id(store, ME)
        assert listed(tab, OTHER) == {"assistant": not restricted}
        for who, sent in ((OTHER, mine), (None, mine), (ME, "gone"), (ME, {"id": mine}), (ME, None)):
            with pytest.raises(gr.Error) as caught:
                tab.act(event(action=action, id=sent, name="theirs"), who, None)
            assert caught.value.message.startswith("There is no such run any more")
        assert store.get(mine).given_name is None


@pytest.mark.parametrize("action", ["rename", "delete"])
def test_where_strangers_come_the_page_says_why_a_run_is_not_changed(store, action):
    tab, everybodys = laid_out(runs.layout, store, restricted=True), run_id(store, None)
    changes = tab.act(event(action=action, id=everybodys, name="mine"), ME, None)
    assert "everybody's, and on this server nobody may rename or delete such runs" in changes[tab.view]["note"]
    assert "value" not in changes[tab.view]
    assert store.get(everybodys).given_name is None


def test_a_run_is_renamed_opened_and_deleted_and_the_list_follows(store):
    tab, mine = laid_out(runs.layout, store), run_id(store, ME)
    changes = tab.act(event(action="rename", id=mine, name=" my  run "), ME, mine)
    assert changes[tab.view]["note"] == "It is called my run now."
    assert [row["title"] for row in changes[tab.view]["value"]["rows"] if row["in_use"]] == ["my run"]
    changes = tab.act(event(action="open", id=mine), ME, None)
    assert changes[tab.shared.model]["value"] == mine
    assert ("my run", mine) in changes[tab.shared.model]["choices"]
    changes = tab.act(event(action="delete", id=mine), ME, None)
    assert changes[tab.view]["note"] == "my run is deleted."
    assert len(changes[tab.view]["value"]["rows"]) == 1
    assert store.get(mine) is None


@pytest.mark.parametrize(("state", "action"), [(QUEUED, "delete"), (STOPPED, "open"), (STOPPED, "download")])
def test_what_cannot_be_done_with_a_run_is_told_below_the_list(store, state, action):
    tab, run = laid_out(runs.layout, store), run_of(store, None, *[STOPPED][: state == STOPPED])
    changes = tab.act(event(action=action, id=run.id), ME, None)
    assert changes[tab.view]["note"]
    assert tab.shared.model not in changes


def test_only_a_download_leaves_a_file_to_be_saved_and_its_folder_goes_afterwards(store, monkeypatch):
    monkeypatch.setattr(download, "save_archive", lambda run, path: path.write_bytes(b"zip"))
    tab, mine = laid_out(runs.layout, store), run_id(store, ME)
    changes = tab.act(event(action="download", id=mine), ME, None)
    assert changes[tab.file].endswith(".zip")
    folder = changes[tab.packed]
    assert folder.is_dir()
    download.clear(folder)
    assert not folder.exists()
    for action in ("open", "rename", "delete"):
        changes = tab.act(event(action=action, id=mine, name="x"), ME, None)
        assert (changes[tab.file], changes[tab.packed]) == (None, None)


def test_a_zip_that_is_no_run_is_told_and_removed_and_without_a_name_nothing_is_taken(store, tmp_path):
    tab = laid_out(runs.layout, store)
    for who, said in ((ME, "This is no run that can be opened here"), (None, "This browser has no name yet")):
        path = tmp_path / "run.zip"
        path.write_bytes(b"no zip")
        *_, last = tab.add(str(path), who, None)
        assert last[tab.view]["note"].startswith(said)
        assert not path.exists()
    assert len(store.all()) == 2


def test_an_uploaded_run_may_name_the_listed_encoders_and_on_ones_own_machine_those_used_here(store, monkeypatch):
    taken = {}
    monkeypatch.setattr(runs, "load_archive", lambda path, store, owner, encoders: taken.update({owner: encoders}))
    store.create(store.all()[0].config.with_(encoder="my/own"))
    for restricted in (True, False):
        visitor = laid_out(runs.layout, store, restricted).shared.visitor(ME)
        runs.uploaded(visitor, Path("run.zip"))
        assert ("my/own" in taken[ME]) is not restricted
        assert "minilm" in taken[ME]

"""Who may do what with a run, as the Runs tab lists and refuses it."""

from __future__ import annotations

from types import SimpleNamespace

import gradio as gr
import pytest

from ans.config import TrainConfig
from ans.runs.store import RunStore
from ans.ui import runs


@pytest.fixture
def store(tmp_path) -> RunStore:
    """One run that is everybody's, one that belongs to the browser `me`."""
    store = RunStore(tmp_path / "runs")
    mine = store.uploads / "me" / "mine.tsv"
    store.create(TrainConfig())
    store.create(TrainConfig(dataset=str(mine)))
    return store


def shared(store: RunStore, restricted: bool) -> SimpleNamespace:
    return SimpleNamespace(store=store, restricted=restricted)


def may_change(store: RunStore, who: str, restricted: bool) -> dict[str, bool]:
    return {row["dataset"]: row["may_change"] for row in runs.listing(shared(store, restricted), who, None)["rows"]}


def test_where_strangers_come_nobody_changes_what_is_everybodys_and_everybody_their_own(store):
    assert may_change(store, "me", restricted=True) == {"assistant": False, "mine": True}
    assert may_change(store, "me", restricted=False) == {"assistant": True, "mine": True}
    everybodys = next(run for run in store.all() if run.owner is None)
    with pytest.raises(ValueError, match="everybody's, and on this server nobody may rename or delete such runs"):
        runs._need_right(shared(store, True), everybodys)
    runs._need_right(shared(store, False), everybodys)


def test_another_browser_neither_sees_a_run_nor_reaches_it_by_its_id(store):
    mine = next(run for run in store.all() if run.owner is not None)
    for restricted in (True, False):
        assert may_change(store, "other", restricted) == {"assistant": not restricted}
        with pytest.raises(gr.Error, match="There is no such run any more"):
            runs._visible(shared(store, restricted), "other", mine.id)
        assert runs._visible(shared(store, restricted), "me", mine.id).id == mine.id
        with pytest.raises(gr.Error):
            runs._visible(shared(store, restricted), "me", {"id": mine.id})

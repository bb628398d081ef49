"""Deleting runs: when it is refused, what comes back, and what somebody sees who is just reading one."""

from pathlib import Path

import pytest

from ans.config import TrainConfig
from ans.runs.status import DELETED, FINISHED, QUEUED, RUNNING, STOPPED
from ans.runs.store import RunStore

CONFIG = TrainConfig(seed=7, known_classes=("a", "b"))


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    """An empty store."""
    return RunStore(tmp_path / "runs")


def test_a_run_that_is_deleted_while_somebody_reads_it_is_over_and_can_be_read_no_more(store):
    run = store.create(CONFIG)
    run.set_status(FINISHED)
    read = store.get(run.id)
    store.delete(run)
    assert read.status.state == DELETED
    assert not read.status.ended_well
    with pytest.raises(ValueError, match="has just been deleted; choose another model"):
        _ = read.evaluation
    for gone in ("config", "name", "owner"):
        with pytest.raises(ValueError, match="has just been deleted; choose another model"):
            getattr(read, gone)
    read.set_status(RUNNING)
    read.request_stop()
    assert not run.folder.exists()  # nothing was written where it was


@pytest.mark.parametrize("running", [False, True])
def test_a_run_that_trains_or_waits_is_deleted_only_after_it_was_stopped(store, running):
    run = store.create(CONFIG)
    if running:
        store.take_next()
    with pytest.raises(ValueError, match="press Stop in the Train tab first"):
        store.delete(run)
    assert store.get(run.id) is not None
    run.set_status(STOPPED)
    store.delete(run)
    assert store.all() == []
    assert list(store.root.iterdir()) == []
    store.delete(run)  # another window was faster: nothing to tell


def test_a_deleted_starter_comes_back_at_the_next_start(store):
    run = store.starter()
    store.take_next()
    run.set_status(FINISHED)
    store.delete(run)
    assert store.get(run.id) is None
    assert store.starter().status.state == QUEUED


def test_a_run_that_is_deleted_while_somebody_looks_at_it_says_so(store):
    run = store.create(TrainConfig())
    run.request_stop()
    store.delete(run)
    with pytest.raises(ValueError, match="the test texts of this run are gone; choose another model"):
        run.load_test()

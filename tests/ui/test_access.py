"""Who may stop which training, and start another, where strangers share the page."""

from __future__ import annotations

import pytest

from ans.config import TrainConfig
from ans.runs.status import FINISHED, RUNNING
from ans.runs.store import RunStore
from ans.ui.access import MOST_WAITING, Trainings


@pytest.fixture
def store(tmp_path) -> RunStore:
    return RunStore(tmp_path / "runs")


def begun(trainings: Trainings, store: RunStore, browser: str) -> str:
    run = store.create(TrainConfig())
    trainings.begun(run.id, browser)
    return run.id


def test_among_strangers_a_training_belongs_to_the_browser_that_started_it(store):
    trainings = Trainings(store, restricted=True)
    run_id = begun(trainings, store, "mine")
    assert trainings.is_theirs(run_id, "mine")
    assert not trainings.is_theirs(run_id, "another")
    assert not trainings.is_theirs(run_id, None)
    assert not trainings.is_theirs(store.create(TrainConfig()).id, None)  # the starter, which no browser began


def test_on_ones_own_machine_every_training_is_ones_own(store):
    trainings = Trainings(store, restricted=False)
    run_id = begun(trainings, store, "first")
    assert trainings.is_theirs(run_id, "second")
    for _ in range(2 * MOST_WAITING):
        begun(trainings, store, "second")
    trainings.need_room("second")


def test_among_strangers_a_browser_trains_one_at_a_time(store):
    trainings = Trainings(store, restricted=True)
    run = store.get(begun(trainings, store, "mine"))
    with pytest.raises(ValueError, match="has not ended yet; wait for it, or stop it"):
        trainings.need_room("mine")
    trainings.need_room("another")
    run.set_status(RUNNING)
    run.set_status(FINISHED)
    trainings.need_room("mine")


def test_among_strangers_only_some_trainings_wait(store):
    trainings = Trainings(store, restricted=True)
    for number in range(MOST_WAITING):
        trainings.need_room("one more")
        begun(trainings, store, str(number))
    with pytest.raises(ValueError, match=f"{MOST_WAITING} trainings are waiting already"):
        trainings.need_room("one more")

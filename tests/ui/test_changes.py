"""What an open page asks each second: it is told of every change it would draw, and of nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from ans.config import TrainConfig
from ans.runs.status import FINISHED, RUNNING
from ans.ui import changes
from ans.ui.changes import ADDRESS, StoreChanges
from tests.ui.tabs import ME, run_of


@pytest.fixture(autouse=True)
def at_every_look(monkeypatch) -> None:
    """Files are looked at each time."""
    monkeypatch.setattr(changes, "LOOK_SECONDS", -1.0)


def test_it_changes_with_all_that_a_page_draws_and_stays_the_same_else(store, run):
    told = StoreChanges(store)

    def changed() -> Callable[[], bool]:
        before = told.now(closely=False)
        return lambda: told.now(closely=False) != before

    same = changed()
    assert not same()
    made = changed()
    new = store.create(TrainConfig())
    assert made()
    for act in (
        lambda: new.rename("mine"), lambda: new.set_status(RUNNING), lambda: new.set_status(FINISHED),
        lambda: store.delete(new),
    ):  # fmt: skip
        seen = changed()
        act()
        assert seen()


def test_each_step_of_a_training_is_told_only_to_pages_that_look_closely_and_while_there_is_no_model(store, run):
    told, training = StoreChanges(store), store.create(TrainConfig())
    write = training.event_writer()
    write({"phase": "data"})
    before = {closely: told.now(closely) for closely in (False, True)}
    write({"phase": "cache"})
    assert told.now(False) == before[False]
    assert told.now(True) != before[True]
    store.delete(run)
    first = told.now(False)
    write({"phase": "check"})
    assert told.now(False) != first


def test_why_nothing_can_be_trained_is_a_change(store, run):
    reasons = [None, None, "The disk is full."]
    told = StoreChanges(store, lambda: reasons.pop(0))
    first, second, third = (told.now(closely=False) for _ in range(3))
    assert first == second != third


def test_the_files_are_looked_at_once_however_many_pages_ask(store, run, monkeypatch):
    monkeypatch.setattr(changes, "LOOK_SECONDS", 1000.0)
    told = StoreChanges(store)
    before = told.now(closely=False)
    store.create(TrainConfig())
    assert told.now(closely=False) == before


def test_a_page_that_knows_the_newest_is_told_nothing_and_a_private_run_is_told_to_nobody(store):
    run = run_of(store, ME, RUNNING)
    asked = TestClient(Starlette(routes=[StoreChanges(store).route]))
    now = asked.get(ADDRESS)
    assert (now.status_code, now.headers["cache-control"]) == (200, "no-store")
    assert asked.get(ADDRESS, params={"since": now.text}).status_code == 204
    assert asked.get(ADDRESS, params={"since": now.text, "closely": "1"}).status_code == 204  # no model yet
    assert run.id not in now.text
    run.rename("secret")
    assert asked.get(ADDRESS, params={"since": now.text}).status_code == 200


def test_another_life_of_the_server_is_told_apart(store):
    assert StoreChanges(store).now(False).split(".")[0] != StoreChanges(store).now(False).split(".")[0]


def test_a_home_that_was_moved_away_is_a_change_and_no_error(store, run):
    told = StoreChanges(store)
    before = told.now(closely=False)
    store.root.rename(store.root.with_name("elsewhere"))
    assert told.now(closely=False) != before
    store.root.with_name("elsewhere").rename(store.root)
    assert told.now(closely=False) == before

"""A server that keeps nothing for ever deletes what is old, and nothing else."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from ans.config import TrainConfig
from ans.json_files import write_json
from ans.runs import expiry
from ans.runs.expiry import DAY, Expiry, expire
from ans.runs.lease import give_back, take
from ans.runs.run import Run
from ans.runs.shipped import put_starter
from ans.runs.status import FAILED, FINISHED, QUEUED, RUNNING
from ans.runs.store import RunStore

NOW = time.time()


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    """A store whose newcomers are answered by the run `chosen`."""
    return RunStore(tmp_path / "runs", "chosen")


def run_of(store: RunStore, name: str, state: str, days: float, owner: str | None = None) -> Run:
    run = store.create(TrainConfig())
    run.folder.rename(store.root / name)
    run = Run(store.root / name)
    if owner is not None:
        write_json(run.folder / "owner.json", owner)
    if state != QUEUED:
        run.set_status(state)
    status, then = run.status, NOW - days * DAY
    replace(status, created=then, ended=None if status.ended is None else then).write(run.folder)
    return run


def folder_of(room: Path, name: str, days: float) -> Path:
    file = room / name / "mine.tsv"
    file.parent.mkdir(parents=True)
    file.write_text("text\tlabel\n")
    for path in (file, file.parent):
        os.utime(path, (NOW - days * DAY,) * 2)
    return file.parent


def test_old_runs_go_and_newer_ones_stay_with_the_starter_the_default_run_and_what_is_under_way(store):
    put_starter(store)
    for name, state, days in (
        ("old", FINISHED, 8), ("failed", FAILED, 8), ("new", FINISHED, 6), ("chosen", FINISHED, 99),
        ("waiting", QUEUED, 99), ("training", RUNNING, 99),
    ):  # fmt: skip
        run_of(store, name, state, days)
    assert sorted(expire(store, 7, NOW)) == ["failed", "old"]
    assert {run.id for run in store.all()} == {"starter-assistant", "new", "chosen", "waiting", "training"}
    assert {path.name for path in store.root.iterdir()} == {run.id for run in store.all()}


@pytest.mark.parametrize("content", ["[]", '{"format": 10000}'])
def test_a_run_that_cannot_be_read_goes_when_its_newest_file_is_old_and_nobody_trains_it(store, content):
    for name, days in (("old", 8), ("new", 6), ("chosen", 99), ("held", 99)):
        run = run_of(store, name, FINISHED, days)
        (run.folder / "config.json").write_text(content)
        for path in (*run.folder.iterdir(), run.folder):
            os.utime(path, (NOW - days * DAY,) * 2)
    assert store.all() == []
    assert take(store.root / "held")
    os.utime(store.root / "held" / "trainer.lock", (NOW - 99 * DAY,) * 2)
    os.utime(store.root / "held", (NOW - 99 * DAY,) * 2)
    assert expire(store, 7, NOW) == ["old"]
    give_back(store.root / "held")
    assert expire(store, 7, NOW) == ["held"]
    assert {path.name for path in store.root.iterdir()} == {"new", "chosen"}


def test_private_texts_go_when_they_are_old_and_no_run_of_their_browser_is_left(store):
    run_of(store, "anna's", FINISHED, 1, "anna")
    run_of(store, "ben's", FINISHED, 9, "ben")
    kept = [folder_of(store.uploads, "anna", 9), folder_of(store.corrections, "cleo", 1)]
    gone = [folder_of(store.uploads, "ben", 9), folder_of(store.corrections, "ben", 9)]
    assert expire(store, 7, NOW) == ["ben's", "uploads of a browser", "corrections of a browser"]
    assert all(folder.is_dir() for folder in kept)
    assert not any(folder.exists() for folder in gone)


@pytest.fixture
def clock(monkeypatch) -> SimpleNamespace:
    """The clock of the wall and that of the process, as `Expiry` sees them: in days from now."""
    days = SimpleNamespace(wall=0, process=0)
    told = SimpleNamespace(time=lambda: NOW + days.wall * DAY, monotonic=lambda: days.process * DAY)
    monkeypatch.setattr(expiry, "time", told)
    return days


def test_a_clock_that_is_set_forward_makes_nothing_older_and_days_that_really_pass_do(store, clock):
    run_of(store, "young", FINISHED, 1)
    looks = Expiry(store, 7)
    for clock.process, left in ((0, 1), (5, 1), (7, 0)):
        clock.wall = clock.process + 99
        looks.look()
        assert len(store.all()) == left


def test_a_clock_that_was_wrong_at_the_start_and_is_set_right_makes_nothing_older(store, clock):
    run_of(store, "young", FINISHED, 1)
    clock.wall = 99
    looks = Expiry(store, 7)
    clock.wall = 0
    looks.look()
    assert [run.id for run in store.all()] == ["young"]


def test_whatever_goes_wrong_in_a_look_the_next_one_comes(store, monkeypatch, caplog):
    run_of(store, "old", FINISHED, 9)
    waits, failed, real = [], [], expiry.expire

    def wait(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            raise KeyboardInterrupt

    def broken(*given) -> list[str]:
        if not failed:
            failed.append(True)
            raise RuntimeError("can't start new thread")
        return real(*given)

    monkeypatch.setattr(expiry, "time", SimpleNamespace(sleep=wait, time=time.time, monotonic=time.monotonic))
    monkeypatch.setattr(expiry, "expire", broken)
    with pytest.raises(KeyboardInterrupt):
        Expiry(store, 7)._look_on()
    assert waits == [expiry.FIRST_SECONDS, expiry.LOOK_SECONDS, expiry.LOOK_SECONDS]
    assert "Old runs could not be looked at now: RuntimeError: can't start new thread" in caplog.text
    assert store.all() == []

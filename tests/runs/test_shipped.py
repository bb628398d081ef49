"""The starter that comes with the app: a home has it at once, once, and whole, whatever was there before."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest

from ans import durable
from ans.config import STARTER, TrainConfig
from ans.config_files import written_settings
from ans.json_files import DamagedFile
from ans.runs.run import Run
from ans.runs.shipped import LARGE, MARK_FILE, SHIPPED, TABLES, pack, put_starter, rounded, unpack
from ans.runs.status import FAILED, FINISHED, QUEUED, RUNNING
from ans.runs.store import STARTER_ID, RunStore

CONFIG = TrainConfig(seed=7, known_classes=("a", "b"))


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    """An empty store."""
    return RunStore(tmp_path / "runs")


def older(store: RunStore, run_id: str = "starter-0123456789", state: str = FINISHED) -> Run:
    """A starter that an earlier version has left, with settings of its own."""
    run = store.create(TrainConfig(seed=99))
    run.folder.rename(store.root / run_id)
    run = Run(store.root / run_id)
    if state != QUEUED:
        run.set_status(state)
    return run


def test_a_fresh_home_has_a_finished_starter_at_once_and_nothing_to_train(store):
    run = put_starter(store)
    assert (run.id, run.status.state, run.config) == (STARTER_ID, FINISHED, STARTER)
    assert run.is_starter
    assert [one.id for one in store.finished()] == [STARTER_ID]
    assert store.take_next() is None
    assert run.evaluation.metrics.f1 > 87  # 87.23 when its numbers were in full precision
    assert run.check is not None
    assert len(run.load_test()[0]) == 1120
    assert run.name == "Everyday assistant, 48 classes known"
    assert [path.name for path in store.root.iterdir()] == [STARTER_ID]


def test_the_next_start_leaves_it_as_it_is(store):
    run = put_starter(store)
    before = {path: path.stat().st_mtime_ns for path in run.folder.rglob("*")}
    put_starter(store)
    assert {path: path.stat().st_mtime_ns for path in run.folder.rglob("*")} == before


def test_where_another_app_puts_it_there_in_the_same_moment_one_whole_starter_is_there(store, monkeypatch):
    settle, faster = durable.settle, []

    def overtaken(path: Path) -> None:
        if path.name == MARK_FILE and not faster:  # this app's is built, and next to be put into its place
            faster.append("begins")
            put_starter(store)
        settle(path)

    monkeypatch.setattr(durable, "settle", overtaken)
    assert put_starter(store).status.state == FINISHED
    assert faster
    assert [path.name for path in store.root.iterdir()] == [STARTER_ID]


@pytest.mark.parametrize("state", [FINISHED, FAILED, RUNNING, QUEUED])
def test_a_starter_of_an_earlier_version_is_replaced_and_no_other_run_is_touched(store, state):
    older(store, state=state)
    mine = store.create(CONFIG)
    put_starter(store)
    assert {run.id for run in store.all()} == {STARTER_ID, mine.id}
    assert mine.status.state == QUEUED
    assert store.root.joinpath(STARTER_ID, "shipped.json").is_file()


def test_a_name_that_somebody_gave_it_stays(store):
    older(store).rename("The first one")
    assert put_starter(store).name == "The first one"
    (store.root / STARTER_ID / "shipped.json").write_text('"of another version"')
    assert put_starter(store).name == "The first one"


@pytest.mark.parametrize("name", ["status.json", "shipped.json", "model/weights.safetensors", "config.json"])
def test_a_starter_that_was_damaged_or_cut_off_is_whole_again_at_the_next_start(store, name):
    run = put_starter(store)
    (run.folder / name).write_text("[")
    assert put_starter(store).status.ended_well
    assert [one.id for one in store.finished()] == [STARTER_ID]


@pytest.mark.parametrize("run_id", ["starter-0123456789", STARTER_ID])
def test_what_another_process_trains_now_is_not_taken_from_it(store, run_id):
    running = older(store, run_id, QUEUED)
    assert running.claim()
    running.set_status(RUNNING)
    assert {put_starter(store).id, *(run.id for run in store.all())} == {STARTER_ID, running.id}
    running.set_status(FAILED)
    put_starter(store)
    assert [run.id for run in store.all()] == [STARTER_ID]


@pytest.mark.parametrize("content", [None, b"", b"version https://git-lfs.github.com/spec/v1\n", b"cut"])
def test_where_nothing_usable_was_shipped_one_is_trained(store, tmp_path, caplog, content):
    shipped = tmp_path / "starter.zip"
    if content is not None:
        shipped.write_bytes(SHIPPED.read_bytes()[:5000] if content == b"cut" else content)
    run = put_starter(store, shipped)
    assert (run.id, run.status.state, run.config) == (STARTER_ID, QUEUED, STARTER)
    assert "can't be used, and one is trained" in caplog.text
    assert put_starter(store).status.ended_well  # once there is one


def test_the_starter_keeps_its_id_whatever_settings_are_added(store, tmp_path):
    """A setting that a later version adds changes no link, and makes no second starter."""
    run = put_starter(store)
    settings = {**written_settings(STARTER), "a_later_setting": 1}
    (run.folder / "config.json").write_text(json.dumps(settings))
    assert put_starter(store).id == STARTER_ID == "starter-assistant"
    assert put_starter(store, tmp_path / "none").id == STARTER_ID
    assert len(store.all()) == 1


def test_what_is_packed_is_unpacked_to_the_last_bit(tmp_path):
    first, again = tmp_path / "first", tmp_path / "again"
    first.mkdir()
    again.mkdir()
    unpack(SHIPPED, first)
    pack(first, {"made": "here"}, tmp_path / "starter.zip")
    unpack(tmp_path / "starter.zip", again)
    names = {path.relative_to(first) for path in first.rglob("*") if path.is_file()}
    assert {path.relative_to(again) for path in again.rglob("*") if path.is_file()} == names
    for name in names:
        assert name.name == "made_from.json" or (first / name).read_bytes() == (again / name).read_bytes()


def test_only_large_tables_are_rounded():
    large, small = np.linspace(0, 1, LARGE, dtype="f4"), np.linspace(0, 1, LARGE - 1, dtype="f4")
    whole = np.arange(LARGE)
    out = rounded({"large": large, "small": small, "whole": whole})
    assert (out["large"] == large.astype("f2")).all()
    assert (out["large"] != large).any()
    assert out["large"].dtype == "f4"
    assert out["small"] is small
    assert out["whole"] is whole


def test_it_is_small_enough_for_the_hub_and_names_no_file_outside_of_a_run():
    assert SHIPPED.stat().st_size < 10_000_000
    with zipfile.ZipFile(SHIPPED) as zipped:
        names = zipped.namelist()
    assert set(TABLES) < set(names)
    assert not [name for name in names if name.startswith("/") or ".." in name]


def test_a_zip_that_lacks_a_table_is_damaged(tmp_path):
    shutil.copy(SHIPPED, tmp_path / "starter.zip")
    with zipfile.ZipFile(SHIPPED) as whole, zipfile.ZipFile(tmp_path / "starter.zip", "w") as part:
        part.writestr("config.json", whole.read("config.json"))
    with pytest.raises(DamagedFile, match=r"^starter\.zip is damaged"):
        unpack(tmp_path / "starter.zip", tmp_path)

"""A full disk while a run is made, changed or saved: all that was there stays, and it works once there is room."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ans.config import TrainConfig
from ans.data.corrections import Correction
from ans.durable import remedy
from ans.runs import keys
from ans.runs.run import Run
from ans.runs.shipped import put_starter
from ans.runs.status import FAILED
from ans.runs.store import STARTER_ID, RunStore
from ans.serving.models import Serving
from ans.workflows import experiment
from ans.workflows.archive import load_archive, save_archive
from ans.workflows.promote import Group, promote
from ans.workflows.teach import teach
from ans.workflows.worker import train_run
from tests.finished_runs import finished_run
from tests.full_disk import full_disk

ME = "a" * 32
GYM = ["is the gym open", "gym hours please", "when does the gym close", "gym on sunday", "late gym hours"]


@pytest.fixture
def run(tmp_path, classifier, small_split, small_config) -> Run:
    run = finished_run(RunStore(tmp_path / "home" / "runs"), small_config, classifier, small_split)
    keys.make_key(run.folder)
    return run


def files(folder: Path) -> dict[str, bytes]:
    """All files below a folder, also those whose names begin with a dot, and what is in them."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def teaching(store: RunStore, run: Run) -> None:
    teach(store, run, Serving(store).model(run.id), [Correction("is the gym open", "gym", None)], ME)


WRITES: dict[str, Callable[[RunStore, Run], object]] = {
    "a class is added": lambda store, run: promote(
        store, run, Serving(store).model(run.id), Group("gym", GYM, None), ME, private=True
    ),
    "corrections are learnt": teaching,
    "another line is kept": lambda store, run: Serving(store).keep_line(run.id, 0.2),
    "a key is made": lambda _, run: keys.make_key(run.folder),
    "a key is revoked": lambda _, run: keys.revoke_key(run.folder, keys.keys_of(run.folder)[0].id),
    "a zip is uploaded": lambda store, run: load_archive(store.root.parent.parent / "run.zip", store, ME, ("minilm",)),
    "the starter is put": lambda store, _: put_starter(store),
}


@pytest.mark.parametrize("what", WRITES)
def test_what_finds_no_room_says_so_leaves_all_as_it_was_and_works_once_there_is_some(run, monkeypatch, what):
    monkeypatch.setattr("ans.apart.LIGHT", "spawn")  # a process that is started now has this disk
    store, home = RunStore(run.folder.parent), run.folder.parent.parent
    save_archive(run, home.parent / "run.zip")
    before = files(home)
    with full_disk(), pytest.raises(OSError, match="too large") as error:
        WRITES[what](store, run)
    assert remedy(error.value).startswith("the disk is full")
    assert files(home) == before
    assert [one.id for one in store.all()] == [run.id]
    WRITES[what](store, run)
    assert files(home) != before
    assert store.unreadable() == []
    assert (what == "the starter is put") == (store.get(STARTER_ID) is not None)


def test_a_training_that_can_not_be_saved_fails_with_what_to_do_and_the_next_one_is_trained(
    tmp_path, small_corpus_file, tiny_encoder_folder, monkeypatch
):
    store = RunStore(tmp_path / "runs")
    config = TrainConfig(
        dataset=str(small_corpus_file), encoder=str(tiny_encoder_folder), trainable_layers=1, device="cpu",
        epochs=1, head_steps=2,
    )  # fmt: skip
    save, run = experiment.save_answers, store.create(config)

    def without_room(*given) -> None:
        assert run.checkpoints.exists()
        with full_disk():
            save(*given)

    monkeypatch.setattr(experiment, "save_answers", without_room)
    train_run(run)
    assert run.status.state == FAILED
    assert run.status.message.startswith("The training broke off: the disk is full, or files may not be that large")
    assert not any(path.name.startswith(".") or path.name == "checkpoints" for path in run.folder.rglob("*"))
    monkeypatch.undo()
    following = store.create(config)
    train_run(following)
    assert following.status.ended_well

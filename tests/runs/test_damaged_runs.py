"""One odd file of a run never stops the app: all other runs are listed, asked and trained, and the odd one is named."""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from ans.config import STARTER
from ans.runs import damage, soundness
from ans.runs.check import Count
from ans.runs.run import Run
from ans.runs.status import FINISHED, QUEUED
from ans.runs.store import RunStore
from ans.runs.taught import Change, Learnt, Standing, Taught, write_learnt
from ans.serving.models import Serving
from ans.ui import run_card
from ans.ui.polling import Snapshot, listed
from ans.workflows.promote import Group, promote

FIXTURE = Path(__file__).resolve().parent.parent / "fixtures" / "first_format"
ODD, WHOLE = "odd", "whole"

JSON_FILES = (
    "config.json", "status.json", "evaluation.json", "promotion.json", "owner.json", "name.json", "test.json",
    "taught.json", "check.json",
    "model/model.json", "model/training_texts.json",
)  # fmt: skip
OTHER_FILES = ("events.jsonl", "test.safetensors", "model/weights.safetensors")


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def make_directory(path: Path) -> None:
    path.unlink()
    path.mkdir()


def without_a_key(path: Path) -> None:
    values = json.loads(path.read_text())
    values.pop(next(name for name in values if name not in ("format", "message")))
    path.write_text(json.dumps(values))


def with_another_type(path: Path) -> None:
    values = json.loads(path.read_text())
    values[next(iter(values))] = {"odd": [1]}
    path.write_text(json.dumps(values))


DAMAGES = {
    "cut in half": truncate,
    "empty": lambda path: path.write_bytes(b""),
    "{": lambda path: path.write_text("{"),
    "[]": lambda path: path.write_text("[]"),
    "no letters": lambda path: path.write_bytes(b"\xff\xfe\x00{}"),
    "nested without end": lambda path: path.write_text("[" * 100_000),
    "a directory": make_directory,
}
OF_OBJECTS = {"a key too few": without_a_key, "another type": with_another_type}
OBJECTS = (
    "config.json", "status.json", "evaluation.json", "promotion.json", "taught.json", "check.json", "test.json",
    "model/model.json",
)  # fmt: skip
CASES = [
    *((name, what, DAMAGES[what]) for name in (*JSON_FILES, *OTHER_FILES) for what in DAMAGES),
    *((name, what, OF_OBJECTS[what]) for name in OBJECTS for what in OF_OBJECTS),
]


def refusal(use) -> str:
    """What is said when something can't be used; nothing if it can."""
    try:
        use()
    except ValueError as error:
        return str(error)
    return ""


@pytest.fixture(scope="module")
def home_of_two(tmp_path_factory) -> Path:
    """A store with a finished run that has every file a run can have, and one that is whole."""
    root = tmp_path_factory.mktemp("damage") / "runs"
    store = RunStore(root)
    (source,) = (folder for folder in FIXTURE.iterdir() if folder.is_dir())
    shutil.copytree(source, root / WHOLE)
    parent = Run(root / WHOLE)
    texts = ["is the gym open", "gym hours please", "when does the gym close", "gym on sunday", "late gym hours"]
    made = promote(store, parent, Serving(store).model(WHOLE), Group("gym", texts, None), "anna", private=True)
    made.folder.rename(root / ODD)
    one, counts = Learnt("gym hours", "gym"), Count(3, 4)
    standing = Standing(counts, counts, counts, counts, 50.0)
    Taught(WHOLE, [one], standing, standing, 1.0, [Change("gym hours", "gym", None, "gym")]).write(root / ODD)
    write_learnt(root / ODD, [one])
    shutil.copy(root / WHOLE / "events.jsonl", root / ODD / "events.jsonl")
    return root


@pytest.fixture(scope="module")
def serving(home_of_two) -> Serving:
    """Kept over all tests, so that the model of the whole run is loaded once."""
    return Serving(RunStore(home_of_two))


@pytest.fixture(scope="module")
def pristine(home_of_two, tmp_path_factory) -> Path:
    """The odd run as it was before anything was done to it."""
    return Path(shutil.copytree(home_of_two / ODD, tmp_path_factory.mktemp("pristine") / ODD))


@pytest.fixture
def store(serving, home_of_two, pristine, monkeypatch) -> Iterator[RunStore]:
    """The home, which is as it was before after each test; nothing has been told of it yet."""
    monkeypatch.setattr(damage, "_told", set())
    monkeypatch.setattr(soundness, "_sound", {})
    yield serving.store
    for folder in home_of_two.iterdir():
        if folder.name != WHOLE:
            shutil.rmtree(folder)
    shutil.copytree(pristine, home_of_two / ODD)


def test_the_run_that_is_damaged_below_was_whole_before(store):
    assert {run.id for run in store.all()} == {ODD, WHOLE}
    assert store.unreadable() == []
    assert all((store.root / ODD / name).is_file() for name in (*JSON_FILES, *OTHER_FILES))


@pytest.mark.parametrize(("name", "what", "harm"), CASES, ids=[f"{name}: {what}" for name, what, _ in CASES])
def test_an_odd_file_leaves_every_other_run_usable_and_is_named(store, serving, caplog, name, what, harm):
    harm(store.root / ODD / name)
    with caplog.at_level(logging.WARNING):
        trained = store.create(STARTER)
        assert {run.id for run in store.all()} >= {WHOLE, trained.id}
        for run in store.seen_by("anna").all():
            run_card.view(run, 1.8e9)
        Snapshot.take(listed(store.seen_by("anna")), None)
        assert store.mark_interrupted() == []
        assert store.starter().status.state == QUEUED
        assert store.take_next() is not None
        assert serving.answer(WHOLE, "i lost my card")[0].label == "card_lost"
        assert serving.examples(WHOLE)["known"]
        for use in (lambda: Serving(store).answer(ODD, "hi"), lambda: serving.run(ODD).load_test()):
            assert str(store.root) not in refusal(use)
    about = [record.getMessage() for record in caplog.records if ODD in record.getMessage()]
    assert about, "no line in the log says which run is damaged"
    assert len(about) == len(set(about)), "a line is told once"
    unreadable = {one.id for one in store.unreadable()}
    cosmetic = name in ("name.json", "events.jsonl", "check.json")
    assert (ODD in unreadable) != cosmetic
    assert any(Path(name).name in line or "model" in line for line in about)


@pytest.mark.parametrize("what", DAMAGES)
def test_corrections_that_a_training_took_in_and_that_are_damaged_leave_the_other_runs_usable(store, what):
    (store.root / ODD / "taught.json").unlink()
    assert store.get(ODD).learnt == {"gym hours": "gym"}
    DAMAGES[what](store.root / ODD / "corrections.json")
    assert {run.id for run in store.all()} == {WHOLE} | ({ODD} if what == "[]" else set())
    assert [one.id for one in store.unreadable()] == ([] if what == "[]" else [ODD]), "an empty list is one"


def test_an_extra_key_in_any_file_is_no_damage(store):
    for name in OBJECTS:
        path = store.root / ODD / name
        path.write_text(json.dumps({**json.loads(path.read_text()), "attempt": 2}))
    assert {run.id for run in store.all()} == {ODD, WHOLE}
    assert Serving(store).answer(ODD, "is the gym open")[0].label == "gym"


def test_a_file_that_is_there_again_brings_the_run_back(store):
    path = store.root / ODD / "status.json"
    whole = path.read_text()
    path.write_text("{")
    assert store.get(ODD) is None
    path.write_text(whole)
    assert store.get(ODD).status.state == FINISHED


def test_a_run_whose_owner_can_not_be_read_is_shown_to_nobody(store):
    (store.root / ODD / "owner.json").write_text("{")
    assert store.get(ODD) is None
    assert store.seen_by("anna").get(ODD) is None


def test_a_model_that_can_not_be_loaded_does_not_stop_the_first_minute(store):
    (store.root / ODD / "model" / "training_texts.json").write_text('["one"]')
    Serving(store).warm()
    assert {run.id for run in store.all()} == {WHOLE}


def test_a_damaged_starter_is_made_again(store):
    first = store.starter()
    (first.folder / "status.json").write_text("[]")
    again = store.starter()
    assert (again.id, again.status.state) == (first.id, QUEUED)


def test_a_training_whose_status_is_torn_meanwhile_still_ends_finished(store):
    run = store.create(STARTER)
    store.take_next()
    (run.folder / "status.json").write_text("")
    run.set_status(FINISHED)
    assert run.status.state == FINISHED


def test_an_unreadable_run_can_be_deleted_and_no_other_by_that_way(store):
    (store.root / ODD / "config.json").write_text("{")
    with pytest.raises(ValueError, match="no such damaged run"):
        store.delete_unreadable(WHOLE)
    store.delete_unreadable(ODD)
    assert not (store.root / ODD).exists()
    assert store.unreadable() == []

"""Programs that train and teach: at once an id and a key, private where the texts are, within the page's limits."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ans.data.corpora import load_corpus
from ans.runs.keys import make_key, opens
from ans.runs.run import Run
from ans.runs.status import FINISHED, RUNNING
from ans.runs.store import RunStore
from ans.ui.api import training
from ans.ui.api.lookup import Caller
from ans.ui.api.schema import Teach, Train, TrainStatus
from ans.ui.api.teaching import teach
from ans.ui.api.training import train, train_status
from ans.ui.limits import LEARNING, OWN, PUBLIC, UPLOADS, Limits
from ans.ui.refused import Refused
from ans.ui.server import Server
from ans.ui.shared import Shared
from tests.finished_runs import finished_run
from tests.ui.tabs import ME, laid_out

HERE, ELSEWHERE = Caller("192.0.2.1"), Caller("192.0.2.2")
ROWS = [{"text": f"{word} {i}", "label": word} for word in ("cat", "dog") for i in range(6)]
OWN_ROWS = Train.model_validate({"rows": [*ROWS, {"text": "rain", "label": None}, ROWS[0]], "name": "  my   pets "})


@pytest.fixture
def store(tmp_path) -> RunStore:
    return RunStore(tmp_path / "runs")


def shared_of(store: RunStore, limits: Limits = OWN, restricted: bool = False) -> Shared:
    return laid_out(lambda made: replace(made, server=Server(restricted, limits=limits)), store)


def refused(status: int, call, *given) -> str:
    with pytest.raises(Refused) as caught:
        call(*given)
    assert caught.value.status == status
    return str(caught.value)


def test_rows_become_a_private_training_with_a_key_at_once_and_what_was_read_is_told(store):
    said = train(shared_of(store), OWN_ROWS, HERE)
    run = store.get(said.model_id)
    assert run is not None
    assert (run.name, said.state, said.place) == ("my pets", "queued", 0)
    assert said.read is not None
    assert (said.read.rows, said.read.kept, said.read.classes) == (14, 13, 2)
    assert said.read.left_out == {"repeating another": 1}
    assert opens(run.folder, said.key)
    assert run.owner is not None
    assert store.seen_by(None).get(run.id) is None
    corpus = load_corpus(run.config.dataset)
    assert corpus.classes == ["cat", "dog"]
    assert "rain" in corpus.test.texts
    assert run.config.known_ratio == 1, "all classes of own texts are known"


def test_two_programs_do_not_see_what_the_other_has_brought(store):
    shared = shared_of(store)
    first, second = (train(shared, OWN_ROWS, HERE) for _ in range(2))
    runs = [store.get(one.model_id) for one in (first, second)]
    assert runs[0].owner != runs[1].owner
    assert not opens(runs[0].folder, second.key)
    assert (first.place, second.place) == (0, 1)


def test_a_listed_dataset_becomes_everybodys_training_with_settings_by_name(store):
    asked = Train(dataset="assistant", settings={"epochs": 2, "known_ratio": 0.5, "negatives": "noise"})
    said = train(shared_of(store), asked, HERE)
    run = store.get(said.model_id)
    assert (said.key, said.read, run.owner) == (None, None, None)
    assert (run.config.epochs, run.config.known_ratio, run.config.negatives) == (2, 0.5, "noise")


def test_of_a_named_file_it_is_told_which_columns_were_read_and_what_cannot_be_trained_on(store, tmp_path):
    file = tmp_path / "tickets.csv"
    rows = [f"{i}.03.2026;where is my {word} number {i};{word}" for word in ("parcel", "invoice") for i in range(1, 9)]
    file.write_text("\n".join(["Datum;Nachfrage;Sorte", *rows, rows[0]]))
    said = train(shared_of(store), Train(dataset=str(file)), HERE)
    assert said.read is not None
    assert (said.read.text_column, said.read.label_column) == ("Nachfrage", "Sorte")
    assert (said.read.rows, said.read.classes, said.read.left_out) == (17, 2, {"repeating another": 1})
    other = Train(dataset=str(file), settings={"label_column": "Thema"})
    assert "Thema" in refused(422, train, shared_of(store), other, HERE)
    file.write_text("text,label\nhello,a\nhi,a\n")
    assert "two classes" in refused(422, train, shared_of(store), Train(dataset=str(file)), HERE)
    assert len(store.all()) == 1, "nothing is queued that will fail"


def test_a_class_that_is_called_none_is_one_where_the_settings_say_so(store):
    rows = [{"text": f"{word} {i}", "label": word} for word in ("none", "dog") for i in range(6)]
    with pytest.raises(Refused, match="at least two classes"):
        train(shared_of(store), Train.model_validate({"rows": rows}), HERE)
    train(shared_of(store), Train.model_validate({"rows": rows, "settings": {"no_class": [""]}}), HERE)
    run = store.all()[0]
    assert load_corpus(run.config.dataset).classes == ["dog", "none (class)"]


def test_the_limits_of_the_page_hold_and_nothing_is_kept_of_what_is_refused(store):
    strangers = shared_of(store, PUBLIC, restricted=True)
    train(strangers, OWN_ROWS, HERE)
    kept = list(store.uploads.iterdir())
    assert refused(429, train, strangers, OWN_ROWS, HERE).startswith("a training that was started from your address")
    large = Train(dataset="assistant", settings={"epochs": 1000})
    assert "too much for this server" in refused(413, train, strangers, large, ELSEWHERE)
    own = Train.model_validate({"rows": [*ROWS] * 1, "settings": {"epochs": 1000}})
    tight = shared_of(store, replace(PUBLIC, work=10), restricted=True)
    assert "too much for this server" in refused(413, train, tight, own, ELSEWHERE)
    path = Train(dataset=str(Path(__file__)))
    assert "only the listed datasets" in refused(403, train, strangers, path, ELSEWHERE)
    for settings in ({"encoder": "/etc"}, {"data_dir": "/etc"}):
        listed = Train(dataset="assistant", settings=settings)
        assert "on this server" in refused(403, train, strangers, listed, ELSEWHERE)
    assert len(store.all()) == 1
    assert list(store.uploads.iterdir()) == kept


@pytest.mark.parametrize("broken", ["store", "rename", "make_key"])
def test_a_training_that_finds_no_room_on_the_disk_leaves_no_run_and_none_of_its_texts(store, monkeypatch, broken):
    def full(*given) -> None:
        raise OSError(28, "No space left on device")

    shared = shared_of(store)
    places = {"store": (RunStore, "create"), "rename": (Run, "rename"), "make_key": (training, "make_key")}
    monkeypatch.setattr(*places[broken], full)
    with pytest.raises(OSError, match="No space left"):
        train(shared, OWN_ROWS, HERE)
    assert store.all() == []
    assert list(store.uploads.iterdir()) == []


def test_rights_that_are_taken_from_all_are_taken_from_programs_too(store, classifier, small_split, small_config):
    finished_run(store, small_config, classifier, small_split)
    off = shared_of(store, Limits(training=False))
    correcting = Teach.model_validate({"corrections": [{"text": "hi", "label": "greeting"}]})
    assert "trainings are turned off" in refused(403, train, off, Train(dataset="assistant"), HERE)
    assert "trainings are turned off" in refused(403, teach, off, correcting, HERE)
    assert "own texts are turned off" in refused(403, train, shared_of(store, Limits(uploading=False)), OWN_ROWS, HERE)


def test_trainings_and_own_texts_are_counted_by_address(store):
    for kind in (LEARNING, UPLOADS):
        shared = shared_of(store, Limits(rates={kind: "1/hour"}))
        train(shared, OWN_ROWS, HERE)
        assert "try again in" in refused(429, train, shared, OWN_ROWS, HERE)
        train(shared, OWN_ROWS, ELSEWHERE)


def test_a_path_that_is_anothers_upload_is_no_dataset(store):
    theirs = store.uploads / ME
    theirs.mkdir(parents=True)
    (theirs / "mine.tsv").write_text("text\tlabel\na\tb\n")
    assert "send your texts as rows" in refused(
        403, train, shared_of(store), Train(dataset=str(theirs / "mine.tsv")), HERE
    )


def test_the_status_tells_the_queue_the_progress_and_at_last_the_figures(store, classifier, small_split, small_config):
    shared, first = shared_of(store), store.create(small_config)
    waiting = store.create(small_config)
    first.set_status(RUNNING)
    first.event_writer()({"phase": "encoder", "step": 1, "steps": 4, "work": {"encoder": 10.0}})

    def status(run: Run):
        return train_status(shared, TrainStatus(model_id=run.id), HERE)

    now = status(first)
    assert (now.state, now.place, now.phase) == ("running", 0, "Phase 1: fine-tune the encoder")
    assert now.seconds_left is not None
    assert (status(waiting).state, status(waiting).place, status(waiting).progress) == ("queued", 1, 0)
    first.set_status("failed", "No space is left.")
    assert (status(first).message, status(first).place, status(waiting).place) == ("No space is left.", None, 0)
    done = status(finished_run(store, small_config, classifier, small_split))
    assert (done.state, done.progress, len(done.known_classes)) == (FINISHED, 1, 4)
    assert done.figures is not None
    assert 0 < done.figures.f1 <= 100


def test_what_is_taught_makes_a_new_private_model_and_what_is_taught_later_adds_to_it(
    store, classifier, small_split, small_config
):
    shared, run = shared_of(store), finished_run(store, small_config, classifier, small_split)

    def taught(corrections: list, **more):
        return teach(shared, Teach.model_validate({"corrections": corrections, **more}), HERE)

    sky = [{"text": text, "label": "sky"} for text in ("look at the moon", "so many stars", "where is mars")]
    first = taught([*sky, {"text": "a lost cause", "label": None}], model_id=run.id)
    made = store.get(first.model_id)
    assert made.owner is not None
    assert opens(made.folder, first.key)
    assert (first.corrections, first.new_classes, first.right_after) == (4, ["sky"], 4)
    assert run.status.state == FINISHED, "the model before stays as it is"
    assert "answers to this" in refused(404, taught_without_key, shared, first.model_id)
    second = taught([{"text": "the sun is up", "label": "sky"}], model_id=first.model_id, key=first.key)
    again = store.get(second.model_id)
    assert set(again.learnt) == {*made.learnt, "the sun is up"}
    assert again.owner == made.owner
    assert opens(again.folder, second.key)
    assert not opens(again.folder, first.key), "a key is for one model"
    full, asked = shared_of(store, Limits(runs=2)), Teach.model_validate({"corrections": sky, **kept_by(first)})
    assert refused(429, teach, full, asked, HERE).startswith("at most 2 runs are kept")


def kept_by(made) -> dict:
    return {"model_id": made.model_id, "key": made.key}


def taught_without_key(shared: Shared, model_id: str):
    return teach(
        shared, Teach.model_validate({"corrections": [{"text": "a", "label": "b"}], "model_id": model_id}), HERE
    )


def test_a_key_of_a_private_training_tells_its_status_before_it_is_trained(store):
    shared = shared_of(store)
    said = train(shared, OWN_ROWS, HERE)
    assert train_status(shared, TrainStatus(model_id=said.model_id, key=said.key), HERE).state == "queued"
    other = make_key(store.create(store.get(said.model_id).config).folder)
    for key, status in ((None, 404), (other, 401)):
        asked = TrainStatus(model_id=said.model_id, key=key)
        assert refused(status, train_status, shared, asked, HERE).startswith("no trained model")

"""The run store: one directory per run, one owner per run, an end for every run."""

import json
import os
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import pytest

from ans.config import STARTER, TrainConfig
from ans.json_files import write_json
from ans.paths import home
from ans.runs.run import Run
from ans.runs.status import ENDED, FAILED, FINISHED, INTERRUPTED, QUEUED, RUNNING, STOPPED, Status
from ans.runs.store import MOST_CONTINUED, RunStore
from tests.other_process import another_process

ROOT = Path(__file__).resolve().parent.parent.parent
CONFIG = TrainConfig(seed=7, known_classes=("a", "b"))


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    """An empty store, one level down, so that there is something to escape to."""
    return RunStore(tmp_path / "runs")


def taken_by_a_process_that_is_gone(store: RunStore) -> Run:
    """A running run whose trainer has died."""
    run = store.create(CONFIG)
    take_and_die(store)
    return run


def take_and_die(store: RunStore) -> None:
    """Another process takes the next run, and ends."""
    take = "import sys, pathlib; from ans.runs.store import RunStore; RunStore(pathlib.Path(sys.argv[1])).take_next()"
    subprocess.run([sys.executable, "-c", take, str(store.root)], check=True, cwd=ROOT)


def test_a_run_goes_from_created_over_queued_and_running_to_finished(store):
    run = store.create(CONFIG)
    queued = run.status
    assert (queued.state, queued.started, queued.ended, queued.process) == (QUEUED, None, None, None)
    assert run.config == CONFIG
    assert store.get(run.id).id == store.active().id == run.id

    assert store.take_next().id == run.id
    running = run.status
    assert (running.state, running.ended, running.process) == (RUNNING, None, os.getpid())
    assert running.created == queued.created <= running.started
    assert not running.ended_well

    run.set_status(FINISHED, "Done.")
    finished = run.status
    assert (finished.state, finished.message, finished.ended_well) == (FINISHED, "Done.", True)
    assert finished.started == running.started <= finished.ended
    assert store.active() is None
    assert [one.id for one in store.finished()] == [run.id]


def test_what_is_written_is_read_by_another_store_on_the_same_directory(store):
    run = store.create(CONFIG)
    run.event_writer()({"phase": "heads", "step": 1})
    same = RunStore(store.root).get(run.id)
    assert (same.config, same.status, same.version) == (run.config, run.status, run.version)
    assert same.progress == run.progress


def test_each_queued_run_is_taken_by_exactly_one_of_many_takers(store):
    for _ in range(12):
        store.create(CONFIG)
    taken, together = [], threading.Barrier(6)

    def take() -> None:
        together.wait()
        while (run := RunStore(store.root).take_next()) is not None:
            taken.append(run.id)

    takers = [threading.Thread(target=take) for _ in range(6)]
    for taker in takers:
        taker.start()
    for taker in takers:
        taker.join()
    assert Counter(taken) == Counter(run.id for run in store.all())


def test_runs_are_listed_newest_first_and_taken_oldest_first(store):
    runs = [store.create(CONFIG) for _ in range(3)]
    assert [run.id for run in store.all()] == [run.id for run in reversed(runs)]
    assert [store.take_next().id for _ in range(3)] == [run.id for run in runs]
    assert store.take_next() is None


def test_the_running_run_is_active_before_those_that_wait(store):
    first, second = store.create(CONFIG), store.create(CONFIG)
    assert store.active().id == first.id
    store.take_next()
    first.set_status(FINISHED)
    store.take_next()
    store.create(CONFIG)
    assert store.active().id == second.id


@pytest.mark.parametrize("end", ENDED)
def test_an_ended_run_stays_ended_as_it_was(store, end):
    run = store.create(CONFIG)
    store.take_next()
    run.set_status(end, "The end.")
    ended = run.status
    for state in (QUEUED, RUNNING, *ENDED):
        run.set_status(state, "Later.")
    run.request_stop()
    assert run.status == ended
    assert (ended.state, ended.message) == (end, "The end.")


def test_a_stop_of_a_queued_run_ends_it_at_once_and_nobody_takes_it(store):
    run = store.create(CONFIG)
    run.request_stop()
    assert (run.status.state, run.status.message) == (STOPPED, "Stopped before it began.")
    assert run.status.started is None
    assert store.take_next() is None


def test_a_stop_of_a_running_run_is_left_to_its_trainer(store):
    run = store.create(CONFIG)
    store.take_next()
    assert not run.stop_requested
    run.request_stop()
    assert run.stop_requested
    assert run.status.state == RUNNING


def test_the_version_changes_with_the_status_and_with_each_event_and_else_stays(store):
    run = store.create(CONFIG)
    versions = [run.version, run.version]
    store.take_next()
    versions.append(run.version)
    write = run.event_writer()
    for step in range(3):
        write({"step": step})
        versions.append(run.version)
    run.set_status(FINISHED)
    versions.append(run.version)
    assert versions[0] == versions[1]
    assert len(set(versions)) == len(versions) - 1


def test_events_come_back_in_order_with_their_times(store):
    run = store.create(CONFIG)
    assert run.progress.events == ()
    write = run.event_writer()
    for step in range(5):
        write({"phase": "heads", "step": step, "steps": 5, "loss": 0.5, "note": "größer\nals"})
    events = run.progress.events
    assert [(event.phase, event.step, event.loss) for event in events] == [("heads", step, 0.5) for step in range(5)]
    assert [event.time for event in events] == sorted(event.time for event in events)
    assert run.progress.damaged == 0


@pytest.mark.parametrize("half", ['{"step": 1', '{"step": 1, "loss": 0.5}', "{"])
def test_a_half_written_last_event_is_left_out_until_its_line_ends(store, half):
    run = store.create(CONFIG)
    run.event_writer()({"phase": "heads", "step": 0})
    with (run.folder / "events.jsonl").open("a", encoding="utf-8") as file:
        file.write(half)
    assert [event.step for event in run.progress.events] == [0]


@pytest.mark.parametrize(
    "run_id", ["", None, ".", "..", "../secret", "../runs/{id}", "/etc", "{id}/", "{id}/../{id}", "{id}/model", "a\0b"]
)
def test_an_id_that_is_no_plain_name_of_a_run_is_nobodys(store, run_id):
    run = store.create(CONFIG)
    for outside in (store.root.parent, store.root.parent / "secret", run.folder / "model"):
        outside.mkdir(exist_ok=True)
        (outside / "status.json").write_text(json.dumps({"state": FINISHED}), encoding="utf-8")
    assert store.get(run_id if run_id is None else run_id.format(id=run.id)) is None
    assert store.get(f"{store.root.parent}/secret") is None


def test_a_run_whose_trainer_is_gone_becomes_interrupted_with_the_way_out(store):
    run = taken_by_a_process_that_is_gone(store)
    assert run.status.state == RUNNING
    assert [lost.id for lost in store.mark_interrupted()] == [run.id]
    assert run.status.state == INTERRUPTED
    assert (
        run.status.message == "The training process ended unexpectedly. Press Go on to continue it from its last pass."
    )
    assert run.status.ended is not None
    assert store.mark_interrupted() == []


def test_a_run_whose_app_was_killed_is_queued_again_at_the_next_start_but_not_for_ever(store):
    run = taken_by_a_process_that_is_gone(store)
    for attempt in range(1, MOST_CONTINUED + 1):
        assert [one.id for one in store.go_on()] == [run.id]
        assert (run.status.state, run.status.continued) == (QUEUED, attempt)
        assert store.go_on() == []
        take_and_die(store)
    assert store.go_on() == []
    assert run.status.state == INTERRUPTED
    run.put_back()  # somebody presses Go on
    assert (run.status.state, run.status.continued) == (QUEUED, MOST_CONTINUED + 1)


def test_a_training_that_was_told_to_stop_and_was_killed_then_is_stopped_and_does_not_go_on(store):
    run = taken_by_a_process_that_is_gone(store)
    (run.folder / "stop").touch()
    assert store.go_on() == []
    assert run.status.state == STOPPED


def test_a_home_that_was_moved_away_is_an_empty_one_until_it_is_back(store):
    run = store.create(CONFIG)
    store.root.rename(store.root.with_name("elsewhere"))
    assert (store.all(), store.get(run.id), store.active(), store.mark_interrupted()) == ([], None, None, [])
    store.root.with_name("elsewhere").rename(store.root)
    assert [one.id for one in store.all()] == [run.id]
    store.root.rename(store.root.with_name("elsewhere"))
    assert store.create(CONFIG).status.state == QUEUED


@pytest.mark.parametrize("state", [QUEUED, FINISHED, STOPPED, FAILED])
def test_only_an_interrupted_training_can_go_on(store, state):
    run = store.create(CONFIG)
    run.set_status(state)
    with pytest.raises(ValueError, match="only an interrupted training goes on"):
        run.put_back()
    assert run.status.state == state


def test_a_training_that_goes_on_elsewhere_is_not_put_back(store):
    run = store.create(CONFIG)
    store.take_next()
    with pytest.raises(ValueError, match="is being trained already"):
        run.put_back()
    assert run.status.state == RUNNING


def test_a_run_whose_trainer_lives_and_a_queued_one_are_not_interrupted(store):
    running = store.create(CONFIG)
    store.take_next()
    queued = store.create(CONFIG)
    assert store.mark_interrupted() == []
    assert (running.status.state, queued.status.state) == (RUNNING, QUEUED)


def test_the_starter_is_one_run_that_is_made_anew_only_after_it_ended_badly(store):
    first = store.starter()
    assert first.is_starter
    assert first.config == STARTER
    assert store.starter().folder == first.folder
    assert len(store.all()) == 1
    store.take_next()
    first.set_status(FAILED, "No.")
    again = store.starter()
    assert (again.id, again.status.state) == (first.id, QUEUED)
    assert store.take_next().id == again.id
    again.set_status(FINISHED)
    assert store.starter().status.ended_well
    assert not store.create(CONFIG).is_starter


def test_a_run_that_is_still_being_made_is_neither_listed_nor_taken(store):
    run = store.create(CONFIG)
    run.folder.rename(store.root / f".{run.id}.abc123")  # where it is built, already with its status
    assert store.all() == []
    assert store.take_next() is None


def test_a_store_with_stray_files_and_folders_lists_runs_only(store):
    run = store.create(CONFIG)
    (store.root / "notes.txt").touch()
    (store.root / "empty").mkdir()
    assert [one.id for one in store.all()] == [run.id]


def test_runs_live_below_ans_home(tmp_path, monkeypatch):
    monkeypatch.setenv("ANS_HOME", str(tmp_path / "elsewhere"))
    assert home() == tmp_path / "elsewhere"
    assert RunStore().root == tmp_path / "elsewhere" / "runs"
    monkeypatch.delenv("ANS_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert home() == tmp_path / ".cache" / "ans"


def test_a_run_whose_taker_died_before_it_began_is_taken_by_the_next(store):
    run = store.create(CONFIG)
    take = (
        "import sys, pathlib; from ans.runs.store import RunStore; "
        "assert RunStore(pathlib.Path(sys.argv[1])).all()[0].claim()"
    )
    subprocess.run([sys.executable, "-c", take, str(store.root)], check=True, cwd=ROOT)
    assert store.mark_interrupted() == []
    assert store.take_next().id == run.id


def test_the_number_of_a_process_that_lives_again_after_a_restart_keeps_no_run_running(store):
    run = taken_by_a_process_that_is_gone(store)
    Status(RUNNING, created=1.0, started=2.0, process=os.getpid()).write(run.folder)
    (run.folder / "claimed").write_text("")  # what versions before this one left
    assert run.trainer_is_gone
    run.request_stop()
    assert run.status.state == STOPPED
    Status(RUNNING, created=1.0, started=2.0, process=os.getpid()).write(run.folder)
    assert [lost.id for lost in store.mark_interrupted()] == [run.id]


def test_a_run_that_another_process_trains_is_neither_taken_nor_interrupted_until_that_process_is_killed(store):
    run = store.create(CONFIG)
    take = "from ans.runs.store import RunStore; RunStore(pathlib.Path(sys.argv[1])).take_next()"
    with another_process(take, store.root):
        assert (run.claim(), store.take_next(), store.mark_interrupted()) == (False, None, [])
    assert [lost.id for lost in store.mark_interrupted()] == [run.id]


def test_a_run_that_has_ended_is_nobodys_to_train(store):
    run = store.create(CONFIG)
    store.take_next()
    assert not run.claim()
    run.set_status(FINISHED)
    assert (store.take_next(), store.mark_interrupted()) == (None, [])
    store.delete(run)
    assert run.trainer_is_gone is False


@pytest.mark.parametrize("config", ['{"passes": 3}', '{"seed": 0}', '{"seed": -1}', "{", "[]"])
def test_a_run_of_another_version_or_a_damaged_one_is_left_out_and_stops_nobody(store, config):
    foreign, own = store.create(CONFIG), store.create(CONFIG)
    (foreign.folder / "config.json").write_text(config)
    assert store.get(foreign.id) is None
    assert [run.id for run in store.all()] == [own.id]
    assert store.take_next().id == own.id


def test_a_run_on_uploaded_data_or_uploaded_itself_is_seen_by_its_browser_alone(store):
    everybodys = store.create(CONFIG)
    on_upload = store.create(CONFIG.with_(dataset=str(store.uploads / "anna" / "tickets.csv")))
    uploaded = store.create(CONFIG)
    write_json(uploaded.folder / "owner.json", "berta")
    for run in (everybodys, on_upload, uploaded):
        store.take_next()
        run.set_status(FINISHED)
    expected = {
        None: {everybodys.id}, "anna": {everybodys.id, on_upload.id}, "berta": {everybodys.id, uploaded.id},
        "carla": {everybodys.id},
    }  # fmt: skip
    for browser, ids in expected.items():
        seen = store.seen_by(browser)
        assert {run.id for run in seen.all()} == {run.id for run in seen.finished()} == ids, browser
        assert {run.id for run in store.all() if seen.get(run.id) is not None} == ids, browser


def test_the_training_of_another_browser_is_not_seen_as_active(store):
    store.create(CONFIG.with_(dataset=str(store.uploads / "anna" / "tickets.csv")))
    assert store.seen_by("anna").active() is not None
    assert store.seen_by("berta").active() is None
    assert store.active() is not None, "the training process takes the runs of all browsers"


def test_a_given_name_is_kept_and_an_empty_one_brings_the_first_back(store):
    run = store.create(CONFIG)
    first = run.name
    run.rename("  Bank,\n second try ")
    assert RunStore(store.root).get(run.id).name == "Bank, second try"
    with pytest.raises(ValueError, match="at most 80 characters, got 81; shorten it"):
        run.rename("x" * 81)
    assert run.name == "Bank, second try"
    run.rename("")
    assert run.name == first


def test_a_name_says_in_words_what_the_model_knows_and_of_all_but_the_starter_when_it_was_made(store):
    def named(**settings) -> tuple[str, ...]:
        return tuple(store.create(TrainConfig(**settings)).name.split(" · "))

    assert store.starter().name == "Everyday assistant, 75 % of its classes known"
    assert named()[0] == "Everyday assistant, 75 % of its classes known"
    assert len(named()) == 2
    what, _, seed, encoder = named(dataset="banking", known_ratio=0.25, seed=3, encoder="bert-base-uncased")
    assert (what, seed, encoder) == (
        "Bank customers (BANKING77), 25 % of its classes known", "seed 3", "bert-base-uncased"
    )  # fmt: skip
    assert named(dataset="mine.csv", known_classes=("a", "b"))[0] == "mine, 2 classes known"
    assert named(dataset="mine.csv", known_ratio=1.0)[0] == "mine, 100 % of its classes known"

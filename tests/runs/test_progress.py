"""What the page says of a run, from the run's own files."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from ans.config import TrainConfig
from ans.evaluation.published import published, published_for
from ans.runs.progress import Event, Progress
from ans.runs.run import Run
from ans.runs.status import FAILED, RUNNING
from ans.runs.store import RunStore
from ans.ui import run_card, wording

METRICS = {"accuracy": 93.0, "f1": 85.25, "f1_known": 84.75, "f1_open": 95.5, "auroc": 96.0}


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return RunStore(tmp_path).create(TrainConfig(dataset="clinc", known_ratio=0.25))


def test_a_queued_run_says_that_it_waits_and_shows_all_phases_as_later(run):
    view = run_card.view(run, 0.0)
    assert view["state"] == "queued"
    assert view["title"] == "Waiting for the training process"
    assert {phase["state"] for phase in view["phases"]} == {"later"}


def test_a_place_in_the_queue_is_said_in_words_as_long_as_one_counts_so():
    said = [wording.ordinal(number) for number in (1, 3, 10, 11, 13, 21, 22, 33, 112, 1001)]
    assert said == ["First", "Third", "Tenth", "11th", "13th", "21st", "22nd", "33rd", "112th", "1,001st"]


def test_a_running_run_shows_phase_and_step_and_how_long_it_has_taken(run):
    run.set_status(RUNNING)
    write = run.event_writer()
    write({"phase": "data"})
    write({"phase": "cache", "step": 100, "steps": 100})
    for step in (1, 2, 3):
        write({"phase": "encoder", "step": step, "steps": 11, "loss": 1.0, "time": 100.0 + 2 * step})
    view = run_card.view(run, run.status.started + 61)
    assert (view["clock"], view["elapsed"], view["left"]) == (
        "1 min 01 s",
        61.0,
        None,
    )  # nobody has said what to expect
    assert view["detail"] == "Phase 1: fine-tune the encoder, step 3 of at most 11."
    assert [phase["state"] for phase in view["phases"]] == ["done", "done", "done", "now", "later", "later"]


@pytest.mark.parametrize("steps", [7, 999, 4321, 100_000])
def test_of_very_many_steps_a_thousand_are_kept_evenly_with_the_last_one_and_every_dev_accuracy(run, steps):
    write = run.event_writer()
    for step in range(1, steps + 1):
        write({"phase": "heads", "step": step, "steps": steps, "loss": 1.0})
    for epoch in (1, 2):
        write({"phase": "encoder", "step": 5, "steps": 100_000, "epoch": epoch, "dev_accuracy": 0.5})
    kept = [event.step for event in run.progress.events if event.phase == "heads"]
    assert kept[-1] == steps
    assert min(steps, 1000) <= len(kept) <= 1001
    assert max(after - before for before, after in pairwise([0, *kept])) <= steps // 1000 + 1
    assert len(run.progress.curves().accuracy[1]) == 2


def test_a_run_that_is_told_to_stop_says_so(run):
    RunStore(run.folder.parent).take_next()
    run.request_stop()
    assert run_card.view(run, 0.0)["detail"] == "Stopping at the next step."


def test_a_failed_run_shows_its_message(run):
    run.set_status(FAILED, "what was wrong, and what to do.")
    view = run_card.view(run, 0.0)
    assert (view["title"], view["detail"]) == ("This training failed", "what was wrong, and what to do.")


def test_the_curves_hold_every_loss_and_accuracy_with_its_second():
    events = (
        Event(10.0, "data"),
        Event(12.0, "encoder", 1, 2, loss=2.0),
        Event(13.0, "encoder", 1, 2, dev_accuracy=0.5),
        Event(15.0, "heads", 1, 1, loss=1.0),
    )
    drawn = Progress(events).curves()
    assert drawn.losses == [("loss, phase 1", [2.0], [2.0]), ("loss, phase 2", [5.0], [1.0])]
    assert drawn.accuracy == ([3.0], [50.0])


def test_the_numbers_stand_beside_the_papers_row_and_the_difference():
    rows = run_card.numbers(METRICS, TrainConfig(dataset="clinc", known_ratio=0.25))
    assert rows[0] == ["", "Accuracy", "F1", "F1-known", "F1-open", "AUROC"]
    assert rows[1] == ["This run", "93.0", "85.2", "84.8", "95.5", "96.0"]
    assert rows[2] == ["Paper, BERT-base", "92.6", "84.8", "84.5", "95.3", "–"]
    assert rows[3] == ["Difference", "+0.4", "+0.4", "+0.3", "+0.2", "–"]


def test_the_usual_baseline_stands_below_the_run_where_it_was_measured():
    msp = {**METRICS, "f1": 68.4, "auroc": None}
    rows = run_card.numbers(METRICS, TrainConfig(dataset="clinc", known_ratio=0.25), msp)
    assert rows[2] == ["MSP, same features", "93.0", "68.4", "84.8", "95.5", "–"]
    assert rows[3][0] == "Paper, BERT-base"


def test_no_row_of_the_paper_is_shown_where_it_has_none():
    assert len(run_card.numbers(METRICS, TrainConfig())) == 2
    assert published_for(TrainConfig(dataset="clinc", known_ratio=0.3)) is None
    assert published_for(TrainConfig(dataset="clinc", known_ratio=0.25, known_classes=("a", "b"))) is None


def test_missing_numbers_are_a_dash():
    assert run_card.numbers({**METRICS, "f1_open": None, "auroc": None}, TrainConfig())[1][-2:] == ["–", "–"]


def test_the_published_rows_are_those_of_table_1():
    assert published("stackoverflow", 0.75)["accuracy"] == 84.4
    assert published("banking", 0.5, method="ADB")["f1"] == 80.9
    assert published("banking", 0.33) is None


@pytest.mark.parametrize(("seconds", "shown"), [(0.4, "0 s"), (59, "59 s"), (80, "1 min 20 s"), (7500, "2 h 05 min")])
def test_a_clock_reads_as_a_person_would_say_it(seconds, shown):
    assert wording.clock(seconds) == shown

"""The training process and the page's hold on it, with real processes: trained, stopped, killed, failed, replaced."""

import json
import os
import shutil
import signal
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from ans.__main__ import main
from ans.config import TrainConfig
from ans.model.threads import computing_with
from ans.runs.run import Run
from ans.runs.status import ENDED, FAILED, FINISHED, INTERRUPTED, RUNNING, STOPPED
from ans.runs.store import RunStore
from ans.serving.models import load_classifier
from ans.workflows.worker import WorkerSupervisor
from tests.full_disk import full_disk
from tests.workflows.waiting import ended, training, wait_until


@pytest.fixture(scope="module")
def supervisor(tmp_path_factory: pytest.TempPathFactory):
    """Keeps a worker for a store of its own."""
    supervisor = WorkerSupervisor(RunStore(tmp_path_factory.mktemp("worker") / "runs"))
    supervisor.start()
    yield supervisor
    supervisor.close()


@pytest.fixture(scope="module")
def store(supervisor: WorkerSupervisor) -> RunStore:
    """The store that the worker serves."""
    return supervisor.store


@pytest.fixture(scope="module")
def tiny(small_corpus_file: Path, tiny_encoder_folder: Path) -> TrainConfig:
    """A training of a second."""
    return TrainConfig(
        dataset=str(small_corpus_file), encoder=str(tiny_encoder_folder), trainable_layers=1, device="cpu",
        epochs=2, head_steps=3,
    )  # fmt: skip


@pytest.fixture(scope="module")
def endless(tiny: TrainConfig) -> TrainConfig:
    """A training that ends only when somebody ends it."""
    return tiny.with_(epochs=1000, patience=1000, batch_size=2)


@pytest.fixture(scope="module")
def killed_and_next(store, endless, tiny) -> tuple[Run, Run]:
    """Two ended runs: the first one's worker was killed while it trained, the second was waiting behind it."""
    killed, following = training(store.create(endless)), store.create(tiny)
    os.kill(killed.status.process, signal.SIGKILL)
    return ended(killed), ended(following)


def test_a_killed_worker_leaves_its_run_interrupted_and_a_new_worker_trains_the_next(killed_and_next):
    killed, following = (run.status for run in killed_and_next)
    assert killed.state == INTERRUPTED
    assert killed.message.startswith("The system ended the training process, most likely since the memory was used up.")
    assert killed.message.endswith("Press Go on to continue it from its last pass.")
    assert following.state == FINISHED
    assert following.process not in (killed.process, os.getpid())


def test_a_run_trains_to_finished_and_leaves_a_model_and_an_evaluation(killed_and_next, tiny):
    run = killed_and_next[1]
    assert (run.status.state, run.status.message) == (FINISHED, "")
    phases = list(dict.fromkeys(event.phase for event in run.progress.events))
    assert phases == ["data", "cache", "check", "encoder", "heads", "evaluate"]

    evaluation, model = run.evaluation, load_classifier(run, "cpu")
    assert model.config == tiny
    assert model.labels == evaluation.known
    assert (len(evaluation.known), len(evaluation.held_out)) == (3, 1)
    assert evaluation.device == "cpu"
    assert set(evaluation.seconds) == {"data", "load", "cache", "check", "encoder", "heads", "evaluate"}

    texts, labels, arrays = run.load_test()
    assert len(texts) == len(labels) == len(arrays["answers"]) == sum(map(sum, evaluation.metrics.confusion))
    answers = model.explain(texts)
    assert [-1 if answer.open else model.labels.index(answer.label) for answer in answers] == arrays["answers"].tolist()


def test_the_command_line_trains_the_same_model_as_the_page(killed_and_next, tiny, tmp_path):
    of_page, out = killed_and_next[1].folder / "model", tmp_path / "model"
    given = {
        "dataset": tiny.dataset, "known-ratio": tiny.known_ratio, "encoder": tiny.encoder,
        "trainable-layers": tiny.trainable_layers, "device": tiny.device, "epochs": tiny.epochs,
        "head-steps": tiny.head_steps, "out": out,
    }  # fmt: skip
    with computing_with(len(os.sched_getaffinity(0))):  # as a process that begins; other tests have taken one
        assert main(["train", *(f"--{name}={value}" for name, value in given.items()), "--quiet"]) == 0
    assert json.loads((out / "training_texts.json").read_text()) == json.loads(
        (of_page / "training_texts.json").read_text()
    )
    for name, weights in load_file(of_page / "weights.safetensors").items():
        assert torch.allclose(load_file(out / "weights.safetensors")[name], weights, atol=1e-6), name


def test_a_stop_request_ends_a_running_run_as_stopped_and_without_a_model(store, endless):
    run = training(store.create(endless))
    run.request_stop()
    assert ended(run).status.state == STOPPED
    assert run.status.message == "Stopped. The models trained before are unchanged."
    assert run.evaluation is None
    assert not (run.folder / "model").exists()


def test_ctrl_c_in_the_terminal_is_for_the_page_and_leaves_the_training_to_it(store, endless):
    run = training(store.create(endless))
    before = len(run.progress.events)
    os.kill(run.status.process, signal.SIGINT)
    wait_until(lambda: len(run.progress.events) > before + 1 or run.status.state in ENDED, "more steps")
    assert run.status.state == RUNNING
    run.request_stop()
    assert ended(run).status.state == STOPPED


def test_an_unknown_dataset_ends_as_failed_with_the_sentence_that_says_what_to_do(store, tiny):
    run = ended(store.create(tiny.with_(dataset="no-such-dataset")))
    assert run.status.state == FAILED
    assert run.status.message == (
        "unknown dataset 'no-such-dataset': expected assistant, clinc, banking, stackoverflow, or the path of a folder "
        "with train, dev and test files, or of one file, for example CSV, JSONL or XLSX."
    )


def test_a_killed_training_goes_on_from_its_last_pass_once_it_is_put_back(store, endless):
    run = store.create(endless.with_(epochs=400, patience=400))
    kept = run.checkpoints / "encoder.safetensors"
    wait_until(kept.is_file, "a pass is kept")
    os.kill(run.status.process, signal.SIGKILL)
    assert ended(run).status.state == INTERRUPTED
    assert kept.is_file()
    run.put_back()
    steps = [event.step for event in training(run).progress.events if event.phase == "encoder" and event.loss]
    assert steps[0] > 1
    run.request_stop()
    assert ended(run).status.state == STOPPED
    wait_until(lambda: not run.checkpoints.exists(), "what was kept is removed")


def test_a_full_disk_is_told_and_trainings_go_on_once_there_is_room(tmp_path, monkeypatch, tiny):
    monkeypatch.setattr("ans.workflows.worker.RETRY_SECONDS", 0.2)
    store = RunStore(tmp_path / "runs")
    lost, waiting = store.create(tiny), store.create(tiny)
    lost.set_status(RUNNING)  # and nobody trains it
    supervisor = WorkerSupervisor(store)
    with full_disk():
        supervisor.start()
        wait_until(lambda: supervisor.trouble is not None, "the page is told")
        assert supervisor.trouble.startswith("Nothing can be trained now: the disk is full")
    try:
        assert ended(lost).status.state == INTERRUPTED
        assert ended(waiting).status.state == FINISHED
        wait_until(lambda: supervisor.trouble is None, "all is well again")
    finally:
        supervisor.close()


def test_a_training_that_takes_too_long_is_stopped_even_if_the_disk_is_full_meanwhile(
    tmp_path, monkeypatch, caplog, endless
):
    monkeypatch.setattr("ans.workflows.worker.RETRY_SECONDS", 0.2)
    store = RunStore(tmp_path / "runs")
    supervisor = WorkerSupervisor(store, most_seconds=1000)
    supervisor.start()
    try:
        run = training(store.create(endless))
        process = run.status.process
        with full_disk():
            supervisor._most_seconds = 1
            wait_until(lambda: "could not be seen now: the disk is full" in caplog.text, "the log tells it")
            assert (run.status.state, run.status.process) == (RUNNING, process)
        assert ended(run).status.state == STOPPED
        assert run.status.message == "Stopped: a training may take 0 minutes on this server."
        assert run.status.process == process
    finally:
        supervisor.close()


def test_two_apps_on_one_home_train_each_run_once(tmp_path, tiny):
    store = RunStore(tmp_path / "runs")
    runs = [store.create(tiny) for _ in range(4)]
    supervisors = [WorkerSupervisor(RunStore(store.root)) for _ in range(2)]
    for supervisor in supervisors:
        supervisor.start()
    try:
        for run in runs:
            assert ended(run).status.state == FINISHED
            steps = [event.step for event in run.progress.events if event.phase == "encoder" and event.loss is not None]
            assert steps == sorted(set(steps)), "each step is done once"
            assert steps
    finally:
        for supervisor in supervisors:
            supervisor.close()


def test_a_clock_that_is_set_forward_stops_no_training(tmp_path):
    run = RunStore(tmp_path / "runs").create(TrainConfig())
    run.claim()
    run.set_status(RUNNING)
    replace(run.status, started=time.time() - 3600).write(run.folder)
    supervisor = WorkerSupervisor(RunStore(tmp_path / "runs"), most_seconds=900)
    for _ in range(2):
        supervisor._stop_what_takes_too_long()
    assert not run.stop_requested


def test_a_supervisor_closes_at_once_even_while_its_first_worker_is_starting(tmp_path):
    for attempt in range(5):
        supervisor = WorkerSupervisor(RunStore(tmp_path / f"runs{attempt}"))
        supervisor.start()
        closing = threading.Thread(target=supervisor.close, daemon=True)
        closing.start()
        closing.join(timeout=20)
        assert not closing.is_alive(), "close() waits for a worker that nobody ends"


def test_closing_the_supervisor_ends_its_worker_and_marks_the_run_interrupted(supervisor, endless):
    # The last test here: after it nobody serves the shared store. Starting one more worker only for it takes seconds.
    run = training(supervisor.store.create(endless))
    supervisor.close()
    assert run.status.state == INTERRUPTED
    with pytest.raises(ProcessLookupError):
        os.kill(run.status.process, 0)


def test_a_home_that_vanishes_while_the_app_runs_is_made_anew_by_the_next_training(tmp_path, tiny):
    supervisor = WorkerSupervisor(RunStore(tmp_path / "home" / "runs"))
    supervisor.start()
    try:
        ended(supervisor.store.create(tiny))  # the process of this store has begun to look for runs
        shutil.rmtree(tmp_path / "home")
        assert supervisor.store.all() == []
        run = ended(supervisor.store.create(tiny))
        assert (run.status.state, supervisor.trouble) == (FINISHED, None)
    finally:
        supervisor.close()

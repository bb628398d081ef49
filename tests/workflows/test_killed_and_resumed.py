"""A training whose process was killed, in either phase, goes on and ends with the very numbers of one that was not."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from ans.config import TrainConfig
from ans.model.checkpoints import LEAST_SECONDS
from ans.model.threads import computing_with
from ans.runs.progress import Event
from ans.runs.run import Run
from ans.runs.status import FINISHED, INTERRUPTED
from ans.runs.store import RunStore
from ans.serving.models import load_classifier
from ans.workflows.worker import WorkerSupervisor, train_run
from tests.workflows.waiting import ended, training, wait_until

SOON = 0.01  # seconds between two looks: what is waited for is over in a second or less
Steps = list[tuple[int | None, float | None, float | None]]


@pytest.fixture(scope="module")
def corpus(small_corpus_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same texts as a folder, which has dev texts."""
    head, *rows = small_corpus_file.read_text(encoding="utf-8").splitlines(keepends=True)
    known = [row for row in rows if not row.endswith("\toos\n")]
    folder = tmp_path_factory.mktemp("corpus")
    for part, own in {"train": known[::2], "dev": known[1::4], "test": [*known[3::4], *rows[-8:]]}.items():
        (folder / f"{part}.tsv").write_text(head + "".join(own), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def config(corpus: Path, tiny_encoder_folder: Path) -> TrainConfig:
    """Dropout, warm-up and dev texts: all that draws numbers or counts steps. A second of each phase."""
    return TrainConfig(
        dataset=str(corpus), encoder=str(tiny_encoder_folder), trainable_layers=1, device="cpu", seed=7,
        epochs=40, patience=40, batch_size=2, head_steps=80, folds=0,
    )  # fmt: skip


@contextmanager
def one_core(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This process and those it starts compute on one core: on several they round otherwise."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    with computing_with(1):
        yield


@contextmanager
def app_on(store: RunStore) -> Iterator[None]:
    """An app that trains what is queued, in a process that gets ready at once."""
    supervisor = WorkerSupervisor(RunStore(store.root))
    supervisor.start()
    try:
        yield
    finally:
        supervisor.close()


def trained_at_one_go(store: RunStore, config: TrainConfig) -> Run:
    """A run that nothing interrupts, trained here."""
    store.create(config)
    run = store.take_next()
    train_run(run)
    assert run.status.state == FINISHED, run.status.message
    return run


def held_up(run: Run) -> None:
    """Let the training rest for as long as it keeps nothing after it has begun: then the next pass is kept."""
    process, started = run.status.process, time.monotonic()
    os.kill(process, signal.SIGSTOP)
    wait_until(lambda: time.monotonic() - started > LEAST_SECONDS, "the next pass will be kept")
    os.kill(process, signal.SIGCONT)


def killed(run: Run) -> tuple[Event, ...]:
    """Kill the process that trains the run; what it had told of it."""
    os.kill(run.status.process, signal.SIGKILL)
    assert ended(run).status.state == INTERRUPTED, "it was killed in the middle"
    return run.progress.events


def steps(events: tuple[Event, ...], phase: str) -> Steps:
    """The steps of a phase, with what was measured in each."""
    return [(one.step, one.loss, one.dev_accuracy) for one in events if one.phase == phase and one.step is not None]


def test_a_training_that_was_killed_in_both_phases_is_the_same_to_the_last_bit_as_one_that_was_not(
    config, tmp_path, monkeypatch
):
    store = RunStore(tmp_path / "runs")
    with one_core(monkeypatch), app_on(store):
        whole = trained_at_one_go(RunStore(tmp_path / "alone" / "runs"), config)
        run = training(store.create(config))
        held_up(run)
        kept = run.checkpoints / "encoder.safetensors"
        wait_until(kept.is_file, "a pass of phase 1 is kept", SOON)
        first = killed(run)
        passes = int(load_file(kept)["counts"][0])
        assert 0 < passes < config.epochs, "it was killed between two passes"

        run.put_back()
        wait_until(lambda: bool(steps(run.progress.events, "heads")), "a step of phase 2", SOON)
        second = killed(run)

        run.put_back()
        assert ended(run).status.state == FINISHED, run.status.message
    third, told = run.progress.events, whole.progress.events

    tuned, heads = steps(told, "encoder"), steps(told, "heads")
    assert len([one for one in tuned if one[2] is not None]) == config.epochs, "each pass was measured on dev texts"
    assert steps(first, "encoder") == tuned[: len(steps(first, "encoder"))]
    assert steps(first, "heads") == []
    went_on = steps(second, "encoder")
    assert went_on == tuned[-len(went_on) :], "each step has the loss that it has in the whole training"
    assert len(went_on) * config.epochs == len(tuned) * (config.epochs - passes), "no pass that was kept is done again"
    assert 0 < len(steps(second, "heads")) < len(heads)
    assert steps(third, "encoder") == [], "phase 1 was over"
    assert steps(third, "heads") == heads
    assert run.status.continued == 2
    all_that_was_written_is_the_same(run, whole)


def all_that_was_written_is_the_same(run: Run, whole: Run) -> None:
    """But for times, and for what is needed to go on."""
    for name in ("model/weights.safetensors", "test.safetensors"):
        own, other = (load_file(one.folder / name) for one in (run, whole))
        assert own.keys() == other.keys()
        for key, value in other.items():
            assert torch.equal(own[key], value), f"{name}: {key}"
    for name in ("model/training_texts.json", "test.json", "check.json", "config.json"):
        assert (run.folder / name).read_bytes() == (whole.folder / name).read_bytes(), name
    own, other = (json.loads((one.folder / "model" / "model.json").read_text()) for one in (run, whole))
    assert own.pop("seconds").keys() == other.pop("seconds").keys()
    assert own == other
    assert run.evaluation.metrics == whole.evaluation.metrics
    texts = ["i lost my card", "who wrote hamlet", ""]
    own, other = ([one.to_dict() for one in load_classifier(each, "cpu").explain(texts)] for each in (run, whole))
    assert own == other
    wait_until(lambda: not run.checkpoints.exists(), "what is needed to go on is removed")

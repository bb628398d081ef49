"""A training that runs out of memory, or learns nothing any more, says so and what to do; the next one works."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from ans.config import TrainConfig
from ans.events import check_loss
from ans.model import phase_two
from ans.paths import ROOT
from ans.runs.status import FAILED
from ans.runs.store import RunStore
from ans.workflows.worker import train_run

# A training process that may use 64 MB beyond what it has when everything is imported; the encoder alone wants more.
SHORT_OF_MEMORY = """
import os, resource, sys
from pathlib import Path
import ans.workflows.experiment
from ans.runs.store import RunStore
from ans.workflows.worker import train_run

run = RunStore(Path(sys.argv[1])).take_next()
used = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmSize")) << 10
resource.setrlimit(resource.RLIMIT_AS, (used + (64 << 20),) * 2)
train_run(run)
os._exit(0)  # as a worker ends: what PyTorch does at a process's exit has no room here, and says so in a traceback
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems hold no process to such a limit")
def test_a_training_without_enough_memory_says_so_and_leaves_no_traceback(tmp_path, small_corpus_file):
    store = RunStore(tmp_path / "runs")
    run = store.create(TrainConfig(dataset=str(small_corpus_file), device="cpu"))
    command = [sys.executable, "-c", SHORT_OF_MEMORY, str(store.root)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert run.status.state == FAILED
    assert run.status.message.startswith("The training broke off: the memory is used up; choose fewer texts, ")
    assert "Traceback" not in done.stderr


def test_a_training_whose_loss_is_no_number_ends_with_what_to_change_and_the_next_one_is_trained(
    tmp_path, small_corpus_file, tiny_encoder_folder: Path, monkeypatch
):
    store = RunStore(tmp_path / "runs")
    config = TrainConfig(
        dataset=str(small_corpus_file), encoder=str(tiny_encoder_folder), trainable_layers=1, device="cpu",
        epochs=1, head_steps=2,
    )  # fmt: skip
    real = phase_two.open_loss

    def broken(*given) -> torch.Tensor:
        return real(*given) * float("nan")

    monkeypatch.setattr(phase_two, "open_loss", broken)
    run = store.create(config)
    train_run(run)
    assert (run.status.state, run.status.message) == (
        FAILED, "the loss of the heads is no number any more; choose a smaller head_lr, then train again.",
    )  # fmt: skip
    monkeypatch.undo()
    following = store.create(config)
    train_run(following)
    assert following.status.ended_well


def test_every_loss_that_is_a_number_is_well():
    for loss in (0.0, -1.0, 1e30):
        check_loss(loss, "the encoder", "encoder_lr")
    for loss in (float("nan"), float("inf"), float("-inf")):
        with pytest.raises(ValueError, match="choose a smaller encoder_lr, then train again"):
            check_loss(loss, "the encoder", "encoder_lr")

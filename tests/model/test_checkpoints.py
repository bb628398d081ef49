"""A training that was cut off and goes on ends with the very numbers of one that was not."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from ans.config import TrainConfig
from ans.data.corpora import OpenWorldSplit
from ans.events import TrainingStopped, never
from ans.model.checkpoints import NOWHERE, Checkpoints
from ans.model.training import trained
from tests.full_disk import full_disk


@pytest.fixture
def config(small_config: TrainConfig, tiny_encoder_folder: Path) -> TrainConfig:
    """Dropout, warm-up, dev texts and folds: all that draws numbers or counts steps."""
    return small_config.with_(
        encoder=str(tiny_encoder_folder), trainable_layers=1, epochs=5, patience=5, head_steps=10, batch_size=32
    )


def outcome(config: TrainConfig, split: OpenWorldSplit, checkpoints: Checkpoints, with_dev: bool, cut: int = 0) -> dict:
    """All weights of a training and what it told, or what it told until it was cut off after so many steps."""
    told, dev = [], split.dev if with_dev else split.dev.only([])
    stop = never if not cut else lambda: sum(event["phase"] == "encoder" for event in told) >= cut
    try:
        fitted, _, _ = trained(config, split.train, dev, [], told.append, stop, checkpoints)
    except TrainingStopped:
        return {"told": told}
    weights: dict[str, Tensor] = {**fitted.closed.state_dict(), **fitted.heads.state_dict()}
    return {"told": told, "weights": weights | {"features": fitted.features, "line": fitted.calibration.line}}


def steps(told: list[dict]) -> list[dict]:
    return [event for event in told if event["phase"] == "encoder"]


@pytest.mark.parametrize("with_dev", [True, False], ids=["dev texts", "no dev texts"])
@pytest.mark.parametrize("cut", [1, 30, 50])
def test_a_training_that_was_cut_off_and_goes_on_is_the_same_to_the_last_bit(
    config, small_split, tmp_path, with_dev, cut
):
    whole = outcome(config, small_split, NOWHERE, with_dev)
    kept = Checkpoints(tmp_path / "kept", least_seconds=0)
    assert "weights" not in outcome(config, small_split, kept, with_dev, cut)
    torch.manual_seed(99)  # another process begins with other random numbers
    again = outcome(config, small_split, kept, with_dev)
    assert again["weights"].keys() == whole["weights"].keys()
    for name, value in whole["weights"].items():
        assert torch.equal(torch.as_tensor(value), torch.as_tensor(again["weights"][name])), name
    assert steps(again["told"]) == steps(whole["told"])[-len(steps(again["told"])) :]
    assert cut < 25 or len(steps(again["told"])) < len(steps(whole["told"]))


def test_a_training_that_had_ended_phase_1_does_not_tune_again(config, small_split, tmp_path):
    kept = Checkpoints(tmp_path / "kept", least_seconds=1e9)  # the last pass is kept at any rate
    whole = outcome(config, small_split, kept, True)
    again = outcome(config, small_split, kept, True)
    assert steps(again["told"]) == []
    for name, value in whole["weights"].items():
        assert torch.equal(torch.as_tensor(value), torch.as_tensor(again["weights"][name])), name


@pytest.mark.parametrize("harm", ["torn", "empty", "of another model"])
def test_a_checkpoint_that_can_not_be_used_costs_the_passes_and_nothing_else(config, small_split, tmp_path, harm):
    kept = Checkpoints(tmp_path / "kept", least_seconds=0)
    whole = outcome(config, small_split, kept, True)
    file = tmp_path / "kept" / "encoder.safetensors"
    if harm == "of another model":
        kept_tensors = load_file(file)
        save_file({name: value for name, value in kept_tensors.items() if "bias" not in name}, file)
    else:
        file.write_bytes(file.read_bytes()[:1000] if harm == "torn" else b"")
    again = outcome(config, small_split, kept, True)
    assert steps(again["told"]) == steps(whole["told"])


def test_a_full_disk_ends_no_training(config, small_split, tmp_path):
    with full_disk():
        whole = outcome(config, small_split, Checkpoints(tmp_path / "kept", least_seconds=0), True)
    assert "weights" in whole
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []

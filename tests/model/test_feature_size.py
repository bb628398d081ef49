"""Whatever size an encoder's features have, it is trained as one of the usual size is, and so it answers once saved."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from torch import nn

from ans.config import TrainConfig
from ans.model.encoder import TextEncoder
from ans.model.feature_size import SENTENCES, USUAL
from ans.model.files import ABOUT_FILE
from ans.model.trained_model import TrainedModel
from tests.model.tiny_models import tiny_model

TEXTS = [
    f"{verb} {thing}" for verb in ("book", "cancel") for thing in ("a flight", "the room", "my seat", "two tables")
]
LABELS = [text.split()[0] for text in TEXTS]


def with_features_times(size: float):
    """A tiny BERT whose features are so many times as large as usual ones."""
    model = tiny_model("Bert")
    norm = next(part for part in reversed(list(model.modules())) if isinstance(part, nn.LayerNorm))
    with torch.no_grad():
        norm.weight.mul_(size)
        norm.bias.mul_(size)
    return model


def of_size(size: float, save_tiny_encoder) -> TextEncoder:
    return TextEncoder.load(str(save_tiny_encoder(with_features_times(size))), 1)


def deviation(encoder: TextEncoder) -> float:
    found = encoder.features(encoder.cache(list(SENTENCES)))
    return (found - found.mean(0)).square().mean().sqrt().item()


def test_the_embedded_encoder_sets_the_size_and_keeps_its_features():
    encoder = TextEncoder.load("minilm")
    assert encoder.factor == 1.0
    assert deviation(encoder) == pytest.approx(USUAL, rel=0.003)


@pytest.mark.parametrize("size", [0.05, 1.0, 30.0])
def test_features_of_any_size_become_as_large_as_the_usual_ones(size, save_tiny_encoder):
    assert deviation(of_size(size, save_tiny_encoder)) == pytest.approx(USUAL, rel=0.05)


def test_a_model_that_is_loaded_has_the_features_it_was_trained_on_and_one_of_before_has_its_own(
    save_tiny_encoder, tmp_path: Path
):
    folder = str(save_tiny_encoder(with_features_times(0.05)))
    config = TrainConfig(encoder=folder, trainable_layers=1, epochs=1, least_updates=2, head_steps=3, folds=0)
    model = TrainedModel.trained_on(config, TEXTS, LABELS)
    model.save(tmp_path / "model")
    again = TrainedModel.load(tmp_path / "model")
    assert model.encoder.factor > 2
    torch.testing.assert_close(again.features(TEXTS), model.features(TEXTS))
    torch.testing.assert_close(again.features(TEXTS), again.train_features, rtol=0, atol=0.02)

    about = json.loads((tmp_path / "model" / ABOUT_FILE).read_text())
    del about["feature_factor"]  # as versions before 4 wrote it
    (tmp_path / "model" / ABOUT_FILE).write_text(json.dumps(about | {"version": 3}))
    earlier = TrainedModel.load(tmp_path / "model")
    assert earlier.encoder.factor == 1.0


@pytest.mark.parametrize(("encoder", "version"), [("minilm", 3), ("tiny", 4)])
def test_a_model_that_earlier_versions_would_answer_otherwise_is_none_that_they_read(
    encoder, version, save_tiny_encoder, tmp_path: Path
):
    name = encoder if encoder == "minilm" else str(save_tiny_encoder(with_features_times(0.05)))
    config = TrainConfig(encoder=name, trainable_layers=0, epochs=1, least_updates=2, head_steps=3, folds=0)
    TrainedModel.trained_on(config, TEXTS, LABELS).save(tmp_path / "model")
    assert json.loads((tmp_path / "model" / ABOUT_FILE).read_text())["version"] == version


@pytest.mark.parametrize("factor", [0, -1, None, "2", True, float("inf"), float("nan")])
def test_a_factor_that_is_no_usable_number_is_refused(factor, save_tiny_encoder, tmp_path: Path):
    folder = str(save_tiny_encoder(tiny_model("Bert")))
    config = TrainConfig(encoder=folder, trainable_layers=0, epochs=1, least_updates=2, head_steps=3, folds=0)
    TrainedModel.trained_on(config, TEXTS, LABELS).save(tmp_path / "model")
    about = json.loads((tmp_path / "model" / ABOUT_FILE).read_text())
    (tmp_path / "model" / ABOUT_FILE).write_text(json.dumps(about | {"feature_factor": factor}))
    with pytest.raises(ValueError, match=r"is damaged \(the factor of its features is no usable number\)"):
        TrainedModel.load(tmp_path / "model")

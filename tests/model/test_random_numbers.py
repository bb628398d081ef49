"""The seed alone decides a training, whoever trains or loads beside it; and what others drew from goes on as it was."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from ans.config import TrainConfig
from ans.model.random_numbers import unfilled
from ans.model.trained_model import TrainedModel

NEW = ["water the plants on my balcony", "my flowers are dry", "how often do roses need water", "a pot for my fern"]


@pytest.fixture(scope="module")
def few(small_split) -> tuple[list[str], list[str]]:
    part = small_split.train.only(range(0, len(small_split.train), 8))
    return list(part.texts), list(part.labels)


@pytest.fixture(scope="module")
def config(tiny_encoder_folder) -> TrainConfig:
    return TrainConfig(
        encoder=str(tiny_encoder_folder), trainable_layers=1, least_updates=10, head_steps=10, device="cpu"
    )


def test_whoever_draws_random_numbers_is_not_disturbed_by_a_training_or_by_a_model(config, few, tmp_path):
    texts, labels = few
    torch.manual_seed(7)
    before = torch.get_rng_state()
    model = TrainedModel.trained_on(config, texts, labels)
    assert torch.equal(torch.get_rng_state(), before), "a training"
    model.save(tmp_path / "model")
    loaded = TrainedModel.load(tmp_path / "model", "cpu")
    assert torch.equal(torch.get_rng_state(), before), "saving and loading"
    loaded.encoder.record()
    loaded.explain_many(texts)
    loaded.add_class("plants", NEW)
    loaded.teach([texts[0], *NEW], [None, *["plants"] * len(NEW)])
    loaded.synthesized_negatives(labels[0], 3)
    assert torch.equal(torch.get_rng_state(), before), "answering, growing, teaching"


def test_trainings_beside_each_other_end_as_one_alone_does(config, few, small_split):
    texts, labels = few
    asked = small_split.test.texts[:40]

    def learnt(_: int) -> torch.Tensor:
        return TrainedModel.trained_on(config, texts, labels).score(asked)

    alone = learnt(0)
    with ThreadPoolExecutor(3) as pool:
        for found in pool.map(learnt, range(3)):
            assert torch.equal(found, alone)


def test_classes_added_beside_each_other_end_as_one_alone_does(config, few, small_split):
    model = TrainedModel.trained_on(config, *few)
    asked = small_split.test.texts[:40]

    def grown(_: int) -> torch.Tensor:
        return model.add_class("plants", NEW).score(asked)

    alone = grown(0)
    with ThreadPoolExecutor(3) as pool:
        for found in pool.map(grown, range(6)):
            assert torch.equal(found, alone)


def test_a_module_that_is_to_be_loaded_draws_nothing():
    before = torch.get_rng_state()
    layer = unfilled(lambda: torch.nn.Linear(3, 4))
    assert (layer.weight.shape, layer.weight.device.type) == ((4, 3), "cpu")
    assert torch.equal(torch.get_rng_state(), before)

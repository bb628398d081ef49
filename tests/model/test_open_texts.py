"""Texts that are labelled as of no class: every head learns to refuse them, if training may learn from them."""

from __future__ import annotations

import pytest
import torch

from ans.config import TrainConfig
from ans.model.phase_two import OUTSIDE, HeadSampler
from ans.model.trained_model import TrainedModel

CONFIG = TrainConfig(device="cpu", trainable_layers=0, head_steps=40, few_texts=0)
ODD = ["how many moons has jupiter", "do fish sleep", "who wrote hamlet", "what is the boiling point of helium"] * 3
ODD = [f"{text} {i}" for i, text in enumerate(ODD)]


def test_half_of_a_heads_negatives_are_texts_of_no_class_and_all_of_them_are_drawn():
    features, labels = torch.zeros(12, 3), torch.arange(3).repeat_interleave(4)
    outside = torch.arange(1, 6).float()[:, None].expand(5, 3)
    sampler = HeadSampler(features, labels, 3, torch.Generator().manual_seed(0), outside=outside)
    drawn = sampler.known_negatives(2000)[..., 0]
    assert float((drawn > 0).float().mean()) == pytest.approx(OUTSIDE, abs=0.02)
    assert set(drawn.unique().tolist()) == {0.0, 1.0, 2.0, 3.0, 4.0, 5.0}


def test_without_such_texts_nothing_changes():
    features, labels = torch.randn(12, 3, generator=torch.Generator().manual_seed(1)), torch.arange(12) % 3
    plain = HeadSampler(features, labels, 3, torch.Generator().manual_seed(0))
    empty = HeadSampler(features, labels, 3, torch.Generator().manual_seed(0), outside=features[:0])
    assert torch.equal(plain.known_negatives(8), empty.known_negatives(8))
    assert torch.equal(plain.positives(8), empty.positives(8))


@pytest.fixture(scope="module")
def models(small_split) -> tuple[TrainedModel, TrainedModel]:
    """Without texts of no class, and with them."""
    train, dev = small_split.train, small_split.dev
    given = train.texts, train.labels, dev.texts, dev.labels
    return TrainedModel.trained_on(CONFIG, *given), TrainedModel.trained_on(CONFIG, *given, open_texts=ODD)


def test_texts_like_those_taught_are_refused_more_surely(models):
    plain, taught = models
    like = ["how many moons has saturn", "do cats sleep", "who wrote faust", "what is the boiling point of lead"]
    assert (taught.score(like) < plain.score(like)).all()
    assert (taught.score(ODD) < 0).all()


def test_they_are_kept_with_the_model_so_that_a_class_is_added_against_them_too(models, tmp_path):
    _, taught = models
    taught.save(tmp_path / "model")
    again = TrainedModel.load(tmp_path / "model", "cpu")
    assert torch.equal(again.fitted.outside, taught.fitted.outside)
    texts = ["good morning to you", "hi there", "hello friend", "hey you", "good evening"]
    grown = again.add_class("greeting", texts)
    assert (grown.score(ODD) < 0).all()
    assert len(grown.fitted.outside) == len(ODD)


def test_where_trainings_check_the_line_some_of_them_are_held_out_to_count_those_let_in(small_split):
    rows = [i for i in range(len(small_split.train)) if i % 8 == 0]
    train = small_split.train.only(rows)
    config = CONFIG.with_(head_steps=10, few_texts=100, folds=2)
    model = TrainedModel.trained_on(config, train.texts, train.labels, open_texts=ODD)
    assert len(model.calibration.outside) == len(ODD) // 2

"""What the number of texts decides: nothing with many, and by formulas that change step by step below that."""

import math

import pytest
import torch

from ans.config import TrainConfig
from ans.model import few_texts
from ans.model.heads import HIDDEN

DEFAULT = TrainConfig()
BEFORE = TrainConfig(few_texts=0, least_updates=0, widened_below=0, similarity=0, folds=0)


@pytest.mark.parametrize("n", [100, 117.4, 600])
def test_with_a_hundred_texts_a_class_everything_is_as_it_was_before_few_texts_were_thought_of(n):
    for config in (DEFAULT, BEFORE):
        assert few_texts.fewness(n, config) == few_texts.similarity_weight(n, config) == few_texts.trust(n, config) == 0
        assert few_texts.head_size(n, config) == few_texts.HeadSize(HIDDEN, config.head_batch, config.head_lr)
    assert few_texts.schedule(round(n * 20), DEFAULT) == few_texts.schedule(round(n * 20), BEFORE)
    assert not few_texts.widened(torch.tensor([n]), DEFAULT).any()


def test_phase_one_makes_enough_updates_however_few_the_texts():
    for texts in (2, 10, 50, 150, 328, 960, 3000):
        made = few_texts.schedule(texts, DEFAULT)
        assert made.passes * math.ceil(texts / made.batch) >= DEFAULT.least_updates
        assert 1 <= made.batch <= DEFAULT.batch_size
        assert made.passes >= DEFAULT.epochs


def test_each_formula_goes_one_way_with_the_number_of_texts():
    sizes = [1, 2, 5, 10, 15.6, 20, 50, 60, 90, 99, 100, 150]
    for formula, sign in (
        (few_texts.fewness, -1),
        (few_texts.similarity_weight, -1),
        (few_texts.refused_target, -1),
        (few_texts.trust, -1),
        (lambda n, config: few_texts.head_size(n, config).hidden[0], 1),
        (lambda n, config: few_texts.head_size(n, config).batch, 1),
    ):
        values = [sign * formula(n, DEFAULT) for n in sizes]
        assert values == sorted(values)


def test_who_asks_for_a_share_gets_that_share_with_any_number_of_texts():
    asked = DEFAULT.with_(refused=0.07)
    for n in (2, 30, 600):
        assert few_texts.refused_target(n, asked) == 0.07
        assert few_texts.trust(n, asked) == 1


def test_dev_texts_save_the_folds_and_many_texts_need_one_only():
    assert few_texts.fold_count(50, 0, DEFAULT) == DEFAULT.folds == 3
    assert few_texts.fold_count(328, 0, DEFAULT) == 2
    assert few_texts.fold_count(5000, 0, DEFAULT) == 1
    assert few_texts.fold_count(50, few_texts.FEWEST_DEV, DEFAULT) == 0
    assert few_texts.fold_count(50, 0, BEFORE) == 0

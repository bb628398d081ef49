"""All that the number of texts decides: formulas and reasons. From `few_texts` texts a class on they change nothing.

The method was made for 50 to 600 texts a class. With 5 to 30 the heads close around the few texts they saw, and answer
OPEN to most of the others. `n` is the mean number of training texts of a class.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from torch import Tensor

from ans.config import TrainConfig
from ans.model.heads import HIDDEN

SMALLEST_BATCH, BATCHES = 8, 16  # of phase 1: texts a batch, and into how many batches few texts are divided
NARROWEST = 64  # hidden units of a head's first layer, however few its texts
ENOUGH = 400  # texts in training, from which a single fold leaves enough held-out ones
FEWEST_DEV = 30  # dev texts that check a line by themselves


def fewness(n: float, config: TrainConfig) -> float:
    """From 1, where a class has hardly a text, down to 0, where it has `few_texts`."""
    return max(0.0, 1 - n / config.few_texts) if config.few_texts else 0.0


@dataclass(frozen=True)
class Schedule:
    """Phase 1: passes over the texts, texts a batch, and the passes it waits for a better dev accuracy."""

    passes: int
    batch: int
    patience: int


def schedule(texts: int, config: TrainConfig) -> Schedule:
    """The config's schedule, unless it makes fewer than `least_updates` updates: then smaller batches, more passes.

    What a classifier that starts at random learns depends on its updates, not on its passes.
    """
    if config.epochs * math.ceil(texts / config.batch_size) >= config.least_updates:
        return Schedule(config.epochs, config.batch_size, config.patience)
    batch = min(config.batch_size, max(SMALLEST_BATCH, texts // BATCHES // 8 * 8))
    passes = max(config.epochs, math.ceil(config.least_updates / math.ceil(texts / batch)))
    return Schedule(passes, batch, max(config.patience, passes // 2))


@dataclass(frozen=True)
class HeadSize:
    """Hidden units of each head, positives per head and step, learning rate."""

    hidden: tuple[int, int]
    batch: int
    rate: float


def head_size(n: float, config: TrainConfig) -> HeadSize:
    """Few texts need, and can fill, only a narrower head; its first layer shrinks with them, down to a quarter.

    A step of Adam moves every weight by about the learning rate, and a logit by that times the width: a narrower layer
    takes a larger rate, ∝ 1/√width. On features of 5 to 20 texts a class heads of 64 units rank texts as well as those
    of 256, once the nearest texts are heard too, and cost a quarter.
    """
    share = 1 - fewness(n, config)
    width = max(NARROWEST, round(HIDDEN[0] * share / 8) * 8)
    batch = max(1, round(config.head_batch * max(0.5, share)))
    return HeadSize((width, HIDDEN[1]), batch, config.head_lr * math.sqrt(HIDDEN[0] / width))


def widened(counts: Tensor, config: TrainConfig) -> Tensor:
    """Which share of positives is drawn from where a class's next texts are expected, 1 − n/`widened_below`: [C]."""
    return (1 - counts / config.widened_below).clamp(min=0) if config.widened_below else counts * 0.0


def similarity_weight(n: float, config: TrainConfig) -> float:
    """How much the nearest texts weigh beside the heads, in spreads of both."""
    return config.similarity * fewness(n, config)


def refused_target(n: float, config: TrainConfig) -> float:
    """The share of held-out known texts that the line refuses; 8 % and, where texts are few, more.

    The fewer texts, the less can known and open texts be told apart, and the more must be refused before the answers
    that remain are right: on three corpora the F1 of 2, 5, 10 and 20 texts a class is best where 26, 18, 16 and 14 % of
    new known texts are refused. And the held-out texts were judged by models that had learnt from three quarters.
    """
    return config.refused if config.refused is not None else min(0.3, 0.08 + 1.1 / n)


def trust(n: float, config: TrainConfig) -> float:
    """How far the line is the checked one rather than zero, where training has put it.

    With many texts zero is nearly right, and what is measured on held-out ones adds noise and no news; with 60 a class
    it is still 95 % the checked one, with 90 half. Who asks for a share (`refused`) gets it.
    """
    if config.refused is not None:
        return 1.0
    return 1 - (1 - fewness(n, config)) ** 6


def fold_count(texts: int, held_out: int, config: TrainConfig) -> int:
    """How many trainings check the line: none where `held_out` dev texts do, else the more the fewer the texts."""
    if config.folds == 0 or held_out >= FEWEST_DEV:
        return 0
    return min(config.folds, math.ceil(ENOUGH / texts))

"""The one protocol of all methods: fit on the features of known texts, then answer any part."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import update_wrapper

import torch
from torch import Tensor

from ans.baselines.features import Part, Tuned
from ans.config import TrainConfig
from ans.conventions import OPEN
from ans.evaluation.metrics import Metrics, evaluate


@dataclass(frozen=True)
class Answers:
    """Answers to some texts: class index or `OPEN` [N], scores [N] (higher = known), and the class if known [N]."""

    answers: Tensor
    scores: Tensor
    classes: Tensor


@dataclass(frozen=True)
class Fitted:
    """A rule with what it learnt from train and dev: `answer` judges any part, a text is open below `threshold`."""

    answer: Callable[[Part], Answers]
    threshold: float


class Rule:
    """A way to fit, as a decorator. Called like a function, it fits and answers the test texts."""

    def __init__(self, fit: Callable[[Tuned, TrainConfig], Fitted]) -> None:
        self.fit = fit
        update_wrapper(self, fit)

    def __call__(self, tuned: Tuned, config: TrainConfig) -> Answers:
        """Answers to the test texts."""
        return self.fit(tuned, config).answer(tuned.test)


def from_scores(scores: Tensor, classes: Tensor, threshold: float) -> Answers:
    """Open below the threshold, else the class."""
    return Answers(torch.where(scores < threshold, OPEN, classes), scores, classes)


def measured(found: Answers, tuned: Tuned) -> Metrics:
    """The field's numbers of these answers to the test texts."""
    return evaluate(tuned.test.targets.tolist(), found.answers.tolist(), found.scores.tolist(), tuned.known)

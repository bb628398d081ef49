"""The one protocol of all methods: fit on the features of known texts, then answer any part."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from ans.baselines.features import Part, PhaseOneFeatures
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


Fit = Callable[[PhaseOneFeatures, TrainConfig], Fitted]


@dataclass(frozen=True)
class Rule:
    """A method: what it learns from known texts, given what phase 1 left and the settings. Made by `rule`."""

    name: str
    fit: Fit

    def __call__(self, given: PhaseOneFeatures, config: TrainConfig) -> Answers:
        """Fit, and answer the test texts."""
        return self.fit(given, config).answer(given.test)


def rule(fit: Fit) -> Rule:
    """A function that fits, as the rule of its name. A decorator."""
    return Rule(fit.__name__, fit)


def from_scores(scores: Tensor, classes: Tensor, threshold: float) -> Answers:
    """Open below the threshold, else the class."""
    return Answers(torch.where(scores < threshold, OPEN, classes), scores, classes)


def measured(found: Answers, given: PhaseOneFeatures) -> Metrics:
    """The field's numbers of these answers to the test texts."""
    return evaluate(given.test.targets.tolist(), found.answers.tolist(), found.scores.tolist(), given.known)

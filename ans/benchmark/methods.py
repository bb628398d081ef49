"""What can fill a cell of a table: a way to tune the encoder, and a rule that answers from features."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import update_wrapper
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ans.benchmark.tuned import Part, Tuned
from ans.config import TrainConfig
from ans.conventions import OPEN, ZERO
from ans.encoder import choose_device
from ans.heads import MultiViewHeads
from ans.metrics import Metrics, evaluate
from ans.training import Emit, ShouldStop, phase_one, phase_two


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


@dataclass(frozen=True)
class Method:
    """One row of a table. `changes` are settings that differ from the benchmark's configuration."""

    name: str
    answer: Callable[[Tuned, TrainConfig], Answers]
    changes: Mapping[str, Any] = field(default_factory=dict)
    tune: Callable = phase_one


def from_scores(scores: Tensor, classes: Tensor, threshold: float) -> Answers:
    """Open below the threshold, else the class."""
    return Answers(torch.where(scores < threshold, OPEN, classes), scores, classes)


def fitted_heads(heads: MultiViewHeads, views: tuple[str, ...], device: torch.device) -> Fitted:
    """The rule of trained heads on these views: open where all say no, else the closed-set classifier's class."""

    @torch.no_grad()
    def answer(part: Part) -> Answers:
        batches = part.views(views).split(512)
        scores = torch.cat([heads(batch.to(device)).max(0).values.cpu() for batch in batches])
        return from_scores(scores, part.closed.argmax(1), ZERO)

    return Fitted(answer, ZERO)


def train_heads_on(
    tuned: Tuned,
    config: TrainConfig,
    emit: Emit = lambda event: None,
    should_stop: ShouldStop = lambda: False,
    views: tuple[str, ...] | None = None,
) -> Fitted:
    """Phase 2 on features of phase 1; `views` are the config's if not given.

    Raises:
        TrainingStopped: `should_stop` said so.
    """
    views = config.head_views if views is None else views
    features = tuned.train.views(views).to(choose_device(config.device))
    heads = phase_two(features, tuned.train.targets, tuned.num_classes, tuned.dim, config, emit, should_stop)
    return fitted_heads(heads, views, features.device)


@Rule
def ans(tuned: Tuned, config: TrainConfig) -> Fitted:
    """This project's method: the heads, with negatives as `config` says."""
    return train_heads_on(tuned, config)


@Rule
def ans_untouched(tuned: Tuned, config: TrainConfig) -> Fitted:
    """The heads on the untouched view alone; the classes still come from the tuned one."""
    return train_heads_on(tuned, config, views=("untouched",))


def measured(found: Answers, tuned: Tuned) -> Metrics:
    """The field's numbers of these answers to the test texts."""
    return evaluate(tuned.test.targets.tolist(), found.answers.tolist(), found.scores.tolist(), tuned.known)


def best_threshold_f1(found: Answers, targets: Tensor, num_classes: int) -> float:
    """The best F1, in percent, that any threshold on these scores could give: what tuning on the test would buy."""
    thresholds = np.quantile(found.scores.numpy(), np.linspace(0, 1, 401))
    answers = (from_scores(found.scores, found.classes, threshold).answers for threshold in thresholds)
    return max(_f1(some, targets, num_classes) for some in (found.answers, *answers))


def _f1(answers: Tensor, targets: Tensor, num_classes: int) -> float:
    """Mean F1 over the C + 1 classes, in percent; much faster than the library's, which checks its input each time."""
    truth, answer = (torch.where(rows == OPEN, num_classes, rows) for rows in (targets, answers))
    counts = torch.bincount(truth * (num_classes + 1) + answer, minlength=(num_classes + 1) ** 2)
    counts = counts.view(num_classes + 1, num_classes + 1).double()
    return 100 * (2 * counts.diag() / (counts.sum(0) + counts.sum(1)).clamp(min=1)).mean().item()

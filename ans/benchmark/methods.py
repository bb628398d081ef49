"""What can fill a cell of a table: a way to tune the encoder, and a rule that answers from features."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ans.baselines.rule import Answers, Rule, from_scores
from ans.conventions import OPEN
from ans.model.phase_one import phase_one


@dataclass(frozen=True)
class Method:
    """One row of a table. `changes` are settings that differ from the benchmark's configuration."""

    name: str
    answer: Rule
    changes: Mapping[str, Any] = field(default_factory=dict)
    tune: Callable = phase_one


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

"""From logits to probabilities of each class and of open, calibrated on held-out known texts. Tensors only.

Two scales are read from texts that were not learnt from: how sure the votes for a class may be (temperature scaling,
Guo et al. 2017), and how fast "known" turns into "open" about the line (Platt 1999). The line itself stays where it is:
a text on it is open with one half. How much of what comes is open, nobody knows beforehand, so the second scale takes
known texts and, if some were left out as classes or labelled as of no class, open ones at even odds.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F
from scipy.optimize import minimize_scalar
from torch import Tensor

SMALLEST, LARGEST = 0.05, 20.0  # of both scales


def temperature(held_out: Sequence[tuple[Tensor, Tensor]]) -> float:
    """The temperature under which votes for held-out known texts are as sure as they are right.

    Args:
        held_out: of each training that held some out, votes [N, C] and the true classes' columns [N].
    """
    parts = [(votes.double(), rows) for votes, rows in held_out if len(votes)]
    if not parts:
        return 1.0
    # The truth is a little less than sure, so that no scale becomes endless where all answers are right.
    unsure = 1 / (2 + sum(len(votes) for votes, _ in parts))
    return _least(
        lambda scale: sum(
            float(F.cross_entropy(votes / scale, rows, reduction="sum", label_smoothing=unsure))
            for votes, rows in parts
        )
    )


def score_scale(known: Tensor, beyond: Tensor) -> float:
    """The scale by which scores, after the line, become log-odds of being known.

    Args:
        known, beyond: scores of held-out known texts, and of texts that stand for open ones; the latter may be none.
    """
    if not len(known):
        return 1.0
    parts = [(some.double(), truth) for some, truth in ((known, 1.0), (beyond, 0.0)) if len(some)]

    def loss(scale: float) -> float:
        """The mean over both kinds; targets a little inside of 0 and 1, for the same reason."""
        losses = []
        for scores, truth in parts:
            inside = 1 / (len(scores) + 2)
            target = torch.full_like(scores, truth * (1 - 2 * inside) + inside)
            losses.append(F.binary_cross_entropy_with_logits(scores / scale, target))
        return float(sum(losses))

    return _least(loss)


def probabilities(votes: Tensor, scores: Tensor, vote_scale: float, known_scale: float) -> Tensor:
    """Each class's probability, and in the last column that of open: [N, C], [N] → [N, C + 1]; rows sum to 1."""
    known = torch.sigmoid(scores.double() / known_scale)[:, None]
    return torch.cat([known * (votes.double() / vote_scale).softmax(1), 1 - known], dim=1)


def _least(loss: Callable[[float], float]) -> float:
    """The scale with the least loss."""
    bounds = math.log(SMALLEST), math.log(LARGEST)
    return math.exp(minimize_scalar(lambda x: loss(math.exp(x)), bounds=bounds, method="bounded").x)

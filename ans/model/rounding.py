"""Which answers could change because what they rest on was computed in bfloat16, by a model's own measure of that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from ans.model.answers import ABOUT_EQUAL, Answers

LEAST = 0.06  # more than bfloat16 has moved any score of 3,000 test texts with the default settings (0.04)
MARGIN = 1.25  # times what it has moved those of the probes: they are few, and the texts to come are many
PROBES = 48


@dataclass(frozen=True)
class Rounding:
    """How far an answer may be moved by it: the logits of the likeliest classes, and what the first is ahead by."""

    logits: float = LEAST
    votes: float = LEAST

    @classmethod
    def between(cls, exact: Answers, rounded: Answers) -> Rounding:
        """A little more than what was moved most of some texts, and never less than the usual."""
        logits, votes = _moved(exact.logits, rounded.logits), _moved(exact.votes, rounded.votes)
        return cls(max(LEAST, MARGIN * max(logits)), max(LEAST, MARGIN * votes[1]))


def _moved(exact: Tensor, rounded: Tensor) -> tuple[float, float]:
    """Of the two likeliest classes of texts [N, C]: how far a value was moved most, and its distance from the first."""
    likeliest = exact.topk(min(2, exact.shape[1]), dim=1).indices
    one, other = exact.gather(1, likeliest), rounded.gather(1, likeliest)
    behind = (one - one[:, :1]) - (other - other[:, :1])
    return float((one - other).abs().max()), float(behind.abs().max())


def probes(texts: Sequence[str]) -> list[str]:
    """Texts that are like none of these and between them: halves of each and of the one half the way further on."""
    some = texts[:: max(1, len(texts) // PROBES)][:PROBES]
    others = [*some[len(some) // 2 :], *some[: len(some) // 2]]
    return [f"{one[: len(one) // 2]}{other[len(other) // 2 :]}" for one, other in zip(some, others, strict=True)]


def doubtful(found: Answers, band: tuple[float, float], rounding: Rounding) -> Tensor:
    """Which answers could change if what they rest on was rounded [N]: a score near a line, two classes nearly even.

    Which class fits best matters where a text may be known or waver, and whether two are about equal where it may be
    known; of an open text nobody is told either.
    """
    scores, edges = found.scores, torch.tensor([0.0, *band])
    near_line = ((scores[:, None] - edges).abs() < rounding.logits).any(1)
    if found.votes.shape[1] == 1:
        return near_line
    ahead, logits_ahead = (
        both.topk(2, dim=1).values.diff(dim=1).squeeze(1).neg() for both in (found.votes, found.logits)
    )
    best = (ahead < rounding.votes) & (scores > band[0] - rounding.logits)
    equal = ((ahead - ABOUT_EQUAL).abs() < rounding.votes) & (scores > -rounding.logits)
    return near_line | best | equal | (logits_ahead < rounding.logits)

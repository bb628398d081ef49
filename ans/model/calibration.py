"""From heads and nearest texts to one logit a class, and where the line between open and known lies. Tensors only.

The line is checked on held-out known texts, of which nothing was learnt. No open text is used for it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist

import torch
from torch import Tensor

from ans.config import TrainConfig
from ans.model import few_texts
from ans.model.asked_heads import head_logits
from ans.model.heads import MultiViewHeads
from ans.model.probabilities import probabilities, score_scale, temperature
from ans.model.similarity import nearest_of_each_class

_SAVED = ("weights", "middles", "scores", "targets", "answers", "rows", "left_out", "outside")
KEPT_OUT = 0.75  # of the texts of left-out classes, where no known text could be held out
BATCH = 512  # texts that heads and nearest texts are asked about at a time
FEWEST = 3  # held-out known texts from which spreads and a line are read
MORE_HELD_OUT = "with folds from 1 on and at least four texts a class, or with dev texts"


@dataclass(frozen=True)
class Evidence:
    """What a model says of B texts: heads' logits [B, C], cosines to the nearest texts of each class [V, B, C]."""

    heads: Tensor
    similarity: Tensor


@dataclass(frozen=True)
class HeldOut:
    """Texts of known classes that a model of C' of the C classes has not learnt from.

    `evidence` is of M texts, `left_out` of texts of the other classes, `outside` of texts that are labelled as of no
    class; `closed` are logits of the closed-set classifier [M, C']; `targets` [M] the true classes and `known` [C'] the
    classes of the columns, both in 0 … C−1; `rows` [M] the texts' places among the training texts, −1 for dev texts.
    """

    evidence: Evidence
    closed: Tensor
    targets: Tensor
    known: Tensor
    rows: Tensor
    left_out: Evidence
    outside: Evidence


@dataclass(frozen=True)
class Calibration:
    """Logits of a class are head + Σ_v weights[v]·(cosine_v − middles[v]) − line; below zero in all is open.

    Attributes:
        weights, middles: [V]. line: in use. trained_line: what training chose.
        scores: of the held-out known texts, before the line, ascending [M]. targets, answers: their classes, and those
            they were taken for [M]. rows: their places among the training texts, −1 for dev texts [M].
        left_out: scores of texts of left-out classes, ascending [L]; they stand for open ones.
        outside: scores of held-out texts that are labelled as belonging to no class, ascending [O].
        temperature: of the votes for a class, where they are to be probabilities.
    """

    weights: Tensor
    middles: Tensor
    line: float
    trained_line: float
    scores: Tensor
    targets: Tensor
    answers: Tensor
    rows: Tensor
    left_out: Tensor
    outside: Tensor
    temperature: float = 1.0

    @classmethod
    def none(cls, views: int) -> Calibration:
        """Heads alone, a line at zero, nothing held out: models of versions that had no calibration."""
        nothing, none = torch.zeros(0), torch.zeros(0, dtype=torch.long)
        return cls(torch.zeros(views), torch.zeros(views), 0.0, 0.0, nothing, none, none, none, nothing, nothing)

    @classmethod
    def of(cls, held_out: Sequence[HeldOut], views: int, weight: float, refused: float, trust: float) -> Calibration:
        """Spreads and line from held-out texts.

        Args:
            weight: of the nearest texts beside the heads, in spreads of both; each view counts alike.
            refused: the share of held-out known texts that the checked line refuses.
            trust: how far the line is the checked one rather than zero.
        """
        made = cls.none(views)
        if not held_out:
            return made
        known, left_out = (
            torch.cat([_strongest(part) for part in parts])
            for parts in ([one.evidence for one in held_out], [one.left_out for one in held_out])
        )
        shown = known if len(known) >= FEWEST else torch.cat([known, left_out])
        if len(shown) < FEWEST:
            return made
        middles = shown.median(0).values
        spreads = (shown - middles).abs().mean(0).clamp(min=1e-6)
        made = replace(made, weights=weight * spreads[0] / spreads[1:], middles=middles[1:])
        scores = torch.cat([made.combined(one.evidence).max(1).values for one in held_out])
        order = scores.argsort(stable=True)
        votes = [class_votes(one.closed, made.combined(one.evidence), weight) for one in held_out]
        pairs = list(zip(held_out, votes, strict=True))
        made = replace(
            made,
            scores=scores[order],
            targets=torch.cat([one.targets for one in held_out])[order],
            answers=torch.cat([one.known[vote.argmax(1)] for one, vote in pairs])[order],
            rows=torch.cat([one.rows for one in held_out])[order],
            left_out=torch.cat([made.combined(one.left_out).max(1).values for one in held_out]).sort().values,
            outside=torch.cat([made.combined(one.outside).max(1).values for one in held_out]).sort().values,
            temperature=temperature([(vote, torch.searchsorted(one.known, one.targets)) for one, vote in pairs]),
        )
        # A class of one text can't hold out any: then the line is where as many texts of left-out classes get in.
        checked = made.expected_line(refused) if len(known) >= FEWEST else float(made.left_out.quantile(KEPT_OUT))
        return replace(made, line=trust * checked, trained_line=trust * checked)

    def tensors(self) -> dict[str, Tensor]:
        """All of it by name, to be saved; `from_tensors` is the inverse."""
        lines = torch.tensor([self.line, self.trained_line], dtype=torch.float64)
        scale = torch.tensor([self.temperature], dtype=torch.float64)
        return {**{name: getattr(self, name) for name in _SAVED}, "lines": lines, "temperature": scale}

    @classmethod
    def from_tensors(cls, found: Mapping[str, Tensor], views: int) -> Calibration:
        """Inverse of `tensors`; of no tensors at all, `none`.

        Raises:
            KeyError: some are missing. RuntimeError: they don't fit together.
        """
        if not found:
            return cls.none(views)
        made = cls(
            **{name: found[name] for name in _SAVED if name != "outside"},
            outside=found.get("outside", torch.zeros(0)),  # came later
            line=float(found["lines"][0]),
            trained_line=float(found["lines"][1]),
            temperature=float(found.get("temperature", torch.ones(1))[0]),  # came later
        )
        if not len(made.weights) == len(made.middles) == views:
            raise RuntimeError(f"its calibration is of {len(made.weights)} views, not of {views}")
        if not len(made.scores) == len(made.targets) == len(made.answers) == len(made.rows):
            raise RuntimeError("its held-out texts are not all there")
        return made

    @property
    def hears_similarity(self) -> bool:
        """Whether nearest texts have a say at all."""
        return bool(self.weights.any())

    def combined(self, evidence: Evidence) -> Tensor:
        """Each class's logit before the line: [B, C]."""
        if not self.hears_similarity:
            return evidence.heads
        weights, middles = (value.view(-1, 1, 1).to(evidence.similarity) for value in (self.weights, self.middles))
        return evidence.heads + (weights * (evidence.similarity - middles)).sum(0).to(evidence.heads)

    def line_for(self, refused: float) -> float:
        """The line that refuses a new known text with at most this probability, if it is one like those held out.

        The ⌊refused·(M + 1)⌋-th smallest held-out score (split conformal prediction, Vovk et al. 2005); the smallest if
        that is none.

        Raises:
            ValueError: no texts were held out.
        """
        if not len(self.scores):
            raise ValueError(f"this model has no held-out texts to check a line on; train it again {MORE_HELD_OUT}.")
        rank = max(1, min(len(self.scores), math.floor(refused * (len(self.scores) + 1) + 1e-9)))
        return float(self.scores[rank - 1])

    def expected_line(self, refused: float) -> float:
        """The same for a default, which promises nothing: where a normal distribution has refused that share.

        Two numbers, mean and deviation, are read from few texts more surely than a quantile near their end.
        """
        share = refused or 1 / (len(self.scores) + 1)  # nobody refuses none: it is the smallest score, as in `line_for`
        return float(self.scores.mean() + self.scores.std() * NormalDist().inv_cdf(share))

    def known_below(self, scores: Tensor) -> Tensor | None:
        """How usual scores [N] are, after the line: the share of held-out known texts that score lower [N], or None."""
        if not len(self.scores):
            return None
        return torch.searchsorted(self.scores, (scores + self.line).to(self.scores)) / len(self.scores)

    def probabilities(self, votes: Tensor, scores: Tensor) -> Tensor:
        """Of each class and, last, of open: votes [N, C] and scores after the line [N] → [N, C + 1]."""
        scale = score_scale(self.scores - self.line, torch.cat([self.left_out, self.outside]) - self.line)
        return probabilities(votes, scores, self.temperature, scale)

    @property
    def band(self) -> tuple[float, float]:
        """Scores, after the line, about which the answer hangs on how strict the line is; empty if none were held out.

        Between the lines that refuse half and twice as many known texts, where a normal distribution of their scores
        has them; at most half of all known texts lie below its upper end.
        """
        if len(self.scores) < FEWEST:
            return 0.0, 0.0
        known = NormalDist(float(self.scores.mean()), max(1e-6, float(self.scores.std())))
        refused = min(0.5, max(known.cdf(self.line), 1 / (len(self.scores) + 1)))
        low, high = known.inv_cdf(refused / 2) - self.line, known.inv_cdf(min(0.5, 2 * refused)) - self.line
        return min(0.0, low), max(0.0, high)

    def refusing(self, refused: float) -> Calibration:
        """The same with another line."""
        return replace(self, line=self.line_for(refused))

    def as_trained(self) -> Calibration:
        """The same with the line that training chose."""
        return replace(self, line=self.trained_line)

    @property
    def refused(self) -> float | None:
        """The share of held-out known texts below the line; None if none were held out."""
        return float((self.scores < self.line).double().mean()) if len(self.scores) else None


def calibrate(held_out: Sequence[HeldOut], n: float, views: int, config: TrainConfig) -> Calibration:
    """The calibration of a model with n training texts a class, seen in so many views, from held-out known texts."""
    made = Calibration.of(
        held_out,
        views,
        weight=few_texts.similarity_weight(n, config),
        refused=few_texts.refused_target(n, config),
        trust=few_texts.trust(n, config),
    )
    if config.refused is None or not len(made.scores):
        return made
    asked = made.line_for(config.refused)  # who asks for a share is promised it
    return replace(made, line=asked, trained_line=asked)


@torch.no_grad()
def evidence_of(
    heads: MultiViewHeads,
    units: Tensor,
    targets: Tensor,
    features: Tensor,
    unheard: Tensor | None = None,
    asked: Tensor | None = None,
) -> Evidence:
    """What heads and nearest training texts say of B texts, on the CPU.

    Args:
        units: of the training texts [V, N, d]. targets: their classes [N]. features: [B, V·d], on the heads' device.
            unheard: nearest texts that don't count [B, N]. asked: classes whose heads are asked [B, K]; None asks all.
    """
    near = nearest_of_each_class(features, units, targets, heads.num_classes, unheard)
    return Evidence(head_logits(heads, features, asked), near.cpu())


@torch.no_grad()
def combined_logits(
    heads: MultiViewHeads,
    calibration: Calibration,
    units: Tensor,
    targets: Tensor,
    features: Tensor,
    asked: Tensor | None = None,
) -> Tensor:
    """Each class's logit before the line, on the CPU: [B, V·d] → [B, C]. Only nearest texts with a say are looked for.

    Args:
        units: of the training texts [V, N, d]. targets: their classes [N]. asked: as of `evidence_of`.
    """
    parts = []
    for rows in torch.arange(len(features)).split(BATCH):
        some, few = features[rows].to(units.device), None if asked is None else asked[rows]
        if calibration.hears_similarity:
            parts.append(calibration.combined(evidence_of(heads, units, targets, some, asked=few)))
        else:
            parts.append(head_logits(heads, some, few))
    return torch.cat(parts)


def class_votes(closed: Tensor, combined: Tensor, weight: float) -> Tensor:
    """Which class a known text has, as log-probabilities [B, C]: the largest is its name.

    The closed-set classifier says it; where texts are few, heads and nearest texts vote too.

    Args:
        closed, combined: logits [B, C]. weight: of the latter.
    """
    votes = closed.log_softmax(1)
    return (votes + weight * combined).log_softmax(1) if weight else votes


def _strongest(evidence: Evidence) -> Tensor:
    """Each text's largest head logit and, in each view, its largest cosine: [B, 1 + V]."""
    return torch.cat([evidence.heads.max(1).values[None], evidence.similarity.max(2).values]).T.float()

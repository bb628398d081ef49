"""From features to answers: a class or open, how sure that is, the strongest heads and the nearest training texts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from ans.config import TrainConfig
from ans.conventions import OPEN, OPEN_NAME, ZERO, Candidate, Neighbour, Prediction
from ans.model.asked_heads import nearest_classes
from ans.model.calibration import class_votes, combined_logits
from ans.model.few_texts import similarity_weight
from ans.model.fitted import Fitted

ABOUT_EQUAL = math.log(2)  # two classes are about equally near where the votes make one at most twice as likely
SIMILARITIES = 4_000_000  # to training texts at a time: 16 MB
ROUNDS_TO_ZERO = 0.05  # a smaller score reads +0.0 or −0.0: nobody can tell on which side of the line it lies


@dataclass(frozen=True)
class Answers:
    """Of N texts: each class's logit [N, C], above zero a yes; and log-probabilities of the class, if it is known."""

    logits: Tensor
    votes: Tensor

    @property
    def classes(self) -> Tensor:
        """The class each text would have if it were known [N]."""
        return self.votes.argmax(1)

    @property
    def scores(self) -> Tensor:
        """The largest logit of each text [N]."""
        return self.logits.max(1).values

    @property
    def decided(self) -> Tensor:
        """Class index or `OPEN` [N] (section 3.2): open when every logit is negative."""
        return torch.where((self.logits < ZERO).all(1), OPEN, self.classes)

    def with_rows(self, rows: Tensor, others: Answers) -> Answers:
        """The same with those of some texts [M] in the place of their own."""
        logits, votes = self.logits.clone(), self.votes.clone()
        logits[rows], votes[rows] = others.logits, others.votes
        return Answers(logits, votes)


@torch.no_grad()
def answers_to(fitted: Fitted, config: TrainConfig, features: Tensor) -> Answers:
    """What a trained model says of texts by their features [N, V·d]; on the CPU."""
    closed = closed_logits(fitted, features)
    asked = nearest_classes(closed)
    combined = combined_logits(fitted.heads, fitted.calibration, fitted.units, fitted.targets, features, asked)
    weight = similarity_weight(len(fitted.texts) / len(fitted.labels), config)
    return Answers(combined - fitted.calibration.line, class_votes(closed, combined, weight))


@torch.no_grad()
def closed_logits(fitted: Fitted, features: Tensor) -> Tensor:
    """Logits [N, C] of the closed-set classifier, which sees the tuned view alone; on the CPU."""
    return fitted.closed(features[:, : fitted.encoder.dim].to(fitted.encoder.device)).cpu()


def predictions(
    fitted: Fitted, texts: Sequence[str], features: Tensor, found: Answers, candidates: int, neighbours: int
) -> list[Prediction]:
    """Each text's answer as a person reads it.

    Args:
        candidates: how many of the strongest heads. neighbours: how many nearest training texts.
    """
    below, wavering = fitted.calibration.known_below(found.scores), between(found, fitted.calibration.band)
    near = nearest(fitted, features, neighbours)
    strongest = found.logits.topk(min(candidates, len(fitted.labels)), dim=1).indices.tolist()
    return [
        Prediction(
            text,
            None if answer == OPEN else fitted.labels[answer],
            float(found.scores[i]),
            [Candidate(fitted.labels[j], float(found.logits[i, j])) for j in strongest[i]],
            near[i],
            None if below is None else float(below[i]),
            tuple(OPEN_NAME if one == OPEN else fitted.labels[one] for one in wavering[i]),
        )
        for i, (text, answer) in enumerate(zip(texts, found.decided.tolist(), strict=True))
    ]


def between(found: Answers, band: tuple[float, float]) -> list[tuple[int, ...]]:
    """The two answers each text wavers between, the one given first: none for texts whose answer is sure.

    Args:
        band: scores that lie about the line.
    """
    low, high = band
    votes, classes = found.votes.topk(min(2, found.votes.shape[1]), dim=1)
    pairs: list[tuple[int, ...]] = []
    for score, answer, vote, best in zip(
        found.scores.tolist(), found.decided.tolist(), votes.tolist(), classes.tolist(), strict=True
    ):
        if low <= score < high or abs(score) < ROUNDS_TO_ZERO:
            pairs.append((answer, best[0] if answer == OPEN else OPEN))
        elif answer != OPEN and len(vote) > 1 and vote[0] - vote[1] < ABOUT_EQUAL:
            pairs.append((best[0], best[1]))
        else:
            pairs.append(())
    return pairs


def nearest(fitted: Fitted, features: Tensor, count: int) -> list[list[Neighbour]]:
    """Of each text's features [N, V·d] the training texts with the most similar ones, most similar first."""
    if not count:
        return [[] for _ in features]
    found: list[list[Neighbour]] = []
    for some in features.split(max(1, SIMILARITIES // len(fitted.texts))):
        units = F.normalize(some.to(fitted.unit_features.device), dim=1)
        values, rows = (units @ fitted.unit_features.T).topk(min(count, len(fitted.texts)), dim=1)
        for similar, near in zip(values.tolist(), rows.tolist(), strict=True):
            found.append(
                [
                    Neighbour(fitted.texts[row], fitted.labels[int(fitted.targets[row])], value)
                    for value, row in zip(similar, near, strict=True)
                ]
            )
    return found

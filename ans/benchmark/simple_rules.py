"""What anybody would try first with few texts: rules of a few lines on the features of the untouched encoder.

None sees an open text. Where a rule has no line of its own, it refuses 10 % of the training texts, each judged by what
was learnt from others: a text's nearest other one, or five folds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from sklearn.covariance import ledoit_wolf
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold
from torch import Tensor

REFUSED, FOLDS, NEIGHBOURS = 0.1, 5, 5


@dataclass(frozen=True)
class Judged:
    """A rule's scores of B texts (higher = known), their classes if known, and the rule's line."""

    scores: np.ndarray
    classes: np.ndarray
    line: float


Score = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]  # train [N, d], classes [N], texts [B, d] → [B, C]


def simple_rules(train: Tensor, targets: Tensor, test: Tensor) -> dict[str, Judged]:
    """Every rule's judgement of the test texts, by its name.

    Args:
        train: [N, d], all classes 0 … C−1 present. targets: [N]. test: [B, d].
    """
    x, y, q = (_unit(train.double().numpy()), targets.numpy(), _unit(test.double().numpy()))
    probabilities = _logistic(x, y).predict_proba(q)
    msp, classes = probabilities.max(1), probabilities.argmax(1)
    near = x @ x.T
    np.fill_diagonal(near, -1)
    k = min(NEIGHBOURS, len(x) - 1)
    kth = np.sort(q @ x.T, axis=1)[:, -k]
    nearest = (q @ x.T).argmax(1)
    return {
        "nearest text, cosine": Judged((q @ x.T).max(1), y[nearest], float(np.quantile(near.max(1), REFUSED))),
        "k nearest texts": Judged(kth, y[nearest], float(np.quantile(np.sort(near, axis=1)[:, -k], REFUSED))),
        "logistic regression, MSP 0.2": Judged(msp, classes, 0.2),
        "logistic regression, MSP 0.5": Judged(msp, classes, 0.5),
        "logistic regression, MaxLogit": _with_line(_logits, x, y, q),
        "Mahalanobis, shrunk": _with_line(_mahalanobis, x, y, q),
    }


def _with_line(score: Score, x: np.ndarray, y: np.ndarray, q: np.ndarray) -> Judged:
    held_out = []
    for rows, others in KFold(min(FOLDS, len(x)), shuffle=True, random_state=0).split(x):
        if len(set(y[rows])) > 1:
            held_out.append(score(x[rows], np.unique(y[rows], return_inverse=True)[1], x[others]).max(1))
    scores = score(x, y, q)
    line = float(np.quantile(np.concatenate(held_out), REFUSED)) if held_out else -np.inf
    return Judged(scores.max(1), scores.argmax(1), line)


def _logistic(x: np.ndarray, y: np.ndarray) -> LogisticRegression:
    return LogisticRegression(C=10, max_iter=500).fit(x, y)


def _logits(x: np.ndarray, y: np.ndarray, q: np.ndarray) -> np.ndarray:
    found = _logistic(x, y).decision_function(q)
    return found if found.ndim == 2 else np.stack([-found, found], axis=1)


def _mahalanobis(x: np.ndarray, y: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Minus the squared distance to each class mean, under the classes' common covariance (Ledoit and Wolf 2004)."""
    means = np.stack([x[y == m].mean(0) for m in range(y.max() + 1)])
    centred = x - means[y]
    alone = not np.abs(centred).max() > 1e-12  # one text a class shows no spread: take that of all texts
    covariance, _ = ledoit_wolf(x - x.mean(0) if alone else centred, assume_centered=True)
    whiten = np.linalg.cholesky(np.linalg.inv(covariance))
    apart = (q @ whiten)[:, None] - (means @ whiten)[None]
    return -np.square(apart).sum(2)


def _unit(features: np.ndarray) -> np.ndarray:
    return features / np.linalg.norm(features, axis=1, keepdims=True)

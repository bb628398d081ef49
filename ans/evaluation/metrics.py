"""The field's numbers: accuracy and F1 over C + 1 classes, F1-known, F1-open, AUROC, FPR@95, the confusions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support, roc_auc_score, roc_curve

from ans.conventions import OPEN, OPEN_NAME
from ans.runs.evaluation import ClassScore, Metrics

MSP_ACCEPTS = 0.5  # open below this maximum softmax probability (Hendrycks and Gimpel 2017; appendix A.7)


def evaluate(
    targets: Sequence[int], predicted: Sequence[int], scores: Sequence[float], labels: Sequence[str]
) -> Metrics:
    """Compare answers with the truth.

    The mean F1 leaves out classes of which the test has no text.

    Args:
        targets, predicted: class index of each text, `OPEN` for open. scores: largest head logit, higher = known.
        labels: names of the C known classes, in index order.

    Raises:
        ValueError: there is no text.
    """
    if not len(targets):
        raise ValueError("the test part is empty; expected at least one text to evaluate on.")
    num_known = len(labels)
    truth = np.where(np.asarray(targets) == OPEN, num_known, targets)
    answer = np.where(np.asarray(predicted) == OPEN, num_known, predicted)
    every = range(num_known + 1)
    # scikit-learn's own hints take these arrays for single numbers, and zero_division for a text.
    precision, recall, f1, support = map(
        np.asarray,
        precision_recall_fscore_support(truth, answer, labels=every, zero_division=0),  # pyright: ignore[reportArgumentType]
    )
    tested = support > 0  # of a class without a test text nobody knows how good its F1 is
    has_open, has_known = bool(tested[-1]), bool(tested[:-1].any())
    names = [*labels, OPEN_NAME]
    return Metrics(
        accuracy=100 * float((truth == answer).mean()),
        f1=100 * float(f1[tested].mean()),
        f1_known=100 * float(f1[:-1][tested[:-1]].mean()) if has_known else 0.0,
        f1_open=100 * float(f1[-1]) if has_open else None,
        auroc=100 * float(roc_auc_score(truth < num_known, scores)) if has_open and has_known else None,
        per_class=[
            ClassScore(names[i], 100 * float(precision[i]), 100 * float(recall[i]), 100 * float(f1[i]), int(support[i]))
            for i in every
        ],
        confusion=confusion_matrix(truth, answer, labels=every).tolist(),
    )


@dataclass(frozen=True)
class Roc:
    """How many texts are accepted as known at each threshold, from the highest to the lowest.

    `known` [T] and `open` [T] are shares in [0, 1] of the known and of the open texts whose score is at least the
    threshold. `fpr_at_95` (FPR@95), in percent: the share of open texts that are accepted at the highest threshold
    that accepts at least 95 % of the known texts; lower is better.
    """

    known: np.ndarray
    open: np.ndarray
    fpr_at_95: float


def roc(is_known: Sequence[bool] | np.ndarray, scores: Sequence[float] | np.ndarray) -> Roc | None:
    """The ROC curve of telling known texts from open ones by their score; None unless there are texts of both."""
    if len(set(map(bool, is_known))) < 2:
        return None
    open_share, known_share, _ = roc_curve(is_known, scores, drop_intermediate=False)
    return Roc(known_share, open_share, 100 * float(open_share[np.argmax(known_share >= 0.95)]))


@dataclass(frozen=True)
class RiskCoverage:
    """What an answer is worth if only the surest are given: for each number of answers, the surest first.

    `coverage` [T]: the share of all test texts that get a class; `risk` [T]: the share of these classes that is wrong.
    Both in [0, 1]. The last point is all texts that the model accepts.
    """

    coverage: np.ndarray
    risk: np.ndarray


def risk_coverage(
    targets: Sequence[int] | np.ndarray, predicted: Sequence[int] | np.ndarray, scores: Sequence[float] | np.ndarray
) -> RiskCoverage | None:
    """The risk-coverage curve of the texts that were given a class; None if none was.

    Args:
        targets, predicted: class indices [N], `OPEN` for none. scores: [N], higher is surer; equal ones stay together.
    """
    truth, answer, score = np.asarray(targets), np.asarray(predicted), np.asarray(scores)
    accepted = np.flatnonzero(answer != OPEN)
    if not len(accepted):
        return None
    order = accepted[np.argsort(-score[accepted], kind="stable")]
    given = np.arange(1, len(order) + 1)
    wrong = np.cumsum(truth[order] != answer[order])
    last = np.append(score[order][1:] != score[order][:-1], True)  # of each run of equal scores
    return RiskCoverage(given[last] / len(truth), wrong[last] / given[last])

"""A model's answers to texts whose labels are known: the one place that decides and measures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from ans.conventions import OPEN
from ans.data.corpora import OpenWorldSplit, targets
from ans.evaluation.metrics import MSP_ACCEPTS, evaluate
from ans.model.trained_model import TrainedModel
from ans.runs.evaluation import Metrics


@dataclass(frozen=True)
class Judged:
    """Answers to N texts: features [N, V·d], head logits [N, C], class index or `OPEN` [N], and the field's numbers."""

    features: Tensor
    logits: Tensor
    answers: Tensor
    metrics: Metrics


def judge(classifier: TrainedModel, features: Tensor, labels: Sequence[str]) -> Judged:
    """Answer texts and compare with their labels; a label that is no known class counts as open.

    Args:
        features: [N, V·d] of the texts. labels: their label names [N].

    Raises:
        ValueError: there is no text.
    """
    answers, logits = classifier.decide(features)
    truth = targets(labels, classifier.labels)
    metrics = evaluate(truth, answers.tolist(), logits.max(1).values.tolist(), classifier.labels)
    return Judged(features, logits, answers, metrics)


def msp_numbers(classifier: TrainedModel, features: Tensor, labels: Sequence[str]) -> dict[str, float | None]:
    """The field's numbers of the usual baseline: maximum softmax probability of the closed-set classifier alone.

    Args:
        features, labels: as of `judge`.
    """
    truth = targets(labels, classifier.labels)
    sure, classes = classifier.closed_logits(features).float().softmax(1).max(1)
    answers = torch.where(sure < MSP_ACCEPTS, OPEN, classes)
    return evaluate(truth, answers.tolist(), sure.tolist(), classifier.labels).headline()


def judge_test(classifier: TrainedModel, split: OpenWorldSplit) -> Judged:
    """Answer every test text of a split.

    Raises:
        ValueError: the split's known classes are not the classifier's, so the numbers would mean nothing.
    """
    if set(split.known) != set(classifier.labels):  # a class that was added later stands last in the model
        raise ValueError("the split must have the known classes that the model was trained on.")
    return judge(classifier, classifier.features(split.test.texts), split.test.labels)

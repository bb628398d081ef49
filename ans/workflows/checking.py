"""A model's check of itself: its line on held-out texts, an estimate for open ones, its training texts."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np

from ans.model.calibration import Calibration
from ans.model.trained_model import TrainedModel
from ans.runs.check import Check, Count, Quality
from ans.workflows.quality import at_length_one, quality_of

log = logging.getLogger("ans.workflows")
MOST_COMPARED = 4000  # texts that are compared with all others


def check_of(classifier: TrainedModel, quality: Quality | None = None) -> Check:
    """The check of a model with the line it has.

    Args:
        quality: what is known of its training texts; None looks at them now, which takes seconds.
    """
    untouched = None if classifier.untouched_features is None else classifier.untouched_features.numpy()
    if quality is None:
        labels = [classifier.labels[m] for m in classifier.train_targets.tolist()]
        quality = _looked_at(classifier.train_texts, labels, untouched, classifier.config.seed)
    calibration = classifier.calibration
    counts = held_out_counts(calibration, classifier.labels, calibration.line)
    estimated = not counts["left_out"].of
    if estimated:
        counts["left_out"] = _estimate(untouched, classifier)
    return Check(**counts, estimated=estimated, quality=quality)


def held_out_counts(calibration: Calibration, labels: list[str], line: float) -> dict[str, Any]:
    """What a line does to held-out texts: `refused`, `by_class`, `left_out` and `labelled_open` of a `Check`."""
    below, classes = (calibration.scores < line).numpy(), calibration.targets.numpy()
    return {
        "refused": count(below),
        "by_class": {labels[m]: count(below[classes == m]) for m in np.unique(classes).tolist()},
        "left_out": count((calibration.left_out >= line).numpy()),
        "labelled_open": count((calibration.outside >= line).numpy()),
    }


def _looked_at(texts: list[str], labels: list[str], untouched: np.ndarray | None, seed: int) -> Quality:
    """What is found in the training texts. It is an extra: whatever odd texts make of it, the model is kept."""
    if untouched is None:
        return Quality()
    try:
        return quality_of(texts, labels, untouched, seed)
    except (ValueError, np.linalg.LinAlgError):
        log.exception("The training texts could not be looked at; the model is not affected.")
        return Quality()


def count(which: np.ndarray) -> Count:
    """How many of these are true."""
    return Count(int(which.sum()), len(which))


def _estimate(untouched: np.ndarray | None, classifier: TrainedModel) -> Count:
    """Each class left out in turn: its texts that lie as near to another class as known texts lie to theirs.

    The line is where the nearest text of a known text is too far for as many known texts as the model refuses.
    """
    refused, targets = classifier.calibration.refused, classifier.train_targets.numpy()
    if refused is None or untouched is None or len(targets) < 2:
        return Count(0, 0)
    unit = at_length_one(untouched)
    rows = np.random.RandomState(classifier.config.seed).permutation(len(unit))[:MOST_COMPARED]
    known, others = np.empty(len(rows)), np.empty(len(rows))
    for begin in range(0, len(rows), 512):
        some = rows[begin : begin + 512]
        cosines = unit[some] @ unit.T
        cosines[np.arange(len(some)), some] = -1
        known[begin : begin + 512] = cosines.max(1)
        cosines[targets[some][:, None] == targets[None]] = -1
        others[begin : begin + 512] = cosines.max(1)
    return count(others >= np.quantile(known, refused))

"""The heads of a finished run, trained again under other settings on the features it has. The run stays as it is."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from ans.config import TrainConfig
from ans.conventions import OPEN
from ans.evaluation.metrics import evaluate
from ans.events import Emit, ShouldStop
from ans.model.classifier import OpenWorldClassifier
from ans.model.training import phase_two
from ans.runs.run import Run
from ans.workflows.experiment import Judged


@dataclass(frozen=True)
class Retrained:
    """A model with new heads, and its answers on the run's test texts."""

    classifier: OpenWorldClassifier
    judged: Judged


def retrain(
    run: Run, classifier: OpenWorldClassifier, config: TrainConfig, emit: Emit, should_stop: ShouldStop
) -> Retrained:
    """Phase 2 and the evaluation alone: encoder, closed-set classifier and all features are those of the run.

    Args:
        classifier: the run's own; it is not changed. config: the run's, with other settings of phase 2.

    Raises:
        TrainingStopped: `should_stop` said so.
    """
    features, targets = classifier.train_features, classifier.train_targets
    heads = phase_two(features, targets, len(classifier.labels), classifier.encoder.dim, config, emit, should_stop)
    made = OpenWorldClassifier(config)
    made._set(
        classifier.labels, classifier.encoder, classifier.closed, heads, features, targets, classifier.train_texts
    )
    _, names, arrays = run.load_test()
    test_features = torch.from_numpy(arrays["features"])
    answers, logits = made.decide(test_features)
    index = {label: i for i, label in enumerate(made.labels)}
    truth = [index.get(name, OPEN) for name in names]
    metrics = evaluate(truth, answers.tolist(), logits.max(1).values.tolist(), made.labels)
    return Retrained(made, Judged(test_features, logits, answers.tolist(), metrics))

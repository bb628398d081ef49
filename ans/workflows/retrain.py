"""The heads of a finished run, trained again under other settings on the features it has. The run stays as it is."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from ans.config import TrainConfig
from ans.events import Emit, ShouldStop
from ans.model.fitted import Fitted
from ans.model.phase_two import phase_two
from ans.model.trained_model import TrainedModel
from ans.runs.run import Run
from ans.workflows.judging import Judged, judge


@dataclass(frozen=True)
class Retrained:
    """A model with new heads, and its answers on the run's test texts."""

    classifier: TrainedModel
    judged: Judged


def retrain(run: Run, classifier: TrainedModel, config: TrainConfig, emit: Emit, should_stop: ShouldStop) -> Retrained:
    """Phase 2 and the evaluation alone: encoder, closed-set classifier and all features are those of the run.

    Args:
        classifier: the run's own; it is not changed. config: the run's, with other settings of phase 2.

    Raises:
        TrainingStopped: `should_stop` said so.
    """
    features, targets = classifier.train_features, classifier.train_targets
    old = classifier.fitted
    heads = phase_two(
        features, targets, len(old.labels), old.encoder.dim, config, emit, should_stop, outside=old.outside
    )
    fitted = Fitted.of(
        config,
        labels=old.labels,
        encoder=old.encoder,
        closed=old.closed,
        heads=heads,
        features=features,
        targets=targets,
        texts=old.texts,
        calibration=old.calibration,
        outside=old.outside,
    )
    made = TrainedModel(config, fitted, classifier.seconds)
    _, names, arrays = run.load_test()
    return Retrained(made, judge(made, torch.from_numpy(arrays["features"]), names))

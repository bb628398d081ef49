"""A finished run for tests of what comes after training: a model that is there already, put into a store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ans.config import TrainConfig
from ans.experiment import Outcome, judge
from ans.runs import FINISHED, RUNNING, Run, RunStore

if TYPE_CHECKING:
    from ans.classifier import OpenWorldClassifier
    from ans.data import OpenWorldSplit


def finished_run(store: RunStore, config: TrainConfig, model: OpenWorldClassifier, split: OpenWorldSplit) -> Run:
    """A run of the store with this model, judged on the test part of this split."""
    run = store.create(config)
    run.set_status(RUNNING)
    run.save_outcome(Outcome(model, split, judge(model, split), {"encoder": 1.0, "heads": 1.0}))
    run.set_status(FINISHED)
    return run

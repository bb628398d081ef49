"""A finished run for tests of what comes after training: a model that is there already, put into a store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ans.config import TrainConfig
from ans.runs.run import Run
from ans.runs.status import FINISHED, RUNNING
from ans.runs.store import RunStore
from ans.workflows.checking import check_of
from ans.workflows.experiment import Outcome, save_outcome
from ans.workflows.judging import judge_test

if TYPE_CHECKING:
    from ans.data.corpora import OpenWorldSplit
    from ans.model.trained_model import TrainedModel


def finished_run(store: RunStore, config: TrainConfig, model: TrainedModel, split: OpenWorldSplit) -> Run:
    """A run of the store with this model, judged on the test part of this split."""
    run = store.create(config)
    run.set_status(RUNNING)
    save_outcome(run, Outcome(model, split, judge_test(model, split), check_of(model), {"encoder": 1.0, "heads": 1.0}))
    run.set_status(FINISHED)
    return run

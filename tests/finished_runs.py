"""A finished run for tests of what comes after training: a model that is there already, put into a store."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from ans.config import TrainConfig
from ans.runs.check import Check
from ans.runs.run import Run
from ans.runs.status import FINISHED, RUNNING
from ans.runs.store import RunStore
from ans.workflows.checking import check_of
from ans.workflows.experiment import Outcome, save_outcome
from ans.workflows.judging import judge_test

if TYPE_CHECKING:
    from ans.data.corpora import OpenWorldSplit
    from ans.model.trained_model import TrainedModel

_checks: WeakKeyDictionary[TrainedModel, Check] = WeakKeyDictionary()  # seconds each, and of one model always the same


def finished_run(store: RunStore, config: TrainConfig, model: TrainedModel, split: OpenWorldSplit) -> Run:
    """A run of the store with this model, judged on the test part of this split."""
    if model not in _checks:
        _checks[model] = check_of(model)
    run = store.create(config)
    run.set_status(RUNNING)
    outcome = Outcome(model, split, judge_test(model, split), _checks[model], {"encoder": 1.0, "heads": 1.0})
    save_outcome(run, outcome)
    run.set_status(FINISHED)
    return run

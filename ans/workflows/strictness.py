"""How strict a finished run is: what another line would do to texts whose labels are known, and keeping that line."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ans.conventions import ZERO
from ans.data.corpora import targets
from ans.model.calibration import Calibration
from ans.model.trained_model import TrainedModel
from ans.runs.check import Count, Quality
from ans.runs.run import Run
from ans.workflows.checking import check_of, count, held_out_counts
from ans.workflows.experiment import save_answers
from ans.workflows.judging import judge


@dataclass(frozen=True)
class Effect:
    """What a line does to texts whose labels are known.

    `refused` counts held-out known texts, `by_class` the same for each class that has some; `let_in` counts open test
    texts that are taken for known, `left_out` texts of classes that were left out in turn, `labelled_open` held-out
    texts labelled as of no class, where training learns from such.
    """

    refused: Count
    by_class: dict[str, Count]
    test_refused: Count
    let_in: Count
    left_out: Count
    labelled_open: Count


@dataclass(frozen=True)
class Lines:
    """A model's calibration, and the scores of its test texts before the line [N]; open ones are not `known` [N]."""

    labels: list[str]
    calibration: Calibration
    scores: np.ndarray
    known: np.ndarray

    @property
    def can_move(self) -> bool:
        """Whether texts were held out, by which a line is chosen."""
        return bool(len(self.calibration.scores))

    @property
    def own(self) -> Effect:
        """What the line in use does."""
        return self._at(self.calibration.line)

    def refusing(self, refused: float | None) -> Effect:
        """What the line would do that refuses this share of known texts like those held out; None: the training's.

        Raises:
            ValueError: no texts were held out.
        """
        calibration = self.calibration
        return self._at(calibration.trained_line if refused is None else calibration.line_for(refused))

    def _at(self, line: float) -> Effect:
        below = self.scores - line < ZERO
        return Effect(
            **held_out_counts(self.calibration, self.labels, line),
            test_refused=count(below[self.known]),
            let_in=count(~below[~self.known]),
        )


def lines_of(run: Run, model: TrainedModel) -> Lines:
    """What is needed to try another line on a run, read once.

    Raises:
        ValueError: the test part is damaged or gone.
    """
    _, labels, arrays = run.load_test()
    known = np.array(targets(labels, model.labels)) >= 0
    scores = arrays["logits"].max(1) + model.calibration.line
    return Lines(model.labels, model.calibration, scores, known)


def keep(run: Run, model: TrainedModel, refused: float | None) -> None:
    """Let a run's model refuse this share of known texts like those held out from now on; None: as trained.

    Model, answers to the test part and numbers are written again; nothing is trained.

    Raises:
        ValueError: no texts were held out, it is no share, or the run's files are damaged or gone.
    """
    changed, evaluation = model.refusing(refused), run.evaluation
    if evaluation is None:
        raise ValueError("this run has no evaluation; choose a finished run.")
    judged = _judged(run, changed)
    written = replace(evaluation, metrics=judged.metrics)
    before = run.check
    check = check_of(changed, Quality() if before is None else before.quality)
    save_answers(run, changed, judged, written, check)


def _judged(run: Run, model: TrainedModel):
    import torch

    _, labels, arrays = run.load_test()
    return judge(model, torch.from_numpy(arrays["features"]), labels)

"""A finished run that has learnt corrections, made from another run in seconds. The other run stays as it is."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Sequence
from contextlib import nullcontext

import numpy as np
import torch

from ans.conventions import OPEN
from ans.data.corpora import OpenWorldSplit, targets
from ans.data.corrections import NO_TEST, Correction, not_corrected
from ans.data.tables import LabelledTexts
from ans.model.threads import computing_with
from ans.model.trained_model import TrainedModel
from ans.runs.check import Count, Quality
from ans.runs.run import LONGEST_NAME, Run
from ans.runs.store import RunStore
from ans.runs.taught import Change, Learnt, Standing, Taught
from ans.workflows.checking import check_of, count
from ans.workflows.derived_run import put
from ans.workflows.experiment import Outcome
from ans.workflows.judging import Judged, judge

MOST_CHANGES = 200  # that are told one by one


def origin_of(store: RunStore, run: Run) -> Run:
    """The run that corrections are taught to: what a taught run was made from, if it is still there, else itself.

    So the list of corrections is the truth: one that was removed from it is unlearnt with the next learning.
    """
    origin = run if run.taught is None else store.get(run.taught.origin)
    return run if origin is None or not origin.status.ended_well else origin


def teach(
    store: RunStore, run: Run, model: TrainedModel, corrections: Sequence[Correction], owner: str, alone: bool = False
) -> Run:
    """Make the run "<run> + n corrections", finished and evaluated; it belongs to the browser `owner`.

    Corrected texts of the test part are left out of the new run's, and of the numbers before and after alike.

    Args:
        run: as of `origin_of`; `model` is its own. alone: nobody else waits for an answer of this process.

    Raises:
        ValueError: there is no correction, or a class would lose its last text.
    """
    said = {one.text: one.label for one in corrections}
    started = time.perf_counter()
    # The page computes each answer on one core; who waits for a learning, and for nothing else, gets them all. With
    # others at work all of them would crowd each other.
    with computing_with(os.cpu_count() or torch.get_num_threads()) if alone else nullcontext():
        learnt = model.teach(list(said), list(said.values()))
    seconds = time.perf_counter() - started
    texts, labels, arrays = run.load_test()
    test = not_corrected(LabelledTexts(texts, labels), said)
    if not len(test):
        raise ValueError(NO_TEST)
    features = torch.from_numpy(arrays["features"][[text not in said for text in texts]])
    before, after = (judge(one, features, test.labels) for one in (model, learnt))
    about = Taught(
        origin=run.id,
        corrections=[Learnt(text, label) for text, label in said.items()],
        before=_standing(model, before, test, said),
        after=_standing(learnt, after, test, said),
        seconds=seconds,
        changes=_changes(learnt, before, after, test),
    )
    name = _name(run, len(said), len(learnt.labels))
    return put(store, _outcome(run, learnt, after, test, seconds), about, name, owner)


def _name(run: Run, count: int, known: int) -> str:
    ending = f" + {count} correction{'s' if count > 1 else ''}"
    before = re.sub(r" \+ \d+ corrections?$", "", run.name)
    before = re.sub(r"\b\d+ class(es)? known", f"{known} classes known", before)
    return before[: LONGEST_NAME - len(ending)] + ending


def _standing(model: TrainedModel, judged: Judged, test: LabelledTexts, said: dict[str, str | None]) -> Standing:
    """Classes that the model does not know are open for it."""
    truth, answers = np.array(targets(test.labels, model.labels)), judged.answers.numpy()
    known = truth != OPEN
    right = sum(found.label == said[found.text] for found in model.explain(list(said), 1, 0))
    return Standing(
        corrected=Count(right, len(said)),
        known_right=count((answers == truth)[known]),
        known_refused=count((answers == OPEN)[known]),
        open_right=count((answers == OPEN)[~known]),
        f1=judged.metrics.f1,
    )


def _changes(learnt: TrainedModel, before: Judged, after: Judged, test: LabelledTexts) -> list[Change]:
    """What has become wrong first, then what has become right."""

    def named(answer: int) -> str | None:
        return None if answer == OPEN else learnt.labels[answer]

    found = [
        Change(text, label if label in learnt.labels else None, named(was), named(now))
        for text, label, was, now in zip(
            test.texts, test.labels, before.answers.tolist(), after.answers.tolist(), strict=True
        )
        if was != now
    ]
    return sorted(found, key=lambda one: (one.better is not False, one.better is not True))[:MOST_CHANGES]


def _outcome(run: Run, learnt: TrainedModel, judged: Judged, test: LabelledTexts, seconds: float) -> Outcome:
    """What a finished run leaves, as if it had been trained. The features are the origin's: the encoder is the same."""
    evaluation = run.evaluation
    if evaluation is None:
        raise ValueError("this run has no evaluation; choose a finished run.")
    held_out = [name for name in evaluation.held_out if name not in learnt.labels]
    empty = LabelledTexts([], [])
    split = OpenWorldSplit(run.config.dataset, learnt.labels, held_out, empty, empty, test)
    found = run.check
    check = check_of(learnt, Quality() if found is None else found.quality)
    return Outcome(learnt, split, judged, check, {**evaluation.seconds, "teaching": seconds})

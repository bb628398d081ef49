"""A finished run with one more known class, made from another run in seconds. The other run stays as it is."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ans.conventions import OPEN_LABELS
from ans.data.corpora import OpenWorldSplit
from ans.data.tables import LabelledTexts
from ans.runs.promotion import Promotion
from ans.runs.run import Run
from ans.runs.store import RunStore
from ans.workflows.derived_run import put

if TYPE_CHECKING:
    from ans.model.trained_model import TrainedModel
    from ans.workflows.judging import Judged

KEPT_BACK = 1 / 3  # share of a group of test texts that measures the new class instead of teaching it
FEWEST = 5  # texts of a group that becomes a class: three to learn from, two to measure with


@dataclass(frozen=True)
class Group:
    """What becomes a class: its name, its texts, and their true names if they come from a run's test part."""

    label: str
    texts: Sequence[str]
    true_labels: Sequence[str] | None


def promote(store: RunStore, parent: Run, model: TrainedModel, group: Group, browser: str, private: bool) -> Run:
    """Make the run "<parent> + <class>", finished and evaluated.

    Texts of the test part are divided: two thirds teach the new class, a third measures it. What was learnt from is
    left out of the new run's test part, and of the numbers before and after alike. If the truth is known, the new class
    stands for the true name that most of its texts have. Texts without a truth all teach.

    Args:
        model: the parent's. private: the run belongs to the browser: its texts do, or strangers share
            the page.

    Raises:
        ValueError: the name can't be a new class, there are too few texts, or nobody could own a private run.
    """
    if private and not browser:  # without an owner it would be everybody's
        raise ValueError("this browser has no name yet; reload the page and try again.")
    label = " ".join(group.label.split())
    texts, labels, arrays = parent.load_test()
    true_label = _true_label(group, label, model.labels, labels)
    if label != true_label and label in labels:
        raise ValueError(f"{label!r} is the name of another class of this dataset; choose another name.")
    learnt, kept_back = _divide(group, parent.config.seed)
    started = time.perf_counter()
    grown = model.add_class(label, learnt)
    seconds = time.perf_counter() - started

    rows = [row for row, text in enumerate(texts) if text not in set(learnt)]
    test = LabelledTexts([texts[i] for i in rows], [label if labels[i] == true_label else labels[i] for i in rows])
    outcome = _outcome(parent, grown, test, arrays["features"][rows], seconds)
    before = after = None
    if true_label is not None:
        before = _judged(model, arrays["features"][rows], test).metrics.headline()
        after = outcome.judged.metrics.headline()
    about = Promotion(
        parent=parent.id,
        label=label,
        browser=browser,
        texts=learnt,
        kept_back=kept_back,
        true_label=true_label,
        agreeing=None if group.true_labels is None else sum(name == true_label for name in group.true_labels),
        before=before,
        after=after,
        seconds=seconds,
        test_texts=(len(rows), test.labels.count(label)),
    )
    return put(store, outcome, about, f"{parent.name} + {label}", browser if private else parent.owner)


def undo(store: RunStore, run: Run, browser: str) -> str | None:
    """Remove a promoted run; returns the id of the run it was made from, None if that is gone.

    Raises:
        ValueError: it was trained, or another browser made it.
    """
    promotion = run.promotion
    if promotion is None or not browser or promotion.browser != browser:
        raise ValueError("only a class that was added in this browser can be taken back here; choose another model.")
    store.delete(run)
    parent = store.get(promotion.parent)
    return None if parent is None else parent.id


def _true_label(group: Group, label: str, known: Sequence[str], names: Sequence[str]) -> str | None:
    """The name the test part has for this class; None if it has none.

    Of texts with a truth, the name of most of them; texts without one are taken at their word: a class named like a
    held-out class is that class.
    """
    if group.true_labels is None:
        name = label if label in names else None
    else:
        name = Counter(group.true_labels).most_common(1)[0][0]
    return None if name is None or name in known or name in OPEN_LABELS else name


def _divide(group: Group, seed: int) -> tuple[list[str], list[str]]:
    """Texts to learn from, and texts kept back to measure with."""
    different = list(dict.fromkeys(group.texts))
    if len(different) < FEWEST:
        raise ValueError(
            f"a group needs at least {FEWEST} different texts to become a class, got {len(different)}; "
            "merge it with another group, or find larger ones."
        )
    if group.true_labels is None:
        return different, []
    drawn = np.random.RandomState(seed).permutation(len(different))
    back = set(drawn[: round(KEPT_BACK * len(different))].tolist())
    return [t for i, t in enumerate(different) if i not in back], [t for i, t in enumerate(different) if i in back]


def _outcome(parent: Run, grown: TrainedModel, test: LabelledTexts, features: np.ndarray, seconds: float):
    """What a finished run leaves, as if it had been trained. The features are the parent's: the encoder is the same."""
    from ans.runs.check import Quality
    from ans.workflows.checking import check_of
    from ans.workflows.experiment import Outcome

    evaluation = parent.evaluation
    if evaluation is None:
        raise ValueError("this run has no evaluation; choose a finished run.")
    held_out = [name for name in evaluation.held_out if name in set(test.labels) - set(grown.labels)]
    empty = LabelledTexts([], [])
    split = OpenWorldSplit(parent.config.dataset, grown.labels, held_out, empty, empty, test)
    judged = _judged(grown, features, test)
    return Outcome(grown, split, judged, check_of(grown, Quality()), {**evaluation.seconds, "promotion": seconds})


def _judged(model: TrainedModel, features: np.ndarray, test: LabelledTexts) -> Judged:
    import torch

    from ans.workflows.judging import judge

    return judge(model, torch.from_numpy(features), test.labels)

"""How a finished run judged its test part: which texts it got wrong, and in which of the three ways."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from ans.conventions import OPEN, OPEN_LABELS, OPEN_NAME, ZERO
from ans.data.corpora import targets
from ans.runs.evaluation import ClassScore
from ans.runs.run import Run

# Keys, which the page uses too, and what a person reads.
OPEN_TAKEN, REJECTED, CONFUSED = ERROR_KINDS = ("taken", "rejected", "confused")
KIND_NAMES = {OPEN_TAKEN: "open taken for known", REJECTED: "known rejected", CONFUSED: "known confused"}
OUT_OF_SCOPE = "out of scope"


@dataclass(frozen=True)
class Mistake:
    """One wrong answer; `kind` is one of `ERROR_KINDS`.

    `truth` is the text's own label, also where its class was held out; `answer` may be `open`.
    """

    text: str
    truth: str
    answer: str
    score: float
    kind: str


@dataclass(frozen=True)
class Confusion:
    """`count` texts of the label `truth` were answered `answer`."""

    truth: str
    answer: str
    count: int
    kind: str


@dataclass(frozen=True)
class TestAnswers:
    """The test part of a run as it was judged.

    `truths` [N] are label names as the corpus has them, any text of no class being `OUT_OF_SCOPE`; `targets` [N] and
    `answers` [N] are indices into `known`, or `OPEN`; `scores` [N] are the largest head logits.
    """

    __test__ = False  # no test case, whatever its name says to pytest

    known: list[str]
    held_out: list[str]
    texts: list[str]
    truths: list[str]
    targets: np.ndarray
    answers: np.ndarray
    scores: np.ndarray

    @property
    def is_known(self) -> np.ndarray:
        """Which texts belong to a known class [N]."""
        return self.targets != OPEN

    def mistakes(self) -> list[Mistake]:
        """All wrong answers, the surest first: those whose score lies farthest from zero."""
        wrong = np.flatnonzero(self.targets != self.answers)
        order = wrong[np.argsort(-np.abs(self.scores[wrong] - ZERO), kind="stable")]
        return [
            Mistake(
                self.texts[i],
                self.truths[i],
                OPEN_NAME if self.answers[i] == OPEN else self.known[self.answers[i]],
                float(self.scores[i]),
                _kind(int(self.targets[i]), int(self.answers[i])),
            )
            for i in order
        ]

    def confusions(self) -> list[Confusion]:
        """Which label is taken for which class, the most frequent first. Held-out classes stand under their names."""
        counts = Counter((one.truth, one.answer, one.kind) for one in self.mistakes())
        ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        return [Confusion(truth, answer, count, kind) for (truth, answer, kind), count in ordered]


def read_answers(run: Run) -> TestAnswers:
    """The test answers of a finished run.

    Raises:
        ValueError: the run has none, or they can't be read.
    """
    evaluation = run.evaluation
    if evaluation is None:
        raise ValueError(f"{run.name} has no evaluation: it is {run.status.state}. Choose a finished run.")
    texts, labels, arrays = run.load_test()
    if arrays["logits"].shape[1] != len(evaluation.known):
        raise ValueError(f"the test answers of {run.name} are not those of its known classes; train it again.")
    return TestAnswers(
        known=evaluation.known,
        held_out=evaluation.held_out,
        texts=texts,
        truths=[OUT_OF_SCOPE if label in OPEN_LABELS else label for label in labels],
        targets=np.array(targets(labels, evaluation.known)),
        answers=arrays["answers"],
        scores=arrays["logits"].max(axis=1),
    )


def summary(answers: TestAnswers, per_class: Sequence[ClassScore]) -> dict:
    """What a person wants to know first, as plain values.

    `right` and `texts` count; `kinds` has each kind of error with its name, its count, the number of texts it could
    have happened to and what they are; `weakest` the five known classes with the lowest F1, but none without an error;
    `confusions` the five most frequent ones.
    """
    found = Counter(one.kind for one in answers.mistakes())
    known = int(answers.is_known.sum())
    of = {OPEN_TAKEN: (len(answers.texts) - known, "open"), REJECTED: (known, "known"), CONFUSED: (known, "known")}
    classes = [row for row in per_class if row.label != OPEN_NAME and row.support and row.f1 < 100]
    return {
        "texts": len(answers.texts),
        "right": len(answers.texts) - sum(found.values()),
        "kinds": [
            {"kind": kind, "name": KIND_NAMES[kind], "count": found[kind], "of": of[kind][0], "whose": of[kind][1]}
            for kind in ERROR_KINDS
        ],
        "weakest": [{"label": row.label, "f1": row.f1} for row in sorted(classes, key=lambda row: row.f1)[:5]],
        "confusions": [asdict(one) for one in answers.confusions()[:5]],
    }


def _kind(target: int, answer: int) -> str:
    if target == OPEN:
        return OPEN_TAKEN
    return REJECTED if answer == OPEN else CONFUSED

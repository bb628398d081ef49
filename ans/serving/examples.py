"""Texts to try a run with, from its own test part: drawn blindly, so that some are answered wrongly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ans.conventions import OPEN_LABELS
from ans.runs.run import Run

SAMPLES = 3  # texts of each known class


@dataclass(frozen=True)
class Example:
    """A test text and what a perfect model would answer: a known class, or None for open."""

    text: str
    expected: str | None


def draw_examples(run: Run, each: int) -> dict[str, list[Example]]:
    """A few short test texts of each kind: `known`, `held_out`, `oos`."""
    texts, labels, _ = run.load_test()
    known = set(_known(run))
    kinds: dict[str, list[Example]] = {"known": [], "held_out": [], "oos": []}
    for text, label in zip(texts, labels, strict=True):
        kind = "oos" if label in OPEN_LABELS else "known" if label in known else "held_out"
        kinds[kind].append(Example(text, label if kind == "known" else None))
    rng = np.random.RandomState(run.config.seed)
    return {kind: _drawn(found, each, rng) for kind, found in kinds.items()}


def draw_samples(run: Run) -> dict[str, list[str]]:
    """A few short test texts of each known class, in the order of the classes; none of one that the test lacks."""
    texts, labels, _ = run.load_test()
    of_class: dict[str, list[Example]] = {name: [] for name in _known(run)}
    for text, label in zip(texts, labels, strict=True):
        if label in of_class:
            of_class[label].append(Example(text, label))
    rng = np.random.RandomState(run.config.seed)
    return {name: [one.text for one in _drawn(found, SAMPLES, rng)] for name, found in of_class.items()}


def _known(run: Run) -> list[str]:
    return run.evaluation.known if run.evaluation is not None else []


def _drawn(found: Sequence[Example], each: int, rng: np.random.RandomState) -> list[Example]:
    """Of those that fit on a chip, three to eight words, or of the ten shortest where none is so short."""
    handy = [one for one in found if 3 <= len(one.text.split()) <= 8] or sorted(found, key=lambda one: len(one.text))[
        :10
    ]
    return [handy[i] for i in rng.permutation(len(handy))[:each]]

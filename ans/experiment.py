"""One whole training run: corpus → open-world split → both phases → evaluation. Command line and worker share it."""

from __future__ import annotations

import time
from dataclasses import dataclass

from torch import Tensor

from ans.classifier import OpenWorldClassifier
from ans.config import TrainConfig
from ans.data import OpenWorldSplit, load_corpus, make_open_world_split
from ans.metrics import Metrics, evaluate
from ans.training import Emit, ShouldStop


@dataclass(frozen=True)
class Judged:
    """A classifier's answers on the test part of a split: features [N, d], head logits [N, C], answers [N], metrics."""

    features: Tensor
    logits: Tensor
    answers: list[int]
    metrics: Metrics


@dataclass(frozen=True)
class Outcome:
    """What a finished run leaves."""

    classifier: OpenWorldClassifier
    split: OpenWorldSplit
    judged: Judged
    seconds: dict[str, float]


def judge(classifier: OpenWorldClassifier, split: OpenWorldSplit) -> Judged:
    """Answer every test text and compare with the truth.

    Raises:
        ValueError: the split's known classes are not the classifier's, so the numbers would mean nothing.
    """
    if split.known != classifier.labels:
        raise ValueError("the split must have the known classes that the model was trained on.")
    features = classifier.features(split.test.texts)
    answers, logits = classifier.decide(features)
    metrics = evaluate(split.test_targets, answers.tolist(), logits.max(1).values.tolist(), classifier.labels)
    return Judged(features, logits, answers.tolist(), metrics)


def run_experiment(config: TrainConfig, emit: Emit, should_stop: ShouldStop) -> Outcome:
    """Train and evaluate one configuration. Open texts are met in the evaluation only.

    Raises:
        ValueError: the data or the settings don't fit. TrainingStopped: `should_stop` said so.
    """
    started = time.perf_counter()
    emit({"phase": "data"})
    split = make_open_world_split(load_corpus(config.dataset, config.data_dir, config.seed), config)
    emit({"phase": "data", "known": len(split.known), "texts": len(split.train)})
    seconds = {"data": time.perf_counter() - started}
    classifier = OpenWorldClassifier(config).fit(
        split.train.texts, split.train.labels, split.dev.texts, split.dev.labels, emit, should_stop
    )
    started = time.perf_counter()
    emit({"phase": "evaluate"})
    judged = judge(classifier, split)
    seconds |= classifier.seconds | {"evaluate": time.perf_counter() - started}
    return Outcome(classifier, split, judged, seconds)

"""`benchmark scale`: how time and memory grow with classes and with texts. Each size is measured in an own process."""

from __future__ import annotations

import argparse
import math
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from statistics import median

import torch
from tqdm import tqdm

from ans.benchmark.choosing import named
from ans.benchmark.own_process import in_own_process, peak_memory
from ans.benchmark.report import markdown
from ans.benchmark.results import RESULTS_FOLDER, Measured, Results, timed_record
from ans.benchmark.speed_rows import seconds
from ans.benchmark.whole_file import KNOWN, answered_file, no_two_alike
from ans.bulk.answered_files import AT_ONCE, RECORDED_FROM, brief_answers
from ans.config import TrainConfig
from ans.data.corpora import corpus_of, make_open_world_split
from ans.model.calibration import Calibration
from ans.model.encoder import TextEncoder
from ans.model.few_texts import head_size
from ans.model.fitted import Fitted
from ans.model.heads import MultiViewHeads
from ans.model.phase_one import closed_set_classifier
from ans.model.trained_model import TrainedModel
from ans.terminal import stderr

EACH = 2  # texts a class
QUERIES = 21
SPREAD, CLOSE = 0.05, 0.5  # of class centres, and of texts about theirs, as tuned features have them


@dataclass(frozen=True)
class Growth:
    """One curve: its name, what is counted, its sizes, and what is done at one of them and timed, in seconds;
    with `mib` where another process than that of the measurement does it."""

    name: str
    counted: str
    sizes: tuple[int, ...]
    measure: Callable[[int, TrainConfig], float | dict[str, float]]


def query(classes: int, config: TrainConfig) -> float:
    """One text answered by a model of so many classes with made-up features, on one thread as in the page."""
    torch.set_num_threads(1)
    model = made_up(classes, config)
    texts = [f"what is my balance number {i}?" for i in range(QUERIES)]
    model.explain(texts[0])
    return median(seconds(lambda text=text: model.explain(text)) for text in texts)


def training(classes: int, config: TrainConfig) -> float:
    """A training on so many classes of two short texts each, its line checked."""
    texts = [f"please tell me about item {m} {way}" for m in range(classes) for way in ("now", "of the shop")]
    labels = [f"item {m}" for m in range(classes) for _ in range(EACH)]
    return seconds(lambda: TrainedModel.trained_on(config, texts, labels))


def training_of_texts(texts: int, config: TrainConfig) -> float:
    """A training on so many texts of the bundled classes, each with a number more, so that none repeats."""
    train = corpus_of(config).train
    some = list(no_two_alike(train.texts, range(texts)))
    labels = [train.labels[i % len(train)] for i in range(texts)]
    return seconds(lambda: TrainedModel.trained_on(config, some, labels))


def scoring(texts: int, config: TrainConfig) -> float:
    """So many texts of the bundled dataset, no two alike, answered as the lines of a file are by a trained model.

    One with made-up features would be in doubt about nearly each of them, and answer it twice.
    """
    corpus = corpus_of(config)
    split, found = make_open_world_split(corpus, config.with_(known_ratio=KNOWN)), corpus.test.texts
    model = TrainedModel.trained_on(config, split.train.texts, split.train.labels, split.dev.texts, split.dev.labels)

    def score() -> None:
        if texts >= RECORDED_FROM:
            model.encoder.record()
        for first in range(0, texts, AT_ONCE):
            rows = range(first, min(first + AT_ONCE, texts))
            brief_answers(model, list(no_two_alike(found, rows)))

    return seconds(score)


CURVES = (
    Growth("query", "classes", (10, 100, 1000, 10_000), query),
    Growth("training", "classes", (10, 100, 1000), training),
    Growth("training of many texts", "texts", (1000, 10_000, 100_000), training_of_texts),
    Growth("scoring", "texts", (1000, 10_000, 100_000), scoring),
    Growth("file", "lines", (10_000, 1_000_000), answered_file),
)


def made_up(classes: int, config: TrainConfig) -> TrainedModel:
    """A model that answers, of classes whose texts lie about centres of their own; nothing of it was trained."""
    encoder, views = TextEncoder.of(config), len(config.head_views)
    draw, wide = torch.Generator().manual_seed(0), encoder.dim * views
    targets = torch.arange(classes).repeat_interleave(EACH)
    features = torch.randn(classes, wide, generator=draw)[targets]
    features = SPREAD * (features + CLOSE * torch.randn(len(targets), wide, generator=draw))
    nearest = Calibration.none(views)
    fitted = Fitted.of(
        config,
        labels=[f"class {m}" for m in range(classes)],
        encoder=encoder,
        closed=closed_set_classifier(encoder.dim, classes),
        heads=MultiViewHeads(classes, encoder.dim, views, hidden=head_size(EACH, config).hidden),
        features=features,
        targets=targets,
        texts=[f"text {i}" for i in range(len(targets))],
        calibration=replace(nearest, weights=nearest.weights + 1),  # the nearest texts have a say, as with few texts
    )
    return TrainedModel(config, fitted, {})


def benchmark(given: argparse.Namespace, config: TrainConfig) -> Measured:
    """Measure all curves, or those that are named, and keep each size as soon as it is there.

    Raises:
        ValueError: there is no such curve.
    """
    results = Results(Path(given.out) if given.out else RESULTS_FOLDER / "scale.json", "scale")
    curves = named(CURVES, given.method, "benchmark scale has no curve", str)
    todo = [(curve, size) for curve in curves for size in curve.sizes]
    for curve, size in tqdm(todo, file=stderr(given.quiet), smoothing=0):
        failed = f"{curve.name} of {size:,} {curve.counted} ended before it was done"
        numbers = in_own_process(failed, measure, curve.name, size, config)
        results.keep(timed_record(f"{curve.name} {size}", numbers, digits=5))
    return Measured(table(results.records), results.records, results)


def measure(name: str, size: int, config: TrainConfig) -> dict[str, float]:
    """Seconds and peak memory in MiB of one size of a curve, in this process."""
    curve = next(one for one in CURVES if one.name == name)
    taken = curve.measure(size, config)
    return taken if isinstance(taken, dict) else {"seconds": taken, "mib": peak_memory(os.getpid())}


def exponents(points: Sequence[tuple[int, float]]) -> tuple[float, float]:
    """How seconds grow with size, as size to this power: fitted over all points, and from the last but one on."""
    logs = [(math.log(size), math.log(seconds)) for size, seconds in points]
    middle = [sum(both) / len(logs) for both in zip(*logs, strict=True)]
    around = [(x - middle[0], y - middle[1]) for x, y in logs]
    fitted = sum(x * y for x, y in around) / sum(x * x for x, _ in around)
    *_, ((before, was), (last, now)) = pairwise(logs)
    return fitted, (now - was) / (last - before)


def table(records: list[dict]) -> str:
    """Markdown: seconds and memory of each size, and the exponent of each curve."""
    found, rows = {one["method"]: one["numbers"] for one in records}, []
    for curve in CURVES:
        points = [(size, found[f"{curve.name} {size}"]) for size in curve.sizes if f"{curve.name} {size}" in found]
        for size, numbers in points:
            rows.append([curve.name, f"{size:,} {curve.counted}", _told(numbers["seconds"]), _memory(numbers), ""])
        if len(points) > 1:
            fitted, end = exponents([(size, numbers["seconds"]) for size, numbers in points])
            rows[-1][-1] = f"{fitted:.2f}, at the end {end:.2f}"
    return markdown(["what", "of", "takes", "most memory", "grows as size to the power"], rows)


def _told(taken: float) -> str:
    return f"{1000 * taken:.0f} ms" if taken < 1 else f"{taken:.0f} s"


def _memory(numbers: dict[str, float]) -> str:
    return f"{numbers['mib'] / 1024:.1f} GiB"

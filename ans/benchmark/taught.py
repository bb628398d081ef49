"""What corrections are worth: wrong answers of the test part are corrected, and F1 is taken on the rest of it.

Half of the corrections are known texts that were answered OPEN, half open texts that were taken for a class, drawn by
the seed.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean

import numpy as np
from tqdm import tqdm

from ans.benchmark.results import RESULTS_FOLDER, Measured, Results
from ans.config import TrainConfig
from ans.conventions import OPEN
from ans.data.corpora import corpus_of, make_open_world_split
from ans.evaluation.metrics import evaluate
from ans.model.trained_model import TrainedModel
from ans.terminal import stderr

OURS, SEEDS, CORRECTIONS = "ANS", (0, 1, 2, 3, 4), 50


def benchmark(given: argparse.Namespace, config: TrainConfig) -> Measured:
    """Fill the missing cells, and give the table."""
    results = Results(Path(given.out) if given.out else RESULTS_FOLDER / "teach.json", "teach")
    configs = [
        config.with_(dataset=dataset, known_ratio=ratio, seed=seed)
        for dataset in given.datasets or ("clinc",)
        for ratio in given.ratios or (0.25,)
        for seed in given.seeds or SEEDS
    ]
    missing = [config for config in configs if results.find(OURS, config) is None]
    for config in tqdm(missing, file=stderr(given.quiet), smoothing=0):
        results.add(OURS, config, *_measured(config))
    return Measured(table(results.records), results.records, results)


def table(records: Sequence[dict]) -> str:
    """A row for each setting and seed, and one of means."""
    lines = [
        "| | F1 of the rest, before | after | gain | corrections right, after | known texts refused, before | after | seconds |",  # noqa: E501
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    ordered = sorted(
        records, key=lambda one: (one["config"]["dataset"], one["config"]["known_ratio"], one["config"]["seed"])
    )
    for one in ordered:
        asked = one["config"]
        name = f"{asked['dataset']}, {asked['known_ratio']:.0%}, seed {asked['seed']}"
        lines.append(_row(name, one["metrics"], one["seconds"]["teaching"]))
    if len(records) > 1:
        names = records[0]["metrics"]
        means = {name: fmean(one["metrics"][name] for one in records) for name in names}
        lines.append(_row("**mean**", means, fmean(one["seconds"]["teaching"] for one in records)))
    return "\n".join(lines)


def _row(name: str, found: dict, seconds: float) -> str:
    gain = found["f1"] - found["f1_before"]
    return (
        f"| {name} | {found['f1_before']:.1f} | {found['f1']:.1f} | {gain:+.1f} | {found['right']:.0f} of "
        f"{found['corrections']:.0f} | {found['refused_before']:.1f} % | {found['refused']:.1f} % | {seconds:.1f} |"
    )


def _measured(config: TrainConfig) -> tuple[list[str], dict, dict]:
    split = make_open_world_split(corpus_of(config), config)
    train, dev = split.train, split.dev
    model = TrainedModel.trained_on(config, train.texts, train.labels, dev.texts, dev.labels)
    features, truth = model.features(split.test.texts), np.array(split.test_targets)
    before = model.answers(features)
    rows = _drawn(truth, before.decided.numpy(), config.seed)
    rest = np.setdiff1d(np.arange(len(truth)), rows)
    labels = [None if truth[row] == OPEN else split.known[truth[row]] for row in rows]
    started = time.perf_counter()
    learnt = model.teach([split.test.texts[row] for row in rows], labels)
    seconds = {"teaching": time.perf_counter() - started}
    after = learnt.answers(features)
    numbers = {"corrections": len(rows), "right": int((after.decided.numpy()[rows] == truth[rows]).sum())}
    for name, said in (("_before", before), ("", after)):
        found, scores = said.decided.numpy()[rest], said.scores.numpy()[rest]
        metrics = evaluate(truth[rest].tolist(), found.tolist(), scores.tolist(), split.known)
        numbers |= {f"{key}{name}": value for key, value in metrics.headline().items()}
        numbers[f"refused{name}"] = 100 * float((found[truth[rest] != OPEN] == OPEN).mean())
    return split.known, numbers, seconds


def _drawn(truth: np.ndarray, answers: np.ndarray, seed: int) -> np.ndarray:
    """Rows of wrong answers: half of `CORRECTIONS` of each kind, or as many as there are."""
    rng = np.random.RandomState(seed)
    lost, let_in = (truth != OPEN) & (answers == OPEN), (truth == OPEN) & (answers != OPEN)
    return np.concatenate([rng.permutation(np.flatnonzero(which))[: CORRECTIONS // 2] for which in (lost, let_in)])

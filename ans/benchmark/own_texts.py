"""How well it goes with the texts people have: few of a class, or a chatbot's traffic. Simple rules stand beside it."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import torch
from sklearn.metrics import matthews_corrcoef
from tqdm import tqdm

from ans.baselines.rule import Answers, from_scores
from ans.benchmark import own_texts_report
from ans.benchmark.cells import corpus_settings
from ans.benchmark.methods import best_threshold_f1
from ans.benchmark.phase_one import CorpusStates
from ans.benchmark.results import RESULTS_FOLDER, Measured, Results
from ans.benchmark.simple_rules import Judged, simple_rules
from ans.benchmark.tables import ALL, RATIOS
from ans.config import TrainConfig
from ans.conventions import OPEN, ZERO
from ans.evaluation.metrics import evaluate
from ans.model.trained_model import TrainedModel
from ans.paths import existing_folder
from ans.terminal import stderr

OURS = "ANS"
FEW, SEEDS = (1, 2, 5, 10, 20, 50), (0, 1, 2, 3, 4)
# Of `few-choices`: what is done for few texts (ans/model/few_texts.py), each taken back alone, and all of it.
WITHOUT: dict[str, dict] = {
    OURS: {},
    "phase 1 counts passes, not updates": {"least_updates": 0},
    "positives from the texts alone": {"widened_below": 0},
    "no nearest texts beside the heads": {"similarity": 0.0},
    "the line at zero, not checked": {"folds": 0},
    "none of it": {"few_texts": 0, "least_updates": 0, "widened_below": 0},
}


def benchmark(given: argparse.Namespace, config: TrainConfig) -> Measured:
    """Fill the missing cells of `few`, `few-choices` or `traffic`, and give their table."""
    results = Results(Path(given.out) if given.out else RESULTS_FOLDER / f"{given.which}.json", given.which)
    if given.which == "few-choices":
        measure_choices(choice_settings(given, config), results, stderr(given.quiet))
    else:
        configs = few_settings(given, config) if given.which == "few" else traffic_settings(given, config)
        measure_missing(configs, results, stderr(given.quiet))
    return Measured(own_texts_report.TABLES[given.which](results.records), results.records, results)


def few_settings(given: argparse.Namespace, config: TrainConfig) -> list[TrainConfig]:
    """Texts a class × corpora × ratios × seeds; three seeds with 1 and 2 texts, unless seeds are named."""
    return [
        config.with_(dataset=dataset, known_ratio=ratio, seed=seed, texts_per_class=texts)
        for seed in given.seeds or SEEDS
        for texts in given.texts or FEW
        if given.seeds or texts > 2 or seed < 3
        for dataset in given.datasets or ALL
        for ratio in given.ratios or RATIOS
    ]


def choice_settings(given: argparse.Namespace, config: TrainConfig) -> list[TrainConfig]:
    """Ten texts a class of the two corpora that differ most, few of their classes known and many."""
    return [
        config.with_(dataset=dataset, known_ratio=ratio, seed=seed, texts_per_class=texts)
        for seed in given.seeds or (0,)
        for texts in given.texts or (10,)
        for dataset in given.datasets or ("banking", "stackoverflow")
        for ratio in given.ratios or (0.25, 0.75)
    ]


def traffic_settings(given: argparse.Namespace, config: TrainConfig) -> list[TrainConfig]:
    """Each folder with all its classes known.

    Raises:
        ValueError: no folder is named, or one is none.
    """
    if not given.folders:
        raise ValueError("benchmark traffic needs folders, each with train and test: benchmark traffic DIR.")
    return [
        config.with_(dataset=str(_folder(name)), known_ratio=1.0, seed=seed)
        for seed in given.seeds or SEEDS
        for name in given.folders
    ]


def _folder(name: str) -> Path:
    if (folder := existing_folder(name)) is None:
        raise ValueError(f"expected a folder with train and test at {name}, found none.")
    return folder


def measure_missing(configs: Sequence[TrainConfig], results: Results, progress_to) -> None:
    """Fill the cells that `results` lacks: this project's and every simple rule's. Killed, it loses one cell."""
    missing = [config for config in configs if results.find(OURS, _recorded(config)) is None]
    states = cache(CorpusStates)
    bar = tqdm(total=len(configs), initial=len(configs) - len(missing), file=progress_to, smoothing=0)
    for config in missing:
        few = "all" if config.texts_per_class is None else config.texts_per_class
        bar.set_description(f"{Path(config.dataset).name} {config.known_ratio:.0%}, {few} texts, seed {config.seed}")
        for name, numbers, known, seconds in _cell(config, states(corpus_settings(config))):
            results.add(name, _recorded(config), known, numbers, seconds)
        bar.update()
    bar.close()


def measure_choices(configs: Sequence[TrainConfig], results: Results, progress_to) -> None:
    """Fill the cells of `few-choices` that `results` lacks: every row of `WITHOUT` in each setting."""
    missing = [
        (name, config.with_(**without))
        for config in configs
        for name, without in WITHOUT.items()
        if results.find(name, config.with_(**without)) is None
    ]
    states = cache(CorpusStates)
    for name, config in tqdm(missing, file=progress_to, smoothing=0):
        numbers, known, seconds = _ours(config, states(corpus_settings(config)))
        results.add(name, config, known, numbers, seconds)


def _recorded(config: TrainConfig) -> TrainConfig:
    """What stands in a record: of a folder the name alone."""
    return config.with_(dataset=Path(config.dataset).name)


def _cell(config: TrainConfig, corpus: CorpusStates) -> list[tuple[str, dict, list[str], dict]]:
    split, parts = corpus.split(config)
    rules = simple_rules(parts["train"][1], parts["train"][2], parts["test"][1])
    found = [(OURS, *_ours(config, corpus))]
    for name, judged in rules.items():
        found.append((name, measured(_answers(judged), parts["test"][2], split.known), [], {}))
    return found


def _ours(config: TrainConfig, corpus: CorpusStates) -> tuple[dict[str, float | None], list[str], dict[str, float]]:
    """This project's numbers on one setting, its known classes, its seconds."""
    split, parts = corpus.split(config)
    states, _, truth = parts["test"]
    started = time.perf_counter()
    model = TrainedModel.trained_on(config, split.train.texts, split.train.labels)
    seconds = {"training": time.perf_counter() - started}
    said = model.answers(model.encoder.views(states, config.head_views))
    ours = from_scores(said.scores, said.classes, ZERO)
    return measured(ours, truth, split.known), split.known, seconds


def _answers(judged: Judged) -> Answers:
    scores, classes = torch.from_numpy(judged.scores), torch.from_numpy(judged.classes)
    return from_scores(scores, classes, judged.line)


def measured(found: Answers, truth: torch.Tensor, known: list[str]) -> dict[str, float | None]:
    """The field's numbers, and those a chatbot's owner asks for, all in percent.

    in_scope: accuracy on texts of known classes. oos_recall: open texts answered open. known_refused: known texts
    answered open. mcc: Matthews' correlation over the classes and open. best_threshold_f1: as everywhere.
    """
    metrics = evaluate(truth.tolist(), found.answers.tolist(), found.scores.tolist(), known)
    is_known = (truth != OPEN).numpy()
    right, refused = (found.answers == truth).numpy(), (found.answers == OPEN).numpy()
    return metrics.headline() | {
        "in_scope": _percent(right[is_known]),
        "oos_recall": _percent(refused[~is_known]),
        "known_refused": _percent(refused[is_known]),
        "mcc": 100 * float(matthews_corrcoef(truth.numpy(), found.answers.numpy())),
        "best_threshold_f1": best_threshold_f1(found, truth, len(known)),
    }


def _percent(which: np.ndarray) -> float | None:
    return 100 * float(which.mean()) if len(which) else None

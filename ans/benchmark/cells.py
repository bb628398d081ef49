"""Running a benchmark: every method in every setting, the missing cells only."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tqdm import tqdm

from ans.baselines.rule import measured
from ans.benchmark.methods import Method, best_threshold_f1
from ans.benchmark.phase_one import CorpusStates, phase_one_features
from ans.benchmark.results import Results
from ans.config import ENCODER, TrainConfig, setting_names


@dataclass(frozen=True)
class Settings:
    """The datasets, known-class ratios and seeds of a benchmark, and the configuration they share."""

    datasets: Sequence[str]
    ratios: Sequence[float]
    seeds: Sequence[int]
    config: TrainConfig

    def __iter__(self) -> Iterator[TrainConfig]:
        """Seeds outermost: whenever it is stopped, every setting has about the same number of them."""
        for seed in self.seeds:
            for ratio in self.ratios:
                for dataset in self.datasets:
                    yield self.config.with_(dataset=dataset, known_ratio=ratio, seed=seed)


def run(methods: Sequence[Method], settings: Settings, results: Results, progress_to) -> None:
    """Fill the cells that `results` lacks. Killed at any time, this loses the cell under way and nothing else."""
    cells = [(config.with_(**method.changes), method) for config in settings for method in methods]
    missing = [(config, method) for config, method in cells if results.find(method.name, config) is None]
    states = cache(CorpusStates)  # of three corpora about 1 GB
    bar = tqdm(total=len(cells), initial=len(cells) - len(missing), file=progress_to, smoothing=0)
    for config, method in missing:
        bar.set_description(f"{config.dataset} {config.known_ratio:.0%} seed {config.seed} {method.name}")
        numbers, known, seconds = measure(config, method, lambda config=config: states(corpus_settings(config)))
        results.add(method.name, config, known, numbers, seconds)
        bar.update()
    bar.close()


def measure(config: TrainConfig, method: Method, states) -> tuple[dict, list[str], dict]:
    """One cell: the four numbers, AUROC and the best F1 any threshold could give; known classes; seconds by phase."""
    found = phase_one_features(config, states, method.tune)
    started = time.perf_counter()
    answers = method.answer(found, config)
    seconds = {"encoder": found.seconds, "method": time.perf_counter() - started}
    metrics = measured(answers, found)
    best = best_threshold_f1(answers, found.test.targets, found.num_classes) if metrics.f1_open is not None else None
    return metrics.headline() | {"best_threshold_f1": best}, found.known, seconds


def corpus_settings(config: TrainConfig) -> TrainConfig:
    """The settings on which a corpus's states depend; only a single file is split by the seed."""
    names = ("dataset", "data_dir", *setting_names(ENCODER))
    seed = config.seed if Path(config.dataset).is_file() else 0
    return TrainConfig(**{name: getattr(config, name) for name in names}, seed=seed)

"""The cells of a benchmark as tasks of Ray: one for each dataset, ratio and seed, which fills all rows that lack."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from tqdm import tqdm

from ans.benchmark.cells import Settings, corpus_settings, measure
from ans.benchmark.methods import Method
from ans.benchmark.phase_one import CorpusStates
from ans.benchmark.results import Results, environment
from ans.cluster import joined
from ans.config import TrainConfig

Cell = tuple[TrainConfig, Method]


def run_on_ray(
    methods: Sequence[Method], settings: Settings, results: Results, progress_to, address: str | None = None
) -> None:
    """Fill the cells that `results` lacks, as `ans.benchmark.cells.run` does, on all cores of a cluster.

    A task whose worker is killed begins anew on another. Killed at any time, this loses the tasks under way.

    Raises:
        ValueError: Ray is not installed.
    """
    groups: list[list[Cell]] = []
    for config in settings:
        cells = [(config.with_(**method.changes), method) for method in methods]
        groups.append([(own, method) for own, method in cells if results.find(method.name, own) is None])
    count = len(groups) * len(methods)
    missing = [group for group in groups if group]
    ray = joined(address)
    gpus = 1 if settings.config.device != "cpu" and ray.cluster_resources().get("GPU") else 0
    task = ray.remote(num_cpus=1, num_gpus=gpus, max_retries=-1)(_filled)
    going = {task.remote(group): group for group in missing}
    with tqdm(total=count, initial=count - sum(map(len, missing)), file=progress_to, smoothing=0) as bar:
        while going:
            ready, _ = ray.wait(list(going))
            for one in ready:
                for (config, method), found in zip(going.pop(one), ray.get(one), strict=True):
                    numbers, known, seconds, where = found
                    results.add(method.name, config, known, numbers, seconds, where)
                    bar.update()


def _filled(cells: Sequence[Cell]) -> list[tuple[dict, list[str], dict, dict]]:
    """On a worker: each cell's numbers, known classes and seconds, and where they were measured."""
    return [
        (*measure(config, method, lambda config=config: _states(corpus_settings(config))), environment(config.device))
        for config, method in cells
    ]


@cache
def _states(config: TrainConfig) -> CorpusStates:
    return CorpusStates(config)

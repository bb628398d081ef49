"""ANS beside semantic-router, which chatbots use for the same task: few texts a class, everything else is turned away.

Both get the same texts and the same encoder, all-MiniLM-L6-v2 as embedded. semantic-router is fitted as its own
documentation says: `fit` on queries that are no utterances of a route, then a confidence of 0.5. It asks for queries of
no route among them, which ANS does not need; so there is one row without and one with them.
"""

from __future__ import annotations

import argparse
import importlib
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from pydantic import Field
from tqdm import tqdm

from ans.baselines.rule import from_scores
from ans.benchmark.own_texts import OURS, measured
from ans.benchmark.report import markdown, mean_and_deviation
from ans.benchmark.results import RESULTS_FOLDER, Measured, Results
from ans.config import TrainConfig
from ans.conventions import ZERO
from ans.data.corpora import OpenWorldSplit, corpus_of, make_open_world_split
from ans.data.tables import LabelledTexts
from ans.model.encoder import TextEncoder
from ans.model.trained_model import TrainedModel
from ans.terminal import stderr

VERSION = "1.1.1"
TEXTS, SEEDS, RATIO = (10,), (0, 1, 2), 0.5
HELD_OUT = 5  # every fifth text of a class is a query to fit with, the others are utterances
OPEN_QUERIES = 100  # texts of held-out classes, for the row that is fitted with some
TIMED = 100  # test texts, asked one by one
SURE = 0.5  # the confidence that semantic-router's documentation sets after `fit`
AS_IT_COMES = "semantic-router, as it comes"
FITTED = "semantic-router, fitted on known texts"
WITH_OPEN = f"semantic-router, fitted with {OPEN_QUERIES} open texts"
ROWS = (OURS, AS_IT_COMES, FITTED, WITH_OPEN)
COLUMNS = {
    "f1_open": "F1-open", "f1": "F1", "accuracy": "accuracy", "known_refused": "known refused", "auroc": "AUROC",
    "milliseconds": "ms a query",
}  # fmt: skip
Cell = tuple[dict[str, float | None], dict[str, float]]  # numbers, seconds


def benchmark(given: argparse.Namespace, config: TrainConfig) -> Measured:
    """Fill the missing cells, and give the table.

    Raises:
        ValueError: cells are missing, and so is semantic-router.
    """
    results = Results(Path(given.out) if given.out else RESULTS_FOLDER / "router.json", "router")
    configs = [
        config.with_(dataset=dataset, known_ratio=ratio, seed=seed, texts_per_class=texts)
        for seed in given.seeds or SEEDS
        for texts in given.texts or TEXTS
        for dataset in given.datasets or ("clinc",)
        for ratio in given.ratios or (RATIO,)
    ]
    missing = [config for config in configs if results.find(WITH_OPEN, config) is None]
    library = _library() if missing else None
    for config in tqdm(missing, file=stderr(given.quiet), smoothing=0):
        split = make_open_world_split(corpus_of(config), config)
        for name, (numbers, seconds) in ({OURS: _ours(config, split)} | _theirs(library, config, split)).items():
            results.add(name, config, split.known, numbers, seconds)
    return Measured(table(results.records), results.records, results)


def table(records: Sequence[dict]) -> str:
    """For each number of texts a class a row a method: means over the seeds, with their deviation."""
    rows = []
    for texts in sorted({one["config"]["texts_per_class"] for one in records}):
        for name in ROWS:
            own = [one for one in records if one["method"] == name and one["config"]["texts_per_class"] == texts]
            rows.append([f"{texts} texts", name, *(mean_and_deviation(own, column) for column in COLUMNS)])
    return markdown(["a class", "", *COLUMNS.values()], rows)


def _library() -> Any:
    try:
        return importlib.import_module("semantic_router"), importlib.import_module("semantic_router.encoders.base")
    except ImportError as error:
        raise ValueError(
            f"benchmark router needs semantic-router: pip install semantic-router=={VERSION}, best into an environment "
            "of its own, since it brings many packages."
        ) from error


def _ours(config: TrainConfig, split: OpenWorldSplit) -> Cell:
    started = time.perf_counter()
    model = TrainedModel.trained_on(config, split.train.texts, split.train.labels)
    seconds = {"training": time.perf_counter() - started}
    said = model.answers(model.features(split.test.texts))
    numbers = measured(from_scores(said.scores, said.classes, ZERO), torch.tensor(split.test_targets), split.known)
    return numbers | {"milliseconds": _milliseconds(lambda text: model.explain([text]), split)}, seconds


def _theirs(library: Any, config: TrainConfig, split: OpenWorldSplit) -> dict[str, Cell]:
    encoder = _encoder(library, TextEncoder.load(config.encoder, trainable_layers=0))
    queries, utterances = _held_out(split)
    open_queries = _open_queries(config, split)
    rows = {
        AS_IT_COMES: (split.train, None, ()),
        FITTED: (utterances, queries, ()),
        WITH_OPEN: (utterances, queries, open_queries),
    }
    return {name: _routed(library, encoder, split, *given) for name, given in rows.items()}


def _routed(
    library: Any,
    encoder: Any,
    split: OpenWorldSplit,
    utterances: LabelledTexts,
    queries: LabelledTexts | None,
    beyond: Sequence[str],
) -> Cell:
    started = time.perf_counter()
    routes = [
        library[0].Route(name=name, utterances=[t for t, label in utterances_of(utterances) if label == name])
        for name in split.known
    ]
    router = library[0].IndexedRouter(encoder=encoder, routes=routes)
    if queries is not None:
        router.fit([*queries.texts, *beyond], [*queries.labels, *([None] * len(beyond))])
    seconds = {"training": time.perf_counter() - started}
    encoder.keep(split.test.texts)
    lowest = -1e9  # the best route in any case, and how sure it is
    best = [router(text, threshold=lowest) for text in split.test.texts]
    encoder.kept.clear()
    scores = torch.tensor([one.confidence for one in best])
    classes = torch.tensor([split.known.index(one.name) for one in best])
    found = from_scores(scores, classes, lowest if queries is None else SURE)
    router.confidence_threshold = None if queries is None else SURE
    numbers = measured(found, torch.tensor(split.test_targets), split.known)
    return numbers | {"milliseconds": _milliseconds(router, split)}, seconds


def utterances_of(texts: LabelledTexts) -> list[tuple[str, str]]:
    """Texts with their labels."""
    return list(zip(texts.texts, texts.labels, strict=True))


def _encoder(library: Any, ours: TextEncoder) -> Any:
    """This project's encoder as one of semantic-router's: unit features of the untouched MiniLM."""

    class Embedded(library[1].DenseEncoder):
        name: str = "all-MiniLM-L6-v2"
        type: str = "embedded"
        kept: dict[str, list[float]] = Field(default_factory=dict)

        def keep(self, texts: list[str]) -> None:
            """Read these at once, so that asking them one by one is quick."""
            self.kept.update(zip(texts, self(texts), strict=True))

        def __call__(self, docs: list[str]) -> list[list[float]]:
            if all(text in self.kept for text in docs):
                return [self.kept[text] for text in docs]
            features = ours.features(ours.cache(docs))
            return torch.nn.functional.normalize(features, dim=1).tolist()

        async def acall(self, docs: list[str]) -> list[list[float]]:
            return self(docs)

    return Embedded()


def _held_out(split: OpenWorldSplit) -> tuple[LabelledTexts, LabelledTexts]:
    """Queries to fit with, and the utterances that are left."""
    seen: dict[str, int] = {}
    rows: tuple[list[int], list[int]] = ([], [])
    for row, label in enumerate(split.train.labels):
        seen[label] = seen.get(label, 0) + 1
        rows[seen[label] % HELD_OUT != 0].append(row)
    return split.train.only(rows[0]), split.train.only(rows[1])


def _open_queries(config: TrainConfig, split: OpenWorldSplit) -> list[str]:
    """Training texts of held-out classes, drawn by the seed."""
    train = corpus_of(config).train
    outside = [text for text, label in utterances_of(train) if label in split.held_out]
    drawn = torch.randperm(len(outside), generator=torch.Generator().manual_seed(config.seed))
    return [outside[i] for i in drawn[:OPEN_QUERIES].tolist()]


def _milliseconds(ask: Callable[[str], object], split: OpenWorldSplit) -> float:
    """Of one query, the median of `TIMED` that are asked one by one."""
    ask(split.test.texts[0])
    took = []
    for text in split.test.texts[:: max(1, len(split.test.texts) // TIMED)]:
        started = time.perf_counter()
        ask(text)
        took.append(1000 * (time.perf_counter() - started))
    return float(torch.tensor(took).median())

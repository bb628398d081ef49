"""`benchmark speed`: what each piece of work takes beside the same work done straightforwardly, in one run."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tqdm import tqdm

from ans.benchmark import speed_rows as pieces
from ans.benchmark import speed_whole as whole
from ans.benchmark.choosing import named
from ans.benchmark.own_process import in_own_process
from ans.benchmark.report import markdown
from ans.benchmark.results import RESULTS_FOLDER, Measured, Results, timed_record
from ans.config import STARTER, TrainConfig
from ans.data.corpora import BUNDLED
from ans.terminal import stderr

Numbers = dict[str, float]


@dataclass(frozen=True)
class Row:
    """One row: its name, what is done, what it is compared with, what it takes, and what is to be reached.

    `least`: the ratio, at least. `most`: of each number, at most. `changes`: settings of a whole training.
    """

    name: str
    what: str
    measure: Callable[[TrainConfig], Numbers]
    reference: str = "–"
    least: float | None = None
    most: tuple[tuple[str, float], ...] = ()

    @property
    def reach(self) -> str:
        """What is to be reached, for a person."""
        parts = [] if self.least is None else [f"≥ {self.least:g}×"]
        return ", ".join([*parts, *(f"{_name(name)}≤ {_told(name, value)}" for name, value in self.most)])

    def met(self, numbers: Numbers) -> bool:
        """Whether numbers reach it."""
        within = all(math.isnan(numbers[name]) or numbers[name] <= value for name, value in self.most)
        return within and (self.least is None or numbers["ratio"] >= self.least)


def _trained(settings: TrainConfig, config: TrainConfig) -> Numbers:
    return whole.training(settings.with_(data_dir=config.data_dir, device=config.device))


def _alone(work: Callable[[TrainConfig], Numbers], config: TrainConfig) -> Numbers:
    """In a process of its own, as the page is: what other rows have left in memory makes a text a fifth slower."""
    return in_own_process("the model that is asked could not be trained", work, config)


BUNDLED_25 = TrainConfig(dataset=BUNDLED, known_ratio=0.25)
CLINC_25, CLINC_75 = (TrainConfig(dataset="clinc", known_ratio=ratio) for ratio in (0.25, 0.75))
FULL = "whole model each step, random batches padded to the longest"
ROWS = (
    Row("phase-one", "phase 1, a pass, minilm", pieces.epoch_of_minilm, FULL, 2.5),
    Row("phase-one-base", "phase 1, a pass, BERT-base's shape", pieces.epoch_of_bert_base, FULL, 4),
    Row("cache", "frozen layers, texts met by another run", pieces.states_of_another_run, "computed", 20),
    Row("heads-38", "38 heads (clinc 25 %)", pieces.all_heads_of(38), "one at a time", 5),
    Row("heads-112", "112 heads (clinc 75 %)", pieces.all_heads_of(112), "one at a time", 5),
    Row("encoding", "5,000 texts to features", pieces.encoding, "batches of 32 as they come, float32", 4),
    Row("query", "one text answered", partial(_alone, pieces.one_query), most=(("p50", 12), ("p95", 25))),
    Row("clients", "200 texts from 50 clients", partial(_alone, pieces.clients), "one after the other", 4),
    Row("starter", "starter, from click to model", partial(_trained, STARTER), most=(("seconds", 15),)),
    Row("bundled-25", "bundled dataset, 25 % known", partial(_trained, BUNDLED_25), most=(("seconds", 20),)),
    Row("clinc-25", "clinc, 25 % known", partial(_trained, CLINC_25), most=(("seconds", 60),)),
    Row(
        "clinc-75", "clinc, 75 % known", partial(_trained, CLINC_75), most=(("seconds", 120), ("mib", 1536))
    ),
    Row("page", "the page answers after its start", whole.page, most=(("seconds", 4), ("mib", 819))),
)  # fmt: skip


def benchmark(given: argparse.Namespace, config: TrainConfig) -> Measured:
    """Measure all rows, or those that are named, and keep each in the file of results as soon as it is there.

    Raises:
        ValueError: there is no such row.
    """
    results = Results(Path(given.out) if given.out else RESULTS_FOLDER / "speed.json", "speed")
    for row in tqdm(
        named(ROWS, given.method, "benchmark speed has no row", str), file=stderr(given.quiet), smoothing=0
    ):
        results.keep(timed_record(row.name, row.measure(config), digits=4))
    return Measured(table(results.records), results.records, results)


def table(records: list[dict]) -> str:
    """Markdown: each row that was measured, beside what it is compared with and what is to be reached."""
    found, rows = {one["method"]: one for one in records}, []
    for row in ROWS:
        if (one := found.get(row.name)) is None:
            continue
        numbers: Numbers = one["numbers"]
        beside = f"{row.reference}: {_told('seconds', numbers['reference'])}" if "reference" in numbers else "–"
        names = ("ours", "p50", "p95", "seconds", "mib")
        here = ", ".join(f"{_name(name)}{_told(name, numbers[name])}" for name in names if name in numbers)
        ratio = f"**{numbers['ratio']:.1f}×**" if "ratio" in numbers else "–"
        rows.append([row.what, here, beside, ratio, row.reach, "yes" if row.met(numbers) else "no"])
    return markdown(["what", "takes", "beside", "faster", "to reach", "reached"], rows)


def note(records: list[dict]) -> str:
    """When and where: the line below the table."""
    dates = sorted({one["date"] for one in records})
    when = dates[0] if len(dates) == 1 else f"{dates[0]} to {dates[-1]}"
    load = max(one["load"] for one in records)
    machines = "; ".join(sorted({one["machine"] for one in records}))
    beside = f" Other work ran on these cores at the same time (load up to {load:g})." if load > 3 else ""
    return f"{machines}, {when}, torch {records[0]['versions']['torch']}.{beside}"


def _name(name: str) -> str:
    return {"p50": "p50 ", "p95": "p95 ", "mib": "memory "}.get(name, "")


def _told(name: str, value: float) -> str:
    if name == "mib":
        return f"{value / 1024:.1f} GiB"
    if name in ("p50", "p95"):
        return f"{value:.0f} ms"
    return f"{value:.2g} s" if value < 10 else f"{value:.0f} s"

"""`python -m ans benchmark`: from parsed arguments to a Markdown table on stdout and records in a JSON file."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ans.benchmark.choosing import named
from ans.config import TrainConfig
from ans.json_files import json_text
from ans.terminal import stderr

if TYPE_CHECKING:
    from ans.benchmark.results import Measured

# Here, and not where they are defined: help must not wait for torch.
WHICH = {
    "table1": "this project's row of Table 1, seeds 0-4",
    "ablation": "Table 2: one-vs-rest heads without negatives, with noise, projection, ascent",
    "negatives": "Table 3: MSP, ADB and one-vs-rest, each without and with synthesized negatives",
    "radius": "Figure 3: the radius r",
    "baselines": "other rules and other negatives on the same features",
    "choices": "each of this project's own choices left out",
    "few": "1, 2, 5, 10, 20 and 50 texts a class, beside simple rules; seeds 0-4, with 1 and 2 texts 0-2",
    "few-choices": "with 10 texts a class, each choice made for few texts left out; seed 0 of four settings",
    "traffic": "folders with texts of no class in the test (DIR…): a chatbot's traffic, beside simple rules, seeds 0-4",
    "teach": "50 wrong answers corrected and learnt: F1 on the rest of the test, before and after (clinc 25 %)",
    "router": "ANS beside semantic-router (which must be installed), 10 texts a class, seeds 0-2 (clinc 50 %)",
    "heads": "all heads trained together against one at a time: how many times faster (clinc, seed 0)",
    "speed": "what work takes beside the same done straightforwardly, whole trainings, the page (a row: --only NAME)",
    "scale": "time and memory as classes and texts grow, and to which power (a curve: --only NAME)",
    "readme": "no run: write the README's tables from the results in assets/benchmarks",
}


def benchmark(given: argparse.Namespace) -> None:
    """Fill the missing cells of one table and print it, or with --json an object: benchmark, table, runs."""
    if given.which == "readme":
        from ans.benchmark.readme import write

        write()
        return
    config = TrainConfig(encoder=given.encoder, data_dir=given.data_dir, device=given.device)
    found = _measured(given, config)
    told = {"benchmark": given.which, "table": found.table, "runs": found.runs}
    print(json_text(told) if given.json else found.table)
    if found.results is not None and (said := found.results.told) and not given.quiet:
        print(said, file=sys.stderr)


def _measured(given: argparse.Namespace, config: TrainConfig) -> Measured:
    from ans.benchmark.results import Measured
    from ans.benchmark.tables import BENCHMARKS

    if given.engine == "ray" and given.which not in BENCHMARKS:
        raise ValueError(f"benchmark {given.which} runs here alone; --engine ray is of {', '.join(BENCHMARKS)}.")

    if given.which == "heads":
        from ans.benchmark.heads_speed import compare

        return Measured(compare(config.with_(dataset="clinc"), given.ratios or (0.25, 0.75)), [])
    if given.which in ("few", "few-choices", "traffic"):
        from ans.benchmark import own_texts

        return own_texts.benchmark(given, config)
    if given.which == "teach":
        from ans.benchmark import taught

        return taught.benchmark(given, config)
    if given.which == "speed":
        from ans.benchmark import speed

        return speed.benchmark(given, config)
    if given.which == "scale":
        from ans.benchmark import scale

        return scale.benchmark(given, config)
    if given.which == "router":
        from ans.benchmark import router

        return router.benchmark(given, config)
    return _of_the_paper(given, config)


def _of_the_paper(given: argparse.Namespace, config: TrainConfig) -> Measured:
    if given.folders:
        raise ValueError(f"benchmark {given.which} takes no folders, got {given.folders[0]!r}; use --datasets.")
    from ans.benchmark.cells import Settings, run
    from ans.benchmark.results import RESULTS_FOLDER, Measured, Results, cell_of, setting_of
    from ans.benchmark.reuse import take_over
    from ans.benchmark.tables import BENCHMARKS

    chosen = BENCHMARKS[given.which]
    settings = Settings(
        given.datasets or chosen.datasets,
        given.ratios or chosen.ratios,
        given.seeds or chosen.seeds,
        config,
    )
    list(settings)  # every setting is valid before the first one is computed
    methods = named(chosen.methods, given.method)
    results = Results(Path(given.out) if given.out else RESULTS_FOLDER / f"{chosen.name}.json", chosen.name)
    take_over(methods, settings, results)
    if given.engine == "ray":
        from ans.benchmark.on_ray import run_on_ray

        run_on_ray(methods, settings, results, stderr(given.quiet), given.address)
    else:
        run(methods, settings, results, stderr(given.quiet))
    asked = {setting_of(config) for config in settings}
    runs = [record for record in results.records if cell_of(record)[1:] in asked]
    return Measured(chosen.table(runs), runs, results)


def numbers(value: str) -> tuple[int, ...]:
    """`0-4`, `3` or `0,2,5-7` → the whole numbers named.

    Raises:
        argparse.ArgumentTypeError: it is something else.
    """
    found: list[int] = []
    for part in value.split(","):
        first, _, last = part.strip().partition("-")
        if not first.isdecimal() or (last and not last.isdecimal()) or int(last or first) < int(first):
            raise argparse.ArgumentTypeError(f"expected numbers such as 0-4 or 0,2,5, got {value!r}")
        found += range(int(first), int(last or first) + 1)
    return tuple(dict.fromkeys(found))


def ratios(value: str) -> tuple[float, ...]:
    """`0.25,0.5` → shares of the classes.

    Raises:
        argparse.ArgumentTypeError: it is something else.
    """
    try:
        return tuple(float(part) for part in value.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected ratios such as 0.25,0.5, got {value!r}") from None

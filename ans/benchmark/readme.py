"""The tables of README.md and of the pages in assets, and two figures, written from the records in assets/benchmarks.

So the figures in these pages cannot disagree with what was measured.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from ans.benchmark import few_figure, radius_figure, report, router, scale, scale_figure, speed, taught
from ans.benchmark.own_texts_report import TABLES
from ans.benchmark.results import RESULTS_FOLDER, Results
from ans.benchmark.tables import BENCHMARKS
from ans.paths import ROOT

PAGES = (ROOT / "README.md", RESULTS_FOLDER / "README.md", ROOT / "assets" / "guide" / "encoders.md")
# <!-- measured: FILE --> … <!-- end -->, FILE without its ending in assets/benchmarks; or FILE, in short
BLOCK = re.compile(r"(<!-- measured: (?P<name>[\w-]+)(?P<short>, in short)? -->\n).*?(<!-- end -->)", re.DOTALL)
SHORT = {"table1": report.paper_in_short, "baselines": report.methods_in_short}


def fill(text: str, folder: Path = RESULTS_FOLDER) -> str:
    """The README's text with every measured block written again.

    Raises:
        ValueError: a block names a file that is not there.
    """

    def again(found: re.Match[str]) -> str:
        return f"{found[1]}{block(folder / (found['name'] + '.json'), bool(found['short']))}\n{found[4]}"

    return BLOCK.sub(again, text)


def block(path: Path, short: bool = False) -> str:
    """One file's table, all of it or `short`, and when, where, with what and how often it was measured."""
    if not path.is_file():
        raise ValueError(f"no results in {path}; run the benchmark first.")
    results = Results(path, None)
    records = results.records
    if results.benchmark == "speed":
        return f"{speed.table(records)}\n\n{speed.note(records)}"
    if results.benchmark == "scale":
        return f"{scale.table(records)}\n\n{speed.note(records)}"
    dates = sorted({record["date"] for record in records})
    devices = ", ".join(sorted({record["device"] for record in records}))
    encoders = ", ".join(sorted({record["config"]["encoder"] for record in records}))
    when = dates[0] if len(dates) == 1 else f"{dates[0]} to {dates[-1]}"
    note = f"`{encoders}`, {devices}, seeds {_seeds(records)}, {when}, torch {records[0]['versions']['torch']}."
    which = str(results.benchmark)
    others = {"teach": taught.table, "router": router.table}
    tables = {**{name: one.table for name, one in BENCHMARKS.items()}, **TABLES, **others}
    table = (SHORT if short else tables)[which]
    return f"{table(records)}\n\n{note}"


def _seeds(records: Sequence[dict]) -> str:
    """The seeds, and those of each number of texts a class that was not measured on all of them."""
    by_size: dict[int | None, set[int]] = {}
    for record in records:
        by_size.setdefault(record["config"].get("texts_per_class"), set()).add(record["config"]["seed"])
    every = set().union(*by_size.values())
    alike: dict[str, list[int | None]] = {}
    for size, seeds in sorted(by_size.items(), key=lambda one: one[0] or 0):
        if seeds != every:
            alike.setdefault(_listed(seeds), []).append(size)
    fewer = [f"with {' and '.join(map(str, sizes))} texts {seeds}" for seeds, sizes in alike.items()]
    return _listed(every) + (f" ({'; '.join(fewer)})" if fewer else "")


def _listed(seeds: set[int]) -> str:
    return ", ".join(map(str, sorted(seeds)))


def write() -> None:
    """Fill the blocks of all pages, and draw the figures."""
    for page in PAGES:
        page.write_text(fill(page.read_text(encoding="utf-8")), encoding="utf-8")
    for which, figure in (("radius", radius_figure), ("few", few_figure), ("scale", scale_figure)):
        if (found := RESULTS_FOLDER / f"{which}.json").is_file():
            figure.write(Results(found, which).records)

"""What stands below a run's own card: where to go with the model, the same training with other seeds, what changed.

Tables are lists of lines of cells; the first line and the first cell of each are headings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from ans.config import TrainConfig
from ans.conventions import HEADINGS
from ans.evaluation.published import published_for
from ans.runs.run import Run
from ans.runs.status import GOING, INTERRUPTED, QUEUED, RUNNING
from ans.ui.access import Visitor
from ans.ui.polling import Listed, finished
from ans.ui.run_card import gap
from ans.ui.wording import percent, signed

PLACES = {"ask": "Ask it", "evaluate": "Evaluate", "map": "Map", "compare": "Compare"}  # tabs, and their buttons
GO_ON = "go on"
NOT_SETTINGS = ("data_dir",)  # where things lie on the server is nobody else's business
Table = list[list[str]]


def below(run: Run, found: Sequence[Listed], may_go_on: bool = False) -> dict[str, Any]:
    """The buttons of a trained or interrupted run, and the tables of one that is trained or has siblings that are.

    Args:
        may_go_on: whoever looks may let an interrupted run go on.
        found: the runs that this browser may see, newest first.
    """
    ready = [(one.run, one.name) for one in finished(found) if one.run.evaluation is not None]
    out: dict[str, Any] = {"id": run.id, "tables": []}
    if any(one.id == run.id for one, _ in ready):
        out["go"] = [{"to": place, "name": name} for place, name in PLACES.items()]
        before = run_before(run, [one for one, _ in ready])
        if before is not None:
            name = next(name for one, name in ready if one.id == before.id)
            out["tables"].append(
                {
                    "title": "Against the run before",
                    "about": name,
                    "rows": changes([before, run], ["before", "this run"]),
                }
            )
    if run.status.state == INTERRUPTED and may_go_on:
        out["go"] = [{"to": GO_ON, "name": "Go on"}]
    siblings = same_but_seed(run, [one for one, _ in ready])
    if len(siblings) > 1:
        seeds = ", ".join(str(one.config.seed) for one in siblings)
        out["tables"].append(
            {
                "title": f"{len(siblings)} seeds together",
                "about": f"Mean ± deviation of seeds {seeds}.",
                "rows": mean_of(siblings),
            }
        )
    return out


def queue(found: Sequence[Listed], shown: Run, visitor: Visitor) -> list[dict]:
    """What else is being trained or waits, in the order of the queue, for the run card."""
    others = [one for one in reversed(found) if one.status.state in GOING and one.id != shown.id]
    return [
        {
            "id": one.id,
            "name": one.name,
            "running": one.status.state == RUNNING,
            "may_drop": one.status.state == QUEUED and visitor.may_stop(one.run),
        }
        for one in sorted(others, key=lambda one: one.status.state != RUNNING)
    ]


def same_but_seed(run: Run, ready: Sequence[Run]) -> list[Run]:
    """The trained runs with the settings of this one, of each seed the newest, by seed."""
    if not run.made_by_settings:
        return []
    wanted, of_seed = run.config.with_(seed=0), dict[int, Run]()
    for one in ready:
        if one.made_by_settings and one.config.with_(seed=0) == wanted:
            of_seed.setdefault(one.config.seed, one)
    return [of_seed[seed] for seed in sorted(of_seed)]


def mean_of(runs: Sequence[Run]) -> Table:
    """Each number as mean ± deviation, and beside it the paper's, where it has one."""
    rows = [_numbers(run) for run in runs]
    found: dict[str, list[float]] = {
        name: [value for row in rows if (value := row[name]) is not None] for name in HEADINGS
    }
    means = {name: fmean(values) if values else None for name, values in found.items()}
    table = [["", *HEADINGS.values()], [f"{len(runs)} seeds", *(spread(values) for values in found.values())]]
    if (paper := published_for(runs[0].config)) is not None:
        table.append(["Paper, BERT-base", *(percent(paper.get(name)) for name in HEADINGS)])
        table.append(["Difference", *(signed(gap(means[name], paper.get(name))) for name in HEADINGS)])
    return table


def spread(values: Sequence[float]) -> str:
    """`86.3 ± 0.4`; a dash of none, no deviation of one."""
    if len(values) < 2:
        return percent(values[0] if values else None)
    return f"{fmean(values):.1f} ± {stdev(values):.1f}"


def run_before(run: Run, ready: Sequence[Run]) -> Run | None:
    """The latest trained run on the same data that was made before this one; `ready` begins with the newest."""
    dataset, created = run.config.dataset, run.status.created
    older = (one for one in ready if one.id != run.id and one.status.created <= created)
    return next((one for one in older if one.config.dataset == dataset), None)


def changes(runs: Sequence[Run], names: Sequence[str]) -> Table:
    """The settings that are not the same in all of these runs, then the numbers; of two runs also their difference."""
    two = len(runs) == 2
    table = [["", *names, *(["difference"] if two else [])]]
    for spec in fields(TrainConfig):
        values = [getattr(run.config, spec.name) for run in runs]
        if spec.name not in NOT_SETTINGS and any(value != values[0] for value in values):
            shown = [_shown(spec.name, value) for value in values]
            table.append([spec.name.replace("_", " "), *shown, *([""] if two else [])])
    rows = [_numbers(run) for run in runs]
    for name, heading in HEADINGS.items():
        values = [row[name] for row in rows]
        difference = [signed(gap(values[1], values[0]))] if two else []
        table.append([heading, *map(percent, values), *difference])
    return table


def _numbers(run: Run) -> dict[str, float | None]:
    evaluation = run.evaluation
    return dict.fromkeys(HEADINGS) if evaluation is None else evaluation.metrics.headline()


def _shown(name: str, value: Any) -> str:
    if value is None:
        return "–"
    if name == "known_classes":
        return f"{len(value)} chosen"
    if name in ("dataset", "encoder"):
        return Path(value).name
    return f"{value:g}" if isinstance(value, float) else str(value)

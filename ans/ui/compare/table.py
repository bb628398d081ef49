"""What the Compare tab's table and chart show, from what is fitted at this moment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ans.config import TrainConfig
from ans.conventions import HEADINGS
from ans.evaluation.published import published_rows
from ans.plots.comparison import comparison_bars
from ans.runs.run import Run
from ans.serving.comparison.comparisons import CHOICES, Choice, Compared, Comparisons, paper_row
from ans.serving.comparison.job import Job
from ans.ui.run_results import changes
from ans.ui.wording import as_sentence, percent

NOTHING = {
    "state": "empty",
    "title": "Nothing to compare yet",
    "detail": "Choose a trained run. The starter model comes by itself; other runs are made in Train.",
}
LOADING = {"state": "busy", "title": "Loading the model", "detail": "A few seconds, once."}
PAPER_COLUMNS = {"accuracy": "paper's accuracy", "f1": "paper's F1"}


def plan(comparisons: Comparisons, runs: Sequence[Run], keys: Sequence[str]) -> list[tuple[str, Choice]]:
    """What is still to be fitted, run by run."""
    out = []
    for run in runs:
        choices = comparisons.chosen(run.id, keys)
        ready = {compared.choice.key for compared in comparisons.ready(run.id, choices)}
        out += [(run.id, choice) for choice in choices if choice.key not in ready]
    return out


def views(
    comparisons: Comparisons, runs: Sequence[Run], keys: Sequence[str], measure: str, job: Job | None = None
) -> tuple[dict, Any, int]:
    """(table, figure, number of methods in them). With a job, the table says how far it is.

    Raises:
        ValueError: a run cannot be compared.
    """
    if not runs:
        return NOTHING, None, 0
    tables, drawn, waiting, count = [], [], [], 0
    for run in runs:
        choices = comparisons.chosen(run.id, keys)
        ready, failures = comparisons.ready(run.id, choices), comparisons.failures(run.id)
        missing = [choice for choice in choices if choice.key not in {compared.choice.key for compared in ready}]
        waiting += [choice for choice in missing if choice.key not in failures]
        tables.append(_run_table(run, ready, missing, failures, measure))
        values = {one.choice.name: one.numbers[measure] for one in ready if one.numbers[measure] is not None}
        published = {one.choice.name: paper_row(one.choice, run.config) or {} for one in ready}
        paper = {name: row[measure] for name, row in published.items() if measure in row}
        drawn.append((run.name, values, paper))
        count += len(ready)
    figure = None
    if any(values for _, values, _ in drawn):
        figure = comparison_bars(drawn, [CHOICES["ans"].name], HEADINGS[measure])
    differing = changes(runs, [run.name for run in runs]) if len(runs) > 1 else []
    return {**_headline(count, waiting, job), "runs": tables, "changes": differing}, figure, count


def shown(comparisons: Comparisons, runs: Sequence[Run], keys: Sequence[str], measure: str) -> tuple[dict, Any]:
    """(table, figure) of what is ready."""
    try:
        return views(comparisons, runs, keys, measure)[:2]
    except ValueError as error:
        return failed(error), None


def failed(error: Exception) -> dict:
    """The table's place when nothing can be compared."""
    return {"state": "failed", "title": "This run can't be compared", "detail": as_sentence(error)}


def _headline(count: int, waiting: Sequence[Choice], job: Job | None) -> dict:
    if job is not None:
        return {"state": "busy", "title": "Fitting", "detail": job.doing, "share": job.share}
    if waiting:
        names = f"{len(waiting)} more method{'s' if len(waiting) > 1 else ''}"
        ready = f"{count} method{'s' if count > 1 else ''}"
        detail = f"{ready} ready. Press Compare to fit {names} on the same features; it takes seconds."
        return {"state": "part", "title": "Press Compare for the rest", "detail": detail}
    return {
        "state": "done",
        "title": f"{count} methods compared",
        "detail": "In percent, on the run's test part. The best of each column is bold.",
    }


def _run_table(
    run: Run, ready: Sequence[Compared], missing: Sequence[Choice], failures: dict[str, str], measure: str
) -> dict:
    config = run.config
    best = {
        name: max((number for one in ready if (number := one.numbers[name]) is not None), default=None)
        for name in HEADINGS
    }
    ordered = sorted(ready, key=lambda one: _at_least(one.numbers[measure]), reverse=True)
    rows = [
        {
            "name": one.choice.name,
            "kind": "ours" if one.choice.key == "ans" else "",
            "note": "this run" if one.own else "",
            "cells": [
                {
                    "text": percent(one.numbers[name]),
                    "best": one.numbers[name] is not None and one.numbers[name] == best[name],
                }
                for name in HEADINGS
            ],
            "seconds": "" if one.own else f"{one.seconds:.1f}",
            "paper": _paper_cells(paper_row(one.choice, config)),
        }
        for one in ordered
    ]
    rows += [
        {
            "name": choice.name,
            "kind": "missing",
            "note": f"Not fitted: {failures[choice.key]}" if choice.key in failures else "not fitted yet",
            "paper": _paper_cells(paper_row(choice, config)),
        }
        for choice in missing
    ]
    rules_chosen = any(one.choice.rule is not None for one in ready)
    rows += _paper_only(config) if rules_chosen else []
    has_paper = any(row["paper"] for row in rows)
    headings = [*HEADINGS.values(), "seconds", *(PAPER_COLUMNS.values() if has_paper else ())]
    return {"name": run.name, "headings": headings, "rows": rows, "measure": list(HEADINGS).index(measure)}


def _paper_only(config: TrainConfig) -> list[dict]:
    """The paper's rows of methods that are not fitted here."""
    if config.known_classes is not None:
        return []
    here = {choice.paper[1] for choice in CHOICES.values() if choice.paper is not None}
    return [
        {"name": row["method"].rstrip("*"), "kind": "missing", "note": "in the paper only",
         "paper": _paper_cells({name: float(row[name]) for name in PAPER_COLUMNS})}
        for row in published_rows()
        if row["table"] == "1" and row["dataset"] == config.dataset and float(row["known_ratio"]) == config.known_ratio
        and row["method"] not in here
    ]  # fmt: skip


def _paper_cells(row: dict[str, float] | None) -> list[str]:
    return [] if row is None else [percent(row[name]) for name in PAPER_COLUMNS]


def _at_least(number: float | None) -> float:
    """A number to sort by; what has none comes last."""
    return -1.0 if number is None else number

"""What the Evaluate tab shows of a run: numbers, errors, plots, settings. Plain data and figures."""

from __future__ import annotations

from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import numpy as np

from ans.config import ENCODER, TrainConfig
from ans.conventions import OPEN_NAME, ZERO
from ans.evaluation.mistakes import ERROR_KINDS, KIND_NAMES, TestAnswers, summary
from ans.evaluation.published import published_for
from ans.plots import evaluation as plots
from ans.plots.curves import training_curves
from ans.runs import progress
from ans.runs.evaluation import Evaluation
from ans.runs.run import Run
from ans.ui import run_card
from ans.ui.wording import percent

GROUP_TITLES = {"data": "Data", "encoder": "Encoder", "phase 1": "Phase 1", "phase 2": "Phase 2"}


def overview_card(run: Run, answers: TestAnswers, evaluation: Evaluation) -> dict:
    """The first thing a person sees: the four numbers beside the published ones, and where the errors are."""
    config, metrics = run.config, evaluation.metrics
    paper = (
        f"The paper has no figures for {Path(config.dataset).stem} with these known classes."
        if published_for(config) is None
        else "The paper's row is the same dataset and ratio, mean of ten seeds."
    )
    return {
        "view": "overview",
        "state": "done",
        "name": run.name,
        "numbers": run_card.numbers(metrics.headline(), config),
        "note": f"In percent, over {len(answers.known)} known classes and the open one; "
        f"{len(evaluation.held_out)} classes were held out. {paper}",
        **summary(answers, metrics.per_class),
    }


def score_plots(answers: TestAnswers, auroc: float | None) -> tuple[Any, str, Any, str]:
    """Histogram, its note, ROC curve, its note."""
    from ans.evaluation.metrics import roc

    is_known, accepted = answers.is_known, answers.scores >= ZERO
    known, outside = answers.scores[is_known], answers.scores[~is_known]
    histogram = plots.score_histogram(known, outside).to_json()
    curve = roc(is_known, answers.scores)
    if curve is None:
        only = "open" if not len(known) else "known"
        reason = f"All texts of this test are {only}, so there is nothing to tell apart and no ROC curve."
        return histogram, reason, None, ""
    at_zero = float(accepted[~is_known].mean()), float(accepted[is_known].mean())
    return (
        histogram,
        f"{_percent(1 - at_zero[1])} of the known texts score below zero and are rejected, "
        f"{_percent(at_zero[0])} of the open texts score above it and are taken for known. Zero is not tuned.",
        plots.roc_curve(curve.known, curve.open, at_zero, curve.fpr_at_95).to_json(),
        f"A known text outscores an open one {percent(auroc)} % of the time (AUROC). FPR@95 "
        f"{curve.fpr_at_95:.1f}: so many percent of the open texts are accepted where 95 % of the known ones are.",
    )


def risk_plot(answers: TestAnswers) -> tuple[Any, str]:
    """The risk-coverage curve, and its note."""
    from ans.evaluation.metrics import risk_coverage

    found = risk_coverage(answers.targets, answers.answers, answers.scores)
    if found is None:
        return None, "No test text was given a class, so no answer could be wrong."
    half = int(np.searchsorted(found.coverage, found.coverage[-1] / 2))
    return plots.risk_coverage_curve(found.coverage, found.risk).to_json(), (
        f"{_percent(found.coverage[-1])} of the test texts are given a class, and {_percent(found.risk[-1])} of these "
        f"are wrong; of the surer half of them, {_percent(found.risk[half])}."
    )


def mistake_table(answers: TestAnswers) -> dict:
    """All errors and what they can be filtered by, for mistakes.js.

    `kinds` by key and name; `labels` that occur in an error, `held_out` those of them that were held out, `open` the
    label of the open class; `rows` as `Mistake`, the surest first, each `kind` being a key.
    """
    held_out = set(answers.held_out)
    found = answers.mistakes()
    return {
        "kinds": [{"key": kind, "name": KIND_NAMES[kind]} for kind in ERROR_KINDS],
        "labels": sorted({one.truth for one in found} | {one.answer for one in found}),
        "held_out": sorted({one.truth for one in found} & held_out),
        "open": OPEN_NAME,
        "rows": [{**asdict(one), "score": round(one.score, 2)} for one in found],
    }


def facts_card(config: TrainConfig, evaluation: Evaluation) -> dict:
    """Device, seconds by phase, and every setting, marked where it is not the default."""
    values = config.to_dict()
    groups = {key: {"key": key, "title": title, "rows": []} for key, title in GROUP_TITLES.items()}
    for spec in fields(TrainConfig):
        if spec.name == "data_dir":  # where things lie on the server is nobody else's business
            continue
        value = values[spec.name]
        if spec.name in ("dataset", "encoder"):
            value = Path(value).name
        groups[spec.metadata["group"]]["rows"].append(
            {
                "name": spec.name.replace("_", " "),
                "value": _setting_text(value),
                "about": spec.metadata["explanation"],
                "changed": values[spec.name] != spec.default,
            }
        )
    if evaluation.reading:
        about = "how the encoder makes numbers of a text"
        row = {"name": "reads as", "value": evaluation.reading, "about": about, "changed": False}
        groups[ENCODER]["rows"].insert(1, row)
    return {
        "view": "facts",
        "device": run_card.device_name(evaluation.device),
        "seconds": [
            {"name": progress.PHASES[phase], "seconds": seconds}
            for phase, seconds in evaluation.seconds.items()
            if phase in progress.PHASES
        ],
        "groups": list(groups.values()),
    }


def training_card(run: Run) -> str | None:
    """The training curves as a figure; None where the run has left none."""
    drawn = run.progress.curves()
    if not any(x for _, x, _ in drawn.losses):
        return None
    return training_curves(drawn.losses, drawn.accuracy).update_layout(uirevision=run.id).to_json()


def _percent(share: float | np.floating) -> str:
    return f"{100 * share:.1f} %"


def _setting_text(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, list):
        return ", ".join(value)
    return f"{value:g}" if isinstance(value, float) else str(value)

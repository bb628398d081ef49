"""The Evaluate tab: how good the model in use is on its test part, and where it fails."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np

from ans.config import TrainConfig
from ans.conventions import OPEN_NAME, ZERO
from ans.evaluation.mistakes import (
    ERROR_KINDS,
    KIND_NAMES,
    OPEN_TAKEN,
    OUT_OF_SCOPE,
    TestAnswers,
    read_answers,
    summary,
)
from ans.evaluation.published import published_for
from ans.plots import evaluation as plots
from ans.plots.curves import training_curves
from ans.runs import progress
from ans.runs.evaluation import Evaluation
from ans.runs.run import Run
from ans.serving.models import Serving
from ans.ui import run_card
from ans.ui.components import EvaluationView, MistakesView, PlotView
from ans.ui.shared import Shared
from ans.ui.wiring import AT_ONCE, QUIETLY
from ans.ui.wording import as_sentence

NOTHING = {
    "state": "empty",
    "title": "There is no trained model to evaluate yet",
    "detail": "The starter model comes by itself at the first start; or start a training in the Train tab.",
}
READING = {"state": "busy", "title": "Reading the test answers", "detail": "A moment, once for each model."}
GROUPS = {"dataset": "Data", "encoder": "Encoder", "epochs": "Phase 1", "views": "Phase 2"}  # each from this setting on


def build(shared: Shared, query: gr.Textbox) -> None:
    """Lay out the tab inside the current Tabs and wire it."""
    serving, model = shared.serving, shared.model
    with gr.Tab("Evaluate", id="evaluate") as tab:
        drawn = gr.State(None)
        overview = EvaluationView({"view": "overview", **NOTHING}, elem_id="overview")
        with gr.Column(visible=False, elem_id="evaluation") as details:
            with gr.Row(equal_height=False):
                with gr.Column(scale=6, min_width=320, elem_classes="card"):
                    classes = EvaluationView(elem_id="classes")
                with gr.Column(scale=6, min_width=320, elem_classes="card"):
                    gr.HTML(
                        "<h3>Truth and answer</h3><p class='note'>Click a cell to see its errors.</p>", padding=False
                    )
                    matrix = PlotView(height=520, empty="The confusion matrix appears here.", elem_id="matrix")
                    confusions = EvaluationView(elem_id="confusions")
            with gr.Row(equal_height=True):
                with gr.Column(scale=1, min_width=320, elem_classes="card"):
                    gr.HTML("<h3>Scores of known and open texts</h3>", padding=False)
                    scores = PlotView(height=300, empty="The scores appear here.", elem_id="scores")
                    scores_note = gr.Markdown(elem_classes="quiet")
                with gr.Column(scale=1, min_width=320, elem_classes="card"):
                    gr.HTML("<h3>If the threshold were another</h3>", padding=False)
                    roc = PlotView(height=300, empty="The ROC curve appears here.", elem_id="roc")
                    roc_note = gr.Markdown(elem_classes="quiet")
            mistakes = MistakesView(elem_id="mistakes")
            with gr.Row(equal_height=False):
                with gr.Column(scale=6, min_width=320, elem_classes="card"):
                    gr.HTML("<h3>Training</h3>", padding=False)
                    curves = PlotView(
                        height=320, empty="This run has left no training curves.", elem_id="finished-curves"
                    )
                with gr.Column(scale=5, min_width=320, elem_classes="card"):
                    facts = EvaluationView(elem_id="facts")

    shown = [
        overview, details, classes, matrix, confusions, scores, scores_note, roc, roc_note, mistakes, curves, facts,
        drawn,
    ]  # fmt: skip

    def opened(run_id: str | None, before: str | None) -> Iterator[tuple]:
        if run_id and run_id == before:
            return
        yield from drawings(serving, run_id)

    def changed(run_id: str | None, before: str | None) -> Iterator[tuple]:
        if before is not None:  # else nobody has looked yet, and nothing is computed for nobody
            yield from drawings(serving, run_id)

    tab.select(opened, [model, drawn], shown, **QUIETLY)
    model.change(changed, [model, drawn], shown, **QUIETLY)
    for view in (overview, classes, confusions):
        view.click(_wanted, None, mistakes, **AT_ONCE)
    matrix.click(_wanted_cell, None, mistakes, **AT_ONCE)
    mistakes.click(_to_the_map, None, [query, shared.tabs], **AT_ONCE)


def drawings(serving: Serving, run_id: str | None) -> Iterator[tuple]:
    """What all components of the tab show for a run, in their order: busy first, then the whole or what went wrong."""
    nothing = [gr.skip()] * 10
    if not run_id:
        yield {"view": "overview", **NOTHING}, gr.update(visible=False), *nothing, ""
        return
    yield {"view": "overview", **READING}, gr.skip(), *nothing, ""  # somebody has looked
    try:
        run = serving.run(run_id)
        answers, evaluation = read_answers(run), run.evaluation
        if evaluation is None:
            raise ValueError("this run has no evaluation; choose a finished run.")
    except ValueError as error:
        why = {"title": "This model can't be evaluated", "detail": as_sentence(error)}
        yield {"view": "overview", "state": "failed", **why}, gr.update(visible=False), *nothing, ""
        return
    metrics = evaluation.metrics
    yield (
        overview_card(run, answers, evaluation),
        gr.update(visible=True),
        {"view": "classes", "rows": [asdict(one) for one in metrics.per_class]},
        plots.confusion_matrix([*answers.known, OPEN_NAME], metrics.confusion, run.id).to_json(),
        {"view": "confusions", "rows": [asdict(one) for one in answers.confusions()]},
        *score_plots(answers, metrics.auroc),
        gr.update(value=mistake_table(answers), wanted={}),
        _curves(run),
        facts_card(run.config, evaluation),
        run.id,
    )


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
        return histogram, reason, None, reason
    at_zero = float(accepted[~is_known].mean()), float(accepted[is_known].mean())
    return (
        histogram,
        f"{_percent(1 - at_zero[1])} of the known texts score below zero and are rejected, "
        f"{_percent(at_zero[0])} of the open texts score above it and are taken for known. Zero is not tuned.",
        plots.roc_curve(curve.known, curve.open, at_zero, curve.fpr_at_95).to_json(),
        f"AUROC {auroc:.1f}: so often, in percent, does a known text score above an open one. FPR@95 "
        f"{curve.fpr_at_95:.1f}: so many percent of the open texts are accepted where 95 % of the known ones are.",
    )


def mistake_table(answers: TestAnswers) -> dict:
    """All errors and what they can be filtered by."""
    held_out = set(answers.held_out)
    found = answers.mistakes()
    return {
        "kinds": [{"key": kind, "name": KIND_NAMES[kind]} for kind in ERROR_KINDS],
        "labels": sorted({one.truth for one in found} | {one.answer for one in found}),
        "held_out": sorted({one.truth for one in found} & held_out),
        "open": OPEN_NAME,
        "out_of_scope": OUT_OF_SCOPE,
        "rows": [[one.text, one.truth, one.answer, round(one.score, 2), one.kind] for one in found],
    }


def facts_card(config: TrainConfig, evaluation: Evaluation) -> dict:
    """Device, seconds by phase, and every setting, marked where it is not the default."""
    values, groups = config.to_dict(), []
    for spec in fields(TrainConfig):
        if spec.name in GROUPS:
            groups.append({"title": GROUPS[spec.name], "rows": []})
        if spec.name == "data_dir":  # where things lie on the server is nobody else's business
            continue
        value = values[spec.name]
        if spec.name in ("dataset", "encoder"):
            value = Path(value).name
        groups[-1]["rows"].append(
            {
                "name": spec.name.replace("_", " "),
                "value": _setting_text(value),
                "about": spec.metadata["explanation"],
                "changed": values[spec.name] != spec.default,
            }
        )
    return {
        "view": "facts",
        "device": run_card.device_name(evaluation.device),
        "seconds": [
            {"name": progress.PHASES[phase][0], "seconds": seconds}
            for phase, seconds in evaluation.seconds.items()
            if phase in progress.PHASES
        ],
        "groups": groups,
    }


def _curves(run: Run) -> str | None:
    drawn = run.progress.curves()
    if not any(x for _, x, _ in drawn.losses):
        return None
    return training_curves(drawn.losses, drawn.accuracy).update_layout(uirevision=run.id).to_json()


def _wanted(event: gr.EventData) -> dict:
    chosen = {
        name: str(value) for name in ("kind", "label", "truth", "answer") if (value := getattr(event, name, None))
    }
    return _shown_errors(chosen)


def _wanted_cell(event: gr.EventData) -> dict:
    """The errors of one cell of the confusion matrix; on its diagonal, all of that class."""
    truth, answer = str(event.y), str(event.x)
    if truth == answer:
        chosen = {"label": truth}
    elif truth == OPEN_NAME:  # the table of errors has open texts under the names of their held-out classes
        chosen = {"kind": OPEN_TAKEN, "label": answer}
    else:
        chosen = {"truth": truth, "answer": answer}
    return _shown_errors(chosen)


def _shown_errors(chosen: dict) -> dict:
    return gr.update(wanted={**chosen, "at": time.time()})  # asked for again, it is shown again


def _to_the_map(event: gr.EventData) -> tuple[str, dict]:
    return str(event.text), gr.Tabs(selected="map")


def _percent(share: float | np.floating) -> str:
    return f"{100 * share:.1f} %"


def _setting_text(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, list):
        return ", ".join(value)
    return f"{value:g}" if isinstance(value, float) else str(value)

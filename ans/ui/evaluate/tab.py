"""The Evaluate tab: how good the model in use is on its test part, and where it fails."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import gradio as gr

from ans.conventions import OPEN_NAME
from ans.evaluation.mistakes import OPEN_TAKEN, read_answers
from ans.plots import evaluation as plots
from ans.runs.run import Run
from ans.ui import strictness
from ans.ui.components import EvaluationComponent, MistakesComponent, PlotComponent
from ans.ui.evaluate import cards, quality
from ans.ui.evaluate.quality import QualityPart
from ans.ui.headed_tab import headed_tab
from ans.ui.shared import Shared
from ans.ui.strictness import Strictness
from ans.ui.wiring import AT_ONCE, QUIETLY, Changes
from ans.ui.wording import as_sentence

NOTHING = {
    "state": "empty",
    "title": "There is no trained model to evaluate yet",
    "detail": "The starter model comes by itself at the first start; or start a training in the Train tab.",
}
READING = {"state": "busy", "title": "Reading the test answers", "detail": "A moment, once for each model."}


@dataclass(frozen=True)
class EvaluateTab:
    """The tab's components and handlers. `drawn`: the run that is shown, as it was then, "" for none, None before
    anybody looked."""

    shared: Shared
    drawn: gr.State
    overview: EvaluationComponent
    details: gr.Column
    classes: EvaluationComponent
    matrix: PlotComponent
    confusions: EvaluationComponent
    scores: PlotComponent
    scores_note: gr.Markdown
    roc: PlotComponent
    roc_note: gr.Markdown
    mistakes: MistakesComponent
    curves: PlotComponent
    facts: EvaluationComponent
    strict: Strictness
    quality: QualityPart
    risk: PlotComponent
    risk_note: gr.Markdown

    @property
    def of_run(self) -> list[Any]:
        """All that changes with the run."""
        return [
            self.drawn, self.overview, self.details, self.classes, self.matrix, self.confusions, self.scores,
            self.scores_note, self.roc, self.roc_note, self.mistakes, self.curves, self.facts, self.risk,
            self.risk_note, *self.quality.of_run,
        ]  # fmt: skip

    def opened(self, run_id: str | None, before: str | None, who: str | None) -> Iterator[Changes]:
        """Somebody opens the tab: what it shows is drawn anew if another run, or another line of it, is in use."""
        if before is None or not run_id or self._now(run_id, who) != before:
            yield from self.drawings(run_id, who)

    def changed(self, run_id: str | None, before: str | None, who: str | None) -> Iterator[Changes]:
        """Another model, or another line, is in use. As long as nobody has looked, nothing is computed for nobody."""
        if before is not None:
            yield from self.drawings(run_id, who)

    def drawings(self, run_id: str | None, who: str | None) -> Iterator[Changes]:
        """What the tab shows of a run: busy first, then the whole or what went wrong."""
        if not run_id:
            yield self._without(NOTHING)
            return
        yield {self.overview: {"view": "overview", **READING}, self.drawn: ""}  # somebody has looked
        try:
            yield self._drawing(self.shared.visitor(who).trained(run_id))
        except ValueError as error:
            why = {"title": "This model can't be evaluated", "detail": as_sentence(error)}
            yield self._without({"state": "failed", **why})

    def _now(self, run_id: str, who: str | None) -> str | None:
        """What `drawn` would hold of a run."""
        try:
            return _as_drawn(self.shared.visitor(who).trained(run_id))
        except ValueError:
            return None

    def _without(self, card: dict[str, str]) -> Changes:
        return {self.overview: {"view": "overview", **card}, self.details: gr.update(visible=False), self.drawn: ""}

    def _drawing(self, run: Run) -> Changes:
        now, answers, evaluation = _as_drawn(run), read_answers(run), run.evaluation
        if evaluation is None:
            raise ValueError("this run has no evaluation; choose a finished run.")
        metrics = evaluation.metrics
        histogram, scores_note, roc, roc_note = cards.score_plots(answers, metrics.auroc)
        risk, risk_note = cards.risk_plot(answers)
        matrix = plots.confusion_matrix([*answers.known, OPEN_NAME], metrics.confusion, run.id)
        return {
            self.overview: cards.overview_card(run, answers, evaluation),
            self.details: gr.update(visible=True),
            self.classes: {
                "view": "classes",
                "open": OPEN_NAME,
                "rows": [asdict(one) for one in metrics.per_class],
            },
            self.matrix: matrix.to_json(),
            self.confusions: {"view": "confusions", "rows": [asdict(one) for one in answers.confusions()]},
            self.scores: histogram,
            self.scores_note: scores_note,
            self.roc: roc,
            self.roc_note: roc_note,
            self.risk: risk,
            self.risk_note: risk_note,
            self.mistakes: gr.update(value=cards.mistake_table(answers), wanted={}),
            self.curves: cards.training_card(run),
            self.facts: cards.facts_card(run.config, evaluation),
            **self.quality.drawn(run),
            self.drawn: now,
        }

    def show_errors(self, event: gr.EventData) -> Changes:
        """A click on a number: the errors behind it."""
        names = ("kind", "label", "truth", "answer")
        return self._errors({name: str(value) for name in names if (value := getattr(event, name, None))})

    def show_errors_of_cell(self, event: gr.EventData) -> Changes:
        """The errors of one cell of the confusion matrix; on its diagonal, all of that class."""
        truth, answer = str(getattr(event, "y", "")), str(getattr(event, "x", ""))
        if truth == answer:
            return self._errors({"label": truth})
        if truth == OPEN_NAME:  # the table of errors has open texts under the names of their held-out classes
            return self._errors({"kind": OPEN_TAKEN, "label": answer})
        return self._errors({"truth": truth, "answer": answer})

    def _errors(self, chosen: dict[str, str]) -> Changes:
        # Asked for again, it is shown again.
        return {self.mistakes: gr.update(wanted={**chosen, "at": time.time()})}

    def show_on_map(self, event: gr.EventData) -> tuple[str, Any]:
        """(text of Ask, tabs): a click on an error's text."""
        return str(getattr(event, "text", "")), gr.Tabs(selected="map")


def _as_drawn(run: Run) -> str:
    """A run and the line that it has: both decide what is shown."""
    return f"{run.id} {run.version}"


def build(shared: Shared, query: gr.Textbox) -> None:
    """Lay out the tab inside the current Tabs and wire it. `query` is Ask's text box."""
    with headed_tab("Evaluate", "evaluate") as opening:
        tab = layout(shared)
    model = shared.model
    opening.select(tab.opened, [model, tab.drawn, shared.browser], tab.of_run, **QUIETLY)
    model.change(tab.changed, [model, tab.drawn, shared.browser], tab.of_run, **QUIETLY)
    strictness.wire(tab.strict, opening)
    shared.kept.change(tab.changed, [model, tab.drawn, shared.browser], tab.of_run, **QUIETLY)
    for view in (tab.overview, tab.classes, tab.confusions):
        view.click(tab.show_errors, None, tab.mistakes, **AT_ONCE)
    tab.matrix.click(tab.show_errors_of_cell, None, tab.mistakes, **AT_ONCE)
    tab.mistakes.click(tab.show_on_map, None, [query, shared.tabs], **AT_ONCE)


def layout(shared: Shared) -> EvaluateTab:
    """The numbers first; below them classes and confusions, scores, errors, and how it was trained."""
    card = {"min_width": 320, "elem_classes": "card"}
    drawn = gr.State(None)
    overview = EvaluationComponent({"view": "overview", **NOTHING}, elem_id="overview")
    with gr.Column(visible=False, elem_id="evaluation") as details:
        strict = strictness.layout(shared, each_class=True)
        with gr.Row(equal_height=False):
            with gr.Column(scale=6, **card):
                classes = EvaluationComponent(elem_id="classes")
            with gr.Column(scale=6, **card):
                note = "<p class='note'>Click a cell to see its errors.</p>"
                gr.HTML(f"<h3>Confusion matrix</h3>{note}", padding=False)
                matrix = PlotComponent(
                    height=520, name="Confusion matrix", empty="The confusion matrix appears here.", elem_id="matrix"
                )
                confusions = EvaluationComponent(elem_id="confusions")
        with gr.Row(equal_height=True):
            with gr.Column(scale=1, **card):
                gr.HTML("<h3>Scores of known and open texts</h3>", padding=False)
                scores = PlotComponent(
                    height=300, name="Scores of known and open texts", empty="The scores appear here.", elem_id="scores"
                )
                scores_note = gr.Markdown(elem_classes="quiet")
            with gr.Column(scale=1, **card):
                gr.HTML("<h3>ROC: other thresholds</h3>", padding=False)
                roc = PlotComponent(height=300, name="ROC curve", empty="The ROC curve appears here.", elem_id="roc")
                roc_note = gr.Markdown(elem_classes="quiet")
            with gr.Column(scale=1, **card):
                gr.HTML("<h3>If only the surest were answered</h3>", padding=False)
                risk = PlotComponent(
                    height=300,
                    name="Risk-coverage curve",
                    empty="The risk-coverage curve appears here.",
                    elem_id="risk",
                )
                risk_note = gr.Markdown(elem_classes="quiet")
        mistakes = MistakesComponent(elem_id="mistakes")
        looked_at = quality.layout()
        with gr.Row(equal_height=False):
            with gr.Column(scale=6, **card):
                gr.HTML("<h3>Training</h3>", padding=False)
                curves = PlotComponent(
                    height=320,
                    name="Training curves",
                    empty="This run has left no training curves.",
                    elem_id="finished-curves",
                )
            with gr.Column(scale=5, **card):
                facts = EvaluationComponent(elem_id="facts")
    return EvaluateTab(
        shared, drawn, overview, details, classes, matrix, confusions, scores, scores_note, roc, roc_note, mistakes,
        curves, facts, strict, looked_at, risk, risk_note,
    )  # fmt: skip

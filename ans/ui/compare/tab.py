"""The Compare tab: methods beside each other on the same features, in numbers and on one text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from ans.conventions import HEADINGS, LONGEST
from ans.runs.run import Run
from ans.serving.comparison.comparisons import ABLATION, HEADS, RULES, RUNS_KEPT, Comparisons
from ans.serving.comparison.job import Job
from ans.ui.compare import judges as judging
from ans.ui.compare import table as comparing
from ans.ui.components import ComparisonComponent, ConfidentErrorsComponent, JudgesComponent, PlotComponent
from ans.ui.headed_tab import headed_tab
from ans.ui.shared import Shared
from ans.ui.wiring import AT_ONCE, QUIETLY, Changes

REDRAW_SECONDS = 0.4
Ids = list[str] | None  # of runs
Keys = Sequence[str]  # of methods
LEFT_OUT = (
    "All methods see the features of the chosen run, so only their rule differs. DOC, DeepUnk, (C + 1)-way and DA-ADB "
    "tune the encoder again, which takes minutes; they are not on this page. "
    "The command python -m ans benchmark baselines runs them."
)


@dataclass(frozen=True)
class CompareTab:
    """The tab's components and handlers. A method is named by its key in `ans.serving.comparison`.

    `job`: what this page has fitted last; on the server it says whether it goes on, whatever the page has heard.
    """

    shared: Shared
    comparisons: Comparisons
    job: gr.State
    runs: gr.Dropdown
    rules: gr.CheckboxGroup
    heads: gr.CheckboxGroup
    compare: gr.Button
    stop: gr.Button
    ablation: gr.Button
    table: ComparisonComponent
    measure: gr.Radio
    bars: PlotComponent
    text: gr.Textbox
    confident_errors: ConfidentErrorsComponent
    judges: JudgesComponent

    def opened(self, run_id: str | None, run_ids: list[str] | None, typed: str, here: str, who: str | None) -> Changes:
        """The runs to choose from, the model in use among the chosen; the text typed in Ask, unless another is here."""
        found = {run_id: name for name, run_id in self.shared.models(who)}
        there = [one for one in run_ids or [] if one in found]
        if run_id is not None and run_id in found and run_id not in there:
            there = [run_id]
        choices = [(name, key) for key, name in found.items()]
        return {self.runs: gr.update(choices=choices, value=there), self.text: here or typed or ""}

    def show(self, run_ids: Ids, rules: Keys, heads: Keys, measure: str, who: str | None) -> Changes:
        """What is fitted by now."""
        table, bars = comparing.shown(self.comparisons, self.allowed(run_ids, who), [*rules, *heads], measure)
        return {self.table: table, self.bars: bars}

    def loading(self, run_ids: Ids, who: str | None) -> Changes:
        """A note for the table and one for the card of answers, if a model has to be loaded first."""
        loaded = all(self.shared.serving.is_loaded(run.id) for run in self.allowed(run_ids, who))
        return gr.skip() if loaded else {self.table: comparing.LOADING, self.judges: comparing.LOADING}

    def choose_ablation(self) -> Changes:
        """The rows of the paper's Table 2."""
        return {self.rules: [], self.heads: list(ABLATION)}

    def fit(self, run_ids: Ids, rules: Keys, heads: Keys, measure: str, who: str | None) -> Iterator[Changes]:
        """Draw what is fitted while the rest is; `ended` comes after it, however it ends."""
        found, keys = self.allowed(run_ids, who), [*rules, *heads]
        yield self.buttons(busy=True)
        try:
            job = Job(self.comparisons, comparing.plan(self.comparisons, found, keys))
            try:
                drawn = -1
                while not job.ended(REDRAW_SECONDS):
                    table, figure, count = comparing.views(self.comparisons, found, keys, measure, job)
                    yield {self.job: job, self.table: table, **({} if count == drawn else {self.bars: figure})}
                    drawn = count
            finally:
                job.stop()
        except ValueError as error:
            yield {self.table: comparing.failed(error), self.bars: None, **self.buttons(busy=False)}

    def ended(self, run_ids: Ids, rules: Keys, heads: Keys, measure: str, who: str | None) -> Changes:
        """What there is now, and free buttons: the last drawing of `fit` may come after Stop's own answer."""
        return {**self.show(run_ids, rules, heads, measure, who), **self.buttons(busy=False)}

    def reopened(
        self, job: Job | None, run_ids: Ids, rules: Keys, heads: Keys, measure: str, who: str | None
    ) -> Changes:
        """The tab is opened again: where nothing goes on, that is what it shows, even if the end got lost before."""
        if job is not None and not job.ended(0):
            return gr.skip()
        return self.ended(run_ids, rules, heads, measure, who)

    def stopped(self) -> Changes:
        """Free the buttons; the job ends with the event it belongs to."""
        return self.buttons(busy=False)

    def judge(self, typed: str, run_ids: Ids, rules: Keys, heads: Keys, who: str | None) -> Changes:
        """What every fitted method says of one text."""
        found = self.allowed(run_ids, who)
        return {self.judges: judging.judgements(self.comparisons, found, [*rules, *heads], typed)}

    def list_confident_errors(self, run_ids: Ids, who: str | None) -> Changes:
        """The open test texts of the first run that MSP is sure of."""
        first = next(iter(self.allowed(run_ids, who)), None)
        return {self.confident_errors: judging.confident_errors(self.comparisons, first)}

    def take_text(self, event: gr.EventData) -> Changes:
        """A click on one of these texts."""
        return {self.text: str(getattr(event, "text", ""))}

    def allowed(self, run_ids: Ids, who: str | None) -> list[Run]:
        """The chosen runs that this browser may see, in the order they were chosen."""
        found = {run.id: run for run in visible(self.shared, who)}
        return [found[one] for one in run_ids or [] if one in found]

    def buttons(self, busy: bool) -> Changes:
        """Compare, Ablation, Stop and the drawn measure while methods are being fitted, and else."""
        free = [self.compare, self.ablation, self.measure]
        return {one: gr.update(interactive=not busy) for one in free} | {self.stop: gr.update(interactive=busy)}


def build(shared: Shared, query: gr.Textbox) -> None:
    """Lay out the tab inside the current Tabs and wire it. `query` is what was typed in Ask."""
    with headed_tab("Compare", "compare") as opening:
        tab = layout(shared)
    wire(tab, opening, query)


def layout(shared: Shared) -> CompareTab:
    """The choice of runs and methods beside table and chart; below, one text for all methods."""
    with gr.Row(equal_height=False, elem_id="compare"):
        with gr.Column(scale=4, min_width=300):
            runs, rules, heads = _choices()
            with gr.Row():
                compare = gr.Button("Compare", variant="primary", scale=3, elem_id="start-comparison")
                stop = gr.Button("Stop", interactive=False, scale=1, min_width=80, elem_id="stop-comparison")
            ablation = gr.Button("Ablation of Table 2", elem_id="ablation")
            gr.Markdown(LEFT_OUT, elem_classes="quiet")
        with gr.Column(scale=7, min_width=320):
            table = ComparisonComponent(comparing.NOTHING, elem_id="comparison")
            measures = [(name, key) for key, name in HEADINGS.items()]
            measure = gr.Radio(measures, value="f1", label="Measure that is drawn", elem_id="measure")
            bars = PlotComponent(
                height=430,
                name="Bars of the compared methods",
                empty="The measured methods are drawn here.",
                elem_id="bars",
            )
    gr.Markdown("## One text, all methods", elem_classes="section")
    with gr.Row(equal_height=False, elem_id="judging"):
        with gr.Column(scale=5, min_width=320):
            text = gr.Textbox(
                label="A text for all methods",
                placeholder="type, or click one of the texts below",
                max_length=LONGEST,
                lines=2,
                max_lines=4,
                elem_id="judged-text",
            )
            errors = ConfidentErrorsComponent(judging.NO_CONFIDENT_ERRORS, elem_id="confident-errors")
        with gr.Column(scale=6, min_width=320):
            judges = JudgesComponent(judging.EMPTY, elem_id="judges")
    return CompareTab(
        shared, Comparisons(shared.serving), gr.State(None), runs, rules, heads, compare, stop, ablation, table,
        measure, bars, text, errors, judges,
    )  # fmt: skip


def _choices() -> tuple[gr.Dropdown, gr.CheckboxGroup, gr.CheckboxGroup]:
    """Runs, rules, and kinds of negatives."""
    runs = gr.Dropdown(
        [],
        value=[],
        multiselect=True,
        max_choices=RUNS_KEPT,
        label="Runs",
        elem_id="compared-runs",
        info=f"The model in use, and up to {RUNS_KEPT - 1} others beside it.",
    )
    rules = gr.CheckboxGroup(
        [(choice.name, choice.key) for choice in RULES],
        value=[choice.key for choice in RULES],
        label="Rules on its features",
        info="The thresholds are those of their authors.",
    )
    heads = gr.CheckboxGroup(
        [(choice.name.removeprefix("heads, "), choice.key) for choice in HEADS],
        value=["none", "ans"],
        label="The same heads with negatives made by",
        info="Each is trained again, in seconds.",
    )
    return runs, rules, heads


def wire(tab: CompareTab, opening: gr.Tab, query: gr.Textbox) -> None:
    """Connect the controls. `query` is what was typed in Ask."""
    model, browser = tab.shared.model, tab.shared.browser
    chosen = [tab.runs, tab.rules, tab.heads]
    shown, judged = [*chosen, tab.measure, browser], [tab.text, *chosen, browser]
    drawn = [tab.table, tab.bars]
    buttons = [tab.compare, tab.ablation, tab.stop, tab.measure]
    opens = [opening.select, model.change]
    gr.on(opens, tab.opened, [model, tab.runs, query, tab.text, browser], [tab.runs, tab.text], **AT_ONCE)
    changes = [tab.runs.change, tab.shared.kept.change]
    changed = gr.on(changes, tab.loading, [tab.runs, browser], [tab.table, tab.judges], **AT_ONCE)
    changed = changed.then(tab.show, shown, drawn, **AT_ONCE).then(tab.judge, judged, tab.judges, **AT_ONCE)
    changed.then(tab.list_confident_errors, [tab.runs, browser], tab.confident_errors, **AT_ONCE)
    tab.measure.change(tab.show, shown, drawn, **AT_ONCE)
    ablation = tab.ablation.click(tab.choose_ablation, None, [tab.rules, tab.heads], **QUIETLY)
    running = [
        tab.compare.click(tab.fit, shown, [tab.job, *drawn, *buttons], concurrency_limit=4, **QUIETLY),
        ablation.then(tab.fit, shown, [tab.job, *drawn, *buttons], concurrency_limit=4, **QUIETLY),
    ]
    opening.select(tab.reopened, [tab.job, *shown], [*drawn, *buttons], **AT_ONCE)
    for event in running:
        ended = event.then(tab.ended, shown, [*drawn, *buttons], **AT_ONCE)
        ended.then(tab.judge, judged, tab.judges, **AT_ONCE)
    cancelled: Any = running  # Gradio's hint knows no events here
    tab.stop.click(tab.stopped, None, buttons, cancels=cancelled, **QUIETLY)
    tab.text.change(tab.judge, judged, tab.judges, **AT_ONCE)
    tab.confident_errors.click(tab.take_text, None, tab.text, **AT_ONCE)


def visible(shared: Shared, who: str | None) -> list[Run]:
    """The finished runs that this browser may see, newest first: everybody's, and its own."""
    return shared.visitor(who).runs.finished()

"""The Compare tab: methods beside each other on the same features, in numbers and on one text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gradio as gr

from ans.conventions import HEADINGS, LONGEST
from ans.runs.run import Run
from ans.serving.comparison.comparisons import ABLATION, HEADS, RULES, RUNS_KEPT, Comparisons
from ans.serving.comparison.job import Job
from ans.ui.compare import judges as judging
from ans.ui.compare import table as comparing
from ans.ui.components import ComparisonView, DeceptionsView, JudgesView, PlotView
from ans.ui.shared import Shared
from ans.ui.wiring import AT_ONCE, QUIETLY

REDRAW_SECONDS = 0.4
LEFT_OUT = (
    "All methods see the features of the chosen run, so only their rule differs. DOC, DeepUnk, (C + 1)-way and DA-ADB "
    "tune the encoder anew, which takes minutes; they are not on this page. "
    "The command python -m ans benchmark baselines runs them."
)


def build(shared: Shared, query: gr.Textbox) -> None:
    """Lay out the tab inside the current Tabs and wire it. `query` is what was typed in Ask."""
    comparisons, model = Comparisons(shared.serving), shared.model
    with gr.Tab("Compare", id="compare") as tab:
        with gr.Row(equal_height=False, elem_id="compare"):
            with gr.Column(scale=4, min_width=300):
                runs = gr.Dropdown(
                    [], value=[], multiselect=True, max_choices=RUNS_KEPT, label="Runs", elem_id="compared-runs",
                    info=f"The model in use, and up to {RUNS_KEPT - 1} others beside it.",
                )  # fmt: skip
                rules = gr.CheckboxGroup(
                    [(choice.name, choice.key) for choice in RULES], value=[choice.key for choice in RULES],
                    label="Rules on its features", info="The thresholds are those of their authors.",
                )  # fmt: skip
                heads = gr.CheckboxGroup(
                    [(choice.name.removeprefix("heads, "), choice.key) for choice in HEADS], value=["none", "ans"],
                    label="The same heads with negatives made by", info="Each is trained anew, in seconds.",
                )  # fmt: skip
                with gr.Row():
                    compare = gr.Button("Compare", variant="primary", scale=3, elem_id="start-comparison")
                    stop = gr.Button("Stop", interactive=False, scale=1, min_width=80, elem_id="stop-comparison")
                ablation = gr.Button("Ablation of Table 2", elem_id="ablation")
                gr.Markdown(LEFT_OUT, elem_classes="quiet")
            with gr.Column(scale=7, min_width=320):
                table = ComparisonView(comparing.NOTHING, elem_id="comparison")
                measure = gr.Radio(
                    [(name, key) for key, name in HEADINGS.items()], value="f1", label="Measure that is drawn",
                    elem_id="measure",
                )  # fmt: skip
                bars = PlotView(height=430, empty="The measured methods are drawn here.", elem_id="bars")
        gr.Markdown("## One text, all methods", elem_classes="section")
        with gr.Row(equal_height=False, elem_id="judging"):
            with gr.Column(scale=5, min_width=320):
                text = gr.Textbox(
                    label="A text for all methods", placeholder="type, or click one of the texts below",
                    max_length=LONGEST, lines=2, max_lines=4, elem_id="judged-text",
                )  # fmt: skip
                deceptions = DeceptionsView(judging.NO_DECEPTIONS, elem_id="deceptions")
            with gr.Column(scale=6, min_width=320):
                judges = JudgesView(judging.EMPTY, elem_id="judges")

    def allowed(run_ids: list[str] | None, who: str | None) -> list[Run]:
        """The chosen runs that this browser may see, in the order they were chosen."""
        found = {run.id: run for run in visible(shared, who)}
        return [found[one] for one in run_ids or [] if one in found]

    def opened(run_id: str | None, run_ids: list[str] | None, typed: str, here: str, who: str | None) -> tuple:
        found = {run.id: run.name for run in visible(shared, who)}
        there = [one for one in run_ids or [] if one in found]
        if run_id in found and run_id not in there:
            there = [run_id]
        return gr.update(choices=[(name, key) for key, name in found.items()], value=there), here or typed or ""

    def show(run_ids, rule_keys, head_keys, name: str, who: str | None) -> tuple:
        return comparing.shown(comparisons, allowed(run_ids, who), [*rule_keys, *head_keys], name)

    def loading(run_ids, who: str | None) -> tuple:
        """A note for the table and one for the card of answers, if a model has to be loaded first."""
        loaded = all(shared.serving.is_loaded(run.id) for run in allowed(run_ids, who))
        return (gr.skip(), gr.skip()) if loaded else (comparing.LOADING, comparing.LOADING)

    def fit(run_ids, rule_keys, head_keys, name: str, who: str | None) -> Iterator[tuple]:
        """Draws what is fitted while the rest is; `ended` comes after it, however it ends."""
        found, keys = allowed(run_ids, who), [*rule_keys, *head_keys]
        yield gr.skip(), gr.skip(), *_buttons(busy=True)
        try:
            job = Job(comparisons, comparing.plan(comparisons, found, keys))
            try:
                drawn = -1
                while not job.ended(REDRAW_SECONDS):
                    view, figure, count = comparing.views(comparisons, found, keys, name, job)
                    yield view, gr.skip() if count == drawn else figure, *_buttons(busy=True)
                    drawn = count
            finally:
                job.stop()
        except ValueError as error:
            yield comparing.failed(error), None, *_buttons(busy=False)

    def ended(*values: Any) -> tuple:
        """What there is now, and free buttons: the last drawing of `fit` may come after Stop's own answer."""
        return *show(*values), *_buttons(busy=False)

    def judge(typed: str, run_ids, rule_keys, head_keys, who: str | None) -> dict:
        return judging.judgements(comparisons, allowed(run_ids, who), [*rule_keys, *head_keys], typed)

    def deceived(run_ids, who: str | None) -> dict:
        return judging.deceptions_view(comparisons, next(iter(allowed(run_ids, who)), None))

    chosen = [runs, rules, heads]
    shown, judged = [*chosen, measure, shared.browser], [text, *chosen, shared.browser]
    fitting = [table, bars, compare, ablation, stop, measure]
    gr.on([tab.select, model.change], opened, [model, runs, query, text, shared.browser], [runs, text], **AT_ONCE)
    runs.change(loading, [runs, shared.browser], [table, judges], **AT_ONCE).then(
        show, shown, [table, bars], **AT_ONCE
    ).then(judge, judged, judges, **AT_ONCE).then(deceived, [runs, shared.browser], deceptions, **AT_ONCE)
    measure.change(show, shown, [table, bars], **AT_ONCE)
    running = [
        compare.click(fit, shown, fitting, concurrency_limit=4, **QUIETLY),
        ablation.click(lambda: ([], list(ABLATION)), None, [rules, heads], **QUIETLY).then(
            fit, shown, fitting, concurrency_limit=4, **QUIETLY
        ),
    ]
    for event in running:
        event.then(ended, shown, fitting, **AT_ONCE).then(judge, judged, judges, **AT_ONCE)
    stop.click(lambda: _buttons(busy=False), None, fitting[2:], cancels=running, **QUIETLY)
    text.change(judge, judged, judges, **AT_ONCE)
    deceptions.click(_clicked_text, None, text, **AT_ONCE)


def visible(shared: Shared, who: str | None) -> list[Run]:
    """The finished runs that this browser may see, newest first: everybody's, and its own."""
    return shared.store.seen_by(who).finished()


def _buttons(busy: bool) -> tuple[dict, dict, dict, dict]:
    """Compare, Ablation, Stop and the drawn measure while methods are being fitted, and else."""
    return tuple(gr.update(interactive=able) for able in (not busy, not busy, busy, not busy))


def _clicked_text(event: gr.EventData) -> str:
    return str(event.text)

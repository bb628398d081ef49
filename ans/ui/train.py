"""The Train tab: choose data and settings, press Train, watch it learn. The run goes on whatever the page does."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.components import Component

from ans.data.corpora import usual_ratio
from ans.plots.curves import training_curves
from ans.runs.run import Run
from ans.runs.status import QUEUED, RUNNING
from ans.ui import run_card
from ans.ui.access import LISTED, Visitor, dataset_named
from ans.ui.components import PlotComponent, RunComponent
from ans.ui.shared import Shared
from ans.ui.train_form import Choices, advanced_settings, choices, form_config, show_other
from ans.ui.wiring import AT_ONCE, QUIETLY, Changes, refusal


@dataclass(frozen=True)
class TrainTab:
    """The tab's components and handlers. The page's poll updates some of them, the Data tab fills in the form.

    `known_of` holds the dataset that the classes picked by hand belong to, `watched` the id of the run that is shown.
    """

    shared: Shared
    form: Choices
    known_of: gr.State
    device: gr.Markdown
    train: gr.Button
    stop: gr.Button
    advanced: list[Component]
    run: RunComponent
    curves: PlotComponent
    watched: gr.State

    def start(self, by_hand: list[str] | None, who: str | None, *values: Any) -> Changes:
        """The Train button: the run is queued, and from now on watched."""
        visitor = self.shared.visitor(who)
        config = form_config(values, visitor, tuple(by_hand or ()))
        try:
            visitor.check_may_start()
        except ValueError as error:
            raise refusal(error) from error
        run = self.shared.store.create(config)
        visitor.note_start(run)
        return {
            self.watched: run.id,
            self.shared.mine: run.id,
            self.run: run_card.view(run, time.time()),
            self.stop: gr.update(interactive=True),
        }

    def end(self, run_id: str | None, who: str | None) -> Changes:
        """The Stop button."""
        visitor = self.shared.visitor(who)
        run = visitor.find(run_id)
        if run is not None and visitor.may_stop(run):
            run.request_stop()
        return {self.stop: gr.update(interactive=False)}

    def other_dataset(self, name: str, of: str | None) -> Changes:
        """Classes that were picked by hand go with the dataset they belong to."""
        if name == of:
            return gr.skip()
        return {
            self.form.known: gr.update(choices=[], value=[], visible=False),
            self.known_of: None,
        }

    def chosen_dataset(self, name: str) -> Changes:
        """A person chooses a dataset: the ratio begins where people want it."""
        return {self.form.ratio: usual_ratio(dataset_named(name))}

    def offer_open_texts(self, name: str) -> Changes:
        """Whether texts of no class may teach is asked of one's own data alone."""
        return {self.form.open_texts: gr.update(visible=dataset_named(name) not in LISTED, value=False)}

    def found_device(self) -> str:
        """Where a training will compute, for a person."""
        return f"Trains on {self.shared.serving.device_name()}. It goes on when you close the page."

    def showing(self, run: Run | None, visitor: Visitor) -> Changes:
        """Run card, curves and Stop button for the watched run, or for none."""
        if run is None:
            return {self.run: nothing_yet(), self.curves: None, self.stop: gr.update(interactive=False)}
        drawn = run.progress.curves()
        figure = training_curves(drawn.losses, drawn.accuracy) if any(x for _, x, _ in drawn.losses) else None
        goes_on = run.status.state in (QUEUED, RUNNING) and not run.stop_requested
        return {
            self.run: run_card.view(run, time.time()),
            self.curves: figure,
            self.stop: gr.update(interactive=goes_on and visitor.may_stop(run)),
        }


def build(shared: Shared) -> TrainTab:
    """Lay out the tab inside the current Tab and wire it."""
    tab = layout(shared)
    wire(tab)
    return tab


def layout(shared: Shared) -> TrainTab:
    """The form on the left, the watched run on the right."""
    watched, known_of = gr.State(None), gr.State(None)
    with gr.Row(equal_height=False):
        with gr.Column(scale=4, min_width=300):
            form = choices(shared.visitor(None))
            device = gr.Markdown("Looking for a GPU.", elem_classes="quiet")
            with gr.Row():
                train = gr.Button("Train", variant="primary", scale=3, elem_id="train")
                stop = gr.Button("Stop", interactive=False, scale=1, min_width=80, elem_id="stop")
            advanced = advanced_settings()
        with gr.Column(scale=7, min_width=320):
            run = RunComponent(nothing_yet(), elem_id="run")
            curves = PlotComponent(
                height=330, name="Training curves", empty="Loss and dev accuracy appear here.", elem_id="curves"
            )
    return TrainTab(
        shared,
        form=form,
        known_of=known_of,
        device=device,
        train=train,
        stop=stop,
        advanced=advanced,
        run=run,
        curves=curves,
        watched=watched,
    )


def wire(tab: TrainTab) -> None:
    """Connect form and buttons with their handlers."""
    form, browser = tab.form, tab.shared.browser
    form.ratio.change(show_other, form.ratio, form.other, **AT_ONCE)
    form.dataset.change(tab.other_dataset, [form.dataset, tab.known_of], [form.known, tab.known_of], **AT_ONCE)
    form.dataset.change(tab.offer_open_texts, form.dataset, form.open_texts, **AT_ONCE)
    form.dataset.input(tab.chosen_dataset, form.dataset, form.ratio, **AT_ONCE)
    inputs = [form.known, browser, *form.inputs, *tab.advanced]
    tab.train.click(tab.start, inputs, [tab.watched, tab.shared.mine, tab.run, tab.stop], **QUIETLY)
    tab.stop.click(tab.end, [tab.watched, browser], tab.stop, **AT_ONCE)


def nothing_yet() -> dict:
    """The run card before any training."""
    return {
        "state": "empty",
        "title": "Nothing trained yet",
        "detail": "Choose a dataset and how many of its classes are known, then press Train. "
        "You will see both phases here, and at the end how well known and open texts are told apart.",
    }

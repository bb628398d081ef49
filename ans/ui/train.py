"""The Train tab: choose data and settings, press Train, watch it learn. The run goes on whatever the page does."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.components import Component

from ans.config import TrainConfig
from ans.plots.curves import training_curves
from ans.recent import Recent
from ans.runs.run import Run
from ans.runs.status import GOING, QUEUED, RUNNING
from ans.runs.store import active_of
from ans.ui import run_card, run_results
from ans.ui.access import LISTED, Visitor, dataset_named
from ans.ui.components import PlotComponent, RunComponent
from ans.ui.polling import Listed, listed, place_of
from ans.ui.shared import Shared
from ans.ui.train_filling import Filling, presets
from ans.ui.train_form import SEEDS, Choices, advanced_settings, choices, first_ratio, form_config, show_other
from ans.ui.wiring import AT_ONCE, QUIETLY, Changes, refusal
from ans.ui.wording import as_markdown


@dataclass(frozen=True)
class TrainTab:
    """The tab's components and handlers. The page's poll updates some of them, the Data tab fills in the form.

    `known_of` holds the dataset that the classes picked by hand belong to, `watched` the id of the run that is shown.
    `note`: what came of pressing Train; `again`: asks for what is queued already. `filling`: what fills in the form.
    """

    shared: Shared
    form: Choices
    known_of: gr.State
    device: gr.Markdown
    train: gr.Button
    stop: gr.Button
    note: gr.Markdown
    again: gr.Button
    advanced: list[Component]
    run: RunComponent
    curves: PlotComponent
    watched: gr.State
    filling: Filling

    @property
    def started(self) -> list[Component]:
        """What the Train button changes."""
        return [self.watched, self.shared.mine, self.run, self.curves, self.stop, self.note, self.again]

    def offer_corrections(self, dataset: str | None, who: str | None) -> Changes:
        """Whether a training takes in what was corrected is asked where something was."""
        try:
            visitor = self.shared.visitor(who)
            count = len(visitor.corrections.of(visitor.browser, dataset_named(dataset)))
        except ValueError:  # Ask tells what is wrong with them
            count = 0
        label = f"Learn from your {'correction' if count == 1 else f'{count} corrections'}, too"
        return {self.form.corrected: gr.update(visible=bool(count), label=label)}

    def start(
        self, corrected: bool, by_hand: list[str] | None, who: str | None, seeds: int | None, *values: Any
    ) -> Changes:
        """The Train button: the run is queued, one for each seed; what is in the queue already is not queued again.

        Args:
            corrected: what this browser has corrected is learnt, too.
        """
        visitor, wanted = self._wanted(by_hand, who, seeds, values)
        active = {
            run.config: run
            for run in visitor.runs.all()
            if run.status.state in GOING and not run.stop_requested and visitor.started(run.id)
        }
        twins = [active[config] for config in wanted if config in active]
        if len(twins) == len(wanted):
            training = any(run.status.state == RUNNING for run in twins)
            name = as_markdown(twins[0].name)
            said = f"**{name}** {'is being trained' if training else 'waits to be trained'} with these very settings."
            return {
                self.note: gr.update(value=f"{said} It is not queued a second time.", visible=True),
                self.again: gr.update(visible=True),
            }
        return self._queue(visitor, [config for config in wanted if config not in active], corrected)

    def start_again(
        self, corrected: bool, by_hand: list[str] | None, who: str | None, seeds: int | None, *values: Any
    ) -> Changes:
        """The same, whatever is in the queue."""
        return self._queue(*self._wanted(by_hand, who, seeds, values), corrected)

    def _wanted(
        self, by_hand: list[str] | None, who: str | None, seeds: int | None, values: Sequence[Any]
    ) -> tuple[Visitor, list[TrainConfig]]:
        visitor = self.shared.visitor(who)
        config = form_config(values, visitor, tuple(by_hand or ()))
        count = seeds if seeds in SEEDS and not visitor.restricted else 1
        try:
            return visitor, [config.with_(seed=config.seed + number) for number in range(count)]
        except ValueError as error:  # the last seed is too large
            raise refusal(error) from error

    def _queue(self, visitor: Visitor, wanted: Sequence[TrainConfig], corrected: bool) -> Changes:
        with self.shared.trainings.starting:
            made = self._created(visitor, wanted, corrected)
        found = listed(visitor.runs)
        goes_on = active_of([one for one in found if visitor.started(one.id)])
        shown = made[0] if goes_on is None else goes_on.run  # what is being trained stays in view
        said = ""
        if shown.id != made[0].id:
            names = as_markdown(made[0].name) + (f" and {len(made) - 1} more" if len(made) > 1 else "")
            said = f"Queued: **{names}**, behind **{as_markdown(shown.name)}**."
        return {
            self.watched: shown.id,
            self.shared.mine: made[-1].id,
            **self.showing(shown, visitor, found),
            self.note: gr.update(value=said, visible=bool(said)),
            self.again: gr.update(visible=False),
        }

    def _created(self, visitor: Visitor, wanted: Sequence[TrainConfig], corrected: bool) -> list[Run]:
        try:
            visitor.check_may_start(wanted)
            kept = visitor.corrections.of(visitor.browser, wanted[0].dataset) if corrected else []
        except ValueError as error:
            raise refusal(error) from error
        said = {one.text: one.label for one in kept}
        made = [self.shared.store.create(config, said, visitor.browser if said else None) for config in wanted]
        for run in made:
            visitor.note_start(run)
        return made

    def act(self, event: gr.EventData, who: str | None) -> Changes:
        """A button of the run card: to a tab with its model, to another run, or a waiting one out of the queue."""
        visitor, to = self.shared.visitor(who), str(getattr(event, "to", ""))
        try:
            run = visitor.run(getattr(event, "id", None))
            if to in run_results.PLACES:
                chosen = gr.update(choices=visitor.models(), value=visitor.trained(run.id).id, visible=True)
                return {self.shared.model: chosen, self.shared.tabs: gr.Tabs(selected=to)}
        except ValueError as error:
            raise refusal(error) from error
        if to == run_results.GO_ON and visitor.may_stop(run):
            self._go_on(visitor, run)
        if to in ("watch", run_results.GO_ON):
            return {self.watched: run.id, **self.showing(run, visitor)}
        if to == "drop" and run.status.state == QUEUED and visitor.may_stop(run):
            run.request_stop()
        return gr.skip()  # the next poll draws the queue

    def _go_on(self, visitor: Visitor, run: Run) -> None:
        try:
            with self.shared.trainings.starting:
                visitor.check_may_start([run.config])
                run.put_back()
                visitor.note_start(run)
        except ValueError as error:
            raise refusal(error) from error

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
        return {self.form.ratio: first_ratio(name)}

    def offer_open_texts(self, name: str) -> Changes:
        """Whether texts of no class may teach is asked of one's own data alone."""
        own = dataset_named(name) not in LISTED
        shown = gr.update(visible=True) if own else gr.update(visible=False, value=False)
        return {self.form.open_texts: shown}

    def found_device(self) -> str:
        """Where a training will compute, for a person."""
        return f"Trains on {self.shared.serving.device_name()}. It goes on when you close the page."

    def showing(
        self, run: Run | None, visitor: Visitor, found: Sequence[Listed] | None = None, place: int | None = None
    ) -> Changes:
        """Run card, curves and Stop button for the watched run, or for none.

        Args:
            found: the runs that this browser may see, where they are read already. place: `place_of` a waiting run,
                where that is known.
        """
        if run is None:
            return {self.run: nothing_yet(), self.curves: None, self.stop: gr.update(interactive=False)}
        goes_on = run.status.state in GOING and not run.stop_requested
        found = listed(visitor.runs) if found is None else found
        try:
            below = run_results.below(run, found, visitor.may_stop(run))
        except ValueError:  # a run was deleted in this moment
            below = {}
        if place is None and run.status.state == QUEUED:
            place = place_of(visitor.store, run)
        card = run_card.view(run, time.time(), place)
        ended = {} if goes_on else {self.note: gr.update(visible=False), self.again: gr.update(visible=False)}
        return {
            **ended,  # what was said of pressing Train
            self.run: card | below | {"queue": run_results.queue(found, run, visitor)},
            self.curves: _CURVES.get((run.folder, run.version), lambda: _curves(run)),
            self.stop: gr.update(interactive=goes_on and visitor.may_stop(run)),
        }


def build(shared: Shared, kept: gr.BrowserState) -> TrainTab:
    """Lay out the tab inside the current Tab and wire it. `kept`: what `kept_form` made."""
    tab = layout(shared, kept)
    wire(tab)
    return tab


def layout(shared: Shared, kept: gr.BrowserState) -> TrainTab:
    """The form on the left, the watched run on the right."""
    watched, known_of = gr.State(None), gr.State(None)
    with gr.Row(equal_height=False):
        with gr.Column(scale=4, min_width=300):
            form = choices(shared.visitor(None))
            device = gr.Markdown("Looking for a GPU.", elem_classes="quiet")
            with gr.Row():
                may = shared.server.limits.training
                words = "Train" if may else "Trainings are turned off on this server"
                train = gr.Button(words, variant="primary", scale=3, elem_id="train", interactive=may)
                stop = gr.Button("Stop", interactive=False, scale=1, min_width=80, elem_id="stop")
            note = gr.Markdown(visible=False, elem_id="train-note")
            again = gr.Button("Queue it a second time", visible=False, size="sm", elem_id="train-again")
            buttons = presets()
            advanced = advanced_settings()
            filling = Filling.of(shared, form, advanced, known_of, kept, buttons)
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
        note=note,
        again=again,
        advanced=advanced,
        run=run,
        curves=curves,
        watched=watched,
        filling=filling,
    )


def wire(tab: TrainTab) -> None:
    """Connect form and buttons with their handlers."""
    form, browser = tab.form, tab.shared.browser
    form.ratio.change(show_other, form.ratio, form.other, **AT_ONCE)
    form.dataset.change(tab.other_dataset, [form.dataset, tab.known_of], [form.known, tab.known_of], **AT_ONCE)
    form.dataset.change(tab.offer_open_texts, form.dataset, form.open_texts, **AT_ONCE)
    form.dataset.input(tab.chosen_dataset, form.dataset, form.ratio, **AT_ONCE)
    inputs = [form.corrected, form.known, browser, form.seeds, *form.inputs, *tab.advanced]
    tab.train.click(tab.start, inputs, tab.started, **QUIETLY)
    tab.again.click(tab.start_again, inputs, tab.started, **QUIETLY)
    tab.stop.click(tab.end, [tab.watched, browser], tab.stop, **AT_ONCE)
    shared = tab.shared
    gr.on(
        [form.dataset.change, shared.tabs.select], tab.offer_corrections, [form.dataset, browser], form.corrected,
        **AT_ONCE,
    )  # fmt: skip
    tab.run.click(tab.act, browser, [shared.model, shared.tabs, tab.watched, tab.run, tab.curves, tab.stop], **QUIETLY)
    tab.filling.wire()


def _curves(run: Run) -> str | None:
    drawn = run.progress.curves()
    return training_curves(drawn.losses, drawn.accuracy).to_json() if any(x for _, x, _ in drawn.losses) else None


_CURVES = Recent(20)  # drawn once for all pages that show the same run at the same step


def nothing_yet() -> dict:
    """The run card before any training."""
    return {
        "state": "empty",
        "title": "Nothing trained yet",
        "detail": "Choose a dataset and how many of its classes to learn, then press Train. "
        "You will see both phases here, and at the end how well known and open texts are told apart.",
    }

"""What the radius does: the heads of a run trained again in seconds under other settings. The run stays as it is."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.components import Component
from gradio.events import Dependency

from ans.config import TrainConfig
from ans.conventions import HEADINGS
from ans.serving.maps.maps import Maps
from ans.ui.components import RunComponent
from ans.ui.run_card import gap
from ans.ui.shared import Shared
from ans.ui.wiring import AT_ONCE, QUIETLY, Changes
from ans.ui.wording import as_sentence, clock, percent, signed
from ans.workflows.head_settings import HeadSettings

NEGATIVES = [
    ("Noise, ascent, projection (the paper)", "ans"),
    ("Noise and projection, no ascent", "noise+projection"),
    ("Noise and ascent, no projection", "noise+ascent"),
    ("Noise alone", "noise"),
    ("No synthesized negatives", "none"),
]
INTRODUCTION = (
    "Negatives are made between r and γr from the texts of a class, and there its head learns to say no. Try a small "
    "r, a large one, and no synthesized negatives at all; then look at the errors."
)
TICK_SECONDS = 0.2
LONGEST_WAIT = 60  # seconds in the queue, where others' heads take some five each
UNCHANGED = object()


class Asked:
    """Heads that a page has asked for, as the server knows of them, whatever the page has heard."""

    def __init__(self) -> None:
        self._at, self._began, self._ended = time.monotonic(), False, False

    def begin(self) -> None:
        """Their turn has come."""
        self._began = True

    def end(self) -> None:
        """They are trained, or can't be."""
        self._ended = True

    @property
    def goes_on(self) -> bool:
        """Whether they are trained now or wait for it. What has not begun by then was refused by the queue."""
        return not self._ended and (self._began or time.monotonic() - self._at < LONGEST_WAIT)


@dataclass(frozen=True)
class RadiusForm:
    """This part's components and handlers.

    `settings`: (run, the `HeadSettings` tried out on it), or None for the run's own heads; this part sets it. `asked`:
    the heads that were asked for last.
    """

    shared: Shared
    settings: gr.State
    asked: gr.State
    radius: gr.Slider
    gamma: gr.Slider
    weight: gr.Slider
    negatives: gr.Dropdown
    train: gr.Button
    back: gr.Button
    card: RunComponent

    @property
    def sliders(self) -> list[Component]:
        """What a person sets, in the order of `start`'s values."""
        return [self.radius, self.gamma, self.weight, self.negatives]

    def wait(self) -> Changes:
        """Before the server gets to it."""
        return {self.asked: Asked(), self.card: WAITING, self.train: gr.update(interactive=False)}

    def start(
        self, run_id: str | None, who: str | None, asked: Asked | None, r: float, most: float, share: float, how: str
    ) -> Iterator[Changes]:
        """Train these heads."""
        asked = asked or Asked()
        asked.begin()
        yield {self.asked: asked}
        try:
            run = self.shared.visitor(who).trained(run_id)
            for card, tried, able in training(self.shared.maps, run.id, HeadSettings(r, share, most, how)):
                yield self._shown(card, able) if tried is UNCHANGED else self._answering(card, tried)
        except ValueError as error:
            yield self._shown(failed(error), True)
        finally:
            asked.end()

    def reopened(self, run_id: str | None, who: str | None, asked: Asked | None, card: str | None) -> Changes:
        """The tab is opened again: where no heads are trained the button is free, even if their end got lost."""
        if asked is not None and asked.goes_on:
            return gr.skip()
        if not _is_running(card):
            return {self.train: gr.update(interactive=True)}
        try:
            shown = own_numbers(self.shared.maps, self.shared.visitor(who).trained(run_id).id)
        except ValueError:
            shown = nothing_yet()
        return self._answering(shown, None)

    def own(self, run_id: str | None, who: str | None) -> Changes:
        """The run's own heads, and the settings they were trained with."""
        try:
            run = self.shared.visitor(who).trained(run_id)
            values, shown = HeadSettings.of(run.config), own_numbers(self.shared.maps, run.id)
        except ValueError:  # there is none yet, or somebody has just deleted it
            values, shown = HeadSettings(), nothing_yet()
        choices = list(NEGATIVES)
        if values.negatives not in {key for _, key in NEGATIVES}:
            choices.append((values.negatives, values.negatives))
        # The sliders go no farther than they go, whatever the run was trained with.
        return {
            self.radius: values.radius,
            self.gamma: min(values.gamma, 4),
            self.weight: min(values.synthesized_weight, 4),
            self.negatives: gr.update(choices=choices, value=values.negatives),
            **self._answering(shown, None),
        }

    def _shown(self, card: dict, able: bool) -> Changes:
        return {self.card: card, self.train: gr.update(interactive=able)}

    def _answering(self, card: dict, tried: Any) -> Changes:
        """Other heads answer from now on: those tried out, or with None the run's own."""
        back = gr.update(interactive=tried is not None)
        return {**self._shown(card, True), self.settings: tried, self.back: back}


@dataclass(frozen=True)
class RadiusPart:
    """The form, and the events after which other heads answer: new ones, the run's own."""

    form: RadiusForm
    trained: Dependency
    returned: Dependency


def build(maps: Maps, shared: Shared, settings: gr.State) -> RadiusPart:
    """Lay out this part of the tab and wire it."""
    form, asked = layout(shared, settings), [shared.model, shared.browser]
    everything = [*form.sliders, form.card, settings, form.train, form.back]
    waiting = form.train.click(form.wait, None, [form.asked, form.card, form.train], **AT_ONCE)
    trained = waiting.then(
        form.start,
        [*asked, form.asked, *form.sliders],
        [form.asked, form.card, settings, form.train, form.back],
        concurrency_limit=2,
        **QUIETLY,
    )
    returned = form.back.click(form.own, asked, everything, **AT_ONCE)
    shared.model.change(form.own, asked, everything, **AT_ONCE)
    return RadiusPart(form, trained, returned)


def layout(shared: Shared, settings: gr.State) -> RadiusForm:
    """Sliders, buttons, and the card of the heads that answer."""
    with gr.Column(elem_id="radius"):
        gr.Markdown(INTRODUCTION, elem_classes="quiet")
        radius = gr.Slider(0.2, 3, value=1, step=0.05, label="Radius r, as a multiple of this run's own")
        gamma = gr.Slider(1, 4, value=2, step=0.1, label="γ: negatives lie at most γr away")
        weight = gr.Slider(0, 4, value=1, step=0.1, label="λ: weight of the synthesized negatives")
        negatives = gr.Dropdown(NEGATIVES, value="ans", label="How negatives are made")
        with gr.Row():
            train = gr.Button("Train these heads", variant="primary", scale=3, min_width=150, elem_id="retrain")
            back = gr.Button("Back to the run's own", scale=2, min_width=150, interactive=False, elem_id="own-heads")
        card = RunComponent(nothing_yet(), elem_id="retrained")
    return RadiusForm(shared, settings, gr.State(None), radius, gamma, weight, negatives, train, back, card)


def training(maps: Maps, run_id: str, tried: HeadSettings) -> Iterator[tuple[dict, Any, bool]]:
    """(card, what is tried out from now on or `UNCHANGED`, whether Train is free) while heads train, and after."""
    config = maps.config(run_id, tried)
    if config is None:
        yield own_numbers(maps, run_id), None, True
        return
    started, stop, told, ended = time.monotonic(), threading.Event(), {}, {}

    def work() -> None:
        try:
            ended["made"] = maps.retrained(run_id, config, told.update, stop.is_set)
        except BaseException as error:  # told in the page, where somebody waits for it
            ended["error"] = error

    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    try:
        while worker.is_alive():
            yield progress_card(told, time.monotonic() - started), UNCHANGED, False
            worker.join(TICK_SECONDS)
    finally:
        stop.set()  # the page was closed, or it is over
    if "error" in ended:
        yield failed(str(ended["error"])), UNCHANGED, True
        return
    card = new_numbers(maps, run_id, ended["made"].judged.metrics.headline(), time.monotonic() - started)
    yield card, (run_id, tried), True


WAITING = {"state": "running", "title": "Training the heads", "detail": "Waiting for its turn.", "share": 0}


def tried_config(maps: Maps, run_id: str, tried: tuple[str, HeadSettings] | None) -> TrainConfig | None:
    """The config of the heads that are tried out on this run; None for the run's own, also while another's are.

    Raises:
        ValueError: the run is gone.
    """
    return maps.config(run_id, tried[1]) if tried and tried[0] == run_id else None


def _is_running(card: str | None) -> bool:
    """Whether a page shows heads that are being trained; not where it sends something else than a card."""
    try:
        shown = json.loads(card or "null")
    except ValueError:
        return False
    return isinstance(shown, dict) and shown.get("state") == "running"


def nothing_yet() -> dict:
    """The card while there is no model."""
    return {"state": "empty", "title": "There is no model yet", "detail": "Start a training in the Train tab."}


def progress_card(told: dict, seconds: float) -> dict:
    """The card while the heads are trained."""
    step, steps = told.get("step", 0), told.get("steps", 1)
    detail = f"Step {step} of {steps}." if told else "Starting."
    return {
        "state": "running", "title": "Training the heads", "clock": clock(seconds), "share": step / steps,
        "detail": detail if step < steps else "Classifying the test texts.",
    }  # fmt: skip


def failed(message: Exception | str) -> dict:
    """The card when the heads could not be trained."""
    return {"state": "failed", "title": "These heads could not be trained", "detail": as_sentence(message)}


def own_numbers(maps: Maps, run_id: str | None) -> dict:
    """The card of the run's own heads."""
    metrics = maps.serving.numbers(run_id)
    rows = [["", "this run"], *([name, percent(metrics[key])] for key, name in HEADINGS.items())]
    note = "Move a slider and train: map, verdicts and numbers follow. The run itself is never changed."
    return {"state": "finished", "title": "The run's own heads", "numbers": rows, "note": note}


def new_numbers(maps: Maps, run_id: str, metrics: dict, seconds: float) -> dict:
    """The card of heads that were trained again, beside the run's own."""
    own = maps.serving.numbers(run_id)
    rows = [["", "this run", "now", "change"]]
    for key, name in HEADINGS.items():
        change = signed(gap(metrics[key], own[key]))
        rows.append([name, percent(own[key]), percent(metrics[key]), change])
    note = "These heads answer on this tab until you go back; Ask and the stored run keep the run's own."
    return {"state": "finished", "title": "New heads", "clock": clock(seconds), "numbers": rows, "note": note}

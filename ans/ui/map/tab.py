"""The Map tab: texts of a run in two or three dimensions, how negatives are made, and what the radius does."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import gradio as gr

from ans.conventions import LONGEST
from ans.serving.maps.maps import MapKey, Maps
from ans.ui import verdict_card
from ans.ui.components import MapComponent, PointComponent, VerdictComponent
from ans.ui.headed_tab import headed_tab
from ans.ui.map import radius as map_radius
from ans.ui.map import stages as map_stages
from ans.ui.map.drawing import about, drawing, judged, nothing, shown, star
from ans.ui.shared import Shared
from ans.ui.wiring import AT_ONCE, QUIETLY, Changes, told_number
from ans.ui.wording import as_sentence

ALL = "(all classes)"
METHODS = [("PCA", "pca"), ("UMAP", "umap"), ("t-SNE", "tsne")]
LOOK, MADE, RADIUS = "look", "made", "radius"
PARTS = [("Look around", LOOK), ("How a negative is made", MADE), ("What the radius does", RADIUS)]
NO_MODEL = "There is no trained model to draw yet. The starter model comes by itself; or start one in Train."
EMPTY = {
    "state": "empty",
    "title": "Click a point, or type a text",
    "reason": "You see here what the model says about it, and the training texts nearest to it.",
}
POLL_SECONDS = 0.7
# Run in the browser, before a map is asked for and when the answer is there: the choice is seen to be taken at once.
TELL = "document.querySelector('#map .pointmap')?.dispatchEvent(new CustomEvent('busy', {{ detail: {} }}))"
BUSY = f"(...values) => {{ {TELL.format('true')}; return values; }}"
THERE = f"() => {{ {TELL.format('false')}; }}"


@dataclass(frozen=True)
class MapTab:
    """The tab's components and handlers.

    `settings`: (run, head settings tried out on it) or None. `taken`: the text last taken over from Ask. `other_heads`:
    when other heads came to answer. `timer` runs while a slow map is being fitted.
    """

    shared: Shared
    settings: gr.State
    taken: gr.State
    other_heads: gr.State
    timer: gr.Timer
    part: gr.Radio
    which: gr.Dropdown
    method: gr.Radio
    dimensions: gr.Radio
    plot: MapComponent
    note: gr.Markdown
    radius: map_radius.RadiusPart
    text: gr.Textbox
    point: PointComponent
    verdict: VerdictComponent
    stages: map_stages.StagesPart

    @property
    def maps(self) -> Maps:
        """Maps of all runs."""
        return self.shared.maps

    def key(self, run_id: str | None, who: str | None, name: str | None, how: str, size: int, tried: Any) -> MapKey:
        """The map that the controls ask for.

        Raises:
            ValueError: the run is gone, or another browser's.
        """
        run = self.shared.visitor(who).trained(run_id)
        config = map_radius.tried_config(self.maps, run.id, tried)
        return MapKey(run.id, None if name in (None, ALL) else name, how, int(size), config)

    def draw(
        self, run_id: str | None, who: str | None, name: str | None, how: str, size: int, tried: Any, typed: str
    ) -> Changes:
        """The map, or PCA while a slow one is being fitted."""
        if not run_id or name is None:
            return self._drawn(nothing(NO_MODEL), "", gr.Timer(active=False))
        try:
            return self._drawn(*drawing(self.maps, self.key(run_id, who, name, how, size, tried), typed))
        except ValueError as error:
            return self._drawn(nothing(as_sentence(error)), "", gr.Timer(active=False))

    def answered_anew(self, taken: str | None, *what: Any) -> Changes:
        """Another line was kept: other answers on the map, if somebody has looked at it."""
        return gr.skip() if taken is None else self.draw(*what)

    def finish(
        self, run_id: str, who: str | None, name: str | None, how: str, size: int, tried: Any, typed: str
    ) -> Changes:
        """The timer's: put the slow map in place of PCA once it is fitted."""
        try:
            wanted = self.key(run_id, who, name, how, size, tried)
            if wanted.is_slow and self.maps.failure(wanted) is None:
                self.maps.prepare(wanted)  # of many visitors' maps only some are kept
            ready = not wanted.is_slow or self.maps.is_ready(wanted) or self.maps.failure(wanted) is not None
            return self._drawn(*drawing(self.maps, wanted, typed)) if ready else gr.skip()
        except ValueError:  # the run is gone; the next model draws a map of its own
            return {self.timer: gr.Timer(active=False)}

    def follow(
        self, run_id: str | None, who: str | None, name: str | None, how: str, size: int, tried: Any, typed: str
    ) -> Changes:
        """The typed text's star and verdict."""
        if not run_id or name is None:
            return {self.point: None, self.verdict: verdict_card.waiting(self.shared.serving)}
        if not (typed or "").strip():
            return {self.plot: gr.update(spot=[]), self.point: None, self.verdict: EMPTY}
        try:
            wanted = self.key(run_id, who, name, how, size, tried)
            spot, card = star(self.maps, shown(self.maps, wanted), typed), judged(self.maps, wanted, typed)
        except ValueError as error:
            spot, card = [], verdict_card.failed(error)
        return {self.plot: gr.update(spot=spot), self.point: None, self.verdict: card}

    def clicked(
        self, run_id: str, who: str | None, name: str, how: str, size: int, tried: Any, event: gr.EventData
    ) -> Changes:
        """A point of the map: its card, and what the heads say about it."""
        try:
            index = -1 if (told := told_number(event, "id")) is None else told
            points, prediction = self.maps.point(self.key(run_id, who, name, how, size, tried), index)
        except ValueError as error:
            return {self.point: None, self.verdict: verdict_card.failed(error)}
        card = verdict_card.answer(prediction, 0) | {"foot": "Classified by the heads this map shows."}
        return {self.point: about(points, index), self.verdict: card}

    def reset(self, run_id: str | None, who: str | None, asked: str, typed: str) -> Changes:
        """Another model: its classes, of which the typed text's is drawn (here or in Ask), and its own heads."""
        if not (known := self.shared.known(who, run_id)):
            return {self.which: gr.update(choices=[], value=None), self.settings: None}
        choices = [
            ("All classes", ALL),
            *((one, one) for one in known),
        ]
        closest = map_stages.strongest_head(self.maps, run_id, typed or asked)
        return {self.which: gr.update(choices=choices, value=closest or known[0]), self.settings: None}

    def opened(self, run_id: str | None, who: str | None, taken: str | None, typed: str, here: str) -> Changes:
        """The text typed in Ask is the star, until another is typed here; at the first visit the map is that of the
        head it comes nearest to.
        """
        known = self.shared.known(who, run_id)
        head = map_stages.strongest_head(self.maps, run_id, typed) if taken is None and known else None
        first = {} if head is None else {self.which: head}
        return {self.text: here if typed in (taken, "") else typed, self.taken: typed, **first}

    def other_heads_answer(self) -> Changes:
        """Heads were trained again, or the run's own are back."""
        return {self.other_heads: time.monotonic()}

    def _drawn(self, plot: Any, note: str, timer: gr.Timer) -> Changes:
        return {self.plot: plot, self.note: note, self.timer: timer}


def build(shared: Shared, query: gr.Textbox) -> MapTab:
    """Lay out the tab inside the current Tabs and wire it."""
    with headed_tab("Map", "map") as opening:
        tab = layout(shared)
    wire(tab, opening, query)
    return tab


def layout(shared: Shared) -> MapTab:
    """The choice of the part; the map with its controls, beside it the cards; below, how a negative is made."""
    settings = gr.State(None)
    part = gr.Radio(PARTS, value=LOOK, label="What to do on the map", show_label=False, elem_id="map-part")
    with gr.Row(equal_height=False, elem_id="map-look"):
        with gr.Column(scale=8, min_width=320):
            with gr.Row(elem_classes="map-controls"):
                which = gr.Dropdown([], label="Map of", scale=5, min_width=220)
                method = gr.Radio(METHODS, value="pca", label="Projection", scale=4, min_width=210)
                dimensions = gr.Radio([("2-D", 2), ("3-D", 3)], value=2, label="Dimensions", scale=2, min_width=130)
            plot = MapComponent({"nothing": "The map is being drawn."}, elem_id="map")
            note = gr.Markdown(elem_classes="quiet", elem_id="map-note")
        with gr.Column(scale=4, min_width=320):
            radius = map_radius.build(shared.maps, shared, settings)
            text = gr.Textbox(
                label="Your text, the star on the map",
                placeholder="type to place it",
                max_length=LONGEST,
                elem_id="map-text",
            )
            point = PointComponent(elem_id="map-point")
            verdict = VerdictComponent(EMPTY, elem_id="map-verdict")
    with gr.Column(elem_id="map-made"):
        stages = map_stages.build(shared.maps, shared, settings)
    return MapTab(
        shared=shared, settings=settings, taken=gr.State(None), other_heads=gr.State(0.0),
        timer=gr.Timer(POLL_SECONDS, active=False), part=part, which=which, method=method, dimensions=dimensions,
        plot=plot, note=note, radius=radius, text=text, point=point, verdict=verdict, stages=stages,
    )  # fmt: skip


def wire(tab: MapTab, opening: gr.Tab, query: gr.Textbox) -> None:
    """Connect the controls. `query` is what was typed in Ask."""
    model = tab.shared.model
    browser = tab.shared.browser
    what = [model, browser, tab.which, tab.method, tab.dimensions, tab.settings]
    drawn = [tab.plot, tab.note, tab.timer]

    def redraw(event: Any) -> Any:
        return event.then(tab.draw, [*what, tab.text], drawn, js=BUSY, **AT_ONCE).then(None, js=THERE)

    opened = opening.select(
        tab.opened, [model, browser, tab.taken, query, tab.text], [tab.text, tab.which, tab.taken], **AT_ONCE
    )
    redraw(opened)
    form = tab.radius.form
    stands, outcome = [model, browser, form.asked, form.card], [form.card, tab.settings, form.train, form.back]
    opening.select(form.reopened, stands, outcome, **AT_ONCE)
    controls = [tab.which.change, tab.method.change, tab.dimensions.change]
    gr.on(controls, tab.draw, [*what, tab.text], drawn, js=BUSY, **AT_ONCE).then(None, js=THERE)
    changed = model.change(tab.reset, [model, browser, query, tab.text], [tab.which, tab.settings], **AT_ONCE)
    for event in (changed, tab.radius.trained, tab.radius.returned):
        # Only the queue tells of a State.
        redraw(event).then(tab.other_heads_answer, None, tab.other_heads, **QUIETLY)
    anew = tab.shared.kept.change(tab.answered_anew, [tab.taken, *what, tab.text], drawn, **AT_ONCE)
    anew.then(tab.follow, [*what, tab.text], [tab.plot, tab.point, tab.verdict], **AT_ONCE)
    tab.timer.tick(tab.finish, [*what, tab.text], drawn, **AT_ONCE)
    # One event for both, or an answer for the text before could come last.
    gr.on(
        [tab.text.change, tab.other_heads.change], tab.follow, [*what, tab.text], [tab.plot, tab.point, tab.verdict],
        trigger_mode="always_last", **AT_ONCE,
    )  # fmt: skip
    tab.plot.click(tab.clicked, what, [tab.point, tab.verdict], trigger_mode="multiple", **AT_ONCE)
    map_stages.wire(tab.stages, tab.part, MADE, tab.which, query)

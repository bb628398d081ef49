"""The Map tab: texts of a run in two or three dimensions, how negatives are made, and what the radius does."""

from __future__ import annotations

import time
from typing import Any

import gradio as gr

from ans.conventions import LONGEST
from ans.serving.maps.maps import MapKey
from ans.ui.ask import tab as ask
from ans.ui.components import MapView, PointView, VerdictView
from ans.ui.map import radius as map_radius
from ans.ui.map import stages as map_stages
from ans.ui.map.drawing import about, drawing, judged, nothing, shown, star
from ans.ui.shared import Shared
from ans.ui.wiring import AT_ONCE, QUIETLY
from ans.ui.wording import as_sentence

ALL = "(all classes)"
METHODS = [("PCA", "pca"), ("UMAP", "umap"), ("t-SNE", "tsne")]
LOOK, MADE, RADIUS = "look", "made", "radius"
PARTS = [("Look around", LOOK), ("How a negative is made", MADE), ("What the radius does", RADIUS)]
NO_MODEL = "There is no trained model to draw yet. The starter model comes by itself; or start one in Train."
EMPTY = {
    "state": "empty",
    "title": "Click a point, or type a text",
    "reason": "You see here what the heads say about it, and the training texts nearest to it.",
}
POLL_SECONDS = 0.7


def build(shared: Shared, query: gr.Textbox) -> gr.Textbox:
    """Lay out the tab inside the current Tabs and wire it. Returns the text box of the star."""
    maps, model = shared.maps, shared.model
    with gr.Tab("Map", id="map", elem_id="map-tab") as tab:
        settings, taken = gr.State(None), gr.State(None)  # head settings tried out; the text last taken over from Ask
        other_heads = gr.State(0.0)  # when other heads came to answer
        timer = gr.Timer(POLL_SECONDS, active=False)
        part = gr.Radio(PARTS, value=LOOK, label="What to do on the map", show_label=False, elem_id="map-part")
        with gr.Row(equal_height=False, elem_id="map-look"):
            with gr.Column(scale=8, min_width=320):
                with gr.Row(elem_classes="map-controls"):
                    which = gr.Dropdown([], label="Map of", scale=5, min_width=220)
                    method = gr.Radio(METHODS, value="pca", label="Projection", scale=4, min_width=210)
                    dimensions = gr.Radio([("2-D", 2), ("3-D", 3)], value=2, label="Dimensions", scale=2, min_width=130)
                plot = MapView({"nothing": "The map is being drawn."}, elem_id="map")
                note = gr.Markdown(elem_classes="quiet", elem_id="map-note")
            with gr.Column(scale=4, min_width=320):
                radius = map_radius.build(maps, shared, settings)
                text = gr.Textbox(
                    label="Your text, the star on the map", placeholder="type to place it", max_length=LONGEST,
                    elem_id="map-text",
                )  # fmt: skip
                point = PointView(elem_id="map-point")
                verdict = VerdictView(EMPTY, elem_id="map-verdict")
        with gr.Column(elem_id="map-made"):
            stages = map_stages.build(maps, shared, settings)

    def key(run_id: str, name: str | None, how: str, size: int, tried) -> MapKey:
        config = map_radius.tried_config(maps, run_id, tried)
        return MapKey(run_id, None if name in (None, ALL) else name, how, int(size), config)

    def draw(run_id: str | None, name: str | None, how: str, size: int, tried, typed: str):
        if not run_id or name is None:
            return nothing(NO_MODEL), "", gr.Timer(active=False)
        try:
            wanted = key(run_id, name, how, size, tried)
            return drawing(maps, wanted, typed)
        except ValueError as error:
            return nothing(as_sentence(error)), "", gr.Timer(active=False)

    def finish(*values: Any):
        """The timer's: put the slow map in place of PCA once it is fitted."""
        try:
            wanted = key(*values[:-1])
        except ValueError:
            return gr.skip(), gr.skip(), gr.Timer(active=False)
        if wanted.is_slow and maps.failure(wanted) is None:
            maps.prepare(wanted)  # of many visitors' maps only some are kept
        ready = not wanted.is_slow or maps.is_ready(wanted) or maps.failure(wanted) is not None
        return drawing(maps, wanted, values[-1]) if ready else (gr.skip(), gr.skip(), gr.skip())

    def follow(run_id: str | None, name: str | None, how: str, size: int, tried, typed: str):
        """The typed text's star and verdict."""
        if not run_id or name is None:
            return gr.skip(), None, ask.waiting(shared.serving)
        if not (typed or "").strip():
            return gr.update(spot=[]), None, EMPTY
        try:
            wanted = key(run_id, name, how, size, tried)
            return gr.update(spot=star(maps, shown(maps, wanted), typed)), None, judged(maps, wanted, typed)
        except ValueError as error:
            return gr.update(spot=[]), None, {"state": "failed", "title": "No answer", "reason": as_sentence(error)}

    def clicked(run_id: str, name: str, how: str, size: int, tried, event: gr.EventData):
        try:
            points, prediction = maps.point(key(run_id, name, how, size, tried), int(event.id))
        except ValueError as error:
            return None, {"state": "failed", "title": "No answer", "reason": as_sentence(error)}
        card = ask.answer_card(prediction, 0) | {"foot": "Judged by the heads this map shows."}
        return about(points, int(event.id)), card

    def reset(run_id: str | None):
        """Another model: its classes, and its own heads."""
        if not (known := shared.serving.known(run_id)):
            return gr.update(choices=[], value=None), None
        choices = [
            ("All classes, in the encoder's features", ALL),
            *((f"{one}, as its head sees it", one) for one in known),
        ]
        return gr.update(choices=choices, value=known[0]), None

    def opened(run_id: str | None, taken: str | None, typed: str, here: str) -> tuple:
        """The text typed in Ask is the star, until another is typed here; at the first visit the map is that of the
        head it comes nearest to.
        """
        head = map_stages.strongest_head(maps, run_id, typed) if taken is None else None
        return here if typed in (taken, "") else typed, gr.skip() if head is None else head, typed

    what = [model, which, method, dimensions, settings]
    drawn = [plot, note, timer]
    said = [plot, point, verdict]

    def redraw(event):
        return event.then(draw, [*what, text], drawn, **AT_ONCE)

    redraw(tab.select(opened, [model, taken, query, text], [text, which, taken], **AT_ONCE))
    gr.on([which.change, method.change, dimensions.change], draw, [*what, text], drawn, **AT_ONCE)
    changed = model.change(reset, model, [which, settings], **AT_ONCE)
    for event in (changed, radius.trained, radius.returned):
        redraw(event).then(lambda: time.monotonic(), None, other_heads, **QUIETLY)  # only the queue tells of a State
    timer.tick(finish, [*what, text], drawn, **AT_ONCE)
    # One event for both, or an answer for the text before could come last.
    gr.on([text.change, other_heads.change], follow, [*what, text], said, trigger_mode="always_last", **AT_ONCE)
    plot.click(clicked, what, [point, verdict], trigger_mode="multiple", **AT_ONCE)

    stages.wire(part, MADE, which, query, model)
    return text

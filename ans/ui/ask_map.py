"""The small map in Ask: what the head nearest to a yes sees, and on it the typed text as a star."""

from __future__ import annotations

from typing import Any

import gradio as gr

from ans.plots.small_map import small_map
from ans.plots.style import wrap
from ans.serving import Serving
from ans.ui.views import PlotView

NEAR = 3  # the map stays with its head as long as that is among so many strongest ones
Shown = tuple[str, str] | None  # run and class of the map that is drawn


def build(serving: Serving, model: gr.Dropdown, query: gr.Textbox) -> PlotView:
    """Place the map here. It has events of its own: a verdict never waits for it."""
    shown = gr.State(None)
    plot = PlotView(height=270, empty="Type, and a star shows where your text lies.", elem_id="small-map")

    def move(run_id: str | None, text: str, before: Shown) -> tuple[Any, Shown]:
        return moved(serving, run_id, text, before)

    for event in (query.change, model.change):
        event(
            move, [model, query, shown], [plot, shown], show_progress="hidden", concurrency_limit=2,
            api_visibility="private",
        )  # fmt: skip
    return plot


def moved(serving: Serving, run_id: str | None, text: str, before: Shown) -> tuple[Any, Shown]:
    """(plot, what it shows): only the star moves while the head stays; another head brings its own map."""
    if not run_id or not (text or "").strip():
        return gr.update(spot=[]), before
    try:
        nearest = [candidate.label for candidate in serving.answer(run_id, text)[0].candidates[:NEAR]]
        stays = before is not None and before[0] == run_id and before[1] in nearest
        label = before[1] if stays else nearest[0]
        spot = [*serving.place(run_id, label, "pca", text), wrap(text)]
        if stays:
            return gr.update(spot=spot), before
        groups = [(group.name, group.places, group.texts) for group in serving.head_map(run_id, label, "pca").groups]
        figure = small_map(groups, label, f"{run_id}/{label}")
        return gr.update(value=figure.to_json(), spot=spot), (run_id, label)
    except ValueError:  # the verdict beside it says what is wrong
        return gr.update(value=None, spot=[]), None

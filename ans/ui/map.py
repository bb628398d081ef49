"""The Map tab: the second hidden layer of one head (the paper's Figure 4), with the typed text as a star."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gradio as gr

from ans.plots.maps import head_map
from ans.plots.style import wrap
from ans.serving import LONGEST, Serving
from ans.ui.shared import Shared
from ans.ui.views import PlotView

METHODS = [("PCA", "pca"), ("UMAP", "umap")]
LEGEND = (
    "Known positives are training texts of the class, known negatives training texts of the others. Synthesized "
    "negatives are made from the positives. Open samples are test texts the model has never seen. Hover to read them."
)


def build(shared: Shared, query: gr.Textbox) -> gr.Dropdown:
    """Lay out the tab inside the current Tabs and wire it. Returns the choice of the class, which the model decides."""
    serving, model = shared.serving, shared.model
    with gr.Tab("Map", id="map") as tab:
        with gr.Row():
            label = gr.Dropdown([], label="Class whose head is drawn", scale=3, min_width=220)
            method = gr.Radio(METHODS, value="pca", label="Projection", scale=2, min_width=180)
            text = gr.Textbox(label="Your text, the star", placeholder="type to place it", max_length=LONGEST, scale=4)
        note = gr.Markdown(LEGEND, elem_classes="quiet")
        plot = PlotView(height=560, empty="The map appears here.", elem_id="map")

    def draw(run_id: str | None, name: str | None, how: str, typed: str) -> Iterator[tuple[Any, str]]:
        yield from drawings(serving, run_id, name, how, typed)

    def move(run_id: str | None, name: str | None, how: str, typed: str) -> dict:
        if not run_id or not name or not serving.has_map(run_id, name, how):
            return gr.skip()
        return gr.update(spot=_star(serving, run_id, name, how, typed))

    inputs = [model, label, method, text]
    quietly = {"show_progress": "hidden", "api_visibility": "private"}

    def opened(run_id: str | None, typed: str, name: str | None) -> tuple[str, str | None]:
        return typed, strongest_head(serving, run_id, typed) or name

    tab.select(opened, [model, query, label], [text, label], **quietly).then(draw, inputs, [plot, note], **quietly)
    gr.on([label.change, method.change], draw, inputs, [plot, note], concurrency_limit=4, **quietly)
    text.change(move, inputs, plot, concurrency_limit=4, **quietly)
    return label


def strongest_head(serving: Serving, run_id: str | None, text: str) -> str | None:
    """The class whose head comes nearest to a yes: the one a person who typed this text wants to see."""
    if not run_id or not (text or "").strip():
        return None
    return serving.answer(run_id, text)[0].candidates[0].label


def drawings(
    serving: Serving, run_id: str | None, label: str | None, method: str, text: str
) -> Iterator[tuple[Any, str]]:
    """(plot, note) now, and again when a slow projection is ready."""
    if not run_id or not label:
        yield None, "There is no trained model to draw yet. The starter model comes by itself; or start one in Train."
        return
    try:
        if method != "pca" and not serving.has_map(run_id, label, method):
            yield (
                _plot(serving, run_id, label, "pca", text),
                "UMAP is being fitted, up to half a minute; this is PCA meanwhile.",
            )
        elif not serving.has_map(run_id, label, method):
            yield gr.skip(), f"Computing what the head of {label} sees."
        yield _plot(serving, run_id, label, method, text), LEGEND
    except ValueError as error:
        yield None, str(error)


def _plot(serving: Serving, run_id: str, label: str, method: str, text: str) -> dict:
    drawn = serving.head_map(run_id, label, method)
    figure = head_map([(group.name, group.places, group.texts) for group in drawn.groups], f"{run_id}/{label}/{method}")
    return gr.update(value=figure.to_json(), spot=_star(serving, run_id, label, method, text))


def _star(serving: Serving, run_id: str, label: str, method: str, text: str) -> list:
    if not (text or "").strip():
        return []
    x, y = serving.place(run_id, label, method, text)
    return [x, y, wrap(text)]

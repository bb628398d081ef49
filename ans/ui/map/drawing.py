"""What the Map tab shows of a map: figure, star, note, and the card of a point."""

from __future__ import annotations

import json
from dataclasses import replace

import gradio as gr
import numpy as np

from ans.conventions import OPEN_NAME
from ans.plots.maps import GROUPS, Group, point_map
from ans.serving.maps.maps import FittedMap, MapKey, Maps
from ans.serving.maps.points import HELD_OUT, OUT_OF_SCOPE, SYNTHESIZED, TESTED, MapPoints
from ans.ui import verdict_card
from ans.ui.wording import as_markdown

METHOD_NAMES = {"pca": "PCA", "umap": "UMAP", "tsne": "t-SNE"}
OF_ALL = (
    "Each point is a text, where the encoder's features put it. Open texts lie between the known classes: the heads "
    "have to close around every class. Click a point to see what they say about it."
)
OF_ONE = (
    "The second hidden layer of the head of **{label}**, the paper's Figure 4. The synthesized negatives were made "
    "from the positives; open texts, which the head has never seen, should fall on their side."
)
RETRAINED = " **Drawn with the heads you have just trained.**"


def nothing(sentence: str) -> dict:
    """The plot without a map: a sentence instead."""
    return gr.update(value=json.dumps({"nothing": sentence}), spot=[])


def shown(maps: Maps, wanted: MapKey) -> MapKey:
    """The map that is drawn while the wanted one is being fitted: PCA is there at once."""
    return replace(wanted, method="pca") if wanted.is_slow and not maps.is_ready(wanted) else wanted


def drawing(maps: Maps, wanted: MapKey, text: str) -> tuple[dict, str, gr.Timer]:
    """(plot, note, timer) for a map as far as it is there. The timer runs while it is being fitted.

    Raises:
        ValueError: as `Maps.fitted`.
    """
    failure = maps.failure(wanted)
    if wanted.is_slow and failure is None:
        maps.prepare(wanted)
    now = shown(maps, wanted)
    fitted = maps.fitted(now)
    name = METHOD_NAMES[wanted.method]
    note = OF_ALL if wanted.label is None else OF_ONE.format(label=as_markdown(wanted.label))
    if len(fitted.drawn) < len(fitted.points):
        note += f" {name} draws {len(fitted.drawn):,} of {len(fitted.points):,} points, evenly chosen."
    if wanted.config is not None:
        note += RETRAINED
    if failure is not None:
        note = f"{name} could not be fitted ({failure}); this is PCA. {note}"
    waiting = now != wanted and failure is None
    if waiting:
        note = f"**{name} is being fitted, up to a minute the first time; this is PCA meanwhile.** {note}"
    figure = figure_of(fitted, now)
    return gr.update(value=figure.to_json(), spot=star(maps, now, text)), note, gr.Timer(active=waiting)


def figure_of(fitted: FittedMap, key: MapKey):
    """The map as a figure."""
    points = fitted.points
    names = sorted({*points.truths, *points.answers})
    index = {name: i for i, name in enumerate(names)}
    truths = np.array([index[name] for name in points.truths])
    answers = np.array([index[name] for name in points.answers])
    groups = [
        Group(group, places, rows, [points.texts[i] for i in rows], truths[rows], answers[rows], points.right[rows])
        for group, rows, places in fitted.by_group()
    ]
    what = "All classes" if key.label is None else f"The head of {key.label}"
    title = f"{what}, {METHOD_NAMES[key.method]} in {key.dimensions}-D"
    return point_map(groups, names, f"{key.run_id}/{key.label}/{key.method}/{key.dimensions}", title, OPEN_NAME)


def star(maps: Maps, key: MapKey, text: str) -> list:
    """The typed text's place on a map, and the text; nothing while nothing is typed."""
    return [*maps.place(key, text), text] if (text or "").strip() else []


def judged(maps: Maps, key: MapKey, text: str) -> dict:
    """The verdict card of a typed text, by the heads the map shows."""
    prediction = maps.predict(key, text)
    heads = "this run's own heads" if key.config is None else "the heads you have just trained"
    return verdict_card.answer(prediction, 0) | {"foot": f"Classified by {heads}."}


def about(points: MapPoints, index: int) -> dict:
    """A clicked point for `PointComponent`."""
    group, truth, right = points.groups[points.group[index]], points.truths[index], bool(points.right[index])
    if group == SYNTHESIZED:
        kind = "A synthesized negative, made from"
        said = "It should be open." if right else "It should be open, and is not: misjudged."
    elif group in (HELD_OUT, OUT_OF_SCOPE):
        kind = f"A test text: {GROUPS[group][0]}"
        out_of = "It belongs to no class" if group == OUT_OF_SCOPE else f"True class: {truth}, held out"
        said = f"{out_of}. It should be open{'.' if right else ', and is not: misjudged.'}"
    else:
        kind = "A test text of a known class" if group == TESTED else "A training text"
        said = f"True class: {truth}{'.' if right else ': misjudged.'}"
    return {"kind": kind, "text": points.texts[index], "truth": said, "right": right}

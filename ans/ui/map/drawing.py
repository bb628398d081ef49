"""What the Map tab shows of a map: figure, star, note, and the card of a point."""

from __future__ import annotations

import json
from dataclasses import replace

import gradio as gr
import numpy as np

from ans.conventions import OPEN_NAME
from ans.data.corpora import rows_by_class
from ans.plots.map_classes import class_colours, named_classes
from ans.plots.maps import GROUPS, Group, MapClass, point_map
from ans.serving.maps.maps import FittedMap, MapKey, Maps
from ans.serving.maps.points import HELD_OUT, KNOWN, OUT_OF_SCOPE, SYNTHESIZED, TESTED, MapPoints
from ans.ui import verdict_card
from ans.ui.wording import as_markdown

METHOD_NAMES = {"pca": "PCA", "umap": "UMAP", "tsne": "t-SNE"}
OF_ALL = (
    "Each point is a text, where the encoder puts it; known classes differ by colour, and far apart a colour may come "
    "again. Open texts lie between the classes: the model has to close around each. Click a point, or open the list "
    "below, to see what the model says about it."
)
HEAP = " PCA is there at once, but lays the classes over each other; UMAP and t-SNE pull them apart."
OF_ONE = (
    "The map of **{label}**: how its head, the small network that says yes or no to this class, sees the texts (its "
    "second hidden layer, the paper's Figure 4). The synthesized negatives were made from texts of the class; open "
    "texts, which the model has never seen, should fall on their side."
)
MANY = 20  # classes that PCA lays over each other
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
    if now.label is None and now.method == "pca" and len(maps.model(now).labels) > MANY:
        note += HEAP
    note += left_out(fitted, METHOD_NAMES[now.method])
    if wanted.config is not None:
        note += RETRAINED
    if failure is not None:
        note = f"{name} could not be fitted ({failure}); this is PCA. {note}"
    waits = now != wanted and failure is None
    waiting = f"{name} is being fitted, up to a minute the first time. This is PCA meanwhile." if waits else ""
    figure = figure_of(fitted, now, maps.model(now).labels, waiting)
    return gr.update(value=figure.to_json(), spot=star(maps, now, text)), note, gr.Timer(active=waits)


def left_out(fitted: FittedMap, name: str) -> str:
    """What of the points is not drawn, and why; "" when all are."""
    made = fitted.points.made
    texts, negatives = int((~made[fitted.drawn]).sum()), int(made[fitted.drawn].sum())
    said = ""
    if texts < (~made).sum():
        said += f" {name} draws {texts:,} of {int((~made).sum()):,} texts, evenly chosen."
    if negatives < made.sum():
        said += f" Of {int(made.sum()):,} synthesized negatives, the {negatives:,} near these texts are drawn."
    return said


def figure_of(fitted: FittedMap, key: MapKey, labels: list[str], waiting: str = ""):
    """The map as a figure. labels: the known classes. waiting: what a person waits for meanwhile."""
    points = fitted.points
    names = sorted({*points.truths, *points.answers})
    index = {name: i for i, name in enumerate(names)}
    truths = np.array([index[name] for name in points.truths])
    answers = np.array([index[name] for name in points.answers])
    groups = [
        Group(group, places, rows, [points.texts[i] for i in rows], truths[rows], answers[rows], points.right[rows])
        for group, rows, places in fitted.by_group()
    ]
    what = "All classes" if key.label is None else key.label
    title = f"{what}, {METHOD_NAMES[key.method]} in {key.dimensions}-D"
    classes = classes_of(fitted, labels) if key.label is None else []
    name = f"{key.run_id}/{key.label}/{key.method}/{key.dimensions}"
    return point_map(groups, names, name, title, OPEN_NAME, classes, points.test_errors, waiting)


def classes_of(fitted: FittedMap, labels: list[str]) -> list[MapClass]:
    """The known classes of a map of all classes, where their training texts lie."""
    points, known = fitted.points, fitted.points.groups.index(KNOWN)
    rows = points.group[fitted.drawn] == known
    places, of_class = fitted.places[rows], rows_by_class([points.truths[row] for row in fitted.drawn[rows]])
    found = [label for label in labels if label in of_class]
    sizes = np.array([len(of_class[label]) for label in found])
    centres = np.array([np.median(places[of_class[label]], 0) for label in found])
    named = named_classes(sizes, centres)
    colours = class_colours(centres, named)
    return [MapClass(label, int(colours[i]), centres[i].round(4).tolist(), i in named) for i, label in enumerate(found)]


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
        said = "It should be open." if right else "It should be open, but was taken for a known class."
    elif group in (HELD_OUT, OUT_OF_SCOPE):
        kind = f"A test text: {GROUPS[group][0]}"
        out_of = "It belongs to no class" if group == OUT_OF_SCOPE else f"True class: {truth}, held out"
        said = f"{out_of}. It should be open{'.' if right else ', but was taken for a known class.'}"
    else:
        kind = "A test text of a known class" if group == TESTED else "A training text"
        said = f"True class: {truth}{'.' if right else ', but another answer was given.'}"
    return {"kind": kind, "text": points.texts[index], "truth": said, "right": right}

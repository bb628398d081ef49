"""The small map in Ask: the class that was answered, or for OPEN the closest one, and the typed text as a star."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson

from ans.plots.small_map import small_map
from ans.plots.style import wrap
from ans.serving.maps.maps import FittedMap, MapKey, Maps
from ans.ui.components import PlotComponent, VerdictComponent
from ans.ui.shared import Shared

MOST_POINTS = 150  # of one group
NONE: dict[str, Any] = {"spot": [], "stamp": None}


def build(shared: Shared, verdict: VerdictComponent) -> PlotComponent:
    """Place the map here. It follows the verdict by a request of its own, so that no verdict waits for it."""
    plot = PlotComponent(
        height=270,
        name="Small map around the typed text",
        empty="Type, and a star shows where your text lies.",
        elem_id="small-map",
    )
    follows = [verdict, shared.model, shared.browser]
    verdict.change(None, follows, plot, js="(...seen) => window.moveSmallMap(...seen)", api_visibility="private")
    return plot


@dataclass(frozen=True)
class Drawn:
    """The map of one class without the star: `figure` of Plotly as JSON, and its `stamp`, which no other one has."""

    figure: str
    stamp: str


def star(maps: Maps, run_id: str | None, text: str, label: str, at_hand: Collection[str] = ()) -> dict[str, Any]:
    """Where the star of a text is on a class's map. Both are made now if nobody has asked for them lately.

    `spot`: [x, y, text], or [] where there is no such map. `stamp`: of the map; its `figure`, too, unless the page has
    it `at_hand`.
    """
    try:
        drawn, place = maps.small(MapKey(run_id or "", label), lambda fitted: _drawn(fitted, run_id, label))
        spot = [*place(text), wrap(text)]
    except ValueError:  # the model is gone, or another one than the card's; the card will say so
        return NONE
    figure = {} if drawn.stamp in at_hand else {"figure": drawn.figure}
    return {"spot": spot, "stamp": drawn.stamp, **figure}


def star_of(maps: Maps, run_id: str, card: dict[str, Any], at_hand: Collection[str]) -> dict[str, Any] | None:
    """The star of a verdict card: the class's `label`, and what `star` says if that class's map is made already. None
    for a card without an answer."""
    if card["state"] != "answer":
        return None
    label = card["label"] or card["candidates"][0]["label"]
    made = maps.has_small(MapKey(run_id, label))  # no verdict waits for a map
    return {"label": label, **(star(maps, run_id, card["text"], label, at_hand) if made else {})}


def _drawn(fitted: FittedMap, run_id: str | None, label: str) -> Drawn:
    figure = orjson.dumps(small_map(_groups(fitted), label, f"{run_id}/{label}"))
    return Drawn(figure.decode(), hashlib.sha256(figure).hexdigest()[:16])


def _groups(fitted: FittedMap) -> list[tuple[str, list[list[float]], list[str]]]:
    """Key, places and texts of each group, evenly thinned."""
    groups = []
    for name, rows, places in fitted.by_group():
        some = np.linspace(0, len(rows) - 1, min(len(rows), MOST_POINTS)).astype(int)
        groups.append((name, places[some].tolist(), [fitted.points.texts[i] for i in rows[some]]))
    return groups

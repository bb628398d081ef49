"""The small map in Ask: the class that was answered, or for OPEN the closest one, and the typed text as a star."""

from __future__ import annotations

from typing import Any

import numpy as np

from ans.plots.small_map import small_map
from ans.plots.style import wrap
from ans.serving.maps.maps import FittedMap, MapKey, Maps
from ans.ui.components import PlotComponent, VerdictComponent
from ans.ui.shared import Shared

MOST_POINTS = 150  # of one group
NONE: dict[str, Any] = {"spot": [], "shown": None, "figure": None}


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


def moved(maps: Maps, run_id: str | None, text: str, label: str, before: tuple | None) -> dict[str, Any]:
    """Where the star of a text is on a class's map, and what is shown then; the figure only if that was not `before`.

    `spot`: [x, y, text], or [] where there is no such map. `shown`: run and class. `figure`: of Plotly, as JSON.
    """
    try:
        key = MapKey(run_id or "", label)
        drawn, place = maps.small(
            key, lambda fitted: str(small_map(_groups(fitted), label, f"{run_id}/{label}").to_json())
        )
        spot = [*place(text), wrap(text)]
        if before == (run_id, label):
            return {"spot": spot, "shown": before}
    except ValueError:  # the model is gone, or another one than the card's; the card will say so
        return NONE
    return {"spot": spot, "shown": (run_id, label), "figure": drawn}


def _groups(fitted: FittedMap) -> list[tuple[str, list[list[float]], list[str]]]:
    """Key, places and texts of each group, evenly thinned."""
    groups = []
    for name, rows, places in fitted.by_group():
        some = np.linspace(0, len(rows) - 1, min(len(rows), MOST_POINTS)).astype(int)
        groups.append((name, places[some].tolist(), [fitted.points.texts[i] for i in rows[some]]))
    return groups

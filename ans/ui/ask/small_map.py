"""The small map in Ask: the class that was answered, or for OPEN the closest one, and the typed text as a star."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import gradio as gr
import numpy as np

from ans.plots.small_map import small_map
from ans.plots.style import wrap
from ans.serving.maps.maps import MapKey, Maps
from ans.ui.components import PlotComponent, VerdictComponent
from ans.ui.shared import Shared
from ans.ui.wiring import AT_ONCE, Changes

MOST_POINTS = 150  # of one group
Shown = tuple[str, str] | None  # run and class of the map that is drawn


@dataclass(frozen=True)
class SmallMap:
    """The map and its handler. `shown`: what it shows."""

    shared: Shared
    plot: PlotComponent
    shown: gr.State

    def move(self, run_id: str | None, card: str | None, before: Shown, who: str | None) -> Changes:
        """Follow a verdict; of a run that this browser may not see there is none."""
        if self.shared.visitor(who).find(run_id) is None:
            run_id = None
        plot, shown = moved(self.shared.maps, run_id, json.loads(card) if card else {}, before)
        return {self.plot: plot, self.shown: shown}


def build(shared: Shared, verdict: VerdictComponent) -> SmallMap:
    """Place the map here. It follows the verdict in an event of its own, so that no verdict waits for it."""
    shown = gr.State(None)
    plot = PlotComponent(
        height=270,
        name="Small map around the typed text",
        empty="Type, and a star shows where your text lies.",
        elem_id="small-map",
    )
    small = SmallMap(shared, plot, shown)
    follows = [shared.model, verdict, shown, shared.browser]
    verdict.change(small.move, follows, [plot, shown], trigger_mode="always_last", **AT_ONCE)
    return small


def moved(maps: Maps, run_id: str | None, card: dict, before: Shown) -> tuple[Any, Shown]:
    """(plot, what it shows) for a verdict card: only the star moves while the class stays; else its map comes along."""
    if card.get("state") != "answer":
        return gr.update(spot=[]), before
    if run_id is None:
        return gr.update(spot=[]), None
    text, label = str(card["text"]), str(card["candidates"][0]["label"] if card["open"] else card["label"])
    stays = before == (run_id, label)
    try:
        key = MapKey(run_id, label)
        spot = [*maps.place(key, text), wrap(text)]
        if stays:
            return gr.update(spot=spot), before
        drawn = maps.figures.get(key, lambda: small_map(_groups(maps, key), label, f"{run_id}/{label}").to_json())
    except ValueError:  # the model is gone, or another one than the card's; the card will say so
        return gr.update(value=None, spot=[]), None
    return gr.update(value=drawn, spot=spot), (run_id, label)


def _groups(maps: Maps, key: MapKey) -> list[tuple[str, list[list[float]], list[str]]]:
    """Key, places and texts of each group, evenly thinned."""
    fitted, groups = maps.fitted(key), []
    for name, rows, places in fitted.by_group():
        some = np.linspace(0, len(rows) - 1, min(len(rows), MOST_POINTS)).astype(int)
        groups.append((name, places[some].tolist(), [fitted.points.texts[i] for i in rows[some]]))
    return groups

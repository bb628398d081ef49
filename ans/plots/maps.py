"""Maps: points in two or three dimensions, one group after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np

from ans.plots.style import HIDDEN_AXIS, KNOWN, OPEN, OUT_OF_SCOPE, REST, SYNTHESIZED

if TYPE_CHECKING:
    import plotly.graph_objects as go

GROUPS = {  # key: name for a person, colour, symbol, opacity; drawn in the order in which the groups come
    "known_negatives": ("other classes, training", REST, "circle", 0.5),
    "known": ("known classes, training", KNOWN, "circle", 0.5),
    "known_positives": ("this class, training", KNOWN, "circle", 0.9),
    "synthesized": ("synthesized negatives", SYNTHESIZED, "diamond", 0.75),
    "known_test": ("known classes, test", KNOWN, "circle-open", 0.9),
    "held_out": ("open: held-out classes", OPEN, "circle", 0.75),
    "out_of_scope": ("open: out of scope", OUT_OF_SCOPE, "x", 0.75),
}
TEST = ("known_test", "held_out", "out_of_scope")  # of these, test texts
SIZES = ((2_500, 7), (8_000, 5), (20_000, 4))  # the more points, the smaller
MOST_ROUND = 8_000  # points that are drawn round in 3-D


@dataclass(frozen=True)
class Group:
    """One group of n points: its key in `GROUPS`; places [n, D]; what each is called by the page [n]; text, true class,
    answer [n] each, the latter two as indices into the names of the map; whether the answer is right [n]."""

    key: str
    places: np.ndarray
    ids: np.ndarray
    texts: Sequence[str]
    truths: np.ndarray
    answers: np.ndarray
    right: np.ndarray


@dataclass(frozen=True)
class MapClass:
    """A class on a map of all of them: its colour, an index into `ans.plots.style.CLASSES`; its centre [D]; whether
    its name stands there."""

    name: str
    colour: int
    centre: list[float]
    named: bool


def point_map(
    groups: Sequence[Group],
    names: Sequence[str],
    key: str,
    title: str,
    open_name: str | None = None,
    classes: Sequence[MapClass] = (),
    test_errors: int = 0,
    waiting: str = "",
) -> go.Figure:
    """A map in 2-D or 3-D. The page's script adds hover texts, search and the rest: all it needs lies in `customdata`,
    four numbers a point (id, true class, answer, right), in each trace's `meta`, the group's key and whether it holds
    test texts, and in `layout.meta`: `names`, `open` (the index of the open class among them, −1 without one), and all
    else as it is given.

    Args:
        names: class names that `truths` and `answers` point into.
        key: what the map shows; while it stays the same, zoom and camera survive an update.
        open_name: the one of the names that stands for open.
        classes: those that known texts are coloured by; without any, a group has one colour.
        test_errors: wrongly answered test texts, also those that are not drawn.
        waiting: what a person waits for while this map stands there instead.
    """
    import plotly.graph_objects as go

    figure = go.Figure()
    open_index = next((i for i, name in enumerate(names) if name == open_name), -1)
    total = sum(len(group.texts) for group in groups)
    size = next((size for most, size in SIZES if total <= most), SIZES[-1][1])
    for group in groups:
        name, colour, symbol, opacity = GROUPS[group.key]
        x, y, *z = np.asarray(group.places, np.float32).T
        about = np.stack([group.ids, group.truths, group.answers, group.right], 1).astype(np.int32)
        ring = {"line": {"width": 1.5 if symbol.endswith("open") else 0, "color": colour}}
        marker = {"color": colour, "symbol": symbol, "opacity": opacity, "size": size} | ring
        shared = {"name": name, "text": list(group.texts), "customdata": about, "mode": "markers"}
        shared["meta"] = {"group": group.key, "test": group.key in TEST}
        if z:
            figure.add_scatter3d(x=x, y=y, z=z[0], marker=marker | _in_space(symbol, size, total), **shared)
        else:
            figure.add_scattergl(x=x, y=y, marker=marker, **shared)
    walls = {"title": {"text": ""}, "showticklabels": False, "zeroline": False}
    figure.update_layout(
        template="none",
        uirevision=key,
        xaxis=HIDDEN_AXIS,
        yaxis=HIDDEN_AXIS,
        scene={f"{axis}axis": walls | {"showspikes": False} for axis in "xyz"}
        | {"aspectmode": "cube", "camera": {"eye": {"x": 1.1, "y": 1.1, "z": 0.8}}},
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        showlegend=False,  # the page has one of its own, which works by keyboard
        meta={
            "tools": True,
            "names": list(names),
            "open": open_index,
            "title": title,
            "test_errors": test_errors,
            "classes": [asdict(one) for one in classes],
            "waiting": waiting,
        },
        hovermode="closest",
    )
    return figure


def _in_space(symbol: str, size: int, total: int) -> dict:
    """What differs about a marker in 3-D. Each is a mesh there: a circle of forty triangles, a square of two, and many
    thousands of circles take twice as long to draw without a graphics card. So small, they look alike.
    """
    if total > MOST_ROUND:
        return {"size": 1.6, "symbol": "diamond" if symbol == "diamond" else "square", "line": {"width": 0}}
    return {"size": max(2, size - 3), "symbol": symbol.replace("x", "circle")}  # there is no clean x in 3-D

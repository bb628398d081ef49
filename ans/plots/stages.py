"""How a negative is made, drawn: the points on a map, their distances, the head's loss. One frame a stage in each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ans.plots.style import KNOWN, PAPER, REST, SYNTHESIZED

if TYPE_CHECKING:
    import plotly.graph_objects as go

BINS = 30


def stage_map(positives: np.ndarray, known_negatives: np.ndarray, moving: np.ndarray, key: str) -> go.Figure:
    """The class's texts [n, 2], texts of other classes [m, 2], and the points that are made into negatives [S, P, 2],
    each with a thread to the text it was made from."""
    import plotly.graph_objects as go

    figure = go.Figure()
    for name, places, colour, opacity in (
        ("texts of other classes", known_negatives, REST, 0.45),
        ("texts of this class", positives, KNOWN, 0.85),
    ):
        marker = {"color": colour, "opacity": opacity, "size": 7}
        figure.add_scatter(**_places(places), name=name, mode="markers", marker=marker, hoverinfo="name")
    frames = [[_threads(moving[0], points), _places(points)] for points in moving]
    line = {"color": SYNTHESIZED, "width": 1}
    figure.add_scatter(**frames[0][0], mode="lines", line=line, opacity=0.35, hoverinfo="skip", showlegend=False)
    marker = {"color": SYNTHESIZED, "symbol": "diamond", "size": 8, "line": {"width": 1, "color": PAPER}}
    figure.add_scatter(
        **frames[0][1], name="negatives in the making", mode="markers", marker=marker, hoverinfo="name", opacity=0.95
    )
    _add_frames(figure, frames, [2, 3])
    everything = np.concatenate([positives, known_negatives, moving.reshape(-1, 2)])
    low, high = everything.min(0), everything.max(0)
    margin = 0.05 * (high - low)
    axes = [{"visible": False, "range": [float(low[i] - margin[i]), float(high[i] + margin[i])]} for i in range(2)]
    figure.update_layout(xaxis=axes[0], yaxis=axes[1], **_look(key, legend=True))
    return figure


def stage_distances(own: np.ndarray, nearest: np.ndarray, radius: float, gamma: float, key: str) -> go.Figure:
    """How many points lie how far from the nearest text of the class, and from the text they were made from
    [S, P each], with the shell r … γ·r."""
    import plotly.graph_objects as go

    edges = np.linspace(0, 1.08 * max(own.max(), nearest.max(), gamma * radius), BINS + 1)
    centres = (edges[1:] + edges[:-1]) / 2
    counts = [[np.histogram(distances[stage], edges)[0] for distances in (nearest, own)] for stage in range(len(own))]
    frames = [[{"x": centres, "y": near}, {"x": centres, "y": made_from}] for near, made_from in counts]
    figure = go.Figure()
    figure.add_bar(**frames[0][0], name="to the nearest text of the class", marker={"color": SYNTHESIZED})
    line = {"shape": "hvh", "width": 1.5, "color": REST}
    figure.add_scatter(**frames[0][1], name="to the text it was made from", mode="lines", line=line)
    _add_frames(figure, frames, [0, 1])
    figure.add_vrect(x0=radius, x1=gamma * radius, fillcolor=SYNTHESIZED, opacity=0.13, line={"width": 0})
    for at, name in ((radius, "r"), (gamma * radius, "γr")):
        figure.add_vline(x=at, line={"color": SYNTHESIZED, "width": 1.5, "dash": "dot"}, annotation={"text": name})
    # The texts themselves all lie at zero: that bar may leave the picture, the others must stay readable.
    top = 1.15 * max(counts[stage][i].max() for stage in range(min(1, len(own) - 1), len(own)) for i in range(2))
    figure.update_layout(
        bargap=0.05,
        xaxis={"title": {"text": "distance"}, "range": [0, float(edges[-1])], "automargin": True, "zeroline": False},
        yaxis={"title": {"text": "points"}, "range": [0, float(top)], "automargin": True, "zeroline": False},
        **_look(key, legend=True),
    )
    return figure


def stage_loss(losses: Sequence[float], names: Sequence[str], key: str) -> go.Figure:
    """The head's mean loss on the points as negatives, over the stages [S]; a dot marks the stage.

    The texts themselves cost some twenty times as much as anything after them: only powers of ten show both that fall
    and the rise of the ascent.
    """
    import plotly.graph_objects as go

    stages = list(range(len(losses)))
    figure = go.Figure()
    figure.add_scatter(x=stages, y=list(losses), mode="lines+markers", line={"color": REST, "width": 2})
    frames = [[{"x": [stage], "y": [losses[stage]]}] for stage in stages]
    figure.add_scatter(**frames[0][0], mode="markers", marker={"color": SYNTHESIZED, "size": 13})
    _add_frames(figure, frames, [1])
    figure.update_layout(
        xaxis={"tickvals": stages, "ticktext": list(names), "automargin": True, "zeroline": False, "showgrid": False},
        yaxis={"title": {"text": "loss"}, "type": "log", **_ticks(losses), "automargin": True, "zeroline": False},
        **_look(key, legend=False),
    )
    return figure


def _ticks(values: Sequence[float]) -> dict[str, list]:
    """Powers of ten on a logarithmic axis; two, five times as much as well where there is room. Each told in full."""
    low, high = (math.floor(math.log10(max(one, 1e-9))) for one in (min(values), max(values)))
    steps = (1, 2, 5) if high - low < 3 else (1,)
    marks = [step * 10.0**power for power in range(low, high + 2) for step in steps]
    return {"tickvals": marks, "ticktext": [f"{mark:g}" for mark in marks]}


def _places(places: np.ndarray) -> dict[str, list[float]]:
    return {axis: np.round(places[:, i].astype(float), 3).tolist() for i, axis in enumerate("xy")}


def _threads(starts: np.ndarray, ends: np.ndarray) -> dict[str, list]:
    """Lines from each start to its end, [P, 2] each; a gap between them."""
    return {
        axis: [value for a, b in zip(starts[:, i], ends[:, i], strict=True) for value in (float(a), float(b), None)]
        for i, axis in enumerate("xy")
    }


def _add_frames(figure: go.Figure, frames: Sequence[Sequence[dict]], traces: list[int]) -> None:
    """One frame a stage, named by its number, that changes those traces."""
    import plotly.graph_objects as go

    kinds = [trace["type"] for trace in figure.to_dict()["data"]]
    figure.frames = [
        go.Frame(
            name=str(stage),
            traces=traces,
            data=[{"type": kinds[i], **new} for i, new in zip(traces, data, strict=True)],
        )
        for stage, data in enumerate(frames)
    ]


def _look(key: str, legend: bool) -> dict[str, Any]:
    return {
        "template": "none",
        "uirevision": key,
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "showlegend": legend,
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        "hovermode": "closest",
    }

"""Figures: plain data in, `go.Figure` out. One meaning per colour: blue known, red open, amber synthesized."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import plotly.graph_objects as go

KNOWN, OPEN, SYNTHESIZED, REST = "#2f6fed", "#e0356b", "#f2a20d", "#9aa7b8"
GROUP_STYLE = {  # colour, symbol, opacity
    "known negatives": (REST, "circle", 0.55),
    "known positives": (KNOWN, "circle", 0.9),
    "synthesized negatives": (SYNTHESIZED, "diamond", 0.75),
    "open: held-out classes": (OPEN, "circle", 0.7),
    "open: out of scope": ("#9b3fe0", "x", 0.7),
}


def head_map(groups: Sequence[tuple[str, Sequence[Sequence[float]], Sequence[str]]], key: str) -> go.Figure:
    """Figure 4: a head's second hidden layer in two dimensions.

    Args:
        groups: (name, places [n, 2], hover texts [n]) each; drawn in this order.
        key: what the map shows; while it stays the same, zoom and hidden groups survive an update.
    """
    import plotly.graph_objects as go

    figure = go.Figure()
    for name, places, texts in groups:
        colour, symbol, opacity = GROUP_STYLE[name]
        figure.add_scattergl(
            x=[round(float(x), 3) for x, _ in places],
            y=[round(float(y), 3) for _, y in places],
            text=[wrap(text) for text in texts],
            name=name,
            mode="markers",
            marker={"color": colour, "symbol": symbol, "opacity": opacity, "size": 7},
            hovertemplate="%{text}<extra>" + name + "</extra>",
        )
    hidden_axis = {"visible": False, "zeroline": False}  # a projection's axes mean nothing
    figure.update_layout(
        template="none",
        uirevision=key,
        xaxis=hidden_axis,
        yaxis=hidden_axis,
        margin={"l": 0, "r": 0, "t": 8, "b": 0},
        legend={"orientation": "h", "y": -0.02, "yanchor": "top", "x": 0, "itemsizing": "constant"},
        meta={"tools": True},
        hovermode="closest",
    )
    return figure


def training_curves(
    losses: Sequence[tuple[str, Sequence[float], Sequence[float]]], accuracy: tuple[Sequence[float], Sequence[float]]
) -> go.Figure:
    """Loss of both phases (left axis) and dev accuracy in percent (right axis) over the seconds since the start.

    Args:
        losses: (name of the phase, seconds, losses) each. accuracy: seconds, percent.
    """
    import plotly.graph_objects as go

    figure = go.Figure()
    for (name, seconds, values), colour in zip(losses, (KNOWN, SYNTHESIZED), strict=False):
        figure.add_scatter(x=list(seconds), y=list(values), name=name, mode="lines", line={"color": colour, "width": 2})
    figure.add_scatter(
        x=list(accuracy[0]),
        y=list(accuracy[1]),
        name="dev accuracy",
        mode="lines+markers",
        yaxis="y2",
        line={"color": "#12a594", "width": 2},
    )
    figure.update_layout(
        template="none",
        xaxis={"title": {"text": "seconds since the start"}, "automargin": True},
        yaxis={"title": {"text": "loss"}, "rangemode": "tozero", "automargin": True},
        yaxis2={
            "title": {"text": "dev accuracy, %"},
            "overlaying": "y",
            "side": "right",
            "showgrid": False,
            "range": [0, 102],
            "dtick": 20,
            "automargin": True,
        },
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        hovermode="x unified",
    )
    return figure


def wrap(text: str, width: int = 60) -> str:
    """Break a hover text into lines; Plotly shows one as long as the text otherwise. Its tags are kept whole."""
    lines = []
    for part in text.split("<br>"):
        line = ""
        for word in part.split(" "):
            if line and len(line) + len(word) >= width:
                lines.append(line)
                line = word
            else:
                line = f"{line} {word}" if line else word
        lines.append(line)
    return "<br>".join(lines)

"""Curves of a training."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ans.plots.style import ACCURACY, KNOWN, SYNTHESIZED

if TYPE_CHECKING:
    import plotly.graph_objects as go


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
        line={"color": ACCURACY, "width": 2},
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


def learning_curve(points: Sequence[tuple[int, float]], revision: str) -> go.Figure:
    """Right classes, in percent, over the number of training texts: (texts, percent) each."""
    import plotly.graph_objects as go

    figure = go.Figure()
    figure.add_scatter(
        x=[texts for texts, _ in points],
        y=[right for _, right in points],
        mode="lines+markers",
        line={"color": KNOWN, "width": 2},
        hovertemplate="%{x:,} texts: %{y:.1f} % right<extra></extra>",
    )
    figure.update_layout(
        template="none",
        xaxis={"title": {"text": "training texts"}, "rangemode": "tozero", "automargin": True},
        yaxis={"title": {"text": "right classes, %"}, "range": [0, 102], "dtick": 20, "automargin": True},
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        showlegend=False,
        uirevision=revision,
    )
    return figure

"""Figures of an evaluation: the confusion matrix, the scores of known and open texts, the ROC curve."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ans.plots.style import KNOWN, OPEN, REST

if TYPE_CHECKING:
    import plotly.graph_objects as go

MOST_NAMES = 40  # classes whose names fit beside the matrix; beyond, hovering tells them
MOST_BELOW = 24  # that fit below it as well; the columns are in the order of the rows
BINS, MOST_POINTS = 48, 400
BLUES = ((0.0, "rgba(47,111,237,.4)"), (1.0, "rgba(47,111,237,1)"))
REDS = ((0.0, "rgba(224,53,107,.4)"), (1.0, "rgba(224,53,107,1)"))


def confusion_matrix(labels: Sequence[str], counts: Sequence[Sequence[int]], key: str) -> go.Figure:
    """Texts of each class (row) by their answer (column), on a logarithmic colour scale; empty cells are blank.

    Args:
        labels: the C known classes and, last, the open one, which stands apart and in red.
        counts: [C + 1, C + 1]. key: what the figure shows; while it stays the same, the zoom survives an update.
    """
    import plotly.graph_objects as go

    names = [*labels[:-1], " ", labels[-1]]  # a blank row and column set the open class apart
    number = np.insert(np.insert(np.asarray(counts), -1, 0, axis=0), -1, 0, axis=1)
    is_open = np.zeros_like(number, dtype=bool)
    is_open[-1, :] = is_open[:, -1] = True
    figure = go.Figure()
    for part, scale in ((~is_open, BLUES), (is_open, REDS)):
        shown = part & (number > 0)
        most = np.where(shown, number, 0)
        most[-1, -1] = 0  # open texts are so many that all other cells would look empty beside theirs
        figure.add_heatmap(
            x=names,
            y=names,
            z=[[round(float(np.log10(n)), 3) if show else None for n, show in zip(*row, strict=True)]
               for row in zip(number, shown, strict=True)],
            customdata=number.tolist(),
            colorscale=scale,
            zmin=0.0,
            zmax=float(np.log10(max(2, most.max()))),
            showscale=False,
            hoverongaps=False,
            xgap=1 if len(labels) <= MOST_NAMES else 0,
            ygap=1 if len(labels) <= MOST_NAMES else 0,
            hovertemplate="truth: %{y}<br>answer: %{x}<br>texts: %{customdata}<extra></extra>",
        )  # fmt: skip
    few = len(labels) <= MOST_NAMES
    axis = {
        "type": "category",
        "showticklabels": few,
        "tickfont": {"size": 10 if len(labels) <= MOST_BELOW else 8},
        "dtick": 1,
        "showgrid": False,
        "zeroline": False,
        "automargin": True,
        "fixedrange": few,  # a small matrix is read as it is, and the wheel scrolls the page
        "ticks": "",
    }
    figure.update_layout(
        template="none",
        uirevision=key,
        xaxis={**axis, "title": {"text": "answer"}, "tickangle": -90, "showticklabels": len(labels) <= MOST_BELOW},
        yaxis={**axis, "title": {"text": "truth", "standoff": 6}, "autorange": "reversed"},
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        meta={"tools": not few},
    )
    return figure


def score_histogram(known: np.ndarray, outside: np.ndarray) -> go.Figure:
    """Scores of known and of open texts, each in percent of its group, with the zero line between no and yes."""
    import plotly.graph_objects as go

    every = np.concatenate([known, outside])
    width = max(float(every.max() - every.min()), 1.0) / BINS
    # A border lies at zero, so that no bar mixes accepted and rejected texts.
    edges = width * np.arange(np.floor(min(every.min(), 0) / width), np.ceil(max(every.max(), 0) / width) + 2)
    figure, highest = go.Figure(), 0.0
    for name, scores, colour in (("known texts", known, KNOWN), ("open texts", outside, OPEN)):
        if not len(scores):
            continue
        counts = np.histogram(scores, edges)[0]
        highest = max(highest, 100 * float(counts.max()) / len(scores))
        figure.add_bar(
            x=np.round(edges[:-1] + width / 2, 3).tolist(),
            y=np.round(100 * counts / len(scores), 2).tolist(),
            width=round(width, 4),
            customdata=counts.tolist(),
            name=name,
            marker={"color": colour, "opacity": 0.62, "line": {"width": 0}},
            hovertemplate="score about %{x:.1f}<br>%{customdata} texts, %{y:.1f} %<extra>" + name + "</extra>",
        )
    figure.add_vline(x=0, line={"color": REST, "width": 2})
    for text, anchor, shift in (("← answered OPEN", "right", -6), ("answered known →", "left", 6)):
        figure.add_annotation(
            x=0, y=1, yref="paper", yanchor="top", text=text, xanchor=anchor, xshift=shift, showarrow=False,
            font={"size": 12},
        )  # fmt: skip
    figure.update_layout(
        template="none",
        barmode="overlay",
        xaxis={
            "title": {"text": "score: that of the class which fits best"},
            "automargin": True,
            "fixedrange": True,
            "zeroline": False,
        },
        yaxis={
            "title": {"text": "% of the group"},
            "range": [0, 1.18 * highest],  # room for the words above the bars
            "automargin": True,
            "fixedrange": True,
        },
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
    )  # fmt: skip
    return figure


def roc_curve(known: np.ndarray, outside: np.ndarray, at_zero: tuple[float, float], fpr_at_95: float) -> go.Figure:
    """The share of known texts that are accepted over that of open texts, for every threshold, in percent.

    Args:
        known, outside: accepted shares in [0, 1], one each a threshold. at_zero: (outside, known) at threshold zero.
        fpr_at_95: percent of open texts accepted where 95 % of the known ones are.
    """
    import plotly.graph_objects as go

    rows = np.unique(np.linspace(0, len(known) - 1, min(len(known), MOST_POINTS)).round().astype(int))
    figure = go.Figure()
    figure.add_scatter(
        x=[0, 100], y=[0, 100], mode="lines", line={"color": REST, "width": 1, "dash": "dot"}, name="guessing",
        hoverinfo="skip", showlegend=False,
    )  # fmt: skip
    figure.add_scatter(
        x=np.round(100 * np.asarray(outside)[rows], 2).tolist(),
        y=np.round(100 * np.asarray(known)[rows], 2).tolist(),
        mode="lines",
        line={"color": KNOWN, "width": 2.5},
        name="any threshold",
        hovertemplate="accepted: %{y:.1f} % of known, %{x:.1f} % of open texts<extra></extra>",
    )
    for name, (x, y), symbol in (
        ("threshold zero", (100 * at_zero[0], 100 * at_zero[1]), "circle"),
        ("95 % of known", (fpr_at_95, 95.0), "diamond-open"),
    ):
        figure.add_scatter(
            x=[round(x, 2)],
            y=[round(y, 2)],
            mode="markers",
            marker={"color": OPEN, "size": 11, "symbol": symbol, "line": {"width": 2, "color": OPEN}},
            name=name,
            hovertemplate="accepted: %{y:.1f} % of known, %{x:.1f} % of open texts<extra>" + name + "</extra>",
        )
    axis = {"range": [-1, 101], "automargin": True, "fixedrange": True, "zeroline": False}
    figure.update_layout(
        template="none",
        xaxis={**axis, "title": {"text": "open texts accepted, %"}},
        yaxis={**axis, "title": {"text": "known texts accepted, %"}},
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
    )
    return figure


def risk_coverage_curve(coverage: np.ndarray, risk: np.ndarray) -> go.Figure:
    """How many of the answers are wrong where only the surest are given, in percent; the mark is all that are given.

    Args:
        coverage, risk: [T] in [0, 1], the surest answers first.
    """
    import plotly.graph_objects as go

    rows = np.unique(np.linspace(0, len(coverage) - 1, min(len(coverage), MOST_POINTS)).round().astype(int))
    figure = go.Figure()
    for name, picked, mode in (("surest answers", rows, "lines"), ("all answers", rows[-1:], "markers")):
        figure.add_scatter(
            x=np.round(100 * coverage[picked], 2).tolist(),
            y=np.round(100 * risk[picked], 2).tolist(),
            mode=mode,
            name=name,
            line={"color": KNOWN, "width": 2},
            marker={"color": KNOWN, "size": 10},
            showlegend=False,
            hovertemplate="%{x:.1f} % of the texts answered<br>%{y:.1f} % of these wrong<extra></extra>",
        )
    axis = {"automargin": True, "fixedrange": True, "rangemode": "tozero", "ticksuffix": " %"}
    figure.update_layout(
        template="none",
        xaxis={**axis, "title": {"text": "texts that get a class"}},
        yaxis={**axis, "title": {"text": "of these, wrong"}},
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
    )
    return figure

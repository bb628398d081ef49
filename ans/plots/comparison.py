"""Bars of one measure: methods against each other, on one run or several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ans.plots.style import INK, KNOWN, PAPER, REST, TEXT

if TYPE_CHECKING:
    import plotly.graph_objects as go

FEWEST_ROWS = 7  # the place of so many bars is kept, so that two of them are not as thick as a house
RUN_OPACITY = (1.0, 0.62, 0.34)


def comparison_bars(
    runs: Sequence[tuple[str, Mapping[str, float], Mapping[str, float]]], own: Sequence[str], measure: str
) -> go.Figure:
    """One row per method, the best of the first run on top; a bar for each run, a diamond for the paper's figure.

    Args:
        runs: (name, value of each method, the paper's value of each method) each, in percent.
        own: the methods that stand for this project, drawn in its blue; the others are quiet.
        measure: what the values are, for the axis.
    """
    import plotly.graph_objects as go

    values = {name: value for _, found, _ in reversed(runs) for name, value in found.items()}
    methods = sorted(values, key=values.__getitem__, reverse=True)
    figure = go.Figure()
    for (run, found, _), opacity in zip(runs, RUN_OPACITY, strict=False):
        rows = [name for name in methods if name in found]
        figure.add_bar(
            orientation="h",
            y=rows,
            x=[found[name] for name in rows],
            # At the axis, where no diamond lies. The thin bars of several runs have no room for it.
            text=[f"{found[name]:.1f}" for name in rows] if len(runs) == 1 else None,
            textposition="inside",
            insidetextanchor="start",
            textangle=0,
            textfont={"color": [PAPER if name in own else INK for name in rows]},
            name=run,
            marker={
                "color": [KNOWN if name in own else REST for name in rows],
                "opacity": opacity,
                "line": {"width": 0},
            },
            hovertemplate="%{y}: %{x:.1f} %<extra>" + run + "</extra>",
            showlegend=len(runs) > 1,
        )
    _add_published(figure, *runs[0], methods)
    figure.update_layout(
        template="none",
        barmode="group",
        bargap=0.32,
        xaxis={"range": [0, 102], "title": {"text": f"{measure}, %"}, "automargin": True, "fixedrange": True,
               "tickvals": [0, 20, 40, 60, 80, 100]},
        yaxis={"categoryorder": "array", "categoryarray": methods, "automargin": True, "fixedrange": True,
               "range": [max(len(methods), FEWEST_ROWS) - 0.5, -0.5], "showgrid": False, "ticksuffix": "  "},
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        legend={"orientation": "h", "y": 1.01, "yanchor": "bottom", "x": 0},
        hovermode="closest",
    )  # fmt: skip
    return figure


def _add_published(
    figure: go.Figure, run: str, found: Mapping[str, float], paper: Mapping[str, float], methods: Sequence[str]
) -> None:
    """A diamond for each figure of the paper, of the first run alone: those of several could not be told apart."""
    rows = [name for name in methods if name in paper and name in found]
    if not rows:
        return
    figure.add_scatter(
        y=rows,
        x=[paper[name] for name in rows],
        name="the paper's figure",
        mode="markers",
        marker={"symbol": "diamond", "size": 10, "color": PAPER, "line": {"width": 1.5, "color": TEXT}},
        hovertemplate="%{y}: %{x:.1f} %<extra>paper, " + run + "</extra>",
    )

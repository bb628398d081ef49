"""The small map beside a verdict: one class's map without tools, few enough points to redraw while somebody types."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

from ans.plots.maps import GROUPS
from ans.plots.style import HIDDEN_AXIS, wrap


def small_map(
    groups: Sequence[tuple[str, Sequence[Sequence[float]], Sequence[str]]], label: str, key: str
) -> dict[str, Any]:
    """The map of one class in 2-D: `data` and `layout` of a Plotly figure.

    Plain, since a `go.Figure` looks at each property, which takes as long as all else, and Python's lock meanwhile.

    Args:
        groups: (key in `GROUPS`, places [n, 2], texts [n]) each. label: the class.
        key: what the map shows; while it stays the same, zoom and hidden groups survive an update.
    """
    data = []
    for group, places, texts in groups:
        name, colour, symbol, opacity = GROUPS[group]
        data.append(
            {
                "type": "scattergl",
                "x": [round(float(x), 3) for x, _ in places],
                "y": [round(float(y), 3) for _, y in places],
                "text": [wrap(html.escape(text)) for text in texts],
                "name": name,
                "mode": "markers",
                "marker": {"color": colour, "symbol": symbol, "opacity": opacity, "size": 5},
                "hovertemplate": "%{text}<extra>" + name + "</extra>",
            }
        )
    layout = {
        "uirevision": key,
        "xaxis": HIDDEN_AXIS,
        "yaxis": HIDDEN_AXIS,
        "title": {"text": f"The map of {html.escape(label)}", "font": {"size": 13}, "x": 0.02, "y": 0.97},
        "margin": {"l": 0, "r": 0, "t": 28, "b": 0},
        "legend": {
            "orientation": "h",
            "y": -0.02,
            "yanchor": "top",
            "x": 0,
            "itemsizing": "constant",
            "font": {"size": 11},
        },
        "hovermode": "closest",
    }
    return {"data": data, "layout": layout}

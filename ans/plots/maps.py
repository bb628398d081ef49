"""Maps: features in two dimensions, one group of points after the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ans.plots.style import KNOWN, OPEN, OUT_OF_SCOPE, REST, SYNTHESIZED, wrap

if TYPE_CHECKING:
    import plotly.graph_objects as go

GROUP_STYLE = {  # colour, symbol, opacity
    "known negatives": (REST, "circle", 0.55),
    "known positives": (KNOWN, "circle", 0.9),
    "synthesized negatives": (SYNTHESIZED, "diamond", 0.75),
    "open: held-out classes": (OPEN, "circle", 0.7),
    "open: out of scope": (OUT_OF_SCOPE, "x", 0.7),
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

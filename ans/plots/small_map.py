"""The small map beside a verdict: a head's map without tools, few enough points to redraw while somebody types."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ans.plots.maps import head_map

if TYPE_CHECKING:
    import plotly.graph_objects as go

MOST_POINTS = 150  # of one group


def small_map(
    groups: Sequence[tuple[str, Sequence[Sequence[float]], Sequence[str]]], label: str, key: str
) -> go.Figure:
    """Groups as `head_map` takes them; only the first `MOST_POINTS` of each, which come in random order.

    Args:
        label: the class whose head sees the texts so. key: as for `head_map`.
    """
    few = [(name, places[:MOST_POINTS], texts[:MOST_POINTS]) for name, places, texts in groups]
    figure = head_map(few, key)
    figure.update_traces(marker_size=5)
    figure.update_layout(
        title={"text": f"As the head of {html.escape(label)} sees it", "font": {"size": 13}, "x": 0.02, "y": 0.97},
        margin={"l": 0, "r": 0, "t": 28, "b": 0},
        legend={"font": {"size": 11}},
        meta={"tools": False},
    )
    return figure

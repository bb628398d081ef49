"""Seconds against the number of classes and of texts, both as logarithms: a straight line is a power."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ans.benchmark.scale import CURVES
from ans.paths import ROOT
from ans.plots.style import ACCURACY, KNOWN, OUT_OF_SCOPE, REST, SYNTHESIZED

if TYPE_CHECKING:
    import plotly.graph_objects as go

FIGURE = ROOT / "assets" / "figures" / "scale.json"


def scale_figure(records: Sequence[dict]) -> go.Figure:
    """The curves of `benchmark scale`."""
    import plotly.graph_objects as go

    figure, found = go.Figure(), {one["method"]: one["numbers"] for one in records}
    for curve, colour in zip(CURVES, (KNOWN, SYNTHESIZED, OUT_OF_SCOPE, ACCURACY, REST), strict=True):
        sizes = [size for size in curve.sizes if f"{curve.name} {size}" in found]
        taken = [found[f"{curve.name} {size}"]["seconds"] for size in sizes]
        name = f"{curve.name}, of {curve.counted}"
        figure.add_scatter(x=sizes, y=taken, name=name, mode="lines+markers", line={"color": colour, "width": 2})
    figure.update_xaxes(type="log", title_text="classes, or texts", dtick=1)
    figure.update_yaxes(type="log", title_text="seconds", dtick=1)
    figure.update_layout(template="plotly_white", width=960, height=400, margin={"l": 60, "r": 16, "t": 16, "b": 50})
    return figure


def write(records: Sequence[dict]) -> None:
    """Draw the figure again from the records."""
    FIGURE.parent.mkdir(parents=True, exist_ok=True)
    FIGURE.write_text(f"{scale_figure(records).to_json(engine='json')}\n", encoding="utf-8")

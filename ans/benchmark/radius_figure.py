"""Figure 3 of the paper: F1 against the radius r, as a Plotly figure in assets/figures."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean, stdev
from typing import TYPE_CHECKING

from ans.config import setting
from ans.paths import ROOT
from ans.plots.style import ACCURACY, KNOWN, SYNTHESIZED

if TYPE_CHECKING:
    import plotly.graph_objects as go

FIGURE = ROOT / "assets" / "figures" / "radius.json"
COLOURS = (KNOWN, ACCURACY, SYNTHESIZED)  # of the three ratios


def radius_figure(records: Sequence[dict]) -> go.Figure:
    """Mean F1 over the seeds, with its deviation: left against multiples of the default radius, right one r for all."""
    from plotly.subplots import make_subplots

    figure = make_subplots(
        cols=2,
        shared_yaxes=True,
        horizontal_spacing=0.04,
        subplot_titles=("r of each class, times the default", "one r for all classes"),
    )
    scaled = [record for record in records if record["config"]["fixed_radius"] is None]
    fixed = [record for record in records if record["config"]["fixed_radius"] is not None]
    default = setting("radius_scale")["default"]
    _add(figure, 1, scaled, lambda record: record["config"]["radius_scale"] / default)
    _add(figure, 2, fixed, lambda record: record["config"]["fixed_radius"])
    figure.update_xaxes(type="log", tickvals=[0.125, 0.5, 1, 2, 4, 8, 16, 32], title_text="r / default", col=1)
    figure.update_xaxes(type="log", tickvals=[1, 4, 8, 16, 64, 256], title_text="r", col=2)
    figure.update_yaxes(title_text="F1, %", col=1)
    figure.update_layout(
        template="plotly_white",
        width=960,
        height=400,
        margin={"l": 60, "r": 16, "t": 44, "b": 50},
        legend={"orientation": "h", "y": 1.22, "x": 0},
    )
    return figure


def write(records: Sequence[dict]) -> None:
    """Draw the figure again from the records."""
    FIGURE.parent.mkdir(parents=True, exist_ok=True)
    FIGURE.write_text(f"{radius_figure(records).to_json(engine='json')}\n", encoding="utf-8")


def _add(figure: go.Figure, column: int, records: Sequence[dict], place) -> None:
    settings = sorted({(record["config"]["dataset"], record["config"]["known_ratio"]) for record in records})
    for (dataset, ratio), colour in zip(settings, COLOURS, strict=False):
        points: dict[float, list[float]] = {}
        for record in records:
            if (record["config"]["dataset"], record["config"]["known_ratio"]) == (dataset, ratio):
                points.setdefault(round(place(record), 6), []).append(record["metrics"]["f1"])
        places = sorted(points)
        figure.add_scatter(
            x=places,
            y=[round(fmean(points[x]), 2) for x in places],
            error_y={"array": [round(stdev(points[x]), 2) if len(points[x]) > 1 else 0 for x in places]},
            name=f"{dataset}, {ratio:.0%} known",
            legendgroup=f"{ratio}",
            showlegend=column == 1,
            line={"color": colour},
            col=column,
            row=1,
        )

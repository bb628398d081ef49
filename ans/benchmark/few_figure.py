"""F1 against the number of texts a class, of this project and of each simple rule, as a Plotly figure."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean
from typing import TYPE_CHECKING

from ans.paths import ROOT
from ans.plots.style import ACCURACY, KNOWN, OPEN, OUT_OF_SCOPE, REST, SYNTHESIZED, TEXT

if TYPE_CHECKING:
    import plotly.graph_objects as go

FIGURE = ROOT / "assets" / "figures" / "few.json"
OURS = "ANS"
COLOURS = (ACCURACY, OUT_OF_SCOPE, SYNTHESIZED, OPEN, TEXT, REST)  # of the rules; blue is this project's


def few_figure(records: Sequence[dict]) -> go.Figure:
    """Mean F1 of all settings and seeds at each method's stated line; of this project's also the best line, dotted."""
    import plotly.graph_objects as go

    figure = go.Figure()
    others = [name for name in dict.fromkeys(record["method"] for record in records) if name != OURS]
    for name, colour in zip(others, COLOURS, strict=False):
        _add(figure, records, name, "f1", name, {"color": colour, "width": 1.5})
    _add(figure, records, OURS, "best_threshold_f1", f"{OURS}, best line of the test", {"color": KNOWN, "dash": "dot"})
    _add(figure, records, OURS, "f1", OURS, {"color": KNOWN, "width": 4})
    sizes = sorted({record["config"]["texts_per_class"] for record in records})
    figure.update_xaxes(type="log", tickvals=sizes, title_text="texts of each known class")
    figure.update_yaxes(title_text="F1, %", range=[0, 100])
    figure.update_layout(
        template="plotly_white",
        width=960,
        height=400,
        margin={"l": 60, "r": 16, "t": 16, "b": 50},
        legend={"x": 1.02, "y": 1, "traceorder": "reversed"},
    )
    return figure


def write(records: Sequence[dict]) -> None:
    """Draw the figure again from the records."""
    FIGURE.parent.mkdir(parents=True, exist_ok=True)
    FIGURE.write_text(f"{few_figure(records).to_json(engine='json')}\n", encoding="utf-8")


def _add(figure: go.Figure, records: Sequence[dict], method: str, measure: str, name: str, line: dict) -> None:
    found: dict[int, list[float]] = {}
    for record in records:
        if record["method"] == method:
            found.setdefault(record["config"]["texts_per_class"], []).append(record["metrics"][measure])
    sizes = sorted(found)
    figure.add_scatter(x=sizes, y=[fmean(found[size]) for size in sizes], name=name, mode="lines+markers", line=line)

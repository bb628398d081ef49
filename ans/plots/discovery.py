"""The map of open texts, coloured by the group they were found in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ans.plots.style import HIDDEN_AXIS, PAPER, REST, wrap

if TYPE_CHECKING:
    import plotly.graph_objects as go

# Neither blue, red nor amber: those mean known, open and synthesized everywhere. Groups that share a colour are many
# places apart in size, and the chosen one stands out by more than its colour.
PALETTE = ("#0d9488", "#7c5cd6", "#5a8f29", "#a8623c", "#2b8fb8", "#b04fa8", "#7a8a1f", "#5566b8", "#2f9e6b", "#8c6d8f")
LABELLED = 8  # groups whose name stands on the map


def colour(index: int) -> str:
    """The colour of a group by its place in the list."""
    return PALETTE[index % len(PALETTE)]


def group_map(
    places: Sequence[Sequence[float]],
    texts: Sequence[str],
    assignment: Sequence[int],
    names: Sequence[str],
    chosen: int | None,
    key: str,
) -> go.Figure:
    """Open texts in two dimensions.

    Args:
        places: [N, 2]. texts: [N]. assignment: group of each text [N], below zero for none. names: of the groups.
        chosen: the group that stands out, if any.
        key: what the map shows; while it stays the same, zoom survives an update.
    """
    import plotly.graph_objects as go

    figure = go.Figure()
    own: list[list[int]] = [[] for _ in range(len(names) + 1)]
    for row, index in enumerate(assignment):
        own[index].append(row)  # −1 is the last list
    # The chosen group is drawn last, above all others.
    order = [-1, *(i for i in range(len(names)) if i != chosen), *([] if chosen is None else [chosen])]
    for index in order:
        rows, name = own[index], "in no group" if index < 0 else names[index]
        out = chosen is not None and index == chosen
        figure.add_scattergl(
            x=[round(float(places[i][0]), 3) for i in rows],
            y=[round(float(places[i][1]), 3) for i in rows],
            text=[wrap(texts[i]) for i in rows],
            name=name,
            meta=index,
            mode="markers",
            marker={
                "color": REST if index < 0 else colour(index),
                "size": 11 if out else 6,
                "opacity": 1.0 if out else 0.35 if index < 0 or chosen is not None else 0.75,
                "line": {"width": 1.5 if out else 0, "color": PAPER},
            },
            hovertemplate="%{text}<extra>" + name.replace("%", "") + "</extra>",
            showlegend=False,
        )
    _add_names(figure, places, own, names, chosen)
    figure.update_layout(
        template="none",
        uirevision=key,
        xaxis=HIDDEN_AXIS,
        yaxis=HIDDEN_AXIS,
        margin={"l": 0, "r": 0, "t": 24, "b": 0},
        meta={"tools": True},
        hovermode="closest",
    )
    return figure


def _add_names(
    figure: go.Figure,
    places: Sequence[Sequence[float]],
    own: Sequence[Sequence[int]],
    names: Sequence[str],
    chosen: int | None,
) -> None:
    """The name of the chosen group above it, or of the largest ones."""
    for index in [chosen] if chosen is not None else range(min(LABELLED, len(names))):
        rows = own[index]
        figure.add_annotation(
            x=sum(float(places[i][0]) for i in rows) / len(rows),
            y=max(float(places[i][1]) for i in rows),
            text=names[index].replace("<", "&lt;"),
            showarrow=False,
            yshift=14,
            font={"size": 14 if chosen is not None else 11},
        )

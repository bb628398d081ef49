"""The page's own components. Each takes JSON and draws it in the browser, with user text as text, never as HTML.

The drawing lies in assets/page/*.js. A component must have a parameter called `value`, and no other required one:
Gradio builds it anew for each update.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr
import plotly

from ans.paths import ASSETS

PAGE_ASSETS = ASSETS / "page"
# plotly.py brings the plotly.js it was made for; gr.Plot has an older one, and loses the zoom at each update.
PLOTLY_JS = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
QUEUE_JS, FIRST_LOAD_JS = PAGE_ASSETS / "queue.js", PAGE_ASSETS / "first_load.js"
STYLES = sorted(PAGE_ASSETS.glob("*.css"), key=lambda path: (path.stem != "style", path.stem))  # what all share first


def _script(name: str) -> str:
    return "\n".join((PAGE_ASSETS / part).read_text(encoding="utf-8") for part in ("elements.js", name))


class _JsonView(gr.HTML):
    """A gr.HTML whose template never changes; `value` is what the script draws."""

    script, frame = "", ""

    def __init__(self, value: Any = None, **options: Any) -> None:
        super().__init__(
            value=value, html_template=self.frame, js_on_load=_script(self.script), apply_default_css=False, **options
        )

    def postprocess(self, value: Any) -> str | None:
        """Any JSON value → text."""
        return value if value is None or isinstance(value, str) else json.dumps(value)


class VerdictView(_JsonView):
    """The verdict of one text, the strongest heads, the nearest training texts."""

    script, frame = "verdict.js", '<div class="verdict empty"></div>'


class ChipsView(_JsonView):
    """Example texts in groups. Its `click` event carries `text`."""

    script, frame = "chips.js", '<div class="chips"></div>'


class RunView(_JsonView):
    """Where a training run stands, and how it ended."""

    script, frame = "progress.js", '<div class="run empty"></div>'


class PlotView(gr.HTML):
    """A Plotly figure updated in place, and a star for one text on it: `spot` is [] or [x, y, text].

    Its `click` event carries `x` and `y` of the point or cell, and `about`, the `meta` of its trace.

    `empty` is what stands there before there is a figure.
    """

    def __init__(
        self, value: Any = None, *, spot: list | None = None, height: int = 430, empty: str = "", **options: Any
    ) -> None:
        # Set here, or gr.HTML takes the quoted name in the script for an event and puts a function into the page.
        self.spot = spot if spot is not None else []
        super().__init__(
            value=value,
            spot=self.spot,
            html_template=f'<div class="plot" data-empty="{empty}" style="height:{int(height)}px"></div>',
            js_on_load=_script("plot.js"),
            head=f'<script src="/gradio_api/file={PLOTLY_JS}"></script>',
            apply_default_css=False,
            **options,
        )

    def postprocess(self, value: Any) -> str | None:
        """A figure → its JSON; None clears the plot."""
        return value.to_json() if hasattr(value, "to_json") else value


PAGE = 200  # rows that are sent at a time


class TextsView(_JsonView):
    """A list of texts, each with a tag. `click` carries the `text` of a row, `select` the `count` of
    rows that are shown when more are wanted; `retry` asks for others."""

    script, frame = "texts.js", '<div class="texts card"></div>'


class ClassesView(_JsonView):
    """Classes with counts and lengths. `click` carries a `label`, `select` the names that are `picked` as known."""

    script, frame = "classes.js", '<div class="classes"></div>'


class FindingsView(_JsonView):
    """What was found in data: a headline, a line for each finding, examples below it."""

    script, frame = "findings.js", '<div class="findings card empty"></div>'


def texts_value(rows: Sequence[dict], total: int, heading: str, empty: str = "", again: str = "") -> dict:
    """What `TextsView` draws: rows of text, tag, kind, aside; how many there are in all; what stands there for none;
    the name of the button that asks for others."""
    return {"rows": list(rows), "total": total, "heading": heading, "empty": empty, "again": again}


class ComparisonView(_JsonView):
    """A table of methods for each run, and how far their fitting is."""

    script, frame = "compare.js", '<div class="comparison empty"></div>'


class JudgesView(_JsonView):
    """What every method says of one text, one below the other."""

    script, frame = "judges.js", '<div class="judges empty"></div>'


class ConfidentErrorsView(_JsonView):
    """Test texts on which MSP is confidently wrong. Its `click` event carries `text`."""

    script, frame = "confident_errors.js", '<div class="confident-errors"></div>'


class MapView(gr.HTML):
    """A map of texts (`ans.plots.maps.point_map`), or {"nothing": a sentence} where there is none to draw.

    `spot` is [], or the place of the typed text and the text itself: [x, y, text], [x, y, z, text]. Its `click` event
    carries the `id` of a point.
    """

    def __init__(self, value: Any = None, *, spot: list | None = None, **options: Any) -> None:
        self.spot = spot if spot is not None else []  # set here for the reason given in `PlotView`
        super().__init__(
            value=value,
            spot=self.spot,
            html_template=(PAGE_ASSETS / "map.html").read_text(encoding="utf-8"),
            js_on_load=_script("map.js"),
            head=f'<script src="/gradio_api/file={PLOTLY_JS}"></script>',
            apply_default_css=False,
            **options,
        )

    def postprocess(self, value: Any) -> str | None:
        """A figure or a plain value → its JSON."""
        return value.to_json() if hasattr(value, "to_json") else _JsonView.postprocess(self, value)


class StagesView(_JsonView):
    """Algorithm 1, stage by stage; or {"nothing": a sentence}."""

    script, frame = "stages.js", (PAGE_ASSETS / "stages.html").read_text(encoding="utf-8")


class PointView(_JsonView):
    """The point that was clicked: `kind`, `text`, `truth`, `right`."""

    script, frame = "point.js", '<div class="point is-empty"></div>'


class GroupsView(_JsonView):
    """Groups with their keywords and first texts. Its `click` event carries `id`, the group's place in the list."""

    script, frame = "clusters.js", '<div class="clusters"></div>'


class RunsView(_JsonView):
    """All runs and what can be done with each. Its `click` event carries `action` and `id`, to rename also `name`.

    `note` is what came of the last action, for a person.
    """

    script, frame = "runs.js", '<div class="runs"></div>'

    def __init__(self, value: Any = None, *, note: str = "", **options: Any) -> None:
        self.note = note  # see PlotView
        super().__init__(value, note=note, **options)


class EvaluationView(_JsonView):
    """One part of an evaluation; its value's `view` says which. Its `click` event carries whose errors to show."""

    script, frame = "evaluate.js", '<div class="evaluation"></div>'


class MistakesView(_JsonView):
    """The table of errors with its filters. Its `click` event carries a `text` for the map.

    `wanted` is what another view asks to see: {} or {kind, label, truth, answer, at}, each of them may be missing.
    """

    script, frame = "mistakes.js", '<div class="mistakes"></div>'

    def __init__(self, value: Any = None, *, wanted: dict | None = None, **options: Any) -> None:
        self.wanted = wanted if wanted is not None else {}  # see PlotView
        super().__init__(value, wanted=self.wanted, **options)

"""The page's own components. Each takes JSON and draws it in the browser, with user text as text, never as HTML.

The drawing lies in assets/page/*.js. A component must have a parameter called `value`, and no other required one:
Gradio builds it anew for each update.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import gradio as gr
import plotly

PAGE_ASSETS = Path(__file__).resolve().parent.parent.parent / "assets" / "page"
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

"""The components of the Map tab, drawn by scripts of their own in assets/page."""

from __future__ import annotations

from typing import Any

import gradio as gr

from ans.ui import views


class MapView(gr.HTML):
    """A map of texts (`ans.plots.maps.point_map`), or {"nothing": a sentence} where there is none to draw.

    `spot` is [], or the place of the typed text and the text itself: [x, y, text], [x, y, z, text]. Its `click` event
    carries the `id` of a point.
    """

    def __init__(self, value: Any = None, *, spot: list | None = None, **options: Any) -> None:
        self.spot = spot if spot is not None else []  # set here for the reason given in `views.PlotView`
        super().__init__(
            value=value,
            spot=self.spot,
            html_template=(views.PAGE_ASSETS / "map.html").read_text(encoding="utf-8"),
            js_on_load=views._script("map.js"),
            head=f'<script src="/gradio_api/file={views.PLOTLY_JS}"></script>',
            apply_default_css=False,
            **options,
        )

    def postprocess(self, value: Any) -> str | None:
        """A figure or a plain value → its JSON."""
        return value.to_json() if hasattr(value, "to_json") else views._JsonView.postprocess(self, value)


class StagesView(views._JsonView):
    """Algorithm 1, stage by stage; or {"nothing": a sentence}."""

    script, frame = "stages.js", (views.PAGE_ASSETS / "stages.html").read_text(encoding="utf-8")


class PointView(views._JsonView):
    """The point that was clicked: `kind`, `text`, `truth`, `right`."""

    script, frame = "point.js", '<div class="point is-empty"></div>'

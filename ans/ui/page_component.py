"""What the page's own components share: where the browser's side lies, and the class they are made from.

A component must have a parameter called `value`, and no other required one: Gradio builds it again for each update.
"""

from __future__ import annotations

import copy
import json
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import gradio as gr
import plotly

from ans.paths import ASSETS

PAGE_ASSETS = ASSETS / "page"
# Workaround, seen with Gradio 6.31.0, no upstream issue known: figures are drawn by a script of the page. gr.Plot has
# an older plotly.js than the one plotly.py brings and is made for, and loses the zoom at each update. It can go, and
# `PlotComponent` with it, when gr.Plot keeps the zoom: tests/ui/test_workarounds.py fails when its plotly.js is as new.
PLOTLY_JS = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
QUEUE_JS, FIRST_LOAD_JS = PAGE_ASSETS / "queue.js", PAGE_ASSETS / "first_load.js"
# What the whole page runs before Gradio starts.
OTHER_SCRIPTS = ("storage.js", "announcer.js", "tabs.js", "phone.js", "stale.js", "routes.js", "ask.js")
PAGE_SCRIPTS = (QUEUE_JS, FIRST_LOAD_JS, *(PAGE_ASSETS / name for name in OTHER_SCRIPTS))


class PageComponent(gr.HTML):
    """One of the page's own components: what differs between them is declared in a few lines.

    `script` draws `props.value` into `frame`; `parts` are scripts that stand before it, such as `components.EXPORTS`.
    `extras` are further props by name, with their values before anybody sets them. `draws_plots`: the script needs
    Plotly.
    """

    script: ClassVar[str] = ""
    parts: ClassVar[tuple[str, ...]] = ()
    frame: ClassVar[str] = ""
    extras: ClassVar[dict[str, Any]] = {}
    draws_plots: ClassVar[bool] = False

    def __init__(self, value: Any = None, *, frame: str | None = None, **options: Any) -> None:
        for name, empty in self.extras.items():
            # Workaround, seen with Gradio 6.31.0, since https://github.com/gradio-app/gradio/pull/12967: gr.HTML takes
            # a quoted prop name in its script for an event and puts a function into the page, unless the attribute is
            # there already. It can go when tests/ui/test_workarounds.py says so.
            options[name] = copy.copy(empty) if options.get(name) is None else options[name]
            setattr(self, name, options[name])
        if self.draws_plots:
            options["head"] = f'<script src="gradio_api/file={PLOTLY_JS}"></script>'
        super().__init__(
            value=value,
            html_template=frame if frame is not None else self.frame,
            js_on_load=script_of(*self.parts, self.script),
            apply_default_css=False,
            **options,
        )

    def postprocess(self, value: Any) -> str | None:
        """A figure, or any JSON value → text; None clears the component."""
        if hasattr(value, "to_json"):
            return value.to_json()
        return value if value is None or isinstance(value, str) else json.dumps(value)


@cache
def script_of(*names: str) -> str:
    """What a component runs: the elements and terms that all share, then its own scripts."""
    parts = ("elements.js", "terms.js", *names)
    return "\n".join((PAGE_ASSETS / part).read_text(encoding="utf-8") for part in parts)

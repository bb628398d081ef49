"""A tab of the page, with what a screen reader goes by: a heading, and a panel that the tab names as its own."""

from __future__ import annotations

import html
from collections.abc import Iterator
from contextlib import contextmanager

import gradio as gr


@contextmanager
def headed_tab(name: str, id: str) -> Iterator[gr.Tab]:
    """`gr.Tab`, its panel called "ID-tab", with its name as a heading that is heard but not seen."""
    with gr.Tab(name, id=id, elem_id=f"{id}-tab") as tab:
        gr.HTML(f"<h2>{html.escape(name)}</h2>", elem_classes="heard", padding=False)
        yield tab

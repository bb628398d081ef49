"""A tab without a page: its components laid out, its handlers to be called."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import gradio as gr

from ans.config import TrainConfig
from ans.runs.run import Run
from ans.runs.store import RunStore
from ans.serving.maps.maps import Maps
from ans.serving.models import Serving
from ans.ui import train, train_filling
from ans.ui.limits import OWN, Limits
from ans.ui.server import Server
from ans.ui.shared import Shared

ME, OTHER = "a" * 32, "b" * 32  # two browsers
Tab = TypeVar("Tab")


def laid_out(layout: Callable[[Shared], Tab], store: RunStore, restricted: bool = False, limits: Limits = OWN) -> Tab:
    """A tab by its function that lays it out, over a store of runs."""
    with gr.Blocks():
        serving, model, tabs = Serving(store), gr.Dropdown([]), gr.Tabs()
        server, kept = Server(restricted, limits=limits), gr.State(None)
        return layout(Shared(serving, Maps(serving), server, model, tabs, gr.BrowserState(), gr.BrowserState(), kept))


def train_layout(shared: Shared) -> train.TrainTab:
    """The Train tab, with nothing kept."""
    return train.layout(shared, train_filling.kept_form())


def event(**values: Any) -> gr.EventData:
    """What a component of the page sends along with its event."""
    return gr.EventData(None, values)


def run_of(store: RunStore, browser: str | None, *states: str) -> Run:
    """A run of this browser, or everybody's, that went through these states."""
    dataset = "assistant" if browser is None else str(store.uploads / browser / "mine.tsv")
    run = store.create(TrainConfig(dataset=dataset))
    for state in states:
        run.set_status(state)
    return run


def names(changes: dict, components: dict[str, Any]) -> set[str]:
    """Which of the named components a handler changes."""
    known: Sequence[tuple[str, Any]] = list(components.items())
    return {name for name, component in known if any(changed is component for changed in changes)}

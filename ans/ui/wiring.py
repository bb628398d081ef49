"""How events are wired: past Gradio's queue or through it, and what handlers that yield end with."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

import gradio as gr

# How events are wired. Polls, and what comes in a burst when the page opens or the model changes, go past Gradio's
# queue (`AT_ONCE`): its one stream of answers opens and closes for each burst, and assets/page/queue.js tells what can
# happen then. What yields, raises gr.Error, warns, or waits its turn needs the queue (`QUIETLY`).
QUIETLY: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
AT_ONCE: dict[str, Any] = {**QUIETLY, "queue": False}


def tell_once(page: gr.Blocks) -> None:
    """Let each handler of this page that yields end with a yield that changes nothing.

    Gradio sends the last values of a generator again when it has ended. What a person changed between the two, a group
    that was chosen or a box unchecked, would be undone.
    """
    for event in page.fns.values():
        if inspect.isgeneratorfunction(event.fn):
            event.fn = _ending_unchanged(event.fn)


def _ending_unchanged(handler: Callable[..., Iterator]) -> Callable[..., Iterator]:
    @wraps(handler)
    def told(*values: Any) -> Iterator:
        last = None
        for last in handler(*values):
            yield last
        if last is not None:
            yield tuple(gr.skip() for _ in last) if isinstance(last, tuple) else gr.skip()

    return told

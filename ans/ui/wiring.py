"""How events are wired: past Gradio's queue or through it, what handlers return, and what those that yield end with.

A handler is a method of its tab, the dataclass of the tab's components, so that it can be called without a page. It
returns {component: value} for what changes, or `gr.skip()` where nothing does. It must be a function or a method: of a
`functools.partial` Gradio sees no type hints, and would hand over no `gr.EventData` and no `gr.Request`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

import gradio as gr

from ans.ui.wording import as_sentence

Changes = dict[Any, Any]  # what a handler returns: {component: value}, or gr.skip()

# How events are wired. Polls, and what comes in a burst when the page opens or the model changes, go past Gradio's
# queue (`AT_ONCE`): its one stream of answers opens and closes for each burst, and assets/page/queue.js tells what can
# happen then. What yields, raises gr.Error, warns, or waits its turn needs the queue (`QUIETLY`).
QUIETLY: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
AT_ONCE: dict[str, Any] = {**QUIETLY, "queue": False}


def refusal(error: Exception | str) -> gr.Error:
    """What a handler raises where something can't be done: the page shows the sentence, and the log stays clean."""
    return gr.Error(as_sentence(error), print_exception=False)


def end_unchanged(page: gr.Blocks) -> None:
    """Let each handler of this page that yields end with a yield that changes nothing.

    Workaround, seen with Gradio 6.31.0, no upstream issue known. Gradio sends the last values of a generator again when
    it has ended: what a person changed between the two, a group that was chosen or a box unchecked, would be undone.
    And where a generator ends without a single yield, it empties all its outputs: a tab that has nothing to redraw
    would go blank. It can go when tests/ui/test_workarounds.py and tests/browser/test_gradio_faults.py say so.
    """
    for event in page.fns.values():
        if inspect.isgeneratorfunction(event.fn):
            event.fn = _ending_unchanged(event.fn)


def _ending_unchanged(handler: Callable[..., Iterator]) -> Callable[..., Iterator]:
    @wraps(handler)
    def wrapped(*values: Any) -> Iterator:
        last = None
        for last in handler(*values):
            yield last
        yield tuple(gr.skip() for _ in last) if isinstance(last, tuple) else gr.skip()

    return wrapped

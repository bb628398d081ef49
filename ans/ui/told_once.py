"""Handlers that yield tell the page each thing once."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

import gradio as gr


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

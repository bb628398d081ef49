"""Whatever a browser sends to a handler is of the type that the handler names, or is refused in a sentence."""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import gradio as gr
from pydantic import ConfigDict, TypeAdapter, ValidationError

from ans.conventions import with_whole_characters
from ans.ui.wiring import holds_a_file, refusal, within

PLAIN = (str, int, float, bool, type(None))
_WORDS = {str: "a text", int: "a whole number", float: "a number", bool: "yes or no"}
_STRICT = ConfigDict(strict=True)


def check_types(page: gr.Blocks) -> None:
    """Let each handler of this page take values of the types in its signature alone.

    Only plain ones are checked: texts, numbers, yes or no, and lists of them. What is of a class of ours is the
    server's own, kept in a `gr.State`. A text box that says nothing at all says "".
    """
    for event in page.fns.values():
        if event.fn is not None:
            event.fn = checking_types(event.fn)


def checking_types(handler: Callable) -> Callable:
    """The handler, behind a look at what it is given."""
    inner = inspect.unwrap(handler)
    hints = typing.get_type_hints(inner)
    named: list[tuple[str, Any]] = [(name, hints.get(name)) for name in inspect.signature(inner).parameters]
    checks = [(name, hint, TypeAdapter(hint, config=_STRICT) if _is_plain(hint) else None) for name, hint in named]

    @contextmanager
    def checked(values: Sequence[Any]) -> Iterator[list[Any]]:
        found = list(values)
        for place, (value, (name, hint, check)) in enumerate(zip(found, checks, strict=False)):
            if isinstance(value, gr.EventData):
                if not isinstance(value._data, dict):
                    raise refusal(f"expected what a part of the page tells, got {type(value._data).__name__}.")
                if holds_a_file(value._data):
                    raise refusal("expected what a part of the page tells, got a file.")
                value._data = with_whole_characters(value._data)
            elif value is None and hint is str:
                found[place] = ""
            elif check is not None:
                try:
                    check.validate_python(value)
                except ValidationError:
                    got = f"got {type(value).__name__} as {name.replace('_', ' ')}"
                    raise refusal(f"expected {_said(hint)}, {got}; reload the page.") from None
        yield found

    return within(checked, handler)


def _is_plain(hint: Any) -> bool:
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        return all(_is_plain(part) for part in typing.get_args(hint))
    if origin in (list, Sequence):
        return all(_is_plain(part) for part in typing.get_args(hint))
    return hint in PLAIN


def _said(hint: Any) -> str:
    """A type as one would say it."""
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return " or ".join(_said(part) for part in typing.get_args(hint) if part is not type(None))
    if typing.get_origin(hint) in (list, Sequence):
        return "a list"
    return _WORDS.get(hint, "nothing")

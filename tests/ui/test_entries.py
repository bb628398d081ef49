"""What a browser sends to a handler is of the handler's types, or is refused in a sentence before the handler runs."""

from __future__ import annotations

import typing
from collections.abc import Iterator

import gradio as gr
import pytest

from ans.runs.store import RunStore
from ans.serving.models import Serving
from ans.ui import page
from ans.ui.entries import checking_types


class Kept:
    """Of the server's own."""


def handler(text: str, share: float | None, picked: list[str] | None, kept: Kept | None, on: bool = False) -> str:
    return f"{text!r} {share} {picked} {on}"


def yielding(count: int) -> Iterator[int]:
    yield from range(count)


def clicked(event: gr.EventData) -> object:
    return event._data


def test_values_of_the_right_types_pass_and_an_empty_text_box_says_nothing():
    checked = checking_types(handler)
    assert checked("hi", 0.5, ["a"], Kept(), True) == "'hi' 0.5 ['a'] True"
    assert checked("hi", 1, None, None) == "'hi' 1 None False"
    assert checked(None, None, None, None) == "'' None None False"
    assert list(checking_types(yielding)(2)) == [0, 1]


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ((5, None, None, None), "Expected a text, got int as text; reload the page."),
        ((["a"], None, None, None), "Expected a text, got list as text; reload the page."),
        (("a", "b", None, None), "Expected a number, got str as share; reload the page."),
        (("a", True, None, None), "Expected a number, got bool as share; reload the page."),
        (("a", None, [1], None), "Expected a list, got list as picked; reload the page."),
        (("a", None, "abc", None), "Expected a list, got str as picked; reload the page."),
        (("a", None, None, None, None), "Expected yes or no, got NoneType as on; reload the page."),
    ],
)
def test_values_of_other_types_are_refused_in_a_sentence(values, told):
    with pytest.raises(gr.Error) as caught:
        checking_types(handler)(*values)
    assert caught.value.message == told
    assert not caught.value.print_exception


def test_what_comes_with_an_event_is_an_object_of_whole_characters():
    checked = checking_types(clicked)
    assert checked(gr.EventData(None, {"text": "a\ud83d", "rows": ["\udc00"]})) == {"text": "a?", "rows": ["?"]}
    file = {"path": "http://127.0.0.1:1/", "meta": {"_type": "gradio.FileData"}}
    for odd in (5, None, "text", ["a"], file, {"rows": [{"a": file}]}):
        with pytest.raises(gr.Error, match="xpected what a part of the page tells"):
            checked(gr.EventData(None, odd))


def test_every_handler_of_the_page_names_the_types_of_all_it_takes(tmp_path):
    built = page.build(Serving(RunStore(tmp_path / "runs")))
    for event in built.fns.values():
        if event.fn is None:
            continue
        inner = event.fn
        while hasattr(inner, "__wrapped__"):
            inner = inner.__wrapped__
        hints = typing.get_type_hints(inner)
        names = inner.__code__.co_varnames[: inner.__code__.co_argcount]
        assert [name for name in names if name not in hints and name != "self"] == [], event.name

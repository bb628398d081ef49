"""What Gradio makes of the handlers: none is hidden from it, and what one returns arrives where it belongs."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import gradio as gr
import pytest
from gradio.state_holder import SessionState

from ans.runs.store import RunStore
from ans.serving.models import Serving
from ans.ui import page
from ans.ui.wiring import Changes, LenientBlocks, end_unchanged, let_one_wait, refusal, say_what_is_wrong, told_number


@dataclass(frozen=True)
class Tab:
    first: gr.Textbox
    second: gr.Textbox
    kept: gr.State

    def some(self) -> Changes:
        return {self.second: "two", self.kept: "kept"}

    def none(self) -> Changes:
        return gr.skip()

    def one_by_one(self) -> Iterator[Changes]:
        yield {self.first: "one"}
        yield {self.second: "two"}

    def nothing_to_tell(self) -> Iterator[Changes]:
        yield from ()

    def clicked(self, event: gr.EventData) -> Changes:
        return {self.first: str(event.id)}


@pytest.fixture
def tab() -> Iterator[tuple[gr.Blocks, Tab]]:
    with gr.Blocks() as blocks:
        yield blocks, Tab(gr.Textbox(), gr.Textbox(), gr.State("before"))


def wired(tab: tuple[gr.Blocks, Tab], handler: Callable) -> Any:
    blocks, parts = tab
    parts.first.change(handler, None, [parts.first, parts.second, parts.kept])
    return next(iter(blocks.fns.values()))


def sent(tab: tuple[gr.Blocks, Tab], handler: Callable, returned: Any) -> list[Any]:
    """What the page is sent, for each output in turn, when a handler has returned this."""
    blocks = tab[0]
    coming = blocks.postprocess_data(wired(tab, handler), returned, SessionState(blocks))
    with ThreadPoolExecutor(1) as elsewhere:  # a browser of other tests may have its event loop in this thread
        return elsewhere.submit(asyncio.run, coming).result()


UNCHANGED = {"__type__": "update"}


def test_components_that_a_handler_leaves_out_stay_as_they_are(tab):
    first, second, _ = sent(tab, tab[1].some, tab[1].some())
    assert (first, second) == (UNCHANGED, "two")


def test_a_handler_may_say_that_nothing_changes(tab):
    assert sent(tab, tab[1].none, tab[1].none())[:2] == [UNCHANGED, UNCHANGED]


def test_a_handler_that_yields_changes_ends_with_a_yield_that_changes_nothing(tab):
    event = wired(tab, tab[1].one_by_one)
    end_unchanged(tab[0])
    assert list(event.fn()) == [{tab[1].first: "one"}, {tab[1].second: "two"}, gr.skip()]


def test_a_handler_that_yields_but_has_nothing_to_tell_changes_nothing(tab):
    event = wired(tab, tab[1].nothing_to_tell)
    end_unchanged(tab[0])
    assert list(event.fn()) == [gr.skip()]


def test_a_method_is_given_what_its_event_carries(tab):
    given, *_ = gr.helpers.special_args(tab[1].clicked, [], None, gr.EventData(None, {"id": 7}))
    assert tab[1].clicked(*given) == {tab[1].first: "7"}


def test_no_handler_of_the_page_is_a_partial_of_which_gradio_sees_no_type_hints(tmp_path):
    built = page.build(Serving(RunStore(tmp_path / "runs")))
    handlers = [event.fn for event in built.fns.values() if event.fn is not None]
    assert len(handlers) > 40
    assert [handler for handler in handlers if isinstance(handler, partial)] == []


def test_a_refusal_is_a_sentence_and_leaves_the_log_clean():
    error = refusal(ValueError("nothing is there; bring some."))
    assert (error.message, error.print_exception) == ("Nothing is there; bring some.", False)


def test_no_two_events_of_a_trigger_wait_for_it_or_they_would_start_each_other_for_ever(tmp_path):
    built = page.build(Serving(RunStore(tmp_path / "runs")))
    waiting = [event for event in built.fns.values() if event.trigger_mode == "always_last"]
    triggers = [trigger for event in waiting for trigger in event.targets if trigger[0] is not None]
    assert len(triggers) > 10
    assert len(set(triggers)) == len(triggers)


def test_of_two_events_of_a_trigger_that_with_more_triggers_waits():
    with gr.Blocks() as blocks:
        first, second = gr.Textbox(), gr.Textbox()
        first.change(lambda: None)
        gr.on([first.change, second.change], lambda: None)
        first.submit(lambda: None)
    let_one_wait(blocks)
    assert [event.trigger_mode for event in blocks.fns.values()] == ["multiple", "always_last", "once"]


@pytest.mark.parametrize("yields", [False, True], ids=["returns", "yields"])
def test_a_handler_that_meets_a_full_disk_says_so_and_what_to_do_and_any_other_error_stays_as_it_is(tab, yields):
    def full() -> Changes:
        raise OSError(errno.ENOSPC, "No space left on device", "/secret/place")

    def full_meanwhile() -> Iterator[Changes]:
        yield {}
        raise OSError(errno.ENOSPC, "No space left on device", "/secret/place")

    def wrong() -> Changes:
        raise RuntimeError("a mistake of ours")

    event = wired(tab, full_meanwhile if yields else full)
    say_what_is_wrong(tab[0])
    with pytest.raises(gr.Error, match="The disk is full; delete runs in the Runs tab") as told:
        list(event.fn()) if yields else event.fn()
    assert "/secret" not in told.value.message
    event.fn = wrong
    say_what_is_wrong(tab[0])
    with pytest.raises(RuntimeError, match="a mistake of ours"):
        event.fn()


@pytest.mark.parametrize(
    "path", ["http://example.org/a.csv", "https://10.0.0.1/", "ftp://example.org/a", "file:///etc/passwd"]
)
def test_a_file_that_is_an_address_on_the_net_is_refused_before_anybody_fetches_it(path):
    with LenientBlocks() as built:
        box = gr.Textbox()
        box.change(lambda text: text, box, box)
    event = next(iter(built.fns.values()))
    for sent in ({"path": path, "meta": {"_type": "gradio.FileData"}}, [{"a": {"path": path}}]):
        with pytest.raises(gr.Error, match="its address can't be given"):
            built.validate_inputs(event, [sent])
    built.validate_inputs(event, [f"see {path}"])


def test_a_text_that_a_page_sends_is_no_longer_than_can_be_typed_and_a_programs_is_left_to_its_endpoint():
    with LenientBlocks() as built:
        box, free = gr.Textbox(max_length=5), gr.Textbox()
        box.change(lambda one, other: one, [box, free], box, api_visibility="private")
        box.input(lambda one, other: one, [box, free], box, api_visibility="public")
    for event, kept in zip(built.fns.values(), ("abcde", "abcdefg"), strict=True):
        values: list = ["abcdefg", "abcdefg"]
        built.validate_inputs(event, values)
        assert values == [kept, "abcdefg"]


FILE = {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}


@pytest.mark.parametrize("sent", [FILE, [{"a": FILE}], {"path": "a", "meta": 5}, {"b": {"path": None, "meta": None}}])
def test_a_file_is_taken_only_where_one_is_uploaded(sent):
    """An answer that holds what was sent would have Gradio read it, or fetch it, to show it."""
    with LenientBlocks() as built:
        box, state, file, button = gr.JSON(), gr.BrowserState(), gr.File(), gr.UploadButton()
        box.change(lambda value, kept: value, [box, state], box)
        file.upload(lambda *paths: None, [file, button])
    plain, uploading = built.fns.values()
    for values in ([sent, None], [None, sent]):
        with pytest.raises(gr.Error, match="where none can be uploaded"):
            built.validate_inputs(plain, values)
        built.validate_inputs(uploading, values)
    built.validate_inputs(plain, [{"path": "a"}, {"meta": {}}])


@pytest.mark.parametrize(
    ("told", "number"),
    [(3, 3), (-1, -1), ("7", 7), (2.0, 2), ("x", None), ([1], None), ({}, None), (None, None), (True, None),
     (float("inf"), None), (float("nan"), None), ("9" * 5000, None)],
)  # fmt: skip
def test_a_part_of_the_page_tells_a_whole_number_or_none(told, number):
    assert told_number(gr.EventData(None, {"id": told}), "id") == number
    assert told_number(gr.EventData(None, {}), "id") is None

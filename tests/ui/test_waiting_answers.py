"""No answer of the queue is dropped before its page has it, tried over HTTP on a page with a slow and a quick event."""

from __future__ import annotations

import json
import threading

import gradio as gr
import httpx
import pytest
from starlette.middleware import Middleware

from ans.ui.waiting_answers import EndedStreams, WaitedFor, keep_answers
from tests.browser.waiting import until

MOST = 3
SLOW, QUICK = 0, 1


@pytest.fixture
def page():
    """(address, queue, let go) of a page whose slow event waits until it is let go."""
    let_go = threading.Event()

    def slow(name: str) -> str:
        let_go.wait(30)
        return name

    with gr.Blocks(analytics_enabled=False) as blocks:
        box = gr.Textbox()
        box.change(slow, box, box)
        box.input(lambda name: name, box, box)
    blocks.queue(max_size=64, api_open=False)
    keep_answers(blocks, MOST)
    _, address, _ = blocks.launch(
        prevent_thread_lock=True, quiet=True, run_history=False, ssr_mode=False,
        app_kwargs={"middleware": [Middleware(EndedStreams)]},
    )  # fmt: skip
    yield address, blocks._queue, let_go
    let_go.set()
    blocks.close(verbose=False)


def join(address: str, session: str, event: int) -> None:
    body = {"data": [session], "fn_index": event, "session_hash": session}
    httpx.post(f"{address}gradio_api/queue/join", json=body).raise_for_status()


def told(address: str, session: str) -> list[dict]:
    """All that the stream of a session tells until it ends."""
    with httpx.stream("GET", f"{address}gradio_api/queue/data?session_hash={session}", timeout=20) as stream:
        return [json.loads(line[5:]) for line in stream.iter_lines() if line.startswith("data:")]


def test_a_page_that_waits_gets_its_answer_however_many_others_come_meanwhile(page):
    address, queue, let_go = page
    join(address, "page", SLOW)
    for number in range(3 * MOST):
        join(address, f"program {number}", QUICK)
        until(lambda: len(queue.event_ids_to_events) == 1, "only the slow one is under way")
    assert list(queue.pending_messages_per_session) == ["page", "program 7", "program 8"]
    let_go.set()
    *_, done, end = told(address, "page")
    assert (done["msg"], done["output"]["data"]) == ("process_completed", ["page"])
    assert end["msg"] == "close_stream"


def test_of_who_never_asked_for_its_answer_nothing_is_kept_once_others_have_come(page):
    address, queue, _ = page
    for number in range(3 * MOST):
        join(address, f"program {number}", QUICK)
        until(lambda: not queue.event_ids_to_events, "it is done")
    assert sorted(queue.pending_event_ids_session) == sorted(queue.pending_messages_per_session)
    assert list(queue.pending_messages_per_session) == ["program 6", "program 7", "program 8"]


def test_a_place_that_is_used_stays_before_one_that_is_not(page):
    address, queue, _ = page
    for session in ("page", "left", "page", "one", "page", "two", "page"):
        join(address, session, QUICK)
        until(lambda: not queue.event_ids_to_events, "it is done")
    assert list(queue.pending_messages_per_session) == ["one", "two", "page"]


def test_a_stream_that_is_cut_off_while_its_event_is_under_way_leaves_nothing_and_later_ones_end(page):
    address, queue, let_go = page
    join(address, "page", SLOW)
    with httpx.stream("GET", f"{address}gradio_api/queue/data?session_hash=page", timeout=20) as stream:
        next(stream.iter_lines())  # it has begun
    until(lambda: "page" not in queue.pending_event_ids_session, "nothing waits for an answer")
    let_go.set()
    until(lambda: not queue.event_ids_to_events, "it is done")
    join(address, "page", QUICK)
    assert told(address, "page")[-1]["msg"] == "close_stream"
    assert "page" not in queue.pending_event_ids_session or not queue.pending_event_ids_session["page"]


def test_a_session_that_waits_for_nothing_is_no_error():
    waited = WaitedFor(here={"event"})
    assert waited["here"] == {"event"}
    assert waited["gone"] == set()
    assert "gone" not in waited


@pytest.mark.parametrize("path", ["queue/data?session_hash=nobody", "call/lambda/nobody"])
def test_a_stream_of_a_session_that_nobody_has_says_so_and_ends_without_a_traceback(page, path, caplog):
    with httpx.stream("GET", f"{page[0]}gradio_api/{path}", timeout=20) as stream:
        said = stream.read().decode()
    assert "404" in said
    assert not [one for one in caplog.records if one.exc_info]

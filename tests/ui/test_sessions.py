"""What is kept of each open page, and that requests which belong to none cost it nothing, asked over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import gradio as gr
import httpx
import pytest
from gradio import route_utils
from gradio.events import api

from ans.ui.sessions import IDLE, LONGEST_NAME, MOST_SESSIONS, LightSession, Sessions, keep_lightly
from ans.ui.wiring import AT_ONCE

MANY = 515  # as many as once emptied every open page


def counted(count: int) -> tuple[int, int]:
    return count + 1, count + 1


def echo(text: str) -> str:
    return text


@pytest.fixture
def page(monkeypatch) -> Iterator[tuple[str, Sessions]]:
    """(its address, its sessions) of a page that counts how often it was asked, and answers programs."""
    monkeypatch.setattr(route_utils, "SessionState", route_utils.SessionState)  # this process has it back afterwards
    monkeypatch.setenv("NO_PROXY", "localhost,127.0.0.1")
    with gr.Blocks(analytics_enabled=False) as blocks:
        count, shown, button = gr.State(0), gr.Number(), gr.Button()
        button.click(counted, count, [count, shown], **AT_ONCE)
        api(echo, api_name="echo", concurrency_limit=4)
    _, address, _ = blocks.launch(prevent_thread_lock=True, quiet=True, run_history=False, ssr_mode=False)
    keep_lightly(blocks)
    yield address.rstrip("/"), blocks.app.state_holder
    blocks.close(verbose=False)


def asked(client: httpx.Client, address: str, **session: str) -> int:
    """What a page shows as its count; of a request without a session, too."""
    body = {"data": [None], "fn_index": 0, **session}
    return client.post(f"{address}/gradio_api/run/predict", json=body).raise_for_status().json()["data"][1]


def call(client: httpx.Client, address: str, text: str) -> str:
    """What a program is told that names no session."""
    made = client.post(f"{address}/gradio_api/call/echo", json={"data": [text]}).raise_for_status().json()
    return client.get(f"{address}/gradio_api/call/echo/{made['event_id']}").raise_for_status().text


def test_requests_without_a_session_leave_an_open_page_what_it_had_and_nothing_behind(page):
    address, sessions = page
    with httpx.Client(timeout=60) as client, ThreadPoolExecutor(4) as strangers:
        assert [asked(client, address, session_hash="open") for _ in range(3)] == [1, 2, 3]
        alone = list(strangers.map(lambda _: asked(client, address), range(MANY)))
        assert set(alone) == {1}, "each is alone"
        said = list(strangers.map(lambda number: call(client, address, f"text {number}"), range(MANY)))
        assert all(f"text {number}" in one for number, one in enumerate(said))
        assert asked(client, address, session_hash="open") == 4
    assert list(sessions.session_data) == ["open"]
    assert list(sessions.time_last_used) == ["open"]


def test_of_a_page_that_was_not_used_for_long_nothing_is_kept_and_one_in_use_stays(page):
    address, sessions = page
    with httpx.Client(timeout=60) as client:
        for name in ("left", "open"):
            asked(client, address, session_hash=name)
        for name in ("left", "open"):
            sessions.time_last_used[name] -= IDLE - timedelta(minutes=1)
        assert asked(client, address, session_hash="open") == 2
        sessions.time_last_used["left"] -= timedelta(minutes=2)
        assert asked(client, address, session_hash="new") == 1
        assert list(sessions.session_data) == ["open", "new"]
        assert sessions.time_last_used.keys() == sessions.session_data.keys()
        assert asked(client, address, session_hash="left") == 1, "it begins anew"
        assert asked(client, address, session_hash="open") == 3


def test_a_page_keeps_its_values_while_others_come_until_there_is_room_for_no_more(page):
    address, sessions = page
    assert sessions.capacity == MOST_SESSIONS
    sessions.capacity = 3
    with httpx.Client(timeout=60) as client:
        for number in range(3):
            asked(client, address, session_hash=f"page {number}")
        assert asked(client, address, session_hash="page 0") == 2
        asked(client, address, session_hash="one more")
    assert list(sessions.session_data) == ["page 2", "page 0", "one more"], "what was used longest ago goes"
    assert all(isinstance(one, LightSession) for one in sessions.session_data.values())


@pytest.mark.parametrize("route", ["run/predict", "queue/join"])
def test_a_name_that_no_page_has_is_kept_nowhere_however_long_it_is(page, route):
    address, sessions = page
    name = "x" * (LONGEST_NAME + 1)
    queue = sessions.blocks._queue
    with httpx.Client(timeout=60) as client:
        body = {"data": [None], "fn_index": 0}
        said = [
            client.post(f"{address}/gradio_api/{route}", json=body | {"session_hash": one}) for one in (name[1:], name)
        ]
    assert [one.status_code for one in said] == [200, 500]  # the guard makes it 422
    assert list(sessions.session_data) == [name[1:]]
    for kept in (sessions.time_last_used, queue.pending_messages_per_session, queue.pending_event_ids_session):
        assert name not in kept

"""The queue is shared fairly, tried over HTTP on a page whose one function waits until it is let go."""

from __future__ import annotations

import threading

import gradio as gr
import httpx
import pytest

from ans.ui.fair_queue import CROWDED, share_fairly
from tests.browser.waiting import until

MOST = 3


@pytest.fixture
def page():
    """(address, what was done so far, let go)"""
    done: list[str] = []
    let_go = threading.Event()

    def work(name: str) -> str:
        let_go.wait(30)
        done.append(name)
        return name

    with gr.Blocks(analytics_enabled=False) as blocks:
        box = gr.Textbox()
        box.change(work, box, box, concurrency_limit=1)
    blocks.queue(max_size=64, api_open=False)
    share_fairly(blocks, MOST, lambda request: request.headers["x-who"])
    _, address, _ = blocks.launch(prevent_thread_lock=True, quiet=True, run_history=False, ssr_mode=False)
    yield address, done, let_go
    let_go.set()
    blocks.close()


def join(address: str, who: str, name: str) -> httpx.Response:
    body = {"data": [name], "fn_index": 0, "session_hash": name}
    return httpx.post(f"{address}gradio_api/queue/join", json=body, headers={"x-who": who})


def test_no_address_fills_the_queue_and_those_who_wait_take_turns(page):
    address, done, let_go = page
    for name in ("a1", "a2", "a3"):
        assert join(address, "a", name).status_code == 200
    refused = join(address, "a", "a4")
    assert refused.status_code == 503
    assert refused.json()["detail"] == f"This address has {MOST} requests waiting already; wait for their answers."
    assert join(address, "b", "b1").status_code == 200
    assert join(address, "b", "b2").status_code == 200
    let_go.set()
    until(lambda: len(done) == 5, "all that was taken in is done")
    assert done in (["a1", "a2", "b1", "a3", "b2"], ["a1", "b1", "a2", "b2", "a3"])
    assert join(address, "a", "a5").status_code == 200, "it is free again"


def test_where_many_wait_each_address_has_one_place_so_that_who_comes_next_has_one_too(page):
    address, done, let_go = page
    others = CROWDED // MOST
    for who in range(others):  # none is refused, since at most one fewer than `CROWDED` wait
        assert all(join(address, f"a{who}", f"a{who} {i}").status_code == 200 for i in range(MOST))
    assert join(address, "b", "b1").status_code == 200
    refused = join(address, "b", "b2")
    assert refused.status_code == 503
    assert refused.json()["detail"] == "This address has a request waiting already; wait for its answer."
    assert join(address, "c", "c1").status_code == 200
    let_go.set()
    until(lambda: len(done) == CROWDED + 2, "all that was taken in is done")
    assert max(done.index("b1"), done.index("c1")) <= others + 2, "before anybody's second"
    assert join(address, "b", "b2").status_code == 200, "it is no longer crowded"

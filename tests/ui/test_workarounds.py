"""Each workaround of a fault in Gradio is still needed: these tests fail when it is not, and then it can go."""

from __future__ import annotations

import inspect
import json
import urllib.request
from importlib.metadata import version
from pathlib import Path

import gradio as gr
import pytest
from gradio import networking, routes

ROOT = Path(__file__).resolve().parent.parent.parent
SEEN_WITH = "6.31.0"


def posted(address: str, body: dict) -> dict:
    request = urllib.request.Request(address, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=20) as reply:
        return json.load(reply)


def test_gradio_still_sends_the_last_values_of_a_generator_again_when_it_has_ended():
    """`ans.ui.wiring.end_unchanged` can go when the end no longer carries them."""

    def count():
        yield "first"
        yield "last"

    with gr.Blocks() as page:
        box, button = gr.Textbox(), gr.Button()
        button.click(count, None, box)
    _, address, _ = page.queue().launch(prevent_thread_lock=True, quiet=True)
    try:
        session = {"session_hash": "once"}
        posted(f"{address}gradio_api/queue/join", {"data": [], "fn_index": 0, **session})
        with urllib.request.urlopen(f"{address}gradio_api/queue/data?session_hash=once", timeout=20) as stream:
            messages = [json.loads(line[5:]) for line in stream if line.startswith(b"data:")]
    finally:
        page.close()
    ended = next(message for message in messages if message["msg"] == "process_completed")
    assert ended["output"]["data"] == ["last"]


def test_gradio_still_takes_a_quoted_prop_name_in_a_script_for_an_event():
    """`PageComponent.extras` need not be set before `gr.HTML.__init__` when this is a plain prop."""
    made = gr.HTML(js_on_load="watch('spot', draw)", spot=[])
    assert callable(made.spot)


def test_gradio_still_asks_its_own_address_through_the_proxy_of_the_machine():
    """NO_PROXY in app.py can go when `url_ok` leaves the environment's proxies alone."""
    source = inspect.getsource(networking.url_ok)
    assert "httpx.head(url" in source
    assert "trust_env=False" not in source


def test_gradio_still_closes_the_stream_of_the_queue_while_an_event_may_be_on_its_way():
    """assets/page/queue.js: the fault is a race, so what is held here is the code that has it."""
    assert "message = CloseStreamMessage()" in inspect.getsource(routes)


@pytest.mark.parametrize("name", ["queue.js", "first_load.js"])
def test_what_can_not_be_reproduced_is_looked_at_with_each_version_of_gradio(name):
    """Both are races. With a new Gradio: leave the script out of `launch_options`, run tests/browser some ten times
    beside a benchmark, and look for lost answers. If there is none, the script goes; else its version changes.
    """
    head = (ROOT / "assets" / "page" / name).read_text(encoding="utf-8").split("(() =>")[0]
    assert head.startswith("// Workaround: patches window.fetch")
    assert f"Gradio {SEEN_WITH}" in " ".join(head.replace("//", "").split())
    assert version("gradio") == SEEN_WITH

"""Faults of Gradio that this app works around, seen in a real page: without the workaround, and gone with it.

When the first of such a pair fails, the workaround is no longer needed. tests/ui/test_workarounds.py has those that
need no browser.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import gradio as gr
import pytest

from ans.ui.page_component import QUEUE_JS
from ans.ui.wiring import QUIETLY, end_unchanged
from tests.browser.waiting import until

SOON = 500  # milliseconds in which what is not lost would have come: an answer takes 60

# Between Gradio and the network: the server's last message of a stream arrives when the test lets it.
SLOW_END = """(() => {
  const plain = window.fetch.bind(window), letIt = new Promise(taken => { window.letItEnd = taken; });
  window.streams = 0;
  window.fetch = async (input, init) => {
    const reply = await plain(input, init);
    if (!new URL(input.url || input, location.href).pathname.endsWith('/queue/data')) return reply;
    window.streams += 1;
    const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader(), encoder = new TextEncoder();
    return new Response(new ReadableStream({
      async start(out) {
        for (let next; !(next = await reader.read()).done;)
          for (const block of next.value.split(/(?<=\\n\\n)/)) {
            if (block.includes('close_stream')) await letIt;
            out.enqueue(encoder.encode(block));
          }
        out.close();
      },
    }), { headers: reply.headers });
  };
})();"""


GO_ON = threading.Event()  # lets the handler that yields end


def tell() -> Iterator[str]:
    """A handler that yields once, and takes its time to end."""
    yield "told"
    GO_ON.wait(10)


def tiny_page() -> gr.Blocks:
    """Two buttons with an answer each; a handler that yields, as it is here and as Gradio has it."""
    with gr.Blocks(analytics_enabled=False) as page:
        for name in ("first", "second"):
            button, answer = gr.Button(name), gr.Textbox(label=f"{name} answer")
            button.click(lambda name=name: name, None, answer, **QUIETLY)
        for name in ("as here", "as Gradio"):
            button, box = gr.Button(name), gr.Textbox(label=f"{name} has it", interactive=True)
            button.click(tell, None, box, **QUIETLY)
            if name == "as here":
                end_unchanged(page)
    return page


@contextmanager
def running(page: gr.Blocks) -> Iterator[str]:
    """The address of a page that is served by this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_PROXY", "localhost,127.0.0.1")
        _, url, _ = page.launch(prevent_thread_lock=True, quiet=True, ssr_mode=False, run_history=False)
    try:
        yield url
    finally:
        page.close(verbose=False)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The small page as Gradio serves it."""
    with running(tiny_page()) as address:
        yield address


def opened(browser, url: str, *scripts: str):
    """The small page in a browser, with scripts that run before Gradio's."""
    page = browser.new_page()
    for script in scripts:
        page.add_init_script(script)
    page.goto(url)
    page.get_by_role("button", name="first", exact=True).wait_for()
    return page


def asked_while_the_stream_ends(browser, url: str, *scripts: str) -> tuple[str, int]:
    """(the answer to a click while the end of the stream is under way, the number of streams Gradio asked for)."""
    page = opened(browser, url, SLOW_END, *scripts)
    page.get_by_role("button", name="first", exact=True).click()
    page.wait_for_function("() => document.querySelector('textarea').value === 'first'")
    with page.expect_response("**/queue/join*"):
        page.get_by_role("button", name="second", exact=True).click()
    page.wait_for_timeout(200)  # Gradio has read the reply, and believes that the stream is open
    page.evaluate("() => window.letItEnd()")
    page.wait_for_timeout(SOON)
    found = page.get_by_label("second answer").input_value(), page.evaluate("() => window.streams")
    page.close()
    return found


def test_an_event_that_is_asked_for_while_its_stream_ends_is_never_answered(browser, url) -> None:
    """assets/page/queue.js."""
    assert asked_while_the_stream_ends(browser, url) == ("", 1)


def test_with_the_apps_script_it_is_answered(browser, url) -> None:
    answer, _ = asked_while_the_stream_ends(browser, url, QUEUE_JS.read_text(encoding="utf-8"))
    assert answer == "second"


@pytest.fixture(scope="module")
def page(browser, url):
    """The small page, with the app's script, for tests that leave it as it was."""
    page = opened(browser, url, QUEUE_JS.read_text(encoding="utf-8"))
    yield page
    page.close()


@pytest.mark.parametrize(("name", "left"), [("as Gradio", "told"), ("as here", "mine")])
def test_the_last_values_of_a_handler_that_yields_come_twice(page, name, left) -> None:
    """`end_unchanged` in ans/ui/wiring.py: what a person changes after the last yield stays."""
    GO_ON.clear()
    box = page.get_by_label(f"{name} has it")
    page.get_by_role("button", name=name, exact=True).click()
    until(lambda: box.input_value() == "told", "the handler yields", seconds=10)
    box.fill("mine")
    GO_ON.set()
    page.wait_for_timeout(SOON)
    assert box.input_value() == left

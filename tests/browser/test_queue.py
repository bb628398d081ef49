"""The answers of Gradio's queue reach the page, also when the server closes their stream in the wrong moment."""

from __future__ import annotations

import pytest

from ans.ui.page_component import QUEUE_JS

# A server as Gradio's is: one stream of messages, and an answer with an id for each event.
SERVER = """() => {
  window.streams = [];
  window.fetch = async (input) => {
    if (String(input.url || input).includes('/queue/data'))
      return new Response(new ReadableStream({ start: (out) => { window.streams.push(out); } }));
    return new Promise(taken => { window.take = (id) => taken(new Response(JSON.stringify({ event_id: id }))); });
  };
  window.send = (stream, message) =>
    window.streams[stream].enqueue(new TextEncoder().encode(`data: ${JSON.stringify(message)}\\n\\n`));
}"""
LISTEN = """async () => {
  window.heard = [];
  const reader = (await window.fetch('http://app/queue/data?session_hash=a')).body.getReader();
  (async () => {
    for (let next; !(next = await reader.read()).done;) {
      const message = JSON.parse(new TextDecoder().decode(next.value).slice(5));
      window.heard.push(message.msg);
    }
    window.heard.push('end');
  })();
}"""


@pytest.fixture
def page(browser):
    """A page that listens to the first stream of such a server, with the app's script between them."""
    page = browser.new_page()
    page.evaluate(SERVER)
    page.add_script_tag(path=QUEUE_JS)
    page.evaluate(LISTEN)
    yield page
    page.close()


def test_an_event_is_answered_though_the_server_closes_the_stream_while_it_is_on_its_way(page) -> None:
    page.evaluate("() => { window.joined = window.fetch('http://app/queue/join', { method: 'POST' }); }")
    page.evaluate("() => { window.send(0, { msg: 'close_stream' }); window.streams[0].close(); }")
    page.wait_for_function("() => window.streams.length === 2")  # the page itself never asked for the second
    assert page.evaluate("() => window.heard") == []
    page.evaluate("async () => { window.take('e'); await window.joined; }")
    page.evaluate("() => window.send(1, { msg: 'process_completed', event_id: 'e' })")
    page.evaluate("() => { window.send(1, { msg: 'close_stream' }); window.streams[1].close(); }")
    page.wait_for_function("() => window.heard.at(-1) === 'end'")
    assert page.evaluate("() => window.heard") == ["process_completed", "close_stream", "end"]
    assert page.evaluate("() => window.streams.length") == 2


def test_a_stream_that_the_page_has_left_is_not_opened_again_for_an_event_that_comes_just_then(page) -> None:
    page.evaluate("() => window.send(0, { msg: 'close_stream' })")
    page.wait_for_function("() => window.heard.length === 1")
    page.evaluate("() => { window.fetch('http://app/queue/join', { method: 'POST' }); window.streams[0].close(); }")
    page.wait_for_function("() => window.heard.at(-1) === 'end'")
    assert page.evaluate("() => window.streams.length") == 1  # Gradio opens the next one, and hears it


def test_for_a_cancelled_event_the_stream_is_not_opened_again(page) -> None:
    page.evaluate("() => { window.joined = window.fetch('http://app/queue/join', { method: 'POST' }); }")
    page.evaluate("async () => { window.take('e'); await window.joined; }")
    page.evaluate("() => { window.fetch('http://app/cancel', { body: JSON.stringify({ event_id: 'e' }) }); }")
    page.evaluate("() => { window.send(0, { msg: 'close_stream' }); window.streams[0].close(); }")
    page.wait_for_function("() => window.heard.at(-1) === 'end'")
    assert page.evaluate("() => window.heard") == ["close_stream", "end"]
    assert page.evaluate("() => window.streams.length") == 1


def test_the_page_hears_of_the_end_though_its_last_event_was_answered_before_it_was_known(page) -> None:
    page.evaluate("() => { window.joined = window.fetch('http://app/queue/join', { method: 'POST' }); }")
    page.evaluate("() => { window.send(0, { msg: 'process_completed', event_id: 'e' }); }")
    page.evaluate("() => { window.send(0, { msg: 'close_stream' }); }")  # kept from Gradio, the event is still out
    page.wait_for_function("() => window.heard.length === 1")
    page.evaluate("async () => { window.take('e'); await window.joined; window.streams[0].close(); }")
    page.wait_for_function("() => window.heard.at(-1) === 'end'")
    assert page.evaluate("() => window.heard") == ["process_completed", "close_stream", "end"]
    assert page.evaluate("() => window.streams.length") == 1

"""A tab that is clicked while the page still waits for its first answers opens when they are there."""

from __future__ import annotations

import pytest

from ans.ui.page_component import FIRST_LOAD_JS

BODY = "<div role=tab id=first>Train</div><div role=tab id=second>Map</div><button id=other>Help</button>"
LISTEN = """() => {
  window.clicked = [];
  for (const one of document.querySelectorAll('[id]')) one.addEventListener('click', () => window.clicked.push(one.id));
  window.queued = true;
  window.queueIsOut = () => window.queued;
  window.fetch = () => new Promise(taken => { window.answer = taken; });
}"""
CLICKED = "() => window.clicked"


@pytest.fixture
def page(browser):
    """A page with two tabs, the app's script, and a request for the first answer that is out."""
    page = browser.new_page()
    page.set_content(BODY)
    page.evaluate(LISTEN)
    page.add_script_tag(path=FIRST_LOAD_JS)
    page.evaluate("() => { window.fetch('http://app/queue/join'); }")
    yield page
    page.close()


def test_the_last_tab_that_was_clicked_opens_once_all_answers_are_there(page) -> None:
    page.click("#first")
    page.click("#other")  # no tab, so nothing of it is built again
    page.click("#second")
    assert page.evaluate(CLICKED) == ["other"]
    page.evaluate("() => { window.answer(); }")
    page.evaluate("() => { window.fetch('http://app/run/predict'); }")  # what the first answer asks for
    page.evaluate("() => { window.queued = false; window.answer(); }")
    page.wait_for_function("() => window.clicked.length > 1")
    assert page.evaluate(CLICKED) == ["other", "second"]
    page.click("#first")
    assert page.evaluate(CLICKED) == ["other", "second", "first"]


def test_an_answer_that_does_not_come_holds_a_tab_back_for_some_seconds_only(page) -> None:
    page.click("#first")
    page.wait_for_function("() => window.clicked.length === 1")
    assert page.evaluate(CLICKED) == ["first"]

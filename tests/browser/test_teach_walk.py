"""A visitor tells the model that it was wrong, sees it learn, reloads, and goes back."""

from __future__ import annotations

import pytest

from tests.browser.waiting import until


@pytest.fixture
def visitor(app, starter, browser):
    """A browser with a name of its own, whose corrections and models nobody else sees."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context
    context.close()


def corrected(page, text: str, label: str) -> None:
    page.get_by_label("Type a message").fill(text)
    page.locator("#verdict .answer strong").wait_for()
    page.locator("#teach .wrong").click()
    page.get_by_label("What is the right answer for this message?").fill(label)
    page.get_by_role("button", name="Save correction").click()
    page.locator("#teach li", has_text=text).wait_for()


def test_what_was_corrected_is_learnt_and_still_there_after_a_reload(app, visitor) -> None:
    url, _ = app
    page, errors = visitor.new_page(), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(url)
    page.locator("#examples button").first.wait_for()
    box = page.get_by_label("Model in use")
    before = box.input_value()

    # What the model says already is no correction; the form says so, and keeps what was typed
    page.get_by_label("Type a message").fill("do the fish in the pond ever sleep")
    page.locator("#verdict .is-open strong").wait_for()
    page.locator("#teach .wrong").click()
    page.get_by_role("button", name="It is OPEN").click()
    page.locator("#teach .refused", has_text="That is what the model answers already: OPEN.").wait_for()
    page.keyboard.press("Escape")
    page.locator("#teach .wrong").wait_for()

    # Two texts of a class that is new
    for text in ("water the ferns on the balcony", "the ferns want water again"):
        corrected(page, text, "gardening")
    assert page.locator("#teach .correction").count() == 2
    kept = page.evaluate("() => localStorage.getItem('ans-model')")
    page.get_by_role("button", name="Learn from 2 corrections").click()
    page.locator("#teach .result h3", has_text="Learnt from 2 corrections").wait_for()
    learnt = before.replace("48 classes", "49 classes") + " + 2 corrections"
    until(lambda: box.input_value() == learnt, "the model that has learnt is in use")
    page.locator("#verdict .answer strong", has_text="gardening").wait_for()
    cells = page.locator("#teach .result tr", has_text="Corrected texts, right").locator("td").all_inner_texts()
    assert cells == ["0 % of 2", "100 % of 2"]

    page.wait_for_function("before => localStorage.getItem('ans-model') !== before", arg=kept)
    page.reload()
    page.locator("#teach .result").wait_for()
    assert page.locator("#teach .correction .learnt", has_text="learnt").count() == 2

    # One click back
    page.get_by_role("button", name=f"Back to {before}").click()
    until(lambda: box.input_value() == before, "the model of before is in use")
    page.get_by_role("button", name="Learn from 2 corrections").wait_for()
    page.get_by_role("button", name="Remove the correction of “water the ferns on the balcony”").click()
    page.get_by_role("button", name="Learn from 1 correction", exact=True).wait_for()
    assert errors == []

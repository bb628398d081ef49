"""A newcomer's first minute: the tour, examples that say what is expected, what the model knows, and where to go on."""

from __future__ import annotations

from tests.browser.waiting import until

# What Chromium does where all cookies are blocked
DENIED = """Object.defineProperty(window, 'localStorage', {
  configurable: true, get() { throw new DOMException('Access is denied for this document.', 'SecurityError'); },
})"""


def newcomer(browser, url: str, script: str = ""):
    """A browser that was never here, and what goes wrong in it."""
    context = browser.new_context(viewport={"width": 1280, "height": 1000}, newcomer=True)
    page = context.new_page()
    if script:
        page.add_init_script(script)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(url)
    page.locator(".tour strong").wait_for()
    return page, errors


def test_the_tour_tries_the_model_and_ends_for_good_and_the_page_says_what_it_knows_and_how(
    app, starter, browser
) -> None:
    page, errors = newcomer(browser, app[0])
    tour, box = page.locator(".tour"), page.get_by_label("Type a message")
    assert page.get_by_label("Model in use").input_value() == "Everyday assistant, 48 classes known"

    # Three steps: each shows its thing, and the chip it tries is marked
    page.get_by_role("button", name="Try it", exact=True).click()
    page.locator("#examples .known .chip .mark", has_text="right").or_(
        page.locator("#examples .known .chip .mark", has_text="wrong")
    ).first.wait_for()
    page.get_by_role("button", name="Try such a message").click()
    page.locator("#examples .held_out .chip:is(.right, .wrong)").wait_for()
    tour.get_by_text("3 of 3").wait_for()
    tour.get_by_role("button", name="Close the tour").focus()
    page.keyboard.press("Escape")
    tour.wait_for(state="hidden")
    assert page.evaluate("document.activeElement.closest('#query') !== null")

    # A chip says what is expected; the answer says whether it came
    for kind in ("known", "held_out", "oos"):
        assert page.locator(f"#examples .{kind} .chip").count() == 3
    chip = page.locator("#examples .oos .chip").first
    assert "→ OPEN" in chip.inner_text()
    chip.click()
    until(lambda: {"right", "wrong"} & set((chip.get_attribute("class") or "").split()), "the chip is marked")
    right = "right" in (chip.get_attribute("class") or "")
    assert right == page.locator("#verdict .is-open").count() > 0
    assert page.locator("#examples .chip:is(.right, .wrong)").count() == 3

    # What it knows, to search and to try
    page.locator("#known .count", has_text="48 known classes").wait_for()
    page.get_by_label("Search the known classes").fill("swallowed by nothing")
    page.locator("#known .nothing", has_text="swallowed by nothing").wait_for()
    page.get_by_label("Search the known classes").fill("alarm_set")
    page.locator("#known .count", has_text="1 of 48").wait_for()
    sample = page.locator("#known .row .sample").inner_text()
    page.locator("#known .row").click()
    until(lambda: box.input_value() == sample, "the sample is asked")
    assert page.locator("#known .row .sample").inner_text() != sample  # the next click tries the next

    # Numbers explain themselves to the keyboard, and let go again
    until(lambda: page.locator("#verdict .answer strong").inner_text() == "alarm_set", "the sample is answered")
    word = page.get_by_role("button", name="score", exact=True)
    word.focus()
    page.get_by_role("tooltip").filter(has_text="Above 0 it accepts").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("tooltip").wait_for(state="hidden")
    page.get_by_role("button", name="similarity", exact=True).hover()
    page.get_by_role("tooltip").filter(has_text="How alike two texts are").wait_for()

    # English only
    assert page.locator("#verdict .warning").count() == 0
    box.fill("wo ist meine Karte geblieben")
    page.locator("#verdict .warning", has_text="Only English so far").wait_for()

    # Where to go on
    assert page.locator("#about a").get_attribute("href") == "https://aclanthology.org/2022.emnlp-main.295/"
    page.get_by_role("button", name="Train on your own texts").click()
    page.locator("#upload").wait_for()
    page.get_by_role("tab", name="Ask").click()
    page.get_by_role("button", name="How it works").click()
    page.locator("#made").wait_for()
    page.wait_for_function("() => document.querySelector('#made .plot')?._fullData?.length > 0")
    page.reload()
    page.locator("#examples .chip").first.wait_for()
    assert page.locator(".tour strong").count() == 0
    page.context.close()
    assert errors == []


def test_where_a_browser_denies_its_storage_the_page_works_and_the_tour_closes(app, starter, browser) -> None:
    page, errors = newcomer(browser, app[0], DENIED)
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Close the tour").click()
    page.locator(".tour").wait_for(state="hidden")
    page.get_by_label("Type a message").fill("wake me up at seven")
    page.locator("#verdict .answer strong").wait_for()
    page.context.close()
    assert errors == []

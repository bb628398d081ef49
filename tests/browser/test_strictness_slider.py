"""A visitor tries another line, keeps it, and takes it back; the API answers by what is kept."""

from __future__ import annotations

from gradio_client import Client

from ans.serving.models import load_classifier
from tests.browser.waiting import until

TABS = ["Ask", "Train", "Data", "Map", "Evaluate", "Compare", "Discover", "Runs"]


def test_a_line_is_tried_kept_answered_by_and_taken_back(app, starter, browser) -> None:
    url, store = app
    run = next(run for run in store.finished() if run.is_starter)
    model, before = load_classifier(run, "cpu"), run.evaluation
    strict = model.refusing(0.4)
    changing = next(text for text in run.load_test()[0] if not model.explain(text).open and strict.explain(text).open)
    client = Client(url, verbose=False)

    def api_says_open() -> bool:
        return client.predict(changing, run.id, api_name="/classify")["open"]

    page = browser.new_page(viewport={"width": 1280, "height": 900})
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{url}?run={run.id}")
    page.get_by_label("Type a message").fill(changing)
    page.locator("#verdict .is-known").wait_for()
    assert [tab.inner_text() for tab in page.get_by_role("tab").all()][: len(TABS)] == TABS

    # Tried: this page alone answers by it
    slider, card = page.locator("#strictness-ask input[type=range]"), page.locator("#ask .strict")
    until(lambda: slider.is_enabled(), "the slider is there")
    slider.fill("40")
    page.locator("#verdict .latency", has_text="The line is the one you try").wait_for()
    page.locator("#verdict .is-open").wait_for()
    card.locator(".warning", has_text="held-out known texts are refused").wait_for()
    assert not api_says_open()

    # Kept: everybody is answered by it
    card.get_by_role("button", name="Keep", exact=True).click()
    until(lambda: run.evaluation != before, "the numbers are written again")
    page.locator("#verdict .latency", has_not_text="The line is the one you try").wait_for()
    until(api_says_open, "the API answers by the kept line")
    page.get_by_role("tab", name="Evaluate").click()
    page.locator("#evaluation .strict .note", has_text="Somebody has kept this line").wait_for()
    assert int(page.locator("#strictness-evaluate input[type=range]").input_value()) in (39, 40)
    assert page.locator("#evaluation .each .share").count() == len(model.labels)

    # The map and the methods beside it answer by it as well
    page.get_by_role("tab", name="Map").click()
    page.locator("#map-verdict .answer strong", has_text="OPEN").wait_for()

    # Reset, in Evaluate: as trained
    page.get_by_role("tab", name="Evaluate").click()
    page.locator("#evaluation .strict").get_by_role("button", name="Reset", exact=True).click()
    until(lambda: run.evaluation == before, "the numbers are those of the training")
    until(lambda: not api_says_open(), "the API answers by the training's line")
    page.get_by_role("tab", name="Ask").click()
    page.locator("#verdict .is-known").wait_for()
    page.get_by_role("tab", name="Map").click()
    page.locator("#map-verdict .is-known").wait_for()
    assert errors == []
    page.close()


def test_a_visitor_reads_what_a_run_found_in_its_texts_and_downloads_it(app, starter, browser) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(app[0])
    page.get_by_role("tab", name="Evaluate").click()
    page.locator("#learning-curve .plot .main-svg").first.wait_for()
    page.locator("#learning-note", has_text="texts the right classes went from").wait_for()
    page.locator("#mislabelled .row").first.wait_for()
    with page.expect_download() as saved:
        page.locator("#quality-csv").click()
    lines = saved.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "what,text,label,other_text,other_label,number"
    assert len(lines) > page.locator("#mislabelled .row").count()
    page.close()

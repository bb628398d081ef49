"""A visitor opens a link, classifies many texts, looks into data, brings some, trains on them, asks the new model."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from urllib.parse import quote

from ans.runs.status import FINISHED
from tests.assistant_texts import training_texts_of
from tests.browser.waiting import until

HOSTILE = "<img src=x onerror=alert(1)> ${alert(2)} {{alert(3)}}"
FORMULA = "=HYPERLINK(1)"
NAMES = {"leave_request": HOSTILE, "flight_book": FORMULA}  # what these classes are called in one's own data
CLASSES = ("alarm_set", "card_lost", "flight_book", "leave_request")
TAGS = {"<b>", "</b>", "<i>", "</i>", "<br>", "<extra>", "</extra>"}
# What the hover boxes of all points say, as Plotly is given it: with the few tags it knows.
HOVER_BOXES = "() => document.querySelector('#map .plot')._fullData.flatMap(one => [one.hovertemplate].flat())"


def opened(browser, url: str):
    """A new browser with a page, and what goes wrong in it."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("dialog", lambda dialog: (errors.append("a dialog opened"), dialog.dismiss()))
    page.goto(url)
    page.locator("#examples button").first.wait_for()  # a model is chosen
    return page, errors


def own_file(folder: Path) -> Path:
    """A file as people have them: other column names, a repeated row, hostile labels, no open texts."""
    rows = []
    for name in CLASSES:
        rows += [(text, NAMES.get(name, name)) for text in training_texts_of(name)[:16]]
    path = folder / "my tickets.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows([("message", "topic"), *rows, rows[0]])
    return path


def test_a_link_opens_a_model_with_a_text_and_a_bad_one_does_no_harm(app, starter, browser) -> None:
    url, store = app
    run = next(run for run in store.finished() if run.is_starter)
    page, errors = opened(browser, f"{url}?run={run.id}&text={quote('wake me up at seven')}")
    page.locator("#verdict .answer strong", has_text="alarm_set").wait_for()
    assert page.get_by_label("Type a message").input_value() == "wake me up at seven"
    assert page.get_by_label("Model in use").input_value() == run.name
    star = "document.querySelector('#small-map .plot')?._fullData?.find(trace => trace.name === 'your text')"
    page.wait_for_function(f"() => {star}")
    before = page.evaluate(f"() => {star}.x[0]")
    page.get_by_label("Type a message").fill("wake me up")
    page.wait_for_function(f"(before) => {star}?.x[0] !== before", arg=before)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy link").click()
    page.get_by_role("button", name="Link copied").wait_for()
    copied = page.evaluate("() => navigator.clipboard.readText()")
    assert f"run={run.id}" in copied
    assert copied.endswith("text=wake+me+up")

    # What the link asked for is over: a reload brings back what was typed since
    assert page.url.rstrip("/") == url.rstrip("/")
    page.reload()
    until(lambda: page.get_by_label("Type a message").input_value() == "wake me up", "what was typed is there")
    assert page.get_by_label("Model in use").input_value() == run.name
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('denied')); }")
    page.get_by_role("button", name="Copy link").click()
    page.wait_for_url(lambda address: f"run={run.id}" in address and "text=wake+me+up" in address)
    page.goto(f"{url}?run={quote('../../etc')}&text={quote(HOSTILE)}")
    page.get_by_test_id("toast-body").get_by_text("The link names a model that is not here").wait_for()
    page.locator("#verdict .latency").wait_for()
    assert page.get_by_label("Type a message").input_value() == HOSTILE
    page.close()
    assert errors == []


def test_two_first_tabs_of_a_browser_are_one_visitor(app, starter, browser) -> None:
    """Both ask for a name before either has one; what one of them keeps is the other's, too."""
    context = browser.new_context()
    tabs, held = [context.new_page(), context.new_page()], {}

    def together(route) -> None:
        held.setdefault(route.request.frame.page, []).append(route)
        if len(held) == len(tabs):
            for waiting in held.values():
                while waiting:
                    waiting.pop().continue_()

    context.route("**/gradio_api/queue/join*", together)
    for tab in tabs:
        tab.goto(app[0], wait_until="commit")
    names = set()
    for tab in tabs:
        tab.locator("#examples button").first.wait_for()
        with tab.expect_request("**/ans/verdict") as asked:
            tab.get_by_label("Type a message").fill("hi")
        names.add(asked.value.post_data_json["who"])
    context.close()
    assert len(names) == 1
    assert None not in names


def test_a_small_map_is_fetched_once_and_its_star_comes_with_the_verdict(app, starter, browser) -> None:
    page, errors = opened(browser, app[0])
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    plot = "document.querySelector('#small-map .plot')"
    star = f"{plot}?._fullData?.find(trace => trace.name === 'your text')"
    shown = f"(name, text) => {plot}?.layout?.title?.text === `The map of ${{name}}` && {star}?.text[0] === text"

    def typed(text: str, label: str) -> None:
        page.get_by_label("Type a message").fill(text)
        page.locator("#verdict .answer strong", has_text=label).wait_for()
        page.wait_for_function(f"([name, text]) => ({shown})(name, text)", arg=[label, text])

    typed("wake me up at seven", "alarm_set")
    typed("i lost my card", "card_lost")
    asked.clear()
    for text, label in (("wake me up at six", "alarm_set"), ("i have lost my card", "card_lost")):
        typed(text, label)
    assert "verdict" in asked
    assert "small-map" not in asked, "both maps are here, and where the star is came with the verdict"
    page.get_by_label("Type a message").fill("")
    page.wait_for_function(f"() => !{plot}.data")
    typed("wake me up at eight", "alarm_set")
    assert "small-map" not in asked
    page.close()
    assert errors == []


def test_many_texts_are_classified_worked_through_corrected_and_stopped(app, starter, browser, tmp_path) -> None:
    page, errors = opened(browser, app[0])
    page.get_by_role("tab", name="Many texts").click()
    page.get_by_text("Paste texts, one a line").wait_for()
    classify, rows = page.get_by_role("button", name="Classify", exact=True), page.locator("#verdicts tbody tr")
    classify.click()
    page.get_by_test_id("toast-body").get_by_text("There is no text to classify").wait_for()

    # The first answers after the click get lost, as they may under load: a later one frees the buttons
    lost: list[str] = []

    def lose(route) -> None:
        if len(lost) < 6:
            lost.append(route.request.url)
            route.fulfill(status=500, json={"error": None})  # an aborted one would reload the page
        else:
            route.continue_()

    page.route("**/gradio_api/run/**", lose)
    page.get_by_label("Texts, one a line").fill(f"wake me up at seven\n=1+1\n{HOSTILE}")
    classify.click()
    page.locator("#batch", has_text="3 texts classified").wait_for()
    page.locator("#classify:enabled").wait_for()
    page.locator("#stop-classifying:disabled").wait_for()
    assert len(lost) == 6
    page.unroute("**/gradio_api/run/**")

    # Filter by kind and by a bar, search, sort, download
    page.wait_for_function("() => document.querySelectorAll('#verdicts tbody tr').length === 3")
    page.locator("#kind").get_by_label("OPEN").click()
    page.wait_for_function("() => document.querySelectorAll('#verdicts td.answer.is-known').length === 0")
    page.locator("#words input, #words textarea").fill("1+1")
    page.locator("#verdicts .said", has_text="1 of 3 texts").wait_for()
    with page.expect_download() as download:
        page.locator("#csv").click()
    content = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert "'=1+1,OPEN" in content
    page.get_by_role("button", name="Show all", exact=True).click()
    page.wait_for_function("() => document.querySelectorAll('#verdicts tbody tr').length === 3")
    page.get_by_role("button", name="Score", exact=True).click()
    page.locator("#verdicts th.score[aria-sort=ascending]").wait_for()
    page.locator("#class-counts").get_by_role("button", name="alarm_set").press("Enter")
    page.locator("#verdicts .said", has_text="1 of 3 texts, only alarm_set").wait_for()
    assert page.evaluate("() => document.activeElement.dataset.key") == "alarm_set"

    # One row is wrong: it gets a new class's name
    rows.first.get_by_role("button", name="That's wrong").click()
    page.locator("#verdicts .said", has_text="1 selected").wait_for()
    right = page.locator("#right-answer input")
    right.fill("wake_up")
    right.press("Tab")
    page.get_by_role("button", name="Correct the selected").click()
    page.locator("#verdicts small.right", has_text="→ wake_up").wait_for()

    # Very many: both sources at once are refused, Stop keeps what there is
    lines = tmp_path / "many.txt"
    lines.write_text("how many moons has jupiter\n" * 20_000)
    page.locator("input[type=file]").first.set_input_files(lines)
    page.get_by_text("527.3 KB").first.wait_for()  # its name is there in two pieces then
    classify.click()
    page.get_by_test_id("toast-body").get_by_text("remove one of them").wait_for()
    page.get_by_label("Texts, one a line").fill("")
    classify.click()
    page.locator("#batch [role=progressbar]").wait_for()
    page.locator("#stop-classifying").click()
    page.locator("#batch", has_text="of 20,000 classified").wait_for()
    page.locator("#classify:enabled").wait_for()
    rows.first.get_by_role("button", name="how many moons").first.click()
    page.locator("#verdict .latency").wait_for()
    assert page.locator("#query textarea").input_value() == "how many moons has jupiter"
    page.close()
    assert errors == []


def assert_hostile_names_do_no_harm(page, run, errors: list[str], folder: Path) -> None:
    """Classes and run have names that would run in a page that took them for its own: Map, its file, Evaluate, Compare
    show them as they are."""
    run.rename(f"{FORMULA} <img src=x onerror=alert(4)>")
    page.locator("#model input").click()
    page.get_by_role("option", name=run.name).wait_for()
    page.keyboard.press("Escape")

    page.get_by_role("tab", name="Map").click()
    page.locator("#map .pointmap:not(.is-busy)").wait_for()
    page.get_by_label("Map of", exact=True).click()
    page.get_by_role("option", name="All classes").click()
    page.locator("#map .name", has_text=HOSTILE).first.wait_for()
    page.locator("#map .pointmap:not(.is-busy)").wait_for()
    boxes = page.evaluate(HOVER_BOXES)
    assert any("&lt;img" in one for one in boxes)
    assert {tag for one in boxes for tag in re.findall(r"<[^>]*>", one)} <= TAGS
    assert_made_nothing(page, errors)
    with page.expect_download() as file:
        page.get_by_role("button", name="HTML", exact=True).click()
    file.value.save_as(folder / "map.html")
    alone = page.context.new_page()
    alone.on("dialog", lambda dialog: (errors.append("a dialog opened in the file"), dialog.dismiss()))
    alone.goto((folder / "map.html").as_uri())
    alone.locator("#map text", has_text="onerror").first.wait_for()
    assert_made_nothing(alone, errors)
    alone.close()

    page.get_by_role("tab", name="Evaluate").click()
    page.locator("#classes button.link", has_text=HOSTILE).first.click()
    page.locator("#mistakes select").wait_for()
    page.locator("#matrix .plot .xtick", has_text="onerror").first.wait_for()
    page.locator("#classes summary").first.click()
    with page.expect_download() as file:
        page.locator("#classes").get_by_role("button", name="Save as CSV").first.click()
    rows = list(csv.reader(file.value.path().read_text(encoding="utf-8").splitlines()))
    assert {f"'{FORMULA}", HOSTILE} <= {row[0] for row in rows}
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "@"))]
    assert_made_nothing(page, errors)

    page.get_by_role("tab", name="Compare").click()
    page.locator("#compared-runs", has_text="onerror").wait_for()
    page.locator("#judges", has_text=HOSTILE[:20]).or_(page.locator("#judges .judge")).first.wait_for()
    page.get_by_label("A text for all methods").fill(training_texts_of("leave_request")[0])
    page.locator("#judges .judge", has_text="onerror").first.wait_for()
    assert_made_nothing(page, errors)
    page.get_by_role("tab", name="Ask").click()


def assert_made_nothing(page, errors: list[str]) -> None:
    """No name has become a part of the page, or has run."""
    assert page.locator("[onerror], img[src='x']").count() == 0
    assert errors == []


def test_own_data_are_understood_kept_trained_on_asked_and_added_to_and_nobody_else_sees_them(
    app, starter, browser, tmp_path
) -> None:
    url, store = app
    page, errors = opened(browser, url)
    page.get_by_role("tab", name="Data").click()

    # Browse: classes, samples, search, a draw and a choice by hand
    page.locator("#draw", has_text="48 of 64 classes are known").wait_for()
    page.get_by_role("button", name="card_lost", exact=True).click()
    page.locator("#texts h3", has_text="texts of card_lost").wait_for()
    page.get_by_label("Search texts and labels").fill("swallowed")
    page.locator("#texts h3", has_text="found").wait_for()
    page.get_by_label("account_close is known").click()
    page.locator("#draw", has_text="49 of 64 classes are known, picked by hand").wait_for()
    page.get_by_role("tab", name="Train").click()
    page.get_by_role("tab", name="Data").click()
    assert page.get_by_label("account_close is known").is_checked()

    # Bring your own: what was understood, before anything is kept
    page.get_by_role("tab", name="Bring your own").click()
    page.locator("#upload input[type=file]").set_input_files(own_file(tmp_path))
    page.locator("#report", has_text="Ready to train").wait_for()
    for said in ("Read as CSV separated by semicolons, UTF-8", "1 row repeating another"):
        page.locator("#report li", has_text=said).wait_for()
    page.get_by_role("button", name="Save dataset").click()
    page.locator("#draw", has_text="4 of 4 classes are known. Tick boxes").wait_for()  # of one's own data, all
    page.get_by_role("button", name="Use in Train").click()

    # Train on them, with no open text anywhere, and ask
    page.get_by_label("Learn from texts of no class, too").wait_for()
    page.get_by_role("button", name="Train", exact=True).click()
    run = until(lambda: next((r for r in store.all() if r.owner is not None), None), "the run is created")
    until(lambda: run.status.ended is not None, "the run ends")
    assert (run.status.state, run.status.message) == (FINISHED, "")
    assert (run.config.known_classes, run.config.known_ratio) == (None, 1.0)
    assert run.evaluation.known == sorted(NAMES.get(name, name) for name in CLASSES)
    page.locator("#run", has_text="4 known classes").wait_for()
    page.get_by_role("tab", name="Ask").click()
    page.get_by_text("Texts of known classes", exact=True).wait_for()
    page.get_by_text("Out of scope", exact=True).wait_for(state="detached")
    page.get_by_label("Type a message").fill("wake me up at seven tomorrow")
    page.locator("#verdict .latency").wait_for()

    assert_hostile_names_do_no_harm(page, run, errors, tmp_path)

    # Among texts of no class a group is found and made a class, and the same question has another answer
    page.get_by_role("tab", name="Many texts").click()
    page.get_by_label("Texts, one a line").fill("\n".join(training_texts_of("exchange_rate", "baggage_lost")))
    page.get_by_role("button", name="Classify", exact=True).click()
    page.get_by_role("button", name="Find groups in the OPEN ones").click()
    page.locator("#groups .group", has_text="exchange").first.click()
    question = page.locator("#group-texts label").first.inner_text()
    page.get_by_role("tab", name="Ask").click()
    page.get_by_role("tab", name="One text").click()
    page.get_by_label("Type a message").fill(question)
    page.locator("#verdict .answer strong", has_text="OPEN").wait_for()
    page.get_by_role("tab", name="Discover").click()
    page.get_by_label("Name of the class").fill("new topic")
    page.get_by_role("button", name="Make it a known class").click()
    page.get_by_role("button", name="Ask it").click()
    page.locator("#verdict .head .name", has_text="new topic").wait_for()
    page.get_by_label("Type a message").fill("")
    page.get_by_label("Type a message").fill(question)
    page.locator("#verdict .answer strong", has_text="new topic").wait_for()

    # Somebody else's browser knows nothing of these data
    stranger, more = opened(browser, url)
    stranger.get_by_role("tab", name="Data").click()
    stranger.locator("#draw", has_text="48 of 64").wait_for()
    stranger.locator("#corpus input").click()
    assert "my-tickets" not in stranger.locator("body").inner_text()
    stranger.close()
    page.close()
    assert errors == more == []

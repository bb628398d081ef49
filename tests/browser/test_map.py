"""A visitor looks around the map, sees how a negative is made, and tries another radius."""

from __future__ import annotations

import pytest

from ans.evaluation.mistakes import read_answers
from tests.browser.waiting import until

PLOT = "document.querySelector('#map .plot')"
LOUD = f"{PLOT}._fullData.filter(trace => trace.marker?.opacity === 1).reduce((sum, trace) => sum + trace.x.length, 0)"

# What a map that is busy says, as long as it says it.
WATCHED = """() => {
  window.told = [];
  const look = () => window.told.push(document.querySelector('#map .pointmap.is-busy .doing')?.textContent);
  new MutationObserver(look).observe(document.querySelector('#map'),
    { subtree: true, childList: true, attributes: true, characterData: true });
}"""


@pytest.fixture
def page(app, starter, browser):
    """The page, with a text typed in Ask. No error may come up, and nothing may be asked of another machine."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda request: errors.append(request.url) if "//127.0.0.1" not in request.url
            and not request.url.startswith(("data:", "blob:")) else None)  # fmt: skip
    page.goto(app[0])
    page.get_by_label("Type a message").fill("wake me up at seven tomorrow")
    page.locator("#verdict .answer strong").wait_for()
    yield page
    page.close()
    assert errors == []


def choose(page, label: str, option: str) -> None:
    page.get_by_label(label).click()
    page.get_by_role("option", name=option).first.click()


def test_a_visitor_looks_around_the_map(page, starter, tmp_path) -> None:
    run = next(run for run in starter.finished() if run.is_starter)
    # The typed text is the star, on the map of the head that comes nearest to a yes
    page.get_by_role("tab", name="Map").click()
    star = page.locator("#map .star")
    star.wait_for()
    assert page.get_by_label("Map of").input_value().startswith("alarm_set")
    names = page.locator("#map .group span:nth-child(2)").all_inner_texts()
    assert {"this class, training", "other classes, training", "synthesized negatives"} <= set(names)
    assert {"open: held-out classes", "open: out of scope"} <= set(names)
    before = until(star.bounding_box, "the star is there")
    page.get_by_label("Your text, the star on the map").fill("what is the boiling point of helium")
    page.locator("#map-verdict .answer strong", has_text="OPEN").wait_for()
    page.wait_for_function(
        "x => Math.abs(document.querySelector('#map .star').getBoundingClientRect().x - x) > 5", arg=before["x"]
    )

    # Search: the matching texts stand out; Enter walks through them and opens each
    page.get_by_label("Search the texts of the map").fill("alarm")
    page.locator("#map .found", has_text="found").wait_for()
    page.wait_for_function(f"() => 0 < {LOUD} && {LOUD} < 500")
    page.get_by_label("Search the texts of the map").press("Enter")
    page.locator("#map-point .text", has_text="alarm").wait_for()
    assert page.locator("#map-verdict .near").count() == 3
    page.get_by_label("Search the texts of the map").fill("")

    # A click on a point tells what it is; misjudged points can be singled out
    page.wait_for_function(f"() => {LOUD} === 0")
    x, y = page.evaluate(f"""() => {{
        const box = {PLOT}.getBoundingClientRect(), layout = {PLOT}._fullLayout;
        const trace = {PLOT}._fullData.find(one => one.name === 'synthesized negatives');
        return [box.left + layout.xaxis._offset + layout.xaxis.l2p(trace.x[0]),
                box.top + layout.yaxis._offset + layout.yaxis.l2p(trace.y[0])];
    }}""")
    page.mouse.move(x - 3, y)
    page.mouse.move(x, y)
    page.locator("#map .hoverlayer .hovertext").wait_for()
    assert "answer:" in page.locator("#map .hoverlayer .hovertext").text_content()
    page.mouse.down()
    page.mouse.up()
    page.locator("#map-point .kind").get_by_text("A synthesized negative, made from").wait_for()
    wrong = len(read_answers(run).mistakes())
    page.get_by_label(f"Errors only ({wrong})").check()
    page.wait_for_function(f"() => {LOUD} >= {wrong}")
    assert page.locator("#map .found").text_content().startswith(f"{wrong} test texts")

    # The list below has the same points, for the keyboard
    page.locator("#map .listed summary").press("Enter")
    page.locator("#map .listed li").first.wait_for()
    opened = page.locator("#map .listed li button").nth(1)
    opened.press("Enter")
    page.locator("#map-point .text", has_text=opened.locator(".text").text_content()).wait_for()
    assert opened.get_attribute("aria-current") == "true"
    assert "an error" in opened.locator("small").text_content()
    page.locator("#map .listed summary").press("Enter")
    page.get_by_label(f"Errors only ({wrong})").uncheck()

    # t-SNE comes when it is ready, hidden groups stay hidden; all classes in 3-D; the camera survives typing
    group = page.locator("#map .group", has_text="other classes, training")
    group.click()
    page.wait_for_function(f"() => !{PLOT}._fullData.some(trace => trace.name === 'other classes, training')")
    page.get_by_label("t-SNE").click()
    page.wait_for_function(f"() => {PLOT}.layout.uirevision.includes('/tsne/')")
    assert group.get_attribute("aria-pressed") == "false"
    assert not page.evaluate(f"() => {PLOT}._fullData.some(trace => trace.name === 'other classes, training')")
    page.get_by_label("PCA").click()
    page.get_by_label("3-D").click()
    page.evaluate(WATCHED)
    choose(page, "Map of", "All classes")
    page.wait_for_function("() => window.told.includes('Drawing the map')")  # the choice is seen at once
    page.wait_for_function(
        f"() => {PLOT}.layout.uirevision.endsWith('/None/pca/3') && {PLOT}._fullData[0].type === 'scatter3d'"
    )
    eye = f"() => {PLOT}._fullLayout.scene.camera.eye.x"
    before = page.evaluate(eye)
    box = page.locator("#map .plot").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    for step in range(1, 7):  # a busy machine draws slowly, and what happens between two frames turns nothing
        page.mouse.move(box["x"] + box["width"] / 2 + 25 * step, box["y"] + box["height"] / 2 + 6 * step)
        page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    page.mouse.up()
    turned = until(lambda: (now := page.evaluate(eye)) != before and now, "the map is turned")
    page.get_by_label("Your text, the star on the map").fill("my card is gone")
    page.wait_for_function(f"() => {PLOT}._fullData.some(trace => trace.name === 'your text')")
    assert abs(page.evaluate(eye) - turned) < 0.01

    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    for step in range(60):  # until the mouse is over a point
        page.mouse.move(box["x"] + box["width"] / 2 - 120 + 4 * step, box["y"] + box["height"] / 2 + 2 * step)
        if page.locator("#map .hovertext").count():
            break
    clicked = page.locator("#map .hovertext").text_content()
    page.mouse.down()
    page.mouse.up()
    page.locator("#map-point .kind").wait_for()
    assert page.locator("#map-point .text").text_content()[:12] in clicked

    # All classes in the plane: a colour each, some named; a name shows its class alone; the map fills the screen
    page.get_by_label("2-D").click()
    page.wait_for_function(f"() => {PLOT}.layout.uirevision.endsWith('/None/pca/2')")
    page.locator("#map .pointmap:not(.is-busy)").wait_for()
    assert "All classes" in page.locator("#map .plot").get_attribute("aria-label")
    colours = page.evaluate(f"() => new Set({PLOT}._fullData[0].marker.color).size")
    assert colours == 12, "known texts are coloured by class"
    assert page.locator("#map .name").count() == 12
    name = page.locator("#map .name:visible").first
    name.click()
    page.locator("#map .found", has_text="found").wait_for()
    assert page.get_by_label("Class to see alone").input_value() == name.text_content()
    page.wait_for_function(f"() => 0 < {LOUD} && {LOUD} < 200")
    name.click()
    page.wait_for_function(f"() => {LOUD} === 0")
    page.get_by_role("button", name="Full screen").click()
    page.wait_for_function(f"() => document.fullscreenElement && {PLOT}.clientWidth > 760")
    page.get_by_role("button", name="Leave full screen").click()
    page.wait_for_function(f"() => !document.fullscreenElement && {PLOT}.clientWidth < 760")

    # What is seen can be taken along
    with page.expect_download() as picture:
        page.get_by_role("button", name="PNG").click()
    assert picture.value.path().read_bytes().startswith(b"\x89PNG")
    with page.expect_download() as file:
        page.get_by_role("button", name="HTML", exact=True).click()
    alone = page.context.browser.new_page()
    asked = []
    alone.on("request", lambda request: asked.append(request.url))
    file.value.save_as(tmp_path / "map.html")
    alone.goto((tmp_path / "map.html").as_uri())
    alone.wait_for_function(
        "() => document.querySelector('#map')?._fullData?.some(one => one.name === 'known classes, training')"
    )
    assert alone.locator("[data-title*='Share'], [data-title*='cloud']").count() == 0
    assert [url for url in asked if not url.startswith(("file:", "blob:", "data:"))] == []
    alone.close()


def test_a_visitor_sees_how_a_negative_is_made(page) -> None:
    page.get_by_role("tab", name="Map").click()
    page.get_by_text("How a negative is made").click()
    made = page.locator("#made .stages")
    page.wait_for_function("() => document.querySelector('#made .of-loss')?._fullData?.length === 2")
    until(lambda: page.get_by_label("Class", exact=True).input_value() == "alarm_set", "it is the class of the map")
    points = "document.querySelector('#made .of-map').calcdata[3].map(point => [point.x, point.y])"
    before = page.evaluate(f"() => {points}")
    made.get_by_role("button", name="noise").click()
    page.wait_for_function(f"before => Math.abs({points}[0][0] - before[0][0]) > 0.01", arg=before)
    page.locator("#made .sentence", has_text="Gaussian noise").wait_for()
    page.get_by_label("One stage on").click()
    page.locator("#made .sentence", has_text="Lines 9 to 12").wait_for()
    made.get_by_role("button", name="Play").click()
    page.wait_for_function("() => document.querySelector('#made .stages').dataset.stage === '7'")
    page.locator("#made .sentence", has_text="Lines 13 and 14").wait_for()
    made.get_by_role("button", name="▶ Play").wait_for()


def test_a_visitor_tries_another_radius_and_goes_back(page) -> None:
    page.get_by_role("tab", name="Map").click()
    page.get_by_text("What the radius does").click()
    page.locator("#retrained", has_text="The run's own heads").wait_for()
    page.locator("#map .star").wait_for()
    page.get_by_label("Radius r, as a multiple").first.fill("0.5")
    page.get_by_label("Radius r, as a multiple").first.press("Tab")
    page.get_by_role("button", name="Train these heads").click()
    page.locator("#retrained", has_text="New heads").wait_for()
    assert page.locator("#retrained table.numbers tr").count() == 6
    assert page.locator("#retrained table.numbers tr:nth-child(2) td").count() == 3
    page.locator("#map-note", has_text="Drawn with the heads you have just trained").wait_for()
    page.locator("#map-verdict .latency", has_text="Classified by the heads you have just trained.").wait_for()
    page.get_by_role("button", name="Back to the run's own").click()
    page.locator("#retrained", has_text="The run's own heads").wait_for()
    page.locator("#map-verdict .latency", has_text="Classified by this run's own heads.").wait_for()
    assert page.locator("#map-note", has_text="just trained").count() == 0

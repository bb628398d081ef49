"""A visitor finds groups among the open texts, makes one a known class, asks it, and takes it back."""

from __future__ import annotations

from tests.assistant_texts import training_texts_of
from tests.browser.waiting import until


def test_a_visitor_makes_a_group_a_known_class_asks_it_and_takes_it_back(app, starter, browser) -> None:
    url, store = app
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(url)
    page.get_by_text("Texts of known classes", exact=True).wait_for()
    model = page.get_by_label("Model in use", exact=True)
    parent = next(run for run in store.seen_by(None).finished() if run.name == model.input_value())
    page.get_by_role("tab", name="Discover").click()
    card = page.locator("#discover-card")
    card.get_by_text("What are the open texts about?").wait_for()
    page.get_by_text("Groups appear here.").wait_for()

    # Texts of one's own: too few say so; enough give groups, and a class that only this browser has
    page.get_by_label("My own texts").click()
    page.get_by_label("One text a line").fill("<img src=x onerror=alert(1)>\n${alert(2)}")
    page.get_by_role("button", name="Find groups").click()
    card.get_by_text("bring more texts of your own.").wait_for()
    own = training_texts_of(*parent.evaluation.held_out[:4])
    page.get_by_label("One text a line").fill("\n".join(own))
    page.get_by_role("button", name="Find groups").click()
    page.locator("#groups .group").first.wait_for()
    page.wait_for_function("() => document.querySelector('#found .plot')?._fullData?.length > 1")
    page.locator("#groups .group").first.click()
    page.get_by_label("Name of the class").fill("mine")
    page.get_by_role("button", name="Make it a known class").click()
    card.get_by_text("your texts carry no labels").wait_for()
    run = store.finished()[0]
    assert run.name == f"{parent.name} + mine"
    assert run.owner is not None

    # Another model has other groups, or none; each has its own again when one comes back to it
    def choose(name: str) -> None:
        model.click()
        page.get_by_role("option", name=name, exact=True).click()

    choose(parent.name)
    page.get_by_label("Name of the class").wait_for()
    choose(run.name)
    page.get_by_label("Name of the class").wait_for(state="hidden")
    page.get_by_role("button", name="Undo").click()
    until(lambda: store.get(run.id) is None, "the class is taken back")
    until(lambda: model.input_value() == parent.name, "the parent is in use again")
    page.get_by_label("Name of the class").wait_for()  # the groups are there again

    # The test's open texts: rename, drop and merge change the list; the new class has numbers and is answered
    page.get_by_label("The test texts").click()
    page.get_by_label("One text a line").wait_for(state="hidden")  # then the button stays where it is
    page.get_by_role("button", name="Find groups").click()
    page.get_by_label("Name of the class").wait_for(state="hidden")
    groups = page.locator("#groups .group")
    groups.first.wait_for()
    count = groups.count()
    x, y = page.evaluate("""() => {  // a point of the first group on the map
        const plot = document.querySelector('#found .plot'), box = plot.getBoundingClientRect();
        const { xaxis, yaxis } = plot._fullLayout, group = plot._fullData.find(trace => trace.meta === 0);
        return [box.left + xaxis._offset + xaxis.l2p(group.x[0]), box.top + yaxis._offset + yaxis.l2p(group.y[0])];
    }""")
    page.mouse.move(x - 2, y)
    page.mouse.move(x, y)
    page.locator("#found .hoverlayer .hovertext").wait_for()
    page.mouse.down()
    page.mouse.up()
    page.locator("#groups .group.chosen").wait_for()
    page.locator("#group-texts input").first.uncheck()
    with page.expect_response("**/run/predict*"):
        groups.first.click()  # it is chosen already
    assert not page.locator("#group-texts input").first.is_checked()
    page.get_by_role("button", name="Drop the unchecked").click()
    page.locator("#groups .rest", has_text="in no group").wait_for()
    page.get_by_label("Merge with").click()
    page.get_by_role("option").first.click()
    page.get_by_role("button", name="Merge", exact=True).click()
    until(lambda: groups.count() == count - 1, "two groups are one")
    page.get_by_label("Name of the class").fill("my new class")
    page.get_by_role("button", name="Make it a known class").click()
    card.get_by_text("my new class is a known class now").wait_for()
    until(lambda: model.input_value() == f"{parent.name} + my new class", "the new run is in use")
    assert card.locator("table.numbers tr").count() in (0, 4)
    run = store.finished()[0]
    assert run.owner is None
    page.get_by_role("button", name="Ask it").click()
    page.locator("#verdict .head .name", has_text="my new class").wait_for()

    # The class outlives the page, and the browser that made it can still take it back
    page.reload()
    page.get_by_text("Texts of known classes", exact=True).wait_for()
    until(lambda: model.input_value() == run.name, "the new run is in use")
    page.get_by_role("tab", name="Discover").click()
    page.get_by_role("button", name="Undo").click()
    until(lambda: store.get(run.id) is None, "the class is taken back")
    card.get_by_text("What are the open texts about?").wait_for()
    assert errors == []
    page.close()

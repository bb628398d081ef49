"""A visitor looks at how good the model is and where it fails, and takes an error to the map."""

from __future__ import annotations

from ans.evaluation.mistakes import KIND_NAMES, OPEN_TAKEN, read_answers
from tests.browser.waiting import until


def test_a_visitor_finds_the_errors_of_a_kind_and_of_a_class_and_takes_one_to_the_map(app, starter, browser) -> None:
    url, store = app
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(url)
    page.locator("#examples button").first.wait_for()
    run = next(run for run in store.finished() if run.name == page.get_by_label("Model in use").input_value())
    answers = read_answers(run)
    wrong = answers.mistakes()

    # The first screen: the numbers, and how many errors of which kind
    page.get_by_role("tab", name="Evaluate").click()
    page.locator("#overview .good .lead", has_text="test texts are classified right").wait_for()
    assert page.locator("#overview table.numbers tr").nth(1).locator("td").count() == 5
    assert page.locator("#overview .bad .lead").inner_text() == f"{len(wrong)} are classified wrongly"
    page.locator("#classes tbody tr").nth(len(answers.known)).wait_for()  # it comes after the numbers
    assert page.locator("#classes tbody tr").count() == len(answers.known) + 1
    for plot in ("matrix", "scores", "roc", "risk", "finished-curves"):
        page.wait_for_function(f"() => document.querySelector('#{plot} .plot')?._fullData?.length > 0")

    # The class table sorts, and a class shows its errors
    page.locator("#classes th button", has_text="class").click()
    assert page.locator("#classes tbody tr td:first-child").first.inner_text() == min([*answers.known, "open"])
    label = wrong[0].truth if wrong[0].truth in answers.known else wrong[0].answer
    own = [one for one in wrong if label in (one.truth, one.answer)]
    page.locator("#classes button.link").get_by_text(label, exact=True).click()
    until(lambda: page.locator("#mistakes select").input_value() == label, "the errors are those of the class")
    assert page.locator("#mistakes tbody tr").count() == min(25, len(own))

    # Who chooses by the keyboard stays where they are
    choice = page.locator("#mistakes select")
    choice.focus()
    choice.select_option("")
    until(lambda: page.locator("#mistakes tbody tr").count() == min(25, len(wrong)), "all errors are there again")
    assert page.evaluate("() => document.activeElement.matches('#mistakes select')")

    # A cell of the confusion matrix shows its errors
    one = next(one for one in wrong if one.truth in answers.known)
    page.locator("#matrix .plot").scroll_into_view_if_needed()
    x, y = page.evaluate(
        """([truth, answer]) => {
        const plot = document.querySelector('#matrix .plot'), box = plot.getBoundingClientRect();
        const { xaxis, yaxis } = plot._fullLayout;
        return [box.left + xaxis._offset + xaxis.c2p(xaxis.d2c(answer)), box.top + yaxis._offset + yaxis.c2p(yaxis.d2c(truth))];
    }""",  # noqa: E501
        [one.truth, one.answer],
    )
    page.mouse.move(x, y - 1)
    page.mouse.move(x, y)
    page.locator("#matrix .hoverlayer .hovertext").wait_for()
    page.mouse.down()
    page.mouse.up()
    page.locator("#mistakes .pair", has_text=f"{one.truth} → {one.answer}").wait_for()

    # A kind shows its errors, the surest first, and one of them goes to the map as the star
    taken = [one for one in wrong if one.kind == OPEN_TAKEN]
    page.locator("#overview button.kind.taken").click()
    page.locator("#mistakes button.filter[aria-pressed=true]", has_text=KIND_NAMES[OPEN_TAKEN]).wait_for()
    first = page.locator("#mistakes tbody button.link").first
    until(lambda: first.inner_text() == taken[0].text, "the surest error of this kind comes first")
    first.click()
    page.locator("#map .star").wait_for()
    page.get_by_role("tab", name="Ask").click()
    assert page.get_by_label("Type a message").input_value() == taken[0].text
    assert errors == []
    page.close()

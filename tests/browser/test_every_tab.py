"""No tab goes blank: whatever happened while another tab was open, a tab that is opened again shows what it showed."""

from __future__ import annotations

import itertools
import os

from tests.browser.waiting import until

TABS = ("Ask", "Train", "Data", "Map", "Evaluate", "Compare", "Discover", "Runs")
# The components of the open tab that show something: words, or a figure.
FILLED = """() => [...document.querySelectorAll('.block[id]')]
  .filter(block => block.querySelector('.html-container') && block.offsetParent !== null)
  .filter(block => {
    const plots = [...block.querySelectorAll('.js-plotly-plot')];
    return block.innerText.trim() !== '' || plots.some(plot => plot._fullData?.length > 0);
  })
  .map(block => block.id)"""

# All pairs take minutes, and all fare alike: each tab is tried once with another. ANS_EVERY_PAIR=1 walks all.
PAIRS = (
    [*itertools.permutations(TABS, 2)]
    if os.environ.get("ANS_EVERY_PAIR")
    else [(tab, TABS[(at + 3) % len(TABS)]) for at, tab in enumerate(TABS)]
)


def open_tab(page, name: str) -> None:
    page.get_by_role("tab", name=name, exact=True).click()


def choose_the_other_model(page) -> None:
    box = page.get_by_label("Model in use")
    before = box.input_value()
    box.click()
    page.get_by_role("option").filter(has_not_text=before).first.click()
    until(lambda: box.input_value() != before, "another model is in use")


def until_whole(page, expected: set[str], where: str) -> None:
    """Wait until the open tab shows all it should."""

    def missing() -> set[str]:
        return expected - set(page.evaluate(FILLED))

    until(lambda: not missing(), lambda: f"{where}: {missing()} shows something")


def settled(page) -> set[str]:
    """What the open tab shows, once it is the same for half a second."""
    seen: list[set[str]] = [set(), set(), set()]

    def same() -> set[str]:
        page.wait_for_timeout(170)
        seen.append(set(page.evaluate(FILLED)))
        return seen[-1] if seen[-1] == seen[-2] == seen[-3] else set()

    return set(until(same, "the tab shows something"))  # pyright: ignore[reportArgumentType]


def test_no_tab_is_blank_after_another_model_was_chosen_on_any_other_tab(app, browser, second_model) -> None:
    url, _ = app
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(url)
    page.locator("#examples button").first.wait_for()
    first = {}
    for tab in TABS:
        open_tab(page, tab)
        first[tab] = settled(page)
    for tab, other in PAIRS:
        print(tab, other)
        open_tab(page, tab)
        open_tab(page, other)
        choose_the_other_model(page)
        open_tab(page, tab)
        until_whole(page, first[tab], f"{tab} after {other}")
    for tab in TABS:  # nothing that came late has emptied it
        open_tab(page, tab)
        assert first[tab] <= settled(page)
    assert errors == []
    page.close()

"""Everybody can use the page: axe-core finds nothing on any tab, the keyboard and a screen reader get everywhere."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import axe_playwright_python
import pytest

from ans.config import TrainConfig
from ans.runs.status import FAILED, RUNNING
from ans.runs.store import RunStore
from ans.serving.models import Serving
from ans.ui import page as whole_page
from ans.ui.changes import StoreChanges
from ans.ui.launch import launch_options
from tests.assistant_texts import training_texts_of

AXE = Path(axe_playwright_python.__file__).parent / "axe.min.js"
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
TABS = ("Ask", "Train", "Data", "Map", "Evaluate", "Compare", "Discover", "Runs")
# Gradio's own: a message's header folds it and holds its cross; the keyboard reaches both.
NOT_OURS = "nested-interactive .toast-header:"
KEYBOARD = 340  # pixels of a phone's screen that its keyboard takes

# To a screen reader a figure is one picture; its thousands of parts are left out.
SCAN = """async ([asked, dark]) => {
  document.body.classList.toggle('dark', dark);
  await new Promise(requestAnimationFrame);
  const short = document.getAnimations().filter(one => one.effect.getComputedTiming().endTime < 2000);
  await Promise.allSettled(short.map(one => one.finished));  // a message that fades in can't be read yet
  const found = await axe.run({ exclude: ['.js-plotly-plot .svg-container'] },
    { runOnly: asked, resultTypes: ['violations'], preload: false });
  return found.violations.flatMap(({ id, nodes }) => nodes.map(
    ({ target, html, any, all, none }) => `${id} ${target}: ${[...any, ...all, ...none][0]?.message} ${html}`));
}"""
# What is wider than its place: the page itself, and cells whose text runs into the next one.
TOO_WIDE = """() => [document.scrollingElement, ...document.querySelectorAll('th, td')]
  .filter(one => one.checkVisibility() && one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 1)
  .map(one => `too wide: ${one.tagName}.${one.className} ${one.textContent.slice(0, 40)}`)"""


# What hangs on colours and widths is looked at in two looks, all else in one. ANS_EVERY_LOOK=1 looks at all in each.
OF_THE_LOOK = ["color-contrast", "link-in-text-block", "target-size", "scrollable-region-focusable"]
LOOKS = [("dark, on a phone", 390, True, LEVELS), ("light, on a desk", 1280, False, OF_THE_LOOK)]
if os.environ.get("ANS_EVERY_LOOK"):
    LOOKS = [
        (f"{'dark' if dark else 'light'}, {place}", width, dark, LEVELS)
        for place, width in (("on a phone", 390), ("on a desk", 1280))
        for dark in (True, False)
    ]


def scan(page, state: str) -> list[str]:
    """What is wrong with a state of the page, in each of its looks."""
    if not page.evaluate("() => Boolean(window.axe)"):
        page.add_script_tag(path=AXE)
    found = []
    for look, width, dark, asked in LOOKS:
        page.set_viewport_size({"width": width, "height": 900})
        wrong = page.evaluate(SCAN, [asked, dark]) + page.evaluate(TOO_WIDE)
        found += [f"{state}, {look}: {one}" for one in wrong if not one.startswith(NOT_OURS)]
    return found


def open_tab(page, name: str) -> None:
    page.get_by_role("tab", name=name, exact=True).click()


def upload(page, path: Path, content: bytes) -> None:
    path.write_bytes(content)
    page.locator("#upload input[type=file]").set_input_files(path)


@pytest.fixture
def calm(browser):
    """A page of a person who wants no motion, so that no colour is on its way when it is measured."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    yield context.new_page()
    context.close()


@pytest.fixture
def bare(tmp_path) -> Iterator[tuple[str, RunStore]]:
    """The page over a store without runs, and nobody who would train one: (address, store)."""
    store = RunStore(tmp_path / "runs")
    blocks = whole_page.build(Serving(store))
    _, address, _ = blocks.launch(prevent_thread_lock=True, **launch_options(blocks, StoreChanges(store)))
    yield address, store
    blocks.close()


def test_nothing_is_wrong_before_there_is_a_model_while_one_is_trained_and_when_that_fails(
    bare, calm, tmp_path
) -> None:
    address, store = bare
    calm.goto(address)
    calm.locator("#verdict", has_text="There is no model yet").wait_for()
    found: list[str] = []
    for name in TABS:
        open_tab(calm, name)
        found += scan(calm, f"{name} without a model")

    open_tab(calm, "Data")
    open_tab(calm, "Bring your own")
    upload(calm, tmp_path / "noise.csv", bytes(range(256)))
    calm.locator("#report .failed").wait_for()
    found += scan(calm, "Data, a file that can't be read")

    run = store.create(TrainConfig(dataset="assistant"))
    run.set_status(RUNNING)
    run.event_writer()({"phase": "encoder", "step": 10, "steps": 100, "loss": 1.0})
    calm.locator("#runs .status.running").wait_for(state="attached")
    for name, busy in (("Train", "#run"), ("Ask", "#verdict")):
        open_tab(calm, name)
        calm.locator(f"{busy} [role=progressbar]").wait_for()
        found += scan(calm, f"{name} during a training")

    run.set_status(FAILED, "No space is left on the disk.")
    calm.locator("#verdict .failed").wait_for()
    for name in ("Ask", "Train", "Runs"):
        open_tab(calm, name)
        found += scan(calm, f"{name} after a training that failed")
    assert not found, "\n".join(found)


def test_nothing_is_wrong_on_any_tab_once_a_model_answers(app, starter, calm, tmp_path) -> None:
    calm.goto(app[0])
    calm.locator("#examples button").first.wait_for()
    box, found = calm.locator("#query textarea"), []
    box.fill("what is the boiling point of helium")
    calm.locator("#verdict .answer strong", has_text="OPEN").wait_for()
    found += scan(calm, "Ask, OPEN")
    box.fill("wake me up at seven")
    calm.locator("#verdict .answer strong", has_text="alarm_set").wait_for()
    calm.locator("#teach .wrong").click()
    calm.locator("#teach input").wait_for()
    found += scan(calm, "Ask, a known class that is corrected")
    calm.keyboard.press("Escape")
    calm.locator("#use-this-model").click()
    calm.locator(".use-model pre").wait_for()
    found += scan(calm, "Use this model")
    calm.keyboard.press("Escape")
    open_tab(calm, "Many texts")
    calm.locator("#classify").click()
    calm.get_by_test_id("toast-body").wait_for()
    found += scan(calm, "Many texts, an error")
    calm.locator("#pasted textarea").fill("wake me up at seven\nhow many moons has jupiter")
    calm.locator("#classify").click()
    calm.locator("#verdicts tbody tr").nth(1).wait_for()
    found += scan(calm, "Many texts, done")

    open_tab(calm, "Train")
    calm.locator("#run .numbers").wait_for()
    calm.get_by_text("Advanced settings").click()
    calm.get_by_label("head averaging").wait_for()
    found += scan(calm, "Train, done")

    open_tab(calm, "Data")
    calm.get_by_role("button", name="card_lost", exact=True).click()
    calm.locator("#texts .row").first.wait_for()
    found += scan(calm, "Data")
    open_tab(calm, "Bring your own")
    rows = [f"{text},{name}" for name in ("alarm_set", "card_lost") for text in training_texts_of(name)[:12]]
    upload(calm, tmp_path / "mine.csv", "\n".join(["text,label", *rows]).encode())
    calm.locator("#report dl").wait_for()
    found += scan(calm, "Data, a file that was read")

    open_tab(calm, "Map")
    calm.wait_for_function("() => document.querySelector('#map .plot')?._fullData?.length > 2")
    calm.locator("#map-verdict .verdict.answer").wait_for()
    found += scan(calm, "Map")
    calm.get_by_text("How a negative is made").click()
    calm.wait_for_function("() => document.querySelector('.stages .of-loss')?._fullData?.length > 0")
    found += scan(calm, "Map, how a negative is made")
    calm.get_by_text("What the radius does").click()
    calm.locator("#retrained .numbers").wait_for()
    found += scan(calm, "Map, what the radius does")

    open_tab(calm, "Evaluate")
    calm.locator("#mistakes .errors").wait_for()
    calm.locator("#mistakes .filter").nth(1).click()
    found += scan(calm, "Evaluate")

    open_tab(calm, "Compare")
    calm.locator("#judges .judge.own").wait_for()
    calm.locator("#comparison tbody tr:not(.missing)").nth(1).wait_for()
    found += scan(calm, "Compare")

    open_tab(calm, "Discover")
    calm.get_by_role("button", name="Find groups").click()
    calm.locator("#groups .group").first.click()
    calm.get_by_label("Name of the class").wait_for()
    found += scan(calm, "Discover, done")

    open_tab(calm, "Runs")
    calm.locator(".runs tbody tr").first.wait_for()
    found += scan(calm, "Runs")
    assert not found, "\n".join(found)


def test_nothing_is_wrong_while_the_tour_is_told(app, starter, browser) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce", newcomer=True)
    page = context.new_page()
    page.goto(app[0])
    page.locator(".tour:not([hidden])").wait_for()
    found = scan(page, "the tour")
    context.close()
    assert not found, "\n".join(found)


def test_tabs_are_one_stop_of_the_tab_key_and_open_where_the_arrow_keys_come_to_rest(app, starter, calm) -> None:
    calm.goto(app[0])
    calm.locator("#examples button").first.wait_for()

    def focused() -> str:
        return calm.evaluate("() => document.activeElement.textContent.trim()")

    def has_ring() -> bool:
        style = "getComputedStyle(document.activeElement)"
        return calm.evaluate(f"() => {style}.outlineStyle === 'solid' && parseFloat({style}.outlineWidth) >= 2")

    calm.locator("#query textarea").focus()
    assert has_ring()
    calm.keyboard.press("Shift+Tab")
    assert (focused(), has_ring()) == ("One text", True)
    calm.keyboard.press("Shift+Tab")
    assert (focused(), has_ring()) == ("Ask", True)
    calm.keyboard.press("Shift+Tab")
    assert (calm.evaluate("() => document.activeElement.closest('#model') !== null"), has_ring()) == (True, True)
    calm.keyboard.press("Tab")
    assert focused() == "Ask"
    calm.keyboard.press("End")
    calm.locator("[role=tab][aria-selected=true]", has_text="Runs").wait_for()
    calm.keyboard.press("ArrowRight")
    calm.locator("[role=tab][aria-selected=true]", has_text="Ask").wait_for()
    for _ in range(2):
        calm.keyboard.press("ArrowRight")
    calm.locator("[role=tab][aria-selected=true]", has_text="Data").wait_for()
    assert calm.locator("#train").count() == 0  # nobody rested there
    assert focused() == "Data"
    panel = calm.locator("#" + calm.evaluate("() => document.activeElement.getAttribute('aria-controls')"))
    assert (panel.get_attribute("role"), panel.locator("h2").first.inner_text()) == ("tabpanel", "Data")


# Keys that the page itself presses come at their time on any machine.
TYPED = """async words => {
  const box = document.querySelector('#query textarea');
  for (const key of words) {
    box.setRangeText(key, box.value.length, box.value.length, 'end');
    box.dispatchEvent(new InputEvent('input', { bubbles: true }));
    await new Promise(done => setTimeout(done, 60));
  }
}"""


def test_of_a_typed_text_a_screen_reader_is_told_the_verdict_once_and_nothing_on_the_screen_moves(
    app, starter, browser
) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    page.goto(app[0])
    page.locator("#examples button").first.wait_for()
    page.evaluate(
        """() => {
          Object.assign(window, { told: [], typed: [], states: [], shift: 0 });
          document.addEventListener('input', () => typed.push(performance.now()));
          const card = document.querySelector('#verdict .verdict');
          new MutationObserver(() => states.push(card.classList[1])).observe(card, { attributes: true });
          new PerformanceObserver(list => { for (const one of list.getEntries()) window.shift += one.value; })
            .observe({ type: 'layout-shift' });
          announce(card, 'ready');
          const region = document.querySelector('#announcer');
          const tell = () => { if (region.textContent) told.push([region.textContent, performance.now()]); };
          new MutationObserver(tell).observe(region, { childList: true, subtree: true });
        }"""
    )
    page.wait_for_function("() => told.length === 1")
    page.locator("#query textarea").press_sequentially("wake me", delay=60)
    page.wait_for_function("() => document.querySelector('#small-map .plot')?._fullData?.length > 1")
    page.wait_for_function("() => told.length === 2")
    page.evaluate(TYPED, " up at seven tomorrow")
    page.wait_for_function("() => told.at(-1)[0] === 'alarm_set'")
    assert page.evaluate("() => told.filter(([, at]) => typed.at(-21) < at && at < typed.at(-1))") == []
    assert page.evaluate("() => told.slice(2).filter(([words]) => words === 'alarm_set').length") == 1
    assert set(page.evaluate("() => states.slice(states.indexOf('answer'))")) == {"answer"}
    page.locator("#query textarea").fill("what is the boiling point of helium")
    page.wait_for_function("() => told.at(-1)[0] !== 'alarm_set'")
    assert page.evaluate("() => told.at(-1)[0]").startswith("OPEN, closest ")
    assert page.evaluate("() => document.querySelectorAll('[aria-live]:not([aria-live=off]) .verdict').length") == 0
    assert page.evaluate("() => window.shift") == 0
    page.close()


def test_on_a_phone_every_tab_is_in_view_and_so_is_the_verdict_after_a_tap_and_above_the_keyboard(
    app, starter, browser
) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(app[0])
    page.locator("#examples button").first.wait_for()
    for name in TABS:
        box = page.get_by_role("tab", name=name, exact=True).bounding_box()
        assert 0 <= box["x"] <= box["x"] + box["width"] <= 390

    in_view = """keyboard => {
      const at = document.querySelector('#verdict .verdict .answer')?.getBoundingClientRect();
      return at && at.top >= 0 && at.bottom <= innerHeight - keyboard;
    }"""
    page.locator("#examples button").last.tap()
    page.wait_for_function(in_view, arg=0)
    page.evaluate("() => scrollTo(0, 0)")
    page.locator("#query textarea").tap()
    page.locator("#query textarea").fill("wake me up at seven")
    page.wait_for_function(in_view, arg=KEYBOARD)

    open_tab(page, "Compare")
    page.locator("#comparison .scrolling.has-more").wait_for()
    hint = "getComputedStyle(document.querySelector('#comparison .scrolling'), '::before')"
    assert page.evaluate(f"() => [{hint}.visibility, {hint}.content]") == ["visible", '"Scroll sideways for more →"']
    page.evaluate("() => { document.querySelector('#comparison .scroll').scrollLeft = 9999; }")
    page.locator("#comparison .scrolling:not(.has-more)").wait_for()
    context.close()


def test_who_wants_no_motion_sees_none_and_figures_have_words(app, starter, calm) -> None:
    calm.goto(app[0])
    calm.locator("#examples button").first.wait_for()
    calm.locator("#query textarea").fill("wake me up at seven")
    calm.locator("#small-map [role=img]").wait_for()
    moving = "one => parseFloat(getComputedStyle(one).transitionDuration) > 0"
    assert calm.evaluate(f"() => [...document.querySelectorAll('*')].filter({moving}).length") == 0
    assert "this class, training" in calm.locator("#small-map [role=img]").get_attribute("aria-label")
    open_tab(calm, "Train")
    calm.locator("#curves [role=img]").wait_for()
    assert calm.locator("#curves [role=img]").get_attribute("aria-label").startswith("Training curves. loss by seconds")

"""What Browse shows in the end is the dataset that is chosen, in whatever order the server answers."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from ans.runs.store import RunStore
from ans.serving.models import Serving
from ans.ui import page as whole_page
from ans.ui.changes import StoreChanges
from ans.ui.data import content
from ans.ui.launch import launch_options
from tests.assistant_texts import training_texts_of


@pytest.fixture
def slow_page(tmp_path, monkeypatch) -> Iterator[str]:
    """A page on which all classes of the bundled dataset are drawn only once another dataset has been."""
    other, drawn = threading.Event(), content.drawn

    def in_turn(found, share, seed):
        if found.corpus.name != "assistant":
            made = drawn(found, share, seed)
            threading.Timer(0.5, other.set).start()
            return made
        if share == 1:
            other.wait(20)
        return drawn(found, share, seed)

    monkeypatch.setattr(content, "drawn", in_turn)
    store = RunStore(tmp_path / "runs")
    blocks = whole_page.build(Serving(store))
    _, address, _ = blocks.launch(prevent_thread_lock=True, **launch_options(blocks, StoreChanges(store)))
    yield address
    blocks.close()


def test_own_data_stay_shown_though_the_bundled_ones_are_drawn_later(slow_page, browser, tmp_path) -> None:
    rows = [f"{text},{name}" for name in ("alarm_set", "card_lost") for text in training_texts_of(name)[:12]]
    (tmp_path / "mine.csv").write_text("\n".join(["text,label", *rows]), encoding="utf-8")
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(slow_page)
    page.get_by_role("tab", name="Data", exact=True).click()
    page.locator("#draw", has_text="48 of 64 classes are known").wait_for()
    page.evaluate(
        """() => {
          const draw = document.querySelector('#draw');
          window.said = [];
          new MutationObserver(() => said.push(draw.innerText.trim()))
            .observe(draw, { childList: true, characterData: true, subtree: true });
        }"""
    )
    page.get_by_role("tab", name="Bring your own").click()
    page.locator("#upload input[type=file]").set_input_files(tmp_path / "mine.csv")
    page.locator("#report", has_text="Ready to train").wait_for()
    page.get_by_role("button", name="Save dataset").click()
    page.wait_for_function("() => said.some(one => one.startsWith('64 of 64'))")
    page.wait_for_function("() => said.at(-1).startsWith('2 of 2 classes are known')")
    page.close()

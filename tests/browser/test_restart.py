"""A page whose server was started again goes on by itself, with what was typed."""

from __future__ import annotations

import shutil
from urllib.parse import urlsplit

from ans.runs.store import RunStore
from tests.browser.running_app import running_app

TYPED = "wake me up at seven tomorrow"


def test_a_page_that_is_open_while_the_server_is_started_again_answers_what_was_typed(
    starter, browser, tmp_path
) -> None:
    home = tmp_path / "home"
    shutil.copytree(starter.root, home / "runs")
    page = browser.new_page()
    with running_app(home) as url:
        page.goto(url)
        page.get_by_label("Type a message").fill(TYPED)
        page.locator("#verdict .answer strong", has_text="alarm_set").wait_for()
        page.evaluate("() => { window.before = true; }")
    with running_app(home, urlsplit(url).port):
        page.wait_for_function("() => !window.before")
        page.locator("#verdict .answer strong", has_text="alarm_set").wait_for()
        assert page.get_by_label("Type a message").input_value() == TYPED
        assert page.get_by_label("Model in use").input_value() != ""
    page.close()


def test_the_model_that_was_chosen_answers_after_a_reload(starter, browser, tmp_path) -> None:
    home = tmp_path / "home"
    shutil.copytree(starter.root, home / "runs")
    first = next(run for run in RunStore(home / "runs").finished() if run.is_starter)
    shutil.copytree(first.folder, home / "runs" / "newer")
    (home / "runs" / "newer" / "name.json").write_text('"the newer one"')
    shows = "name => document.querySelector('#model input')?.value === name"
    page = browser.new_page()
    with running_app(home) as url:
        page.goto(url)
        page.wait_for_function(shows, arg=first.name)
        for name in ("the newer one", first.name):
            kept = page.evaluate("() => localStorage.getItem('ans-model')")
            page.get_by_label("Model in use").click()
            page.get_by_role("option", name=name, exact=True).click()
            page.wait_for_function("before => localStorage.getItem('ans-model') !== before", arg=kept)
            page.reload()
            page.wait_for_function(shows, arg=name)
    page.close()

"""A page whose server was started again, or has forgotten it, goes on by itself, with what was typed."""

from __future__ import annotations

import shutil
from urllib.parse import urlsplit

from gradio import route_utils, routes

from ans.runs.store import RunStore
from ans.serving.models import Serving
from ans.ui import page as whole_page
from ans.ui.changes import StoreChanges
from ans.ui.launch import launch_options
from ans.ui.sessions import keep_lightly
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
    newer = home / "runs" / "newer-than-the-one-that-was-there-before"
    shutil.copytree(first.folder, newer)
    (newer / "name.json").write_text('"the newer one"')
    shows = "name => document.querySelector('#model input')?.value === name"
    # What is kept is encrypted anew with each write, and a page that opens writes what it had once more: that another
    # model is kept is told by its length.
    kept = "localStorage.getItem('ans-model')?.length ?? 0"
    page = browser.new_page()
    with running_app(home) as url:
        page.goto(url)
        page.wait_for_function(shows, arg=first.name)
        for name in ("the newer one", first.name):
            page.wait_for_function(f"() => {kept} > 0")
            before = page.evaluate(kept)
            page.get_by_label("Model in use").click()
            page.get_by_role("option", name=name, exact=True).click()
            page.wait_for_function(f"before => {kept} !== before", arg=before)
            page.reload()
            page.wait_for_function(shows, arg=name)
    page.close()


def test_a_page_that_the_server_has_forgotten_opens_again_by_itself(starter, browser, tmp_path, monkeypatch) -> None:
    """As after two hours in a hidden tab, which asks for nothing."""
    monkeypatch.setenv("NO_PROXY", "localhost,127.0.0.1")
    for module, name in ((route_utils, "SessionState"), (routes, "CustomCORSMiddleware")):
        monkeypatch.setattr(module, name, getattr(module, name))  # which this process has back when the test has ended
    (own,) = starter.starters()  # other walks have trained more
    shutil.copytree(own.folder, tmp_path / "runs" / own.id)
    store = RunStore(tmp_path / "runs")
    built = whole_page.build(Serving(store))  # in this process, to let it forget
    options = launch_options(built, StoreChanges(store, lambda: None))
    _, url, _ = built.launch(prevent_thread_lock=True, **options)
    keep_lightly(built)
    page = browser.new_page()
    try:
        page.goto(url)
        page.get_by_label("Type a message").fill(TYPED)
        page.wait_for_function("() => document.querySelector('#model input')?.value")
        page.evaluate("() => { window.before = true; }")
        with page.expect_response("**/run/predict*"):
            store.finished()[0].rename("named before")
        page.wait_for_function("() => document.querySelector('#model input')?.value === 'named before'")
        assert page.evaluate("() => window.before")
        built.app.state_holder.session_data.clear()
        store.finished()[0].rename("named meanwhile")
        page.wait_for_function("() => !window.before")
        page.wait_for_function("() => document.querySelector('#model input')?.value === 'named meanwhile'")
        page.wait_for_function("typed => document.querySelector('#query textarea')?.value === typed", arg=TYPED)
        assert page.get_by_test_id("toast-body").count() == 0, "nothing was refused"
    finally:
        page.close()
        built.close(verbose=False)

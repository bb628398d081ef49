"""The real app in its own process, and a real browser, for the tests that walk through the page."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Generator, Iterator
from typing import Any

import pytest

from ans.runs.run import Run
from ans.runs.store import RunStore
from tests.browser.running_app import chromium, headless_chromium, watched_app
from tests.browser.waiting import PATIENCE


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, RunStore]]:
    """The app with a fresh home, which has the starter: (address, its run store).

    Whatever is tested with it, the server asks no other machine for anything.
    """
    with watched_app(tmp_path_factory.mktemp("app")) as running:
        yield running


@pytest.fixture(scope="session")
def starter(app: tuple[str, RunStore]) -> RunStore:
    """The store of the app, which holds the starter that comes with it."""
    assert app[1].finished()
    return app[1]


@pytest.fixture
def second_model(starter):
    """One more finished run, to switch between."""
    run = starter.finished()[0]
    copy = Run(shutil.copytree(run.folder, starter.root / "20260101-000000-copied"))
    (copy.folder / "name.json").write_text('"A copy"')
    yield copy
    starter.delete(copy)


@pytest.fixture(scope="session")
def browser():
    """Chromium. Without one the test is skipped, unless ANS_REQUIRE_BROWSER says that it must run."""
    if chromium() is None:
        if os.environ.get("ANS_REQUIRE_BROWSER"):
            pytest.fail("ANS_REQUIRE_BROWSER is set, but no chromium was found on the PATH")
        pytest.skip("no chromium on the PATH")
    with headless_chromium() as made:
        for way in ("new_page", "new_context"):
            setattr(made, way, _patient(getattr(made, way)))
        yield made


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo) -> Generator[None, Any, Any]:
    """Of a walk that failed it is told what its pages showed then: the line that waited in vain does not say why."""
    report = yield
    browser = getattr(item, "funcargs", {}).get("browser")
    if report.when == "call" and report.failed and browser is not None:
        pages = [page for context in browser.contexts for page in context.pages]
        report.sections.append(("What the pages showed", "\n\n".join(map(_shown, pages))))
    return report


def _shown(page: Any) -> str:
    """Its address, its text, and whether it waits for answers of Gradio's queue."""
    try:
        waits = page.evaluate("() => window.queueIsOut?.()")
        return f"{page.url} (events are out: {waits})\n{page.locator('body').inner_text(timeout=5000)[:4000]}"
    except Exception as error:  # a page that has crashed must not hide what failed
        return f"{page.url}: {error}"


def _patient(opening: Callable) -> Callable:
    """The same, but what it opens waits as long as every test: Playwright's own 30 s are short for a busy machine."""

    def opened(*args: Any, **options: Any) -> Any:
        page_or_context = opening(*args, **options)
        page_or_context.set_default_timeout(1000 * PATIENCE)
        return page_or_context

    return opened

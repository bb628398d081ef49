"""The real app in a process of its own, and the browser that looks at it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ans.local_page import answers, free_port
from ans.runs.store import RunStore
from ans.stress.app_log import tracebacks
from tests.browser.waiting import until
from tests.recording_proxy import recording_proxy

ROOT = Path(__file__).resolve().parent.parent.parent
ONLINE = {"HF_HUB_OFFLINE": "0", "HF_DATASETS_OFFLINE": "0"}  # as people have it, unlike the other tests
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@contextmanager
def running_app(home: Path, port: int | None = None, variables: Mapping[str, str] | None = None) -> Iterator[str]:
    """Its address, as soon as the page answers. What it prints is in `home/log`. Without a port it takes a free one.

    variables: of its environment, beside those of the tests.
    """
    port = free_port() if port is None else port
    command, url = [sys.executable, "app.py", "--port", str(port), "--home", str(home)], f"http://127.0.0.1:{port}/"
    with (home / "log").open("w") as log:
        env = {**os.environ, **(variables or {})}
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT, env=env)
        try:
            until(lambda: process.poll() is not None or answers(url), "the page answers")
            assert process.poll() is None, (home / "log").read_text()
            yield url
        finally:
            process.terminate()
            process.wait(30)


@contextmanager
def watched_app(home: Path, may_ask: str | None = None) -> Iterator[tuple[str, RunStore]]:
    """The app with the network that people have: (address, its run store). At its end, what it did is looked at.

    may_ask: the one machine that it may ask for something, by its name; it gets no answer.

    Raises:
        AssertionError: it asked another machine, or its log has a traceback.
    """
    with recording_proxy() as (variables, asked), running_app(home, variables=variables | ONLINE) as url:
        yield url, RunStore(home / "runs")
    wanted = [one for one in asked if may_ask is None or not one.startswith(f"CONNECT {may_ask}:443 ")]
    assert wanted == [], "the server wanted out"
    log = (home / "log").read_text()
    assert tracebacks(log) == 0, log


def chromium() -> str | None:
    """Where the machine's Chromium is, if it has one."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@contextmanager
def headless_chromium() -> Iterator:
    """The machine's Chromium, driven by Playwright. Who uses it has seen the tour but for `newcomer=True`."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), headless=True, args=FLAGS)
        for way in ("new_page", "new_context"):
            setattr(browser, way, _after_the_tour(getattr(browser, way)))
        yield browser
        browser.close()


def _after_the_tour(opening: Callable) -> Callable:
    def opened(*args: Any, newcomer: bool = False, **options: Any) -> Any:
        page_or_context = opening(*args, **options)
        if not newcomer:
            page_or_context.add_init_script("try { localStorage.setItem('ans-tour', 'closed'); } catch {}")
        return page_or_context

    return opened

"""The real app in its own process, and a real browser, for the tests that walk through the page."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from ans.runs import RunStore
from tests.browser.waiting import until

ROOT = Path(__file__).resolve().parent.parent.parent
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as reply:
            return reply.status == 200
    except (urllib.error.URLError, OSError):
        return False


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, RunStore]]:
    """The app with a fresh home: (address, its run store). `ANS_TEST_HOME` names one to copy."""
    folder = tmp_path_factory.mktemp("app")
    if ready := os.environ.get("ANS_TEST_HOME"):
        shutil.copytree(ready, folder, dirs_exist_ok=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "app.py", "--port", str(port), "--home", str(folder)]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)
        url = f"http://127.0.0.1:{port}/"
        try:
            until(lambda: process.poll() is not None or answers(url), "the page answers")
            assert process.poll() is None, (folder / "log").read_text()
            yield url, RunStore(folder / "runs")
        finally:
            process.terminate()
            process.wait(30)
    log = (folder / "log").read_text()
    # Gradio prints its own refusal of a model that left the list in the moment of a request; nothing else may be there.
    assert log.count("Traceback") == log.count("is not in the list of choices"), log


@pytest.fixture(scope="session")
def starter(app: tuple[str, RunStore]) -> RunStore:
    """The store, once the starter model is trained."""
    _, store = app
    until(lambda: store.finished(), "the starter model is trained")
    return store


@pytest.fixture(scope="session")
def browser():
    """Chromium. Without one the test is skipped, unless ANS_REQUIRE_BROWSER says that it must run."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        if os.environ.get("ANS_REQUIRE_BROWSER"):
            pytest.fail("ANS_REQUIRE_BROWSER is set, but no chromium was found on the PATH")
        pytest.skip("no chromium on the PATH")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=chromium, headless=True, args=FLAGS)
        yield made
        made.close()

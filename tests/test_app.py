"""The real app in its own process: its API, and a walk through the page in a real browser."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from gradio_client import Client

from ans.runs import FINISHED, QUEUED, RUNNING, STOPPED, RunStore

ROOT = Path(__file__).resolve().parent.parent
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PATIENCE = 180  # seconds; generous, since CI machines are slow and shared


def until(condition: Callable[[], object], what: str, seconds: float = PATIENCE) -> object:
    """Wait for a condition; fail with its name when the time is up."""
    deadline, pause = time.monotonic() + seconds, threading.Event()
    while time.monotonic() < deadline:
        if result := condition():
            return result
        pause.wait(0.1)
    raise AssertionError(f"not within {seconds:.0f} s: {what}")


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as reply:
            return reply.status == 200
    except (urllib.error.URLError, OSError):
        return False


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, RunStore]]:
    """The app with a fresh home: (address, its run store)."""
    folder = tmp_path_factory.mktemp("app")
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
    assert "Traceback" not in (folder / "log").read_text()


@pytest.fixture(scope="module")
def starter(app: tuple[str, RunStore]) -> RunStore:
    """The store, once the starter model is trained."""
    _, store = app
    until(lambda: store.finished(), "the starter model is trained")
    return store


@pytest.fixture(scope="module")
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


def test_the_api_names_a_known_text_and_leaves_an_unknown_one_open(app, starter) -> None:
    client = Client(app[0], verbose=False)
    known = client.predict(text="set an alarm for six thirty tomorrow morning", api_name="/classify")
    assert known["label"] == "alarm_set"
    assert known["open"] is False
    assert known["candidates"][0]["logit"] > 0
    foreign = client.predict(text="what is the boiling point of helium", api_name="/classify")
    assert foreign["label"] is None
    assert foreign["open"] is True
    assert all(candidate["logit"] < 0 for candidate in foreign["candidates"])


def test_only_the_question_is_a_public_endpoint(app) -> None:
    client = Client(app[0], verbose=False)
    assert list(client.view_api(return_format="dict")["named_endpoints"]) == ["/classify"]


def test_a_visitor_asks_trains_and_looks_at_the_map(app, starter, browser) -> None:
    url, store = app
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    errors, elsewhere = [], []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("dialog", lambda dialog: (errors.append("a dialog opened"), dialog.dismiss()))
    page.on("request", lambda request: elsewhere.append(request.url) if not _local(request.url) else None)
    page.goto(url)
    box, verdict = page.get_by_label("What does a user type?"), page.locator("#verdict .verdict")

    # Ask: each of the three kinds of example is there, and typing is judged
    for name in ("Texts of known classes", "Texts of held-out classes", "Out of scope"):
        page.get_by_text(name, exact=True).wait_for()
    box.press_sequentially("wake me up at seven", delay=20)
    page.locator("#verdict .answer strong", has_text="alarm_set").wait_for()
    assert page.locator("#verdict .head.yes").count() >= 1
    assert page.locator("#verdict .near").count() == 3
    box.fill("what is the boiling point of helium")
    page.locator("#verdict .answer strong", has_text="OPEN").wait_for()
    assert page.locator("#verdict .head.yes").count() == 0
    box.fill("<img src=x onerror=alert(1)> ${alert(2)} {{alert(3)}}")
    until(lambda: "is-open" in (verdict.get_attribute("class") or ""), "hostile text is judged")
    box.fill("")
    page.get_by_text("Type a sentence, or click an example").wait_for()

    # Train: settings out of bounds say so; a training goes on through a reload and ends with numbers and a model
    page.get_by_role("tab", name="Train").click()
    page.get_by_text("Advanced settings").click()
    page.get_by_label("gamma").fill("0.5")
    page.get_by_role("button", name="Train", exact=True).click()
    page.get_by_test_id("toast-body").get_by_text("gamma must be a number between 1 and 1000, got 0.5.").wait_for()
    page.get_by_label("gamma").fill("2")
    beside = browser.new_page()
    beside.goto(url)
    beside.get_by_role("tab", name="Train").click()
    beside.locator("#run", has_text="Starter").wait_for()
    page.get_by_label("trainable layers").fill("0")
    page.get_by_label("25 %").click()
    page.get_by_role("button", name="Train", exact=True).click()
    run = until(lambda: next((r for r in store.all() if not r.is_starter), None), "the run is created")
    page.reload()
    page.get_by_role("tab", name="Train").click()
    page.locator("#run", has_text="25% known").wait_for()
    beside.locator("#run", has_text="25% known").wait_for()
    beside.close()
    until(lambda: run.status.state == FINISHED, "the run finishes")
    page.locator("#run table.numbers").wait_for()
    assert page.locator("#run table.numbers tr").nth(1).locator("td").count() == 5
    assert run.evaluation["num_known_classes"] == 16
    until(lambda: "25% known" in page.get_by_label("Model in use").input_value(), "the new model is in use")

    # Stop ends a run and takes nothing else along
    page.get_by_label("50 %").click()
    page.get_by_role("button", name="Train", exact=True).click()
    second = until(lambda: next((r for r in store.all() if not r.is_starter and r.id != run.id), None), "a second run")
    page.get_by_role("button", name="Stop", exact=True).click()
    until(lambda: second.status.state not in (QUEUED, RUNNING), "the second run ends")
    assert second.status.state == STOPPED
    page.locator("#run", has_text="Stopped").wait_for()

    # Ask answers with the new model: a class it doesn't know any more is open now
    page.get_by_role("tab", name="Ask").click()
    label = run.evaluation["known"][0]
    box.fill(_training_text(label))
    page.locator("#verdict .answer strong", has_text=label).wait_for()

    # Map: all groups are drawn, hidden ones stay hidden, and the star follows the text
    page.get_by_role("tab", name="Map").click()
    plot = "document.querySelector('#map .plot')"
    page.wait_for_function(f"() => {plot}?._fullData?.some(trace => trace.name === 'your text')")
    names = page.evaluate(f"() => {plot}._fullData.map(trace => trace.name)")
    assert {"known positives", "known negatives", "synthesized negatives", "open: held-out classes"} <= set(names)
    assert "open: out of scope" in names
    star = f"{plot}._fullData.find(trace => trace.name === 'your text')"
    before = page.evaluate(f"() => {star}.x[0]")
    page.evaluate(f"() => window.Plotly.restyle({plot}, {{visible: 'legendonly'}}, [0])")
    page.get_by_label("Your text, the star").fill("what is the boiling point of helium")
    page.wait_for_function(f"(before) => {star}.x[0] !== before", arg=before)
    assert page.evaluate(f"() => {plot}._fullData[0].visible") == "legendonly"
    page.get_by_label("UMAP").click()
    page.wait_for_function(f"() => {plot}.layout.uirevision.endsWith('/umap')", timeout=1000 * PATIENCE)

    assert errors == []
    assert elsewhere == []
    page.close()


def _local(url: str) -> bool:
    return url.startswith(("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:"))


def _training_text(label: str) -> str:
    from ans.data import load_corpus

    train = load_corpus("assistant").train
    return train.texts[train.labels.index(label)]

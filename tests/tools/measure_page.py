"""How fast the map is: `python -m tests.tools.measure_page --home DIR`. Prints milliseconds; passes or fails nothing.

It takes the newest finished run of a home, copies it with its test texts repeated until the map of all classes has
20,000 points, opens the app in headless Chromium, and measures from a person's act to the painted frame.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import tempfile
from pathlib import Path

import numpy as np
from playwright.sync_api import Page
from safetensors.numpy import save_file

from ans.runs.run import Run
from ans.runs.store import RunStore
from ans.serving.maps.points import MOST_POINTS
from tests.browser.running_app import headless_chromium, running_app

PLOT = "document.querySelector('#map .plot')"
TEXT = "i would like to know what the exchange rate is today"
# From the act to the first frame after which the map no longer changes: Plotly says when, two frames later it is seen.
REDRAW = """act => new Promise(done => {
    const started = performance.now(), react = window.Plotly.react;
    window.Plotly.react = async (...all) => {
        window.Plotly.react = react;
        await react(...all);
        requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - started)));
    };
    document.querySelector(act).click();
})"""
STAR = """text => new Promise(done => {
    const started = performance.now(), star = document.querySelector('#map .star'), box = document.querySelector('#map-text textarea, #map-text input');
    const watch = new MutationObserver(() => { watch.disconnect(); requestAnimationFrame(() => done(performance.now() - started)); });
    watch.observe(star, { attributes: true, attributeFilter: ['style'] });
    box.value = text;
    box.dispatchEvent(new Event('input', { bubbles: true }));
})"""  # noqa: E501


def enlarge(run: Run) -> None:
    """Repeat a run's test texts, a little apart, until its map is full."""
    texts, labels, arrays = run.load_test()
    wanted = MOST_POINTS
    rng = np.random.RandomState(0)
    rows = rng.randint(len(texts), size=wanted)
    features = arrays["features"][rows] + 0.01 * rng.randn(wanted, arrays["features"].shape[1])
    many = {"texts": [f"{texts[i]} ({n})" for n, i in enumerate(rows)], "labels": [labels[i] for i in rows]}
    (run.folder / "test.json").write_text(json.dumps(many), encoding="utf-8")
    larger = {"features": features.astype(np.float32), **{name: arrays[name][rows] for name in ("logits", "answers")}}
    save_file(larger, run.folder / "test.safetensors")


def measure(page: Page, url: str) -> dict[str, list[float]]:
    """Milliseconds of each act."""
    page.goto(url)
    page.get_by_role("tab", name="Map").click()
    page.wait_for_function(f"() => {PLOT}?._fullData?.length > 1")
    page.get_by_label("Map of").click()
    page.get_by_role("option", name="All classes").click()
    page.wait_for_function(f"() => {PLOT}.layout.uirevision.includes('/None/')")
    page.wait_for_timeout(2000)
    points = page.evaluate(f"() => {PLOT}._fullData.reduce((sum, trace) => sum + trace.x.length, 0)")
    print(f"{points:,} points are drawn.")
    found: dict[str, list[float]] = {"redraw: hide or show a group": [], "redraw: single out the errors": []}
    for _ in range(6):
        found["redraw: hide or show a group"].append(page.evaluate(REDRAW, "#map .group:nth-child(2)"))
        found["redraw: single out the errors"].append(page.evaluate(REDRAW, "#map .errors"))
    page.get_by_label("Your text, the star on the map").fill("hello there")
    page.locator("#map .star").wait_for()
    page.wait_for_timeout(1500)
    found["star: from a keystroke to its new place"] = []
    for length in range(6, len(TEXT), 3):
        found["star: from a keystroke to its new place"].append(page.evaluate(STAR, TEXT[:length]))
        page.wait_for_timeout(300)
    page.get_by_label("3-D").click()
    page.wait_for_function(f"() => {PLOT}.layout.uirevision.endsWith('/3')")
    page.get_by_label("2-D").click()
    page.wait_for_function(f"() => {PLOT}.layout.uirevision.endsWith('/2')")
    page.wait_for_timeout(1000)
    for name in ("3-D", "2-D") * 3:
        found.setdefault(f"redraw: the map in {name}, sent by the server", []).append(chosen(page, name))
    page.get_by_label("UMAP").click()
    page.wait_for_function(f"() => {PLOT}.layout.uirevision.includes('/umap/')", timeout=600_000)
    page.wait_for_timeout(2500)
    for name in ("PCA", "UMAP") * 3:
        found.setdefault("redraw: another projection, sent by the server", []).append(chosen(page, name))
    return found


def chosen(page: Page, label: str) -> float:
    """Milliseconds from the choice of a radio button to the map drawn as it says."""
    button = page.get_by_label(label, exact=True)
    button.evaluate("one => { one.id = 'act'; }")
    milliseconds = page.evaluate(REDRAW, "#act")
    button.evaluate("one => { one.id = ''; }")
    page.wait_for_timeout(2500)  # without a graphics card, a 3-D map goes on being drawn for a while
    return milliseconds


def main() -> None:
    """Copy, enlarge, serve, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--home", type=Path, required=True, help="a home of the app with a finished run")
    home = parser.parse_args().home
    newest = RunStore(home / "runs").finished()[0]
    with tempfile.TemporaryDirectory() as folder:
        for run in RunStore(home / "runs").all():
            if run.is_starter or run.id == newest.id:  # the starter, so that none is trained meanwhile
                shutil.copytree(run.folder, Path(folder) / "runs" / run.id)
        enlarge(RunStore(Path(folder) / "runs").finished()[0])
        with running_app(Path(folder)) as url, headless_chromium() as browser:
            found = measure(browser.new_page(viewport={"width": 1280, "height": 900}), url)
    for name, times in found.items():
        print(f"{name}: median {statistics.median(times):.0f} ms, longest {max(times):.0f} ms, of {len(times)}")


if __name__ == "__main__":
    main()

"""Take the README's pictures and its animation of the real app: `python -m tests.tools.take_pictures`.

A fresh home is used: the starter model is trained first, then one with the default settings, as a visitor would, and
the tabs show what came out. `--look DIR` puts every tab in three looks (light, dark, narrow) there, to be looked at.
"""

from __future__ import annotations

import argparse
import io
import json
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page

from ans.benchmark import few_figure, radius_figure, scale_figure
from ans.runs.store import RunStore
from ans.ui.page_component import PLOTLY_JS
from tests.browser.running_app import ROOT, headless_chromium, running_app
from tests.browser.waiting import until

LONG = 600_000  # milliseconds; a training with the default settings takes minutes on two cores
SIZE = {"width": 1280, "height": 1000}
FILM = {"width": 1080, "height": 880}
SMALL = (864, 704)  # pixels of the animation
PICTURED = ("map", "evaluate", "compare", "discover")  # in the README; the animation shows the others
LOOKS = {"light": (SIZE, ""), "dark": (SIZE, "?__theme=dark"), "narrow": ({"width": 390, "height": 844}, "")}
KNOWN, UNKNOWN = "wake me up at seven tomorrow", "what is the boiling point of helium"


class Film:
    """Frames of a page, each with the milliseconds it stays."""

    def __init__(self, page: Page) -> None:
        self.page, self.frames, self.stay = page, [], []

    def take(self, milliseconds: int) -> None:
        """One more frame; one that looks like the last only makes that stay longer."""
        shot = Image.open(io.BytesIO(self.page.screenshot())).convert("RGB").resize(SMALL, Image.Resampling.LANCZOS)
        if self.frames and shot.tobytes() == self.frames[-1].tobytes():
            self.stay[-1] += milliseconds
        else:
            self.frames.append(shot)
            self.stay.append(milliseconds)

    def save(self, path: Path) -> None:
        """An animated WebP that plays for ever."""
        first, *others = self.frames
        first.save(path, save_all=True, append_images=others, duration=self.stay, loop=0, quality=60, method=6)


def film(browser: Browser, url: str, store: RunStore, path: Path) -> None:
    """Typing a known and an unknown text, a training, and the trained model's answer."""
    page = browser.new_page(viewport=FILM)
    page.goto(url)
    page.locator("#examples button").first.wait_for()
    scene = Film(page)
    scene.take(800)
    _type(page, scene, KNOWN)
    _type(page, scene, UNKNOWN)
    _open(page, "Train")
    page.get_by_role("button", name="Train", exact=True).scroll_into_view_if_needed()
    scene.take(900)
    page.get_by_role("button", name="Train", exact=True).click()
    run = until(lambda: store.active(), "the training starts")
    while store.active() is not None:
        page.wait_for_timeout(2500)  # a frame of the animation, not a wait for something to be true
        scene.take(120)
    assert run.evaluation is not None, run.status
    page.locator("#run table.numbers").first.wait_for()
    page.wait_for_timeout(1500)
    scene.take(2500)
    page.get_by_role("tab", name="Ask").click()
    _type(page, scene, "my new kettle arrived with a crack in it")
    the_map(page)
    page.wait_for_timeout(1500)
    scene.take(3000)
    scene.save(path)
    page.close()


def _type(page: Page, scene: Film, text: str) -> None:
    box = page.get_by_label("Type a message")
    box.fill("")
    for letter in text:
        box.press_sequentially(letter)
        page.wait_for_timeout(250)
        scene.take(90)
    page.wait_for_timeout(700)
    scene.take(1800)


def _open(page: Page, name: str) -> None:
    """A tab; on a narrow page it may be in the menu behind the others."""
    tab = page.get_by_role("tab", name=name, exact=True)
    if tab.count() and tab.first.is_visible():
        tab.first.click()
        return
    page.locator(".overflow-menu > button:visible").first.click()
    page.locator(".overflow-menu").get_by_text(name, exact=True).first.click()


def ask(page: Page) -> None:
    page.get_by_label("Type a message").fill(UNKNOWN)
    page.locator("#verdict .answer strong", has_text="OPEN").wait_for()
    page.wait_for_function("() => document.querySelector('#small-map .plot')?._fullData?.length > 1")


def train(page: Page) -> None:
    _open(page, "Train")
    page.locator("#run table.numbers").first.wait_for()


def data(page: Page) -> None:
    _open(page, "Data")
    page.locator("#classes .line:not(.head)").first.wait_for()


def the_map(page: Page) -> None:
    _open(page, "Map")
    page.locator("#map .star").wait_for()


def evaluate(page: Page) -> None:
    _open(page, "Evaluate")
    page.locator("#overview .good .lead").wait_for()
    page.wait_for_function("() => document.querySelector('#matrix .plot')?._fullData?.length > 0")


def compare(page: Page) -> None:
    _open(page, "Compare")
    page.locator("#comparison tbody tr:not(.missing) .name").nth(1).wait_for()
    if page.get_by_text("methods compared").count() == 0:
        page.get_by_role("button", name="Compare", exact=True).click()
    page.get_by_text("methods compared").wait_for(timeout=LONG)


def discover(page: Page) -> None:
    _open(page, "Discover")
    page.get_by_role("button", name="Find groups").click()
    page.locator("#groups .group").first.wait_for(timeout=LONG)
    page.locator("#groups .group").first.click()
    page.get_by_label("Name of the class").wait_for()


def runs(page: Page) -> None:
    _open(page, "Runs")
    page.locator("#runs tbody tr").nth(1).wait_for()


TABS: dict[str, Callable[[Page], None]] = {
    "ask": ask, "train": train, "data": data, "map": the_map, "evaluate": evaluate, "compare": compare,
    "discover": discover, "runs": runs,
}  # fmt: skip


def pictures(browser: Browser, url: str, folder: Path, look: str, names: Sequence[str] = tuple(TABS)) -> None:
    """These tabs in one look."""
    size, query = LOOKS[look]
    page = browser.new_page(viewport=size)
    page.goto(url + query)
    page.locator("#examples button").first.wait_for()
    ask(page)  # the text is the star of the map
    for name in names:
        TABS[name](page)
        page.wait_for_timeout(1500)  # until what moves has come to rest
        page.mouse.move(0, 0)
        page.screenshot(path=folder / f"{name}.png", full_page=look == "narrow")
        print(folder / f"{name}.png", flush=True)
    page.close()


def curve(browser: Browser, figure: Path, path: Path) -> None:
    """A figure that `benchmark readme` writes, as a picture."""
    page = browser.new_page(viewport={"width": 1000, "height": 440})
    page.set_content("<div id='figure' style='width: 960px; height: 400px'></div>")
    page.add_script_tag(path=PLOTLY_JS)
    page.evaluate(
        "figure => window.Plotly.newPlot('figure', figure.data, figure.layout)", json.loads(figure.read_text())
    )
    page.locator("#figure").screenshot(path=path)
    page.close()


def curves(browser: Browser, folder: Path) -> None:
    """Those of the benchmarks."""
    for name, figure in (("radius", radius_figure), ("few", few_figure), ("scale", scale_figure)):
        curve(browser, figure.FIGURE, folder / f"{name}.png")


def main() -> None:
    """Train, film, photograph."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT / "assets" / "pictures", help="default: %(default)s")
    parser.add_argument("--look", type=Path, help="a folder for all tabs in light, dark and narrow")
    parser.add_argument("--curves", action="store_true", help="only the figures of the benchmarks")
    arguments = parser.parse_args()
    if arguments.curves:
        with headless_chromium() as browser:
            curves(browser, arguments.out)
        return
    with tempfile.TemporaryDirectory() as folder, running_app(Path(folder)) as url, headless_chromium() as browser:
        store = RunStore(Path(folder) / "runs")
        until(lambda: store.finished() and store.active() is None, "the starter model is trained")
        film(browser, url, store, arguments.out / "typing_and_training.webp")
        pictures(browser, url, arguments.out, "light", PICTURED)
        curves(browser, arguments.out)
        for look in LOOKS if arguments.look else ():
            (arguments.look / look).mkdir(parents=True, exist_ok=True)
            pictures(browser, url, arguments.look / look, look)


if __name__ == "__main__":
    main()

"""Draw how ANS works, from the shipped starter by the page's own plots: `python -m tests.tools.draw_method`.

Three pictures for the README: a class and what is foreign to it, how its negatives are made, and what the scores of the
test texts say then. Takes half a minute; no training.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
from playwright.sync_api import Browser

from ans.evaluation.mistakes import read_answers
from ans.plots.evaluation import score_histogram
from ans.plots.small_map import small_map
from ans.plots.stages import stage_map
from ans.runs.run import Run
from ans.runs.shipped import put_starter
from ans.runs.store import RunStore
from ans.serving.maps.maps import MapKey, Maps
from ans.serving.models import Serving
from ans.ui.page_component import PLOTLY_JS
from tests.browser.running_app import ROOT, headless_chromium

LABEL = "card_lost"  # the class that is looked at
WIDE, HIGH = 960, 380  # pixels of each picture


def class_among_others(maps: Maps, key: MapKey) -> go.Figure:
    """The texts of a class, its synthesized negatives, texts of others, and open ones that nobody learnt from."""
    groups = [
        (name, places.tolist(), [""] * len(rows))
        for name, rows, places in maps.fitted(key).by_group()
        if name != "known_test"
    ]
    return go.Figure(small_map(groups, LABEL, LABEL)).update_layout(template="none")


def making(maps: Maps, key: MapKey) -> list[go.Figure]:
    """The map of the stages at the texts, after the noise, and at the end."""
    stages, places = maps.stages(key)
    one = places["hidden"]
    last = len(stages.kinds) - 1
    figures = []
    for title, stage in (("1. Its texts", 0), ("2. Moved by noise", 1), ("3. Pushed to where it errs", last)):
        figure = stage_map(one.positives, one.known_negatives, one.moving, title)
        frame = figure.frames[stage]
        for i, data in zip(frame.traces, frame.data, strict=True):
            figure.data[i].update(x=data.x, y=data.y)
        figure.update_layout(
            title={"text": title, "font": {"size": 14}, "x": 0.02, "y": 0.97}, margin={"t": 36, "b": 70}
        )
        figure.update_layout(legend={"y": -0.02, "yanchor": "top"})
        figures.append(figure)
    return figures


def scores(run: Run) -> go.Figure:
    """What the model says of the test texts, known ones and open ones."""
    answers = read_answers(run)
    return score_histogram(answers.scores[answers.is_known], answers.scores[~answers.is_known])


def draw(browser: Browser, figures: Sequence[go.Figure], path: Path) -> None:
    """Figures side by side in one picture, on white, as the page's own library draws them."""
    page = browser.new_page(viewport={"width": WIDE, "height": HIGH})
    width = WIDE // len(figures)
    page.set_content(
        "<style>body { margin: 0; display: flex; background: white }</style>"
        + "".join(f"<div id='f{i}' style='width: {width}px; height: {HIGH}px'></div>" for i in range(len(figures)))
    )
    page.add_script_tag(path=PLOTLY_JS)
    for i, figure in enumerate(figures):
        figure.update_layout(width=width, height=HIGH)
        drawn: dict[str, Any] = json.loads(str(figure.to_json()))
        page.evaluate(f"figure => window.Plotly.newPlot('f{i}', figure.data, figure.layout)", drawn)
    page.screenshot(path=path)
    page.close()


def main() -> None:
    """Put the starter into a home of its own, and draw."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT / "assets" / "pictures", help="default: %(default)s")
    out = parser.parse_args().out
    with tempfile.TemporaryDirectory() as home, headless_chromium() as browser:
        store = RunStore(Path(home) / "runs")
        run = put_starter(store)
        serving = Serving(store)
        maps, key = Maps(serving), MapKey(run.id, LABEL)
        draw(browser, making(maps, key), out / "method_negatives.png")
        draw(browser, [class_among_others(maps, key)], out / "method_class.png")
        draw(browser, [scores(run)], out / "method_scores.png")


if __name__ == "__main__":
    main()

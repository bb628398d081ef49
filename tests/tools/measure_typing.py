"""How long a keystroke waits for its verdict, and for its star on the small map: at rest, and while a training runs.

    python -m tests.tools.measure_typing [--home DIR] [--keys 60]

Starts the real app, types in a real headless Chromium, prints milliseconds. A measurement and no test: it depends on
the machine. Without --home a fresh one is used, and the starter model is trained first.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
from pathlib import Path

from ans.config import TrainConfig
from ans.runs.status import RUNNING
from ans.runs.store import RunStore
from tests.browser.running_app import headless_chromium, running_app
from tests.browser.waiting import until

SENTENCES = ("my card was swallowed by the machine", "what is the boiling point of helium", "wake me at seven")
PAUSE = 120  # milliseconds between an answer and the next key; a quick typist

# In the page: the time from a key to the next redraw of the verdict, and to the next move of the star.
WATCH = """() => {
  window.key = { at: 0, verdict: 0, star: 0 };
  const seen = (name) => () => { window.key[name] ||= performance.now(); };
  document.querySelector('#query textarea').addEventListener('input', () => {
    window.key = { at: performance.now(), verdict: 0, star: 0 };
  });
  new MutationObserver(seen('verdict')).observe(document.querySelector('#verdict .verdict'), { childList: true });
  const plot = document.querySelector('#small-map .plot');
  for (const name of ['plotly_restyle', 'plotly_afterplot']) plot.on(name, seen('star'));
}"""
TAKEN = "() => [window.key.verdict - window.key.at, window.key.star - window.key.at]"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--home", type=Path, help="a folder with trained runs, which is copied and not changed")
    parser.add_argument("--keys", type=int, default=60, help="keystrokes of each measurement (default: %(default)s)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        if arguments.home is not None:
            shutil.copytree(arguments.home, home, dirs_exist_ok=True)
        with running_app(home) as url:
            store = RunStore(home / "runs")
            until(lambda: store.finished() and store.active() is None, "a model is there and nothing trains")
            measure(url, store, arguments.keys)


def measure(url: str, store: RunStore, keys: int) -> None:
    """Type at rest, then during a training that outlasts the typing."""
    with headless_chromium() as browser:
        page = browser.new_page()
        page.goto(url)
        box = page.locator("#query textarea")
        box.press_sequentially("hello", delay=300)  # the model is loaded, the first map drawn
        page.locator("#verdict .latency").wait_for()
        page.wait_for_function("() => document.querySelector('#small-map .plot')?.data")
        page.evaluate(WATCH)
        report("at rest", page, box, keys)
        run = store.create(TrainConfig(dataset="assistant", epochs=1000, patience=1000))
        until(
            lambda: run.status.state == RUNNING and any(e.phase == "encoder" for e in run.progress.events), "it trains"
        )
        report("while a training runs", page, box, keys)
        assert run.status.state == RUNNING, "the training ended before the typing did"
        run.request_stop()


def report(what: str, page, box, keys: int) -> None:
    """Type so many keys, each after the answer to the last, and print median and 90th percentile."""
    typed = [(sentence, i) for sentence in SENTENCES for i in range(len(sentence))]
    verdicts, stars = [], []
    for count in range(keys):
        sentence, i = typed[count % len(typed)]
        box.press_sequentially(sentence[i]) if i else box.fill(sentence[0])
        page.wait_for_function("() => window.key.verdict && window.key.star")
        verdict, star = page.evaluate(TAKEN)
        verdicts.append(verdict)
        stars.append(star)
        page.wait_for_timeout(PAUSE)
    for name, taken in (("verdict", sorted(verdicts)), ("star", sorted(stars))):
        median, late = statistics.median(taken), taken[int(0.9 * (len(taken) - 1))]
        print(f"{what}: {name} after a median of {median:.0f} ms, 90 % within {late:.0f} ms ({keys} keys)", flush=True)


if __name__ == "__main__":
    main()

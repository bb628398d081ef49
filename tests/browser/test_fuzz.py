"""Whatever is sent to the app, it answers and goes on. `python -m ans stress fuzz --cases 100000` sends more."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest

from ans.data.corpora import PUBLIC_ADDRESS
from ans.runs.store import RunStore
from ans.stress.fuzz import fuzz
from tests.browser.running_app import watched_app


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory) -> Iterator[tuple[str, RunStore]]:
    """An app for this alone: among what is sent is the name of a public benchmark, which the server then looks for
    where it lies. No other test may make it do so.
    """
    with watched_app(tmp_path_factory.mktemp("fuzzed"), may_ask=urlsplit(PUBLIC_ADDRESS).hostname) as running:
        yield running


def test_every_answer_makes_sense_whatever_is_sent_and_no_run_is_lost(fuzzed) -> None:
    url, store = fuzzed
    before = {run.id for run in store.finished()}
    with ThreadPoolExecutor(1) as elsewhere:  # the browser of other tests may have its event loop in this thread
        held = elsewhere.submit(fuzz, url, cases=300, seed=0, changes=False).result()
    assert held.wrong == []
    assert held.sent.total() == 300
    assert min(held.sent.values()) >= 15
    assert held.outcomes["well"] >= 2, "events came to their end, not to a refusal alone"
    assert before <= {run.id for run in store.finished()}

"""Whatever is sent to the app, it answers and goes on. `python -m ans stress fuzz --cases 100000` sends more."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from ans.stress.fuzz import fuzz


def test_every_answer_makes_sense_whatever_is_sent_and_no_run_is_lost(app) -> None:
    url, store = app
    before = {run.id for run in store.finished()}
    with ThreadPoolExecutor(1) as elsewhere:  # the browser of other tests may have its event loop in this thread
        held = elsewhere.submit(fuzz, url, cases=300, seed=0, changes=False).result()
    assert held.wrong == []
    assert held.sent.total() == 300
    assert min(held.sent.values()) >= 15
    assert held.outcomes["well"] >= 2, "events came to their end, not to a refusal alone"
    assert before <= {run.id for run in store.finished()}

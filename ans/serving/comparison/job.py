"""Several methods fitted one after the other, in a thread that can be watched and stopped."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import suppress

from ans.serving.comparison.comparisons import Choice, Comparisons

WAIT_SECONDS = 0.2


class Job:
    """A plan of (run id, method), begun at once.

    `share` in [0, 1] and `doing` tell how far it is. What it fits, or why it could not, is kept by `comparisons`,
    however it ends.
    """

    def __init__(self, comparisons: Comparisons, plan: Sequence[tuple[str, Choice]]) -> None:
        self.share, self.doing = 0.0, "Starting"
        self._comparisons, self._plan, self._stop = comparisons, list(plan), threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ask it to end at its next step."""
        self._stop.set()

    def ended(self, seconds: float) -> bool:
        """Wait at most this long for its end; whether that has come."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        from ans.events import TrainingStopped

        turn = self._comparisons.one_at_a_time
        while not turn.acquire(timeout=WAIT_SECONDS):
            self.doing = "Waiting for another comparison to end"
            if self._stop.is_set():
                return
        try:
            with suppress(TrainingStopped):
                self._fit_all()
        finally:
            turn.release()

    def _fit_all(self) -> None:
        total, done = sum(choice.cost for _, choice in self._plan), 0
        for run_id, choice in self._plan:
            if self._stop.is_set():
                return
            self.doing, self.share = choice.name, done / total

            def tell(doing: str, step: int, steps: int, choice: Choice = choice, done: int = done) -> None:
                self.doing, self.share = f"{choice.name}: {doing}", (done + choice.cost * step / steps) / total

            with suppress(ValueError):  # the comparisons keep the reason
                self._comparisons.fit(run_id, choice, tell, self._stop.is_set)
            done += choice.cost

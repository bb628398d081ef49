"""What a request to a run costs in time, measured on this machine, not guessed."""

from __future__ import annotations

import time
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from ans.recent import Recent
from ans.serving.models import Serving

if TYPE_CHECKING:
    from ans.model.trained_model import TrainedModel

BATCH, SINGLES, COSTS_KEPT = 100, 9, 24


@dataclass(frozen=True)
class Cost:
    """Milliseconds of one text and of `texts` together, on `device`; `busy`: a training ran meanwhile."""

    one: float
    together: float
    texts: int
    device: str
    busy: bool = False


class Costs:
    """The cost of runs of a store; each is measured once, when somebody first asks."""

    def __init__(self, serving: Serving) -> None:
        self.serving = serving
        self._kept = Recent(COSTS_KEPT)

    def of(self, run_id: str) -> Cost:
        """The cost of a finished run.

        Raises:
            ValueError: there is none, or it can't be used.
        """
        cost = self._kept.get(run_id, lambda: self._measured(run_id))
        if cost.busy:  # it holds for now alone
            self._kept.forget(lambda key: key == run_id)
        return cost

    def _measured(self, run_id: str) -> Cost:
        run, model = self.serving.run(run_id), self.serving.model(run_id)
        texts, _, _ = run.load_test()
        busy = self.serving.store.active() is not None
        one, together = timed(model, texts)
        return Cost(one, together, BATCH, self.serving.device_name(), busy or self.serving.store.active() is not None)


def timed(model: TrainedModel, texts: list[str]) -> tuple[float, float]:
    """Milliseconds of one of these texts, the median of some, and of `BATCH` of them together."""
    batch = ((texts or ["does it answer?"]) * BATCH)[:BATCH]
    model.explain(batch[0])  # what is made at the first question is no part of the next
    return median(_milliseconds(model, [text]) for text in batch[:SINGLES]), _milliseconds(model, batch)


def _milliseconds(model: TrainedModel, texts: list[str]) -> float:
    started = time.perf_counter()
    model.explain_many(texts)
    return 1000 * (time.perf_counter() - started)

"""Classifying many texts at once: in a thread that can be watched and stopped, by one model or a second one beside."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ans.data.lines import Lines

if TYPE_CHECKING:
    from ans.model.trained_model import TrainedModel

CHUNK = 128  # texts between two looks at the progress and at Stop: under a second on one core
AT_A_TIME = threading.Semaphore(2)  # passes of all visitors
WAIT_SECONDS = 0.2
LOOKED_SECONDS = 10.0  # a page in sight looks twice a second
UNSEEN_SECONDS = 180.0  # a page that does not look for so long is closed; a hidden one looks once a minute
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Verdict:
    """The answer for one of many texts: its class (None when open), its score, and the class of the strongest head.

    `between` names the two answers an unsure text wavers between, as `Prediction` does.
    """

    text: str
    label: str | None
    score: float
    strongest: str
    between: tuple[str, ...] = ()


class Pass:
    """One model's way through texts. `begin` starts it in a thread; what is classified by a `stop` is kept.

    `state` is "waiting", "running", and at last "done", "stopped" or "failed", with the reason in `error`: it gets
    there whatever happens, so what a page shows of it can be drawn from it at any time.
    """

    def __init__(self, texts: Sequence[str], run_id: str, name: str) -> None:
        self.texts, self.run_id, self.name = texts, run_id, name
        self.verdicts: list[Verdict] = []
        self.state, self.error = "waiting", ""
        self._stop, self._ended = threading.Event(), threading.Event()
        self._began, self._took, self._seen = time.monotonic(), 0.0, time.monotonic()

    @property
    def ended(self) -> bool:
        """Whether nothing will change any more."""
        return self._ended.is_set()

    @property
    def seconds(self) -> float:
        """How long it has classified."""
        return self._took if self.ended else time.monotonic() - self._began

    def begin(self, load: Callable[[], TrainedModel]) -> None:
        """Start it. `load` gives the model; a ValueError of it is the `error`."""
        threading.Thread(target=self._work, args=(load,), daemon=True).start()

    def stop(self) -> None:
        """Classify no further chunk."""
        self._stop.set()

    def seen(self) -> None:
        """Somebody looks at it: it goes on."""
        self._seen = time.monotonic()

    @property
    def was_stopped(self) -> bool:
        """Whether somebody stopped it; else it ended by itself, or since nobody looked at it."""
        return self._stop.is_set()

    @property
    def is_left(self) -> bool:
        """Whether its page has not looked at it lately: it is hidden or gone."""
        return time.monotonic() - self._seen > LOOKED_SECONDS

    def wait(self, seconds: float) -> bool:
        """Wait at most this long for its end; whether that has come."""
        return self._ended.wait(seconds)

    def run(self, model: TrainedModel) -> Iterator[int]:
        """Classify chunk after chunk; yields the number of verdicts after each."""
        while len(self.verdicts) < len(self.texts) and not self._left:
            chunk = self.texts[len(self.verdicts) : len(self.verdicts) + CHUNK]
            self.verdicts += [
                Verdict(said.text, said.label, said.score, said.candidates[0].label, said.between)
                for said in model.explain_many(chunk, candidates=1, neighbours=0)
            ]
            yield len(self.verdicts)

    @property
    def _left(self) -> bool:
        return self._stop.is_set() or time.monotonic() - self._seen > UNSEEN_SECONDS

    def _work(self, load: Callable[[], TrainedModel]) -> None:
        try:
            while not AT_A_TIME.acquire(timeout=WAIT_SECONDS):
                if self._left:
                    return
            try:
                self.state, self._began = "running", time.monotonic()
                for _ in self.run(load()):
                    pass
            finally:
                AT_A_TIME.release()
        except ValueError as error:
            self.error = str(error)
        except Exception:  # whatever it was, the page must not wait for ever
            log.exception("Classifying many texts failed")
            self.error = "something went wrong on the server; try again."
        finally:
            whole = len(self.verdicts) == len(self.texts)
            self._took = time.monotonic() - self._began
            self.state = "failed" if self.error else "done" if whole else "stopped"
            self._ended.set()


@dataclass
class Batch:
    """Texts, a model's answers to them, perhaps a second model's, and what a person does with them.

    `chosen`: rows that are selected. `right`: the right answer of a row that was corrected, None for open. `owner`: the
    browser that has brought the texts.
    """

    lines: Lines
    first: Pass
    second: Pass | None = None
    owner: str | None = None
    chosen: set[int] = field(default_factory=set)
    right: dict[int, str | None] = field(default_factory=dict)

    @property
    def verdicts(self) -> list[Verdict]:
        """The first model's answers so far, in the order of the texts."""
        return self.first.verdicts

    @property
    def now(self) -> Pass:
        """The pass that was begun last."""
        return self.first if self.second is None else self.second

    def other(self, row: int) -> Verdict | None:
        """The second model's answer, if there is one already."""
        if self.second is None or row >= len(self.second.verdicts):
            return None
        return self.second.verdicts[row]

    def changed(self, row: int) -> bool:
        """Whether the second model gives another answer."""
        other = self.other(row)
        return other is not None and other.label != self.verdicts[row].label

    def stop(self) -> None:
        """Stop whatever goes on."""
        for one in (self.first, self.second):
            if one is not None:
                one.stop()

"""Texts that are asked about at the same time go through the model together: sixteen cost about five times one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Generic, TypeVar

MOST_TOGETHER = 64
AT_ONE_TIME = 2  # passes: each leaves Python's lock to others most of the time, and fills one core
Answer = TypeVar("Answer")


class _Asked(Generic[Answer]):
    """One text, and then its answer or what went wrong. `ready`: it is there. `then`: whose answer is there as well."""

    def __init__(self, text: str) -> None:
        self.text, self.ready = text, threading.Event()
        self.answers: list[Answer] = []
        self.error: Exception | None = None
        self.then: _Asked[Answer] | None = None


class Joined(Generic[Answer]):
    """Texts one by one, from many threads, to answers. Nobody waits to be joined: what comes while others are answered
    is answered next, together.

    The model runs in a few threads of its own: in each that ever runs it, memory for its work is left.

    Args:
        answer: N texts to N answers. Called from `AT_ONE_TIME` threads.
    """

    def __init__(self, answer: Callable[[Sequence[str]], Sequence[Answer]]) -> None:
        self._answer = answer
        self._waiting: list[_Asked[Answer]] = []
        self._busy, self._lock = 0, threading.Lock()
        self._threads = ThreadPoolExecutor(AT_ONE_TIME, "answers")

    def __call__(self, text: str) -> Answer:
        """The answer for a text.

        Raises:
            Exception: what `answer` raised for this text.
        """
        mine: _Asked[Answer] = _Asked(text)
        with self._lock:
            if self._busy < AT_ONE_TIME:
                self._threads.submit(self._answer_waiting)
                self._busy += 1
            self._waiting.append(mine)
        mine.ready.wait()
        if mine.then is not None:  # one wakes the next: were all awake, a hundred would fight for Python's lock
            mine.then.ready.set()
        if mine.error is not None:
            raise mine.error
        return mine.answers[0]

    def _answer_waiting(self) -> None:
        while batch := self._next():
            self._answer_all(batch)
            for one, then in pairwise(batch):
                one.then = then
            batch[0].ready.set()

    def _next(self) -> list[_Asked[Answer]]:
        with self._lock:
            batch = self._waiting[:MOST_TOGETHER]
            del self._waiting[: len(batch)]
            self._busy -= not batch
        return batch

    def _answer_all(self, batch: list[_Asked[Answer]]) -> None:
        try:
            for one, answer in zip(batch, self._answer([one.text for one in batch]), strict=True):
                one.answers.append(answer)
        except Exception as error:
            if len(batch) == 1:
                batch[0].error = error
                return
            for one in batch:  # one of them is at fault; the others are somebody else's
                self._answer_all([one])

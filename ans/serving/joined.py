"""Texts that are asked about at the same time go through the model together: sixteen cost about five times one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Generic, TypeVar

MOST_TOGETHER = 64
AT_ONE_TIME = 2  # passes: each leaves Python's lock to others most of the time, and fills one core
Answer = TypeVar("Answer")


class _Asked(Generic[Answer]):
    """One text, and then its answer or what went wrong. `turn`: its answer is there, or it is to answer `batch`.
    `then`: whose answer is there as well."""

    def __init__(self, text: str) -> None:
        self.text, self.turn = text, threading.Event()
        self.batch: list[_Asked[Answer]] = []
        self.then: _Asked[Answer] | None = None
        self.answers: list[Answer] = []
        self.error: Exception | None = None


class Joined(Generic[Answer]):
    """Texts one by one, from many threads, to answers. Nobody waits to be joined: what comes while others are answered
    is answered next, together, in the thread that has waited longest.

    Args:
        answer: N texts to N answers. Called from two threads at a time.
    """

    def __init__(self, answer: Callable[[Sequence[str]], Sequence[Answer]]) -> None:
        self._answer = answer
        self._waiting: list[_Asked[Answer]] = []
        self._passes, self._lock = 0, threading.Lock()

    def __call__(self, text: str) -> Answer:
        """The answer for a text.

        Raises:
            Exception: what `answer` raised for this text.
        """
        mine: _Asked[Answer] = _Asked(text)
        with self._lock:
            self._waiting.append(mine)
            at_once = self._passes < AT_ONE_TIME
            if at_once:
                self._passes += 1
                mine.batch = self._next()
        if not at_once:
            mine.turn.wait()
        if mine.then is not None:  # one wakes the next: were all awake, a hundred would fight for Python's lock
            mine.then.turn.set()
        if mine.batch:
            self._pass(mine.batch)
        if mine.error is not None:
            raise mine.error
        return mine.answers[0]

    def _next(self) -> list[_Asked[Answer]]:
        batch = self._waiting[:MOST_TOGETHER]
        del self._waiting[: len(batch)]
        return batch

    def _pass(self, batch: list[_Asked[Answer]]) -> None:
        try:
            self._answer_all(batch)
        finally:
            with self._lock:
                following = self._next()
                self._passes -= not following
            if following:
                following[0].batch = following
                following[0].turn.set()
            for one, then in pairwise(batch[1:]):
                one.then = then
            if batch[1:]:
                batch[1].turn.set()

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

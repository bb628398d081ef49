"""Texts that are asked about at the same time go through the model together: sixteen cost about five times one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

MOST_TOGETHER = 64
Answer = TypeVar("Answer")


class _Asked(Generic[Answer]):
    """One text, and then its answer or what went wrong. `turn`: its answer is there, or it is to answer the next."""

    def __init__(self, text: str) -> None:
        self.text, self.done, self.turn = text, False, threading.Event()
        self.answers: list[Answer] = []
        self.error: Exception | None = None


class Joined(Generic[Answer]):
    """Texts one by one, from many threads, to answers. Nobody waits to be joined: what comes while others are answered
    is answered next, together, in the thread that has waited longest.

    Args:
        answer: N texts to N answers.
    """

    def __init__(self, answer: Callable[[Sequence[str]], Sequence[Answer]]) -> None:
        self._answer = answer
        self._waiting: list[_Asked[Answer]] = []
        self._busy, self._lock = False, threading.Lock()

    def __call__(self, text: str) -> Answer:
        """The answer for a text.

        Raises:
            Exception: what `answer` raised for this text.
        """
        mine: _Asked[Answer] = _Asked(text)
        with self._lock:
            self._waiting.append(mine)
            first, self._busy = not self._busy, True
        if not first:
            mine.turn.wait()
        if not mine.done:
            self._answer_next()
        if mine.error is not None:
            raise mine.error
        return mine.answers[0]

    def _answer_next(self) -> None:
        with self._lock:
            batch = self._waiting[:MOST_TOGETHER]
            del self._waiting[: len(batch)]
        try:
            self._answer_all(batch)
        finally:  # nobody wakes for nothing: a hundred threads that look and wait on cost more than the model
            with self._lock:
                following = self._waiting[0] if self._waiting else None
                self._busy = following is not None
            if following is not None:
                following.turn.set()
            for one in batch:
                one.done = True
                one.turn.set()

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

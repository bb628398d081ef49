"""Texts that are asked about at the same time go through the model together: sixteen cost about five times one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

MOST_TOGETHER = 32
Answer = TypeVar("Answer")


class _Asked(Generic[Answer]):
    """One text, and then its answer or what went wrong."""

    def __init__(self, text: str) -> None:
        self.text, self.done = text, False
        self.answers: list[Answer] = []
        self.error: Exception | None = None


class Joined(Generic[Answer]):
    """Texts one by one, from many threads, to answers. Nobody waits to be joined: what comes while others are answered
    is answered next, together.

    Args:
        answer: N texts to N answers.
    """

    def __init__(self, answer: Callable[[Sequence[str]], Sequence[Answer]]) -> None:
        self._answer = answer
        self._waiting: list[_Asked[Answer]] = []
        self._busy, self._changed = False, threading.Condition()

    def __call__(self, text: str) -> Answer:
        """The answer for a text.

        Raises:
            Exception: what `answer` raised for this text.
        """
        mine: _Asked[Answer] = _Asked(text)
        with self._changed:
            self._waiting.append(mine)
        while not mine.done:
            with self._changed:
                self._changed.wait_for(lambda: mine.done or not self._busy)
                if mine.done:
                    break
                self._busy, batch = True, self._waiting[:MOST_TOGETHER]
                del self._waiting[: len(batch)]
            self._answer_together(batch)
        if mine.error is not None:
            raise mine.error
        return mine.answers[0]

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

    def _answer_together(self, batch: list[_Asked[Answer]]) -> None:
        try:
            self._answer_all(batch)
        finally:
            with self._changed:
                for one in batch:
                    one.done = True
                self._busy = False
                self._changed.notify_all()

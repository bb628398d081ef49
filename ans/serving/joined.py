"""Texts that are asked about at the same time go through the encoder together: sixteen cost about four times one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

MOST_TOGETHER = 16


class _Asked:
    """One text, and then its features or what went wrong."""

    def __init__(self, text: str) -> None:
        self.text, self.done = text, False
        self.row: Tensor | None = None
        self.error: Exception | None = None


class JoinedEncoding:
    """Texts one by one, from many threads, to features. Nobody waits to be joined: what comes while the encoder is busy
    goes through it next, together.

    Args:
        encode: N texts to features [N, d].
    """

    def __init__(self, encode: Callable[[Sequence[str]], Tensor]) -> None:
        self._encode = encode
        self._waiting: list[_Asked] = []
        self._busy, self._changed = False, threading.Condition()

    def __call__(self, text: str) -> Tensor:
        """The features of a text [1, d].

        Raises:
            Exception: what `encode` raised for this text.
        """
        mine = _Asked(text)
        with self._changed:
            self._waiting.append(mine)
        while not mine.done:
            with self._changed:
                self._changed.wait_for(lambda: mine.done or not self._busy)
                if mine.done:
                    break
                self._busy, batch = True, self._waiting[:MOST_TOGETHER]
                del self._waiting[: len(batch)]
            self._answer(batch)
        if mine.error is not None:
            raise mine.error
        assert mine.row is not None
        return mine.row

    def _encode_all(self, batch: list[_Asked]) -> None:
        try:
            for one, row in zip(batch, self._encode([one.text for one in batch]).split(1), strict=True):
                one.row = row
        except Exception as error:
            if len(batch) == 1:
                batch[0].error = error
                return
            for one in batch:  # one of them is at fault; the others are somebody else's
                self._encode_all([one])

    def _answer(self, batch: list[_Asked]) -> None:
        try:
            self._encode_all(batch)
        finally:
            with self._changed:
                for one in batch:
                    one.done = True
                self._busy = False
                self._changed.notify_all()

"""The last few results of something slow, each made once."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Any

REMEMBERED = 64  # calls of `forget` that what is being made is compared with


class Recent:
    """The last few results by key. A key being made is made once; others wait for it."""

    def __init__(self, size: int) -> None:
        self._kept: OrderedDict[Any, Any] = OrderedDict()
        self._size, self._lock, self._making = size, threading.Lock(), {}
        self._forgotten, self._forgets = 0, deque(maxlen=REMEMBERED)

    def __contains__(self, key: Any) -> bool:
        return key in self._kept

    def get(self, key: Any, make: Callable[[], Any]) -> Any:
        """The value of `key`, made now if it is not kept. An error of `make` is the caller's; nothing is kept then."""
        with self._lock:
            making = self._making.setdefault(key, threading.Lock())
        with making:
            with self._lock:
                if key in self._kept:
                    self._kept.move_to_end(key)
                    return self._kept[key]
                began = self._forgotten
            try:
                value = make()
            except BaseException:
                with self._lock:  # who waits for this lock tries in turn; who comes later takes a new one
                    if self._making.get(key) is making:
                        del self._making[key]
                raise
            with self._lock:
                if any(which(key) for which in self._since(began)):  # it is of before: good for who asked then, no more
                    return value
                self._kept[key] = value
                while len(self._kept) > self._size:
                    self._making.pop(self._kept.popitem(last=False)[0], None)
            return value

    def forget(self, which: Callable[[Any], bool]) -> None:
        """Drop the values of the keys that it is true of; who asks again has them made anew."""
        with self._lock:
            self._forgotten += 1
            self._forgets.append(which)
            for key in [key for key in self._kept if which(key)]:
                del self._kept[key]
                self._making.pop(key, None)

    def _since(self, began: int) -> list[Callable[[Any], bool]]:
        """What was forgotten after so many times."""
        count = self._forgotten - began
        return list(self._forgets)[len(self._forgets) - min(count, len(self._forgets)) :] if count else []

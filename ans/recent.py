"""The last few results of something slow, each made once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any


class Recent:
    """The last few results by key. A key being made is made once; others wait for it."""

    def __init__(self, size: int) -> None:
        self._kept: OrderedDict[Any, Any] = OrderedDict()
        self._size, self._lock, self._making = size, threading.Lock(), {}

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
            value = make()
            with self._lock:
                self._kept[key] = value
                while len(self._kept) > self._size:
                    self._making.pop(self._kept.popitem(last=False)[0], None)
            return value

    def forget(self, which: Callable[[Any], bool]) -> None:
        """Drop the values of the keys that it is true of; who asks again has them made anew."""
        with self._lock:
            for key in [key for key in self._kept if which(key)]:
                del self._kept[key]
                self._making.pop(key, None)

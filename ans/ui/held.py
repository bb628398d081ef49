"""What open pages hold in the server's memory: tables that were uploaded, texts that are classified."""

from __future__ import annotations

import threading
from weakref import ref

SHARES = 8  # one address may fill such a part of what there is
FULL = "this server holds as many texts of {} as it may; bring fewer, or try again in two hours."


class Held:
    """Counts the bytes of what is held, as long as anything holds it.

    Args:
        most: bytes for all together; None for as many as there are.
    """

    def __init__(self, most: int | None) -> None:
        self._most, self._lock = most, threading.Lock()
        self._held: dict[int, tuple[ref, str | None, int]] = {}

    def of(self, address: str | None) -> list[object]:
        """What somebody at this address has brought and is held."""
        found = [value() for value, where, _ in list(self._held.values()) if where == address]
        return [value for value in found if value is not None]

    def admit(self, value: object, size: int, address: str | None) -> None:
        """Count a value of this size, which somebody at this address has brought.

        Raises:
            ValueError: it is too much for all, or for one.
        """
        key = id(value)
        with self._lock:
            others = [one for number, one in list(self._held.items()) if number != key]
            if self._most is not None:
                if sum(other for _, _, other in others) + size > self._most:
                    raise ValueError(FULL.format("all visitors"))
                if sum(other for _, where, other in others if where == address) + size > self._most // SHARES:
                    raise ValueError(FULL.format("yours"))
            self._held[key] = (ref(value, lambda _: self._held.pop(key, None)), address, size)

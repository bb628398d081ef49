"""Waiting for something to become true, without sleeping longer than it takes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

PATIENCE = 180  # seconds; generous, since CI machines are slow and shared


def until(
    condition: Callable[[], object],
    what: str | Callable[[], str],
    seconds: float = PATIENCE,
    look_every: float = 0.1,
) -> object:
    """Wait for a condition; fail with its name, or what a call says of it, when the time is up."""
    deadline, pause = time.monotonic() + seconds, threading.Event()
    while time.monotonic() < deadline:
        if result := condition():
            return result
        pause.wait(look_every)
    raise AssertionError(f"not within {seconds:.0f} s: {what if isinstance(what, str) else what()}")

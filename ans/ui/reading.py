"""Reading what somebody uploaded, in a process of its own: a file that takes too much is refused, the page goes on."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from ans.apart import GIB, apart

SECONDS, MEMORY = 30, 2 * GIB  # 20 MB of table take a tenth of either
_AT_A_TIME = threading.BoundedSemaphore(2)  # files of all visitors: so many times the memory
Given = ParamSpec("Given")
Result = TypeVar("Result")


def read_apart(read: Callable[Given, Result], *given: Given.args, **named: Given.kwargs) -> Result:
    """What `read` returns.

    Raises:
        ValueError: as `read`; or the file takes too long, too much memory, or can't be understood at all.
    """
    if not _AT_A_TIME.acquire(timeout=2 * SECONDS):
        raise ValueError("several files are being read now; try again in a minute.")
    try:
        return apart(SECONDS, MEMORY, read, *given, **named)
    except RuntimeError as error:
        raise ValueError(f"the file can't be understood ({error}).") from error
    finally:
        _AT_A_TIME.release()


def prepare_reading() -> None:
    """Let those processes begin with what they need, so that they start in a moment."""
    if os.name != "nt":
        multiprocessing.set_forkserver_preload(["ans.data.lines", "ans.data.tables"])

"""Memory that is used no more goes back to the system, where the C library would keep it for later."""

from __future__ import annotations

import ctypes
import gc
import sys
from contextlib import suppress


def give_back() -> None:
    """Return what was freed: glibc keeps tensors of up to 32 MiB, hundreds of megabytes after an epoch.

    Costs some tens of milliseconds. Other C libraries than glibc are left alone.
    """
    gc.collect()
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # musl, say
            ctypes.CDLL("libc.so.6").malloc_trim(0)

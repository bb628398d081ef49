"""Memory that is used no more goes back to the system, where the C library would keep it for later.

glibc is told; any other is left alone.
"""

from __future__ import annotations

import ctypes
import gc
import sys
from contextlib import suppress

# Of `mallopt`, see its manual page. What is larger than LARGE is the system's again as soon as it is freed.
TRIM_THRESHOLD, MMAP_THRESHOLD, ARENA_MAX = -1, -3, -8
LARGE, ARENAS = 8 << 20, 2


def give_back() -> None:
    """Return what was freed: tensors of up to 32 MiB are kept, hundreds of megabytes after an epoch.

    Costs some tens of milliseconds.
    """
    gc.collect()
    if (library := _glibc()) is not None:
        library.malloc_trim(0)


def keep_little() -> None:
    """Let this process keep little of what it frees, for a server of many threads that runs for months.

    Each thread may have a store of its own: after 65,000 requests 1.6 GiB lay in them that nobody used.
    """
    if (library := _glibc()) is not None:
        for setting, value in ((ARENA_MAX, ARENAS), (MMAP_THRESHOLD, LARGE), (TRIM_THRESHOLD, LARGE)):
            library.mallopt(setting, value)


def _glibc() -> ctypes.CDLL | None:
    if sys.platform == "linux":
        with suppress(OSError):
            library = ctypes.CDLL("libc.so.6")
            if hasattr(library, "malloc_trim"):
                return library
    return None

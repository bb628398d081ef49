"""Who trains a run: whoever holds the lock in its directory.

The lock goes with its process, however that ends. A number of a process would not do: after a restart of a container
another process has it.
"""

from __future__ import annotations

import threading
from pathlib import Path

from filelock import FileLock, Timeout

LEASE_FILE = "trainer.lock"
_held: dict[Path, FileLock] = {}
_lock = threading.Lock()


def take(folder: Path) -> bool:
    """Make this process the trainer of a run. False while another one is, or this one already.

    Raises:
        OSError: the lock can't be written: the run is gone, the disk full or not writable.
    """
    with _lock:
        if folder in _held:
            return False
        lease = FileLock(folder / LEASE_FILE, blocking=False, thread_local=False)
        try:
            lease.acquire()
        except Timeout:
            return False
        _held[folder] = lease
        return True


def give_back(folder: Path) -> None:
    """The training has ended; nothing happens if this process was not its trainer."""
    with _lock:
        if (lease := _held.pop(folder, None)) is not None:
            lease.release()


def is_held(folder: Path) -> bool:
    """Whether some process trains the run now."""
    try:
        if not take(folder):
            return True
    except OSError:  # it can't be asked: nobody may say that the trainer is gone
        return True
    give_back(folder)
    return False

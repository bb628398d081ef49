"""What killed processes have left below a home, cleared away when the app starts.

Whatever is being written has a name that begins with a dot, and lies beside the place it is for.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

from ans.durable import put_in_place
from ans.runs import lease

ROOMS = ("runs", "uploads", "corrections", "states")
LOCK_FILE = "app.lock"


class Home:
    """A home that this process uses as an app. `first`: no other app did when it came; only then is anything swept."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = FileLock(folder / LOCK_FILE, blocking=False, thread_local=False)
        try:
            self._lock.acquire()
        except Timeout:  # another app is on this home, and what looks left may be what it writes now
            self.first = False
        else:
            self.first = True
            sweep(folder)

    def leave(self) -> None:
        """The app ends."""
        self._lock.release()


def sweep(home: Path) -> list[Path]:
    """Remove what was not written to its end; a run that a process still trains is left alone. Returns what went."""
    swept = []
    for left in sorted(_leftovers(home)):
        with suppress(OSError):  # the next start tries again
            if not _rescued(left):
                shutil.rmtree(left) if left.is_dir() and not left.is_symlink() else left.unlink()
            swept.append(left)
    return swept


def _leftovers(home: Path) -> Iterator[Path]:
    for room in ROOMS:
        for folder in (home / room, *(one for one in (home / room).glob("[!.]*") if one.is_dir())):
            if room == "runs" and folder != home / room and lease.is_held(folder):
                continue
            yield from folder.glob(".*")
            yield from folder.glob("checkpoints/.*")


def _rescued(left: Path) -> bool:
    """Put a model back that was moved aside for a newer one, which then did not come."""
    model = left.parent / left.name.removeprefix(".").partition("-")[0]
    if not left.name.endswith("-old") or model.name != "model" or model.exists():
        return False
    put_in_place(left, model)
    return True

"""Runs and private texts of a server that keeps nothing for ever: what is older than so many days goes.

The starter and the run that answers newcomers stay, and what is being trained or waits to be.
"""

from __future__ import annotations

import logging
import shutil
import threading
import time
from pathlib import Path

from ans.durable import remedy
from ans.runs.lease import is_held
from ans.runs.run import Run
from ans.runs.status import GOING
from ans.runs.store import RunStore

log = logging.getLogger("ans.runs")
DAY, FIRST_SECONDS, LOOK_SECONDS = 86400, 600, 3600


class Expiry:
    """Looks every hour, in a thread of its own that ends with the process."""

    def __init__(self, store: RunStore, days: int) -> None:
        self._store, self._days = store, days
        self._began, self._ticks = time.time(), time.monotonic()

    def start(self) -> None:
        """Begin with a first look soon; a machine that has just started may still have a wrong clock."""
        threading.Thread(target=self._look_on, name="expiry", daemon=True).start()

    def look(self) -> None:
        """Delete what is too old. A clock that was set forward meanwhile makes nothing older, one set back younger."""
        try:
            now = min(time.time(), self._began + time.monotonic() - self._ticks)
            if gone := expire(self._store, self._days, now):
                log.warning("Older than %d days, and deleted: %s.", self._days, ", ".join(gone))
        except Exception as error:  # the disk, a run that was deleted in this moment, or whatever; the thread goes on
            log.warning("Old runs could not be looked at now: %s: %s", type(error).__name__, remedy(error) or error)

    def _look_on(self) -> None:
        time.sleep(FIRST_SECONDS)
        while True:
            self.look()
            time.sleep(LOOK_SECONDS)


def expire(store: RunStore, days: int, now: float) -> list[str]:
    """Delete what is older than so many days at a time in seconds since 1970; returns what went.

    Of a run that can't be read, damaged or of a newer version, its newest file tells how old it is. A browser's uploads
    and corrections go when they are that old and none of its runs is left.
    """
    before, gone = now - days * DAY, []
    for run in store.all():
        if not _stays(store, run) and _ended(run) < before:
            store.delete(run)
            gone.append(run.id)
    for odd in store.unreadable():
        run = Run(store.root / odd.id)
        if not _is_kept(store, run) and _newest(run.folder) < before and not is_held(run.folder):
            store.remove(run.id)
            gone.append(run.id)
    owners = {run.owner for run in store.all()}
    for room in (store.uploads, store.corrections):
        for folder in sorted(room.glob("[!.]*")):
            if folder.name not in owners and _newest(folder) < before:
                shutil.rmtree(folder, ignore_errors=True)
                gone.append(f"{room.name} of a browser")
    return gone


def _stays(store: RunStore, run: Run) -> bool:
    return _is_kept(store, run) or run.status.state in GOING


def _is_kept(store: RunStore, run: Run) -> bool:
    return run.is_starter or run.id == store.preferred


def _ended(run: Run) -> float:
    return run.status.ended or run.status.created


def _newest(folder: Path) -> float:
    return max((path.stat().st_mtime for path in (folder, *folder.rglob("*"))), default=0.0)

"""Runs and private texts of a server that keeps nothing for ever: what is older than so many days goes.

The starter and the run that answers newcomers stay, and what is being trained or waits to be.
"""

from __future__ import annotations

import logging
import shutil
import threading
import time
from pathlib import Path

from ans.runs.run import Run
from ans.runs.status import GOING
from ans.runs.store import RunStore

log = logging.getLogger("ans.runs")
DAY, LOOK_SECONDS = 86400, 3600


class Expiry:
    """Looks every hour, in a thread of its own that ends with the process."""

    def __init__(self, store: RunStore, days: int) -> None:
        self._store, self._days = store, days

    def start(self) -> None:
        """Begin with a first look at once."""
        threading.Thread(target=self._look_on, name="expiry", daemon=True).start()

    def _look_on(self) -> None:
        while True:
            try:
                gone = expire(self._store, self._days, time.time())
                if gone:
                    log.warning("Older than %d days, and deleted: %s.", self._days, ", ".join(gone))
            except (OSError, ValueError) as error:  # the disk, or a run that was deleted in this moment
                log.warning("Old runs could not be looked at now: %s", error)
            time.sleep(LOOK_SECONDS)


def expire(store: RunStore, days: int, now: float) -> list[str]:
    """Delete what is older than so many days at a time in seconds since 1970; returns what went.

    A browser's uploads and corrections go when they are that old and none of its runs is left.
    """
    before, gone = now - days * DAY, []
    for run in store.all():
        if not _stays(store, run) and _ended(run) < before:
            store.delete(run)
            gone.append(run.id)
    owners = {run.owner for run in store.all()}
    for room in (store.uploads, store.corrections):
        for folder in sorted(room.glob("[!.]*")):
            if folder.name not in owners and _newest(folder) < before:
                shutil.rmtree(folder, ignore_errors=True)
                gone.append(f"{room.name} of a browser")
    return gone


def _stays(store: RunStore, run: Run) -> bool:
    return run.is_starter or run.id == store.preferred or run.status.state in GOING


def _ended(run: Run) -> float:
    return run.status.ended or run.status.created


def _newest(folder: Path) -> float:
    return max((path.stat().st_mtime for path in (folder, *folder.rglob("*"))), default=0.0)

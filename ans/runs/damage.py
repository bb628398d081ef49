"""Which runs can't be used because a file of theirs is damaged, and saying so once."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from pathlib import Path

from ans.runs.files import Written

log = logging.getLogger("ans.runs")
_told: set[tuple[str, str]] = set()
_found: dict[Path, tuple[Written, str]] = {}
_lock = threading.Lock()


@dataclass(frozen=True)
class Unreadable:
    """A run that is in no list of runs, and why. `newer`: nothing is damaged, a newer version made it."""

    id: str
    reason: str
    newer: bool = False


def remember(folder: Path, files: Written, reason: str) -> None:
    """A run that looked whole could not be used; `files` tells when they were written."""
    with _lock:
        _found[folder] = files, reason
    tell(folder.name, reason)


def remembered(folder: Path, files: Written) -> str | None:
    """Why a run could not be used, as long as its files are as they were then."""
    found = _found.get(folder)
    return found[1] if found is not None and found[0] == files else None


def tell(run_id: str, reason: str) -> None:
    """One line in the log for each thing that is wrong with a run, however often it is met."""
    with _lock:
        if (run_id, reason) in _told:
            return
        _told.add((run_id, reason))
    log.warning("Run %s: %s", run_id, reason)

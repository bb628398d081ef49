"""What the page's one timer looks at, and which run and model it then shows."""

from __future__ import annotations

from dataclasses import dataclass

from ans.runs.run import Run
from ans.runs.status import ENDED
from ans.runs.store import RunStore


@dataclass(frozen=True)
class Snapshot:
    """What an open page shows of the store; when it is unchanged there is nothing to redraw.

    `ready` holds the ids of the runs with a model, newest first, `names` the names of all runs; the stamps change with
    each step of their run.
    """

    watched: str | None
    watched_stamp: str
    active_stamp: str
    ready: tuple[str, ...]
    names: tuple[tuple[str, str], ...] = ()

    @classmethod
    def take(cls, store: RunStore, watched: Run | None) -> Snapshot:
        """The store as it is now, seen by a page that watches one run."""
        active, runs = store.active(), store.all()
        return cls(
            None if watched is None else watched.id,
            "" if watched is None else watched.version,
            "" if active is None else f"{active.id} {active.version}",
            tuple(run.id for run in runs if run.status.ended_well),
            tuple((run.id, run.name) for run in runs),
        )


def newer_active(store: RunStore, watched: Run | None) -> Run | None:
    """The run to watch: the one that trains now if the watched one has ended, else the watched one."""
    return watched if watched is not None and watched.status.state not in ENDED else store.active() or watched


def model_in_use(now: Snapshot, before: Snapshot | None, chosen: str | None) -> str | None:
    """The model a page answers with: the watched run if just trained, else the chosen one, else the newest."""
    just_trained = before is not None and now.watched in now.ready and now.watched not in before.ready
    if just_trained:
        return now.watched
    if chosen in now.ready:
        return chosen
    return now.ready[0] if now.ready else None

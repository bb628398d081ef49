"""What the page's one timer looks at, and which run and model it then shows."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from ans.runs.names import distinct
from ans.runs.run import Run
from ans.runs.status import ENDED, GOING, RUNNING, Status
from ans.runs.store import RunStore, active_of, first_of


@dataclass(frozen=True)
class Listed:
    """A run of a list, and what the page's lists show of it, read once."""

    run: Run
    status: Status
    name: str

    @property
    def id(self) -> str:
        """The run's id."""
        return self.run.id


def listed(store: RunStore) -> list[Listed]:
    """The runs of a store, newest first. A poll calls this once, and passes on what it gets."""
    found = []
    for run in store.all():
        with suppress(ValueError):  # deleted in this moment
            found.append(Listed(run, run.status, run.name))
    names = distinct([one.name for one in found])
    return [replace(one, name=name) for one, name in zip(found, names, strict=True)]


def finished(runs: Sequence[Listed]) -> list[Listed]:
    """Those with a model."""
    return [one for one in runs if one.status.ended_well]


def with_id(runs: Sequence[Listed], run_id: str | None) -> Listed | None:
    """The run with this id, if it is one of these."""
    return next((one for one in runs if one.id == run_id), None)


def first_watched(runs: Sequence[Listed], mine: str | None) -> Listed | None:
    """The run a newly opened page shows: what trains now, else this browser's last, else the newest there is."""
    return active_of(runs) or with_id(runs, mine) or next(iter(runs), None)


def place_of(store: RunStore, run: Run) -> int | None:
    """How many trainings go before this one, whoever's they are; None when it has ended."""
    waiting = [one for one in reversed(store.all()) if one.status.state in GOING]
    waiting.sort(key=lambda one: one.status.state != RUNNING)
    return next((place for place, one in enumerate(waiting) if one.id == run.id), None)


def newer_active(runs: Sequence[Listed], watched: Listed | None) -> Listed | None:
    """The run to watch: the one that trains now if the watched one has ended, else the watched one."""
    return watched if watched is not None and watched.status.state not in ENDED else active_of(runs) or watched


@dataclass(frozen=True)
class Snapshot:
    """What an open page shows of the store; when it is unchanged there is nothing to redraw.

    `ready` holds the ids of the runs with a model, newest first, `names` the names of all runs; the stamps change with
    each step of their run. `place`: of the watched run in the queue, while it waits.
    """

    watched: str | None
    watched_stamp: str
    active_stamp: str
    ready: tuple[str, ...]
    names: tuple[tuple[str, str], ...] = ()
    trouble: str | None = None
    place: int | None = None

    @classmethod
    def take(
        cls, runs: Sequence[Listed], watched: Listed | None, trouble: str | None = None, place: int | None = None
    ) -> Snapshot:
        """These runs as they are now, seen by a page that watches one of them.

        Args:
            trouble: why nothing can be trained now.
            place: `place_of` the watched one, if that waits.
        """
        trains = active_of(runs)
        return cls(
            None if watched is None else watched.id,
            "" if watched is None else watched.run.version,
            "" if trains is None else f"{trains.id} {trains.run.version}",
            tuple(one.id for one in finished(runs)),
            tuple((one.id, one.name) for one in runs),
            trouble,
            place,
        )


def first_model(runs: Sequence[Listed], browser: str | None, preferred: str | None = None) -> str | None:
    """The model that answers before anybody has chosen one: the newest of a browser's own uploads and trainings on
    them, else `first_of` all. What a stranger has trained is nobody's first model.

    Args:
        browser: None for whoever shows none. preferred: see `RunStore`.
    """
    ready = [one.run for one in finished(runs)]
    own = [run for run in ready if browser is not None and run.owner == browser]
    chosen = own[0] if own else first_of(ready, preferred)
    return None if chosen is None else chosen.id


def last_used(started: str | None, using: Any) -> tuple[str | None, str | None]:
    """The models a browser may want again, the likelier first: what it has started since it chose one, what it chose.

    Args:
        started: the run it has started last. using: the model it used last and what `started` was then, as the browser
            has kept it, which may be anything.
    """
    model, before = using if isinstance(using, list) and len(using) == 2 else (None, None)
    return (started, model) if before != started else (model, started)


def model_in_use(now: Snapshot, before: Snapshot | None, chosen: str | None, first: str | None) -> str | None:
    """The model a page answers with: the watched run if just trained, else the chosen one, else `first_model`'s."""
    just_trained = before is not None and now.watched in now.ready and now.watched not in before.ready
    if just_trained:
        return now.watched
    return chosen if chosen in now.ready else first

"""Whose training is whose, on a page that strangers share."""

from __future__ import annotations

from ans.data.corpora import BUNDLED, PUBLIC
from ans.data.uploads import Uploads
from ans.runs.status import QUEUED, RUNNING
from ans.runs.store import RunStore

MOST_WAITING = 5


class Trainings:
    """Who started what since this server began; a training never outlives its server.

    Runs on public data are everybody's to see and to ask. But where strangers share the page, each stops only trainings
    of their own, and has one at a time. On one's own machine everything is allowed.
    """

    def __init__(self, store: RunStore, restricted: bool) -> None:
        self._store, self._restricted = store, restricted
        self._started: dict[str, str | None] = {}  # browsers by run

    def begun(self, run_id: str, browser: str | None) -> None:
        """A browser has started this one."""
        self._started[run_id] = browser

    def is_theirs(self, run_id: str | None, browser: str | None) -> bool:
        """Whether a run counts as this browser's: may it stop it, does its page turn to the run when it is trained?"""
        return not self._restricted or (browser is not None and self._started.get(run_id) == browser)

    def need_room(self, browser: str | None) -> None:
        """See that this browser may start one more.

        Raises:
            ValueError: one of its own goes on, or too many are waiting.
        """
        if not self._restricted:
            return
        active = [run.id for run in self._store.all() if run.status.state in (QUEUED, RUNNING)]
        if any(self.is_theirs(run_id, browser) for run_id in active):
            raise ValueError("your last training has not ended yet; wait for it, or stop it.")
        if len(active) >= MOST_WAITING:
            raise ValueError(f"{len(active)} trainings are waiting already; try again in some minutes.")


def may_use(uploads: Uploads, browser: str | None, dataset: str, restricted: bool) -> bool:
    """Whether this browser may read a dataset: its own uploads always, others' never, paths where nobody else is."""
    name = str(dataset or "").strip() or BUNDLED
    if name in (BUNDLED, *PUBLIC) or uploads.owns(browser, name):
        return True
    return not (restricted or uploads.holds(name))

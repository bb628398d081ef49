"""Waiting for what a training process does, never for a time."""

from __future__ import annotations

from collections.abc import Callable

from ans.runs.run import Run
from ans.runs.status import ENDED
from tests.browser.waiting import until

DEADLINE = 120  # seconds; a worker that starts on a busy machine takes some


def wait_until(holds: Callable[[], bool], what: str, look_every: float = 0.05) -> None:
    """Look again and again until something holds.

    Raises:
        AssertionError: it still doesn't at the deadline.
    """
    until(holds, what, DEADLINE, look_every)


def ended(run: Run) -> Run:
    """The run, once it has ended."""
    wait_until(lambda: run.status.state in ENDED, "the run's end")
    return run


def training(run: Run) -> Run:
    """The run, once it is in the middle of phase 1."""
    wait_until(lambda: any(event.phase == "encoder" for event in run.progress.events), "a step of phase 1")
    return run

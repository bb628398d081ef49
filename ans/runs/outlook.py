"""How far a training is, in time: the share of it that is over, and the seconds that are left, over all phases.

A training writes down what each phase would take on a usual machine (`Event.work`, ans/workflows/expected.py) and how
much slower this one was the last time (`Event.pace`). What the phases have taken so far corrects the rest.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

USUAL = 2.0  # seconds: what has been measured in less than that says little about the speed of the rest
LEAST = 0.1  # of what a step was expected to take: this much is left of it, however late it is
LOOKS = 50  # at most so many steps of a phase are looked at: enough for a bar


class Step(Protocol):
    """What is asked of an event of a training."""

    @property
    def time(self) -> float: ...
    @property
    def phase(self) -> str: ...
    @property
    def step(self) -> int | None: ...
    @property
    def steps(self) -> int | None: ...
    @property
    def work(self) -> dict[str, float] | None: ...
    @property
    def pace(self) -> dict[str, float] | None: ...


@dataclass(frozen=True)
class Outlook:
    """The share of the time that is over, 0 to 1, and the seconds left; None as long as nobody can say."""

    share: float = 0.0
    left: float | None = None


def outlook(events: Iterable[Step], now: float) -> Outlook:
    """Where a training stands. From one moment to a later one the share never falls, whatever the phases take."""
    at, share = _Standing(), 0.0
    for event in events:
        if at.learns_from(event):  # what was said just before it, and what is said now
            share = max(share, at.share(event.time))
            at.sees(event)
            share = max(share, at.share(event.time))
    return Outlook(max(share, at.share(now)), at.left(now))


@dataclass
class _Standing:
    """What is known up to an event: where the training is, what is expected, and what it has taken."""

    began: float | None = None
    last: float = 0.0
    phase: str = ""
    phase_began: float = 0.0
    done: float = 0.0  # share of the phase
    expected: dict[str, float] = field(default_factory=dict)  # seconds by phase, in the order of the phases
    pace: dict[str, float] = field(default_factory=dict)
    over: tuple[float, float] = (0.0, 0.0)  # of the phases that are over: seconds taken, seconds expected

    def learns_from(self, event: Step) -> bool:
        """False of most of the many steps of a phase: they say nothing new."""
        return event.phase != self.phase or not event.steps or (event.step or 0) % max(1, event.steps // LOOKS) == 0

    def sees(self, event: Step) -> None:
        """Take up an event."""
        if self.began is None:
            self.began = self.last = event.time
        self.pace = event.pace or self.pace
        if event.work:
            self.expected = {phase: seconds * self.pace.get(phase, 1.0) for phase, seconds in event.work.items()}
        if event.phase != self.phase:
            if (seconds := self.expected.get(self.phase)) is not None:
                self.over = self.over[0] + self.last - self.phase_began, self.over[1] + seconds
            self.phase, self.phase_began, self.done = event.phase, self.last, 0.0
        if event.step and event.steps:
            # The check tells of a step when it begins, all others when they have done it.
            self.done = (event.step - (event.phase == "check")) / event.steps
        self.last = event.time

    def left(self, now: float) -> float | None:
        """Seconds until the end; None before anything is expected."""
        if not self.expected:
            return None
        phases, own = list(self.expected), self.expected.get(self.phase, 0.0)
        taken = self.last - self.phase_began
        speed = (USUAL + self.over[0] + taken) / (USUAL + self.over[1] + self.done * own)
        # As expected at first, at the pace of this phase's own steps at last.
        here = (1 - self.done) * (taken + (1 - self.done) * own * speed)
        later = phases[phases.index(self.phase) + 1 :] if self.phase in phases else phases
        here = max(here - max(0.0, now - self.last), LEAST * here)
        return here + speed * sum(self.expected[phase] for phase in later)

    def share(self, now: float) -> float:
        """How much of all the time is over."""
        left = self.left(now)
        over = now - self.began if self.began is not None else 0.0
        return 0.0 if left is None or over <= 0 else over / (over + left)

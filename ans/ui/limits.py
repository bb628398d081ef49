"""What one visitor may ask of a server that others use too. Rates are counted by address, in a moving window."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from ans.ui.environment import Environment

MIB = 1 << 20
TYPING, EVENTS, PAGES, API, LEARNING, UPLOADS, UPLOADED, NAMES, LOGINS = (
    "typing", "events", "pages", "api", "learning", "uploads", "uploaded", "names", "logins",
)  # fmt: skip


@dataclass(frozen=True)
class Limits:
    """Numbers of one server. None and no rate: as much as anybody likes.

    `rates`: how often one address may do what, by kind: `typing` (a verdict or its small map), `events` (everything
    else the page asks), `pages` (page loads), `api` (requests of programs), `learning` (those that train or teach),
    `uploads` (files), `uploaded` (MiB of them), `names` (browsers that have none yet), `logins` (tries). `waiting`:
    events of one address in the queue, and as many requests of programs.
    `upload`, `kept`: bytes of one uploaded file, and of all uploads. `trainings`: of one address, waiting or under way.
    `connections`: of one address. `held`: bytes of texts in memory for all open pages. `passes`: many texts that one
    address has classified at a time. `rows`: of one table. `taught`: new corrections and new classes of one learning.
    `runs`: that one browser may keep. `work`, `seconds`: of one training, in texts × classes × epochs and on the clock.
    `training`, `uploading`: whether visitors may.
    """

    rates: Mapping[str, str] = field(default_factory=dict)
    waiting: int | None = None
    upload: int = 500 * MIB
    kept: int | None = None
    trainings: int | None = None
    connections: int | None = None
    held: int | None = None
    passes: int | None = None
    rows: int | None = None
    taught: tuple[int, int] | None = None
    runs: int | None = None
    work: int | None = None
    seconds: float | None = None
    training: bool = True
    uploading: bool = True


OWN = Limits()  # one's own machine
REACHABLE = Limits(
    rates={
        TYPING: "120/second", EVENTS: "60/second", PAGES: "10/second", API: "50/second",
        LEARNING: "60/minute",
        UPLOADS: "60/minute", UPLOADED: "2000/hour", NAMES: "600/hour", LOGINS: "10/minute",
    },
    waiting=24, kept=8 << 30, trainings=5, connections=400, held=4 << 30, passes=4,
)  # fmt: skip
PUBLIC = Limits(
    rates={
        TYPING: "40/second", EVENTS: "30/second", PAGES: "3/second", API: "10/second",
        LEARNING: "20/hour",
        UPLOADS: "10/minute", UPLOADED: "200/hour", NAMES: "60/hour", LOGINS: "10/minute",
    },
    waiting=8, upload=50 * MIB, kept=2 << 30, trainings=1, connections=200, held=1 << 30, passes=1, runs=20,
    rows=100_000, taught=(200, 20), work=50_000_000, seconds=900,
)  # fmt: skip


def limits_of(asked: Environment, public: bool, reachable: bool) -> Limits:
    """The limits of this server: those of its kind, but for what the environment asks for."""
    numbers = {
        "upload": (asked.upload_mib, MIB), "kept": (asked.uploads_gib, 1 << 30), "trainings": (asked.trainings, 1),
        "seconds": (asked.training_minutes, 60),
    }  # fmt: skip
    limits = replace(
        PUBLIC if public else REACHABLE if reachable else OWN,
        training=asked.training,
        uploading=asked.uploads,
        **{name: number * unit for name, (number, unit) in numbers.items() if number is not None},
    )
    largest = limits.upload // MIB
    if UPLOADED in limits.rates and parse(limits.rates[UPLOADED]).amount < largest:  # it could never be uploaded
        return replace(limits, rates={**limits.rates, UPLOADED: f"{largest}/hour"})
    return limits


class Rates:
    """Counts what each address has done lately. Safe to call from many threads."""

    def __init__(self, limits: Limits) -> None:
        self._counted = MovingWindowRateLimiter(MemoryStorage())
        self._items: dict[str, RateLimitItem] = {kind: parse(rate) for kind, rate in limits.rates.items()}

    def wait(self, kind: str, address: str, cost: int = 1) -> int:
        """Count it; 0 if it is allowed, else the seconds until the address may try again."""
        item = self._items.get(kind)
        if item is None or cost <= 0 or self._counted.hit(item, kind, address, cost=cost):
            return 0
        return max(1, round(self._counted.get_window_stats(item, kind, address).reset_time - time.time()))

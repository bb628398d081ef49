"""`python -m ans stress soak`: people type and trainings run for long; does the app stay as small as it was?"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ans.config import TrainConfig
from ans.runs.status import FINISHED, GOING
from ans.stress.load import load
from ans.stress.served import Served

SECONDS = 20.0  # of one round of typing
# Small enough to end within a round or two.
TRAINING = TrainConfig(known_ratio=0.1, texts_per_class=10, trainable_layers=1, epochs=2, head_steps=20, folds=1)
KEPT_RUNS = 3  # older ones are deleted, as a person would
GROWS = 1.25  # from the first third to the last
HEAD = "| minute | memory, MiB | threads | open files | child processes | trainings done | verdict p95, ms |\n" + (
    "| --- " * 7 + "|"
)


@dataclass(frozen=True)
class Size:
    """How large the app's process is at one moment."""

    memory: float
    threads: float
    files: float
    children: float

    @classmethod
    def of(cls, process: int) -> Size:
        """The size of a process, from Linux's /proc.

        Raises:
            OSError: there is no such process, or no /proc.
        """
        place = Path(f"/proc/{process}")
        told = dict(line.split(":", 1) for line in (place / "status").read_text().splitlines() if ":" in line)
        children = (place / "task" / str(process) / "children").read_text().split()
        return cls(
            int(told["VmRSS"].split()[0]) / 1024, int(told["Threads"]), len(os.listdir(place / "fd")), len(children)
        )


@dataclass(frozen=True)
class Round:
    """One round of typing: how large the app was at its end, and how long people waited."""

    minute: float
    size: Size
    trainings_done: int
    verdict_p95_ms: float

    def row(self) -> str:
        """A line of the Markdown table."""
        now = self.size
        return (
            f"| {self.minute:.1f} | {now.memory:.0f} | {now.threads} | {now.files} | {now.children} "
            f"| {self.trainings_done} | {self.verdict_p95_ms:.0f} |"
        )


def soak(app: Served, minutes: float, clients: int, seed: int, tell: Callable[[Round], None]) -> list[str]:
    """Let so many people type and trainings run for so long, and tell of each round.

    Returns:
        What has grown by more than a quarter from the first third to the last.
    """
    began, sizes = time.monotonic(), []
    while time.monotonic() - began < 60 * minutes:
        active = [run for run in app.store.all() if run.status.state in GOING]
        if not active:
            app.store.create(TRAINING.with_(seed=seed + len(sizes)))
        waits = load(app.address, clients, SECONDS, seed + len(sizes))
        done = [run for run in app.store.all() if run.status.state == FINISHED and not run.is_starter]
        for old in done[KEPT_RUNS:]:
            app.store.delete(old)
        sizes.append(Size.of(app.process))
        ordered = sorted(waits.verdicts) or [0.0]
        p95 = 1000 * ordered[int(0.95 * (len(ordered) - 1))]
        tell(Round(round((time.monotonic() - began) / 60, 2), sizes[-1], len(done), round(p95, 1)))
    return grown(sizes)


def grown(sizes: list[Size]) -> list[str]:
    """What has grown, by name, of sizes in the order of time."""
    third = max(1, len(sizes) // 3)
    found = []
    for name in ("memory", "threads", "files", "children"):
        first = max(getattr(one, name) for one in sizes[:third])
        last = min(getattr(one, name) for one in sizes[-third:])
        if last > GROWS * first + 1:
            found.append(f"{name} from {first:.0f} to {last:.0f}")
    return found

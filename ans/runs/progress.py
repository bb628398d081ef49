"""How far a run is, from its events: `events.jsonl`, one line per step."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import FiniteFloat

from ans.json_files import DamagedFile, parser, read_typed
from ans.runs.outlook import Outlook, outlook

EVENTS_FILE = "events.jsonl"
MOST_STEPS = 1000  # of one phase that are written, evenly; its curve shows 400
PHASES = {  # the name of each phase for a person, in their order
    "data": "Read the data",
    "cache": "Prepare the texts",
    "check": "Check the line on held-out texts",
    "encoder": "Phase 1: fine-tune the encoder",
    "heads": "Phase 2: train the heads",
    "evaluate": "Test on known and open texts",
}


@dataclass(frozen=True)
class Event:
    """One step of a training: when, in which phase, and what was measured. Steps count from 1.

    `work`: seconds by phase that lie ahead on a usual machine; `pace`: how much slower this machine is, by phase.
    """

    time: FiniteFloat
    phase: str
    step: int | None = None
    steps: int | None = None
    loss: FiniteFloat | None = None
    dev_accuracy: FiniteFloat | None = None
    known: int | None = None
    texts: int | None = None
    work: dict[str, FiniteFloat] | None = None
    pace: dict[str, FiniteFloat] | None = None


@dataclass(frozen=True)
class Curves:
    """Seconds since the start, losses, and dev accuracy in percent."""

    losses: list[tuple[str, list[float], list[float]]]
    accuracy: tuple[list[float], list[float]]


@dataclass(frozen=True)
class Progress:
    """The events of a run so far, oldest first.

    `damaged`: how many lines were no events, and are left out. `torn`: the file ends within a line, as it does while
    one is being written, or holds nothing at all.
    """

    events: tuple[Event, ...] = ()
    damaged: int = 0
    torn: bool = False

    @classmethod
    def read(cls, folder: Path) -> Progress:
        """The events of a run; a line that is still being written is left out, and so is one that is no event."""
        try:
            return read_typed(folder / EVENTS_FILE, _parse)
        except FileNotFoundError:
            return cls()
        except DamagedFile:
            return cls(damaged=1)

    @property
    def phase(self) -> str | None:
        """The phase of the last event."""
        return self.events[-1].phase if self.events else None

    def outlook(self, now: float) -> Outlook:
        """The share of the time that is over, and the seconds left."""
        return outlook(self.events, now)

    def curves(self) -> Curves:
        """The training curves so far."""
        start = self.events[0].time if self.events else 0.0
        losses = []
        for phase, name in (("encoder", "loss, phase 1"), ("heads", "loss, phase 2")):
            own = [(event.time, event.loss) for event in self.events if event.phase == phase]
            points = [(at, loss) for at, loss in own if loss is not None]
            points = points[:: max(1, len(points) // 400)]  # more points than pixels help nobody
            losses.append((name, [round(at - start, 2) for at, _ in points], [round(loss, 4) for _, loss in points]))
        dev = [(event.time, event.dev_accuracy) for event in self.events]
        known = [(round(at - start, 2), round(100 * accuracy, 2)) for at, accuracy in dev if accuracy is not None]
        return Curves(losses, ([at for at, _ in known], [accuracy for _, accuracy in known]))


def event_writer(folder: Path) -> Callable[[dict[str, Any]], None]:
    """A function that appends one event, with its time, and flushes it.

    Of a phase of very many steps it leaves most out: the page reads the whole file whenever it has grown.
    """
    file, told = (folder / EVENTS_FILE).open("a", encoding="utf-8"), {}

    def write(event: dict[str, Any]) -> None:
        if event.get("steps") and "dev_accuracy" not in event:
            phase, share = event["phase"], event["step"] * MOST_STEPS // event["steps"]
            if told.get(phase) == share:
                return
            told[phase] = share
        file.write(json.dumps({"time": time.time(), **event}) + "\n")
        file.flush()

    return write


_PARSE_EVENT = parser(Event)


def _parse(raw: bytes) -> Progress:
    events, damaged = [], 0
    *lines, rest = raw.split(b"\n")
    for line in lines:
        try:
            event = _PARSE_EVENT(line)
        except ValueError:
            damaged += 1
            continue
        if event.phase in PHASES:
            events.append(event)
        else:
            damaged += 1
    return Progress(tuple(events), damaged, torn=bool(rest) or not lines)

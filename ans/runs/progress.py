"""What a person wants to know of a run, derived from its status and events. Plain data; the page only draws it."""

from __future__ import annotations

from dataclasses import dataclass

# Name of each phase for a person, and its usual share of the time; only the bar's smoothness hangs on the share.
PHASES = {
    "data": ("Read the data", 0.01),
    "cache": ("Run the frozen layers", 0.09),
    "encoder": ("Phase 1: fine-tune the encoder", 0.65),
    "heads": ("Phase 2: train the heads", 0.15),
    "evaluate": ("Test on known and open texts", 0.10),
}


@dataclass(frozen=True)
class Curves:
    """Seconds since the start, losses, and dev accuracy in percent."""

    losses: list[tuple[str, list[float], list[float]]]
    accuracy: tuple[list[float], list[float]]


def current_phase(events: list[dict]) -> str | None:
    """The phase of the last event."""
    return events[-1]["phase"] if events else None


def share_done(events: list[dict]) -> float:
    """How far a running run is, between 0 and 1."""
    phase = current_phase(events)
    if phase is None:
        return 0.0
    names = list(PHASES)
    before = sum(PHASES[name][1] for name in names[: names.index(phase)])
    last = events[-1]
    return before + PHASES[phase][1] * (last["step"] / last["steps"] if last.get("steps") else 0.0)


def seconds_left_in_phase(events: list[dict]) -> float | None:
    """At the pace of this phase so far; an upper bound in phase 1, which may stop early. None before it is known."""
    steps = [event for event in events if event["phase"] == current_phase(events) and event.get("steps")]
    if len(steps) < 2 or steps[-1]["step"] == steps[0]["step"]:
        return None
    first, last = steps[0], steps[-1]
    return (last["time"] - first["time"]) / (last["step"] - first["step"]) * (last["steps"] - last["step"])


def curves(events: list[dict]) -> Curves:
    """The training curves so far."""
    start = events[0]["time"] if events else 0.0
    losses = []
    for phase, name in (("encoder", "loss, phase 1"), ("heads", "loss, phase 2")):
        own = [event for event in events if event["phase"] == phase and "loss" in event]
        own = own[:: max(1, len(own) // 400)]  # more points than pixels help nobody
        losses.append((name, [round(e["time"] - start, 2) for e in own], [round(e["loss"], 4) for e in own]))
    dev = [event for event in events if "dev_accuracy" in event]
    return Curves(
        losses, ([round(e["time"] - start, 2) for e in dev], [round(100 * e["dev_accuracy"], 2) for e in dev])
    )

"""What a person wants to know of a run, derived from its status and events. Plain data; the page only draws it."""

from __future__ import annotations

from dataclasses import dataclass

from ans.config import TrainConfig
from ans.published import published_for
from ans.runs import ENDED, FAILED, FINISHED, INTERRUPTED, QUEUED, RUNNING, STOPPED, Run, RunStore, Status
from ans.wording import clock, percent, signed

# Name of each phase for a person, and its usual share of the time; only the bar's smoothness hangs on the share.
PHASES = {
    "data": ("Read the data", 0.01),
    "cache": ("Run the frozen layers", 0.09),
    "encoder": ("Phase 1: fine-tune the encoder", 0.65),
    "heads": ("Phase 2: train the heads", 0.15),
    "evaluate": ("Test on known and open texts", 0.10),
}
TITLES = {
    QUEUED: "Waiting for the training process",
    RUNNING: "Training",
    FINISHED: "Trained",
    STOPPED: "Stopped",
    FAILED: "This training failed",
    INTERRUPTED: "Interrupted",
}
DEVICE_NAMES = {"cpu": "the CPU", "mps": "the Apple GPU"}
HEADINGS = {"accuracy": "Accuracy", "f1": "F1", "f1_known": "F1-known", "f1_open": "F1-open", "auroc": "AUROC"}


@dataclass(frozen=True)
class Curves:
    """Seconds since the start, losses, and dev accuracy in percent."""

    losses: list[tuple[str, list[float], list[float]]]
    accuracy: tuple[list[float], list[float]]


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


def view(run: Run, now: float) -> dict:
    """A run for the page: state, title, clock, detail, phases, share, and at the end the numbers."""
    status, events = run.status, run.events()
    out: dict = {"state": status.state, "title": TITLES[status.state], "name": run.name}
    if status.state == RUNNING:
        out |= {
            "clock": clock(now - status.started),
            "share": share_done(events),
            "detail": _running_detail(run, events),
        }
    if status.state in (QUEUED, RUNNING):
        out["phases"] = _phase_states(events)
    if status.state == QUEUED:
        out["detail"] = "It begins as soon as the runs before it have ended. The page may be closed meanwhile."
    if status.state in (FAILED, STOPPED, INTERRUPTED):
        out["detail"] = status.message
    if status.state == FINISHED:
        out |= _finished(run, status)
    return out


def _running_detail(run: Run, events: list[dict]) -> str:
    if run.stop_requested:
        return "Stopping at the next step."
    if not events:
        return "Starting."
    last = events[-1]
    words = [PHASES[last["phase"]][0]]
    if last.get("steps"):
        words.append(f"step {last['step']:,} of {'at most ' if last['phase'] == 'encoder' else ''}{last['steps']:,}")
    left = seconds_left_in_phase(events)
    if left is not None:
        words.append(f"{'at most ' if last['phase'] == 'encoder' else 'about '}{clock(left)} left in this phase")
    return ", ".join(words) + "."


def _phase_states(events: list[dict]) -> list[dict]:
    names, phase = list(PHASES), current_phase(events)
    at = names.index(phase) if phase is not None else -1
    return [
        {"name": PHASES[name][0], "state": "done" if i < at else "now" if i == at else "later"}
        for i, name in enumerate(names)
    ]


def _finished(run: Run, status: Status) -> dict:
    evaluation, config, promotion = run.evaluation, run.config, run.promotion
    if promotion is not None:
        made = f"Made in Discover from another run, which is still there, by adding the class {promotion['label']}."
        return {"clock": "", "numbers": numbers(evaluation["metrics"], config), "note": made}
    seconds, device = evaluation["seconds"], device_name(evaluation["device"])
    return {
        "clock": clock(status.ended - status.started),
        "numbers": numbers(evaluation["metrics"], config),
        "note": f"{evaluation['num_known_classes']} known classes, {len(evaluation['held_out'])} held out as open. "
        f"Phase 1 took {clock(seconds['encoder'])}, phase 2 {clock(seconds['heads'])} on {device}. "
        "This model now answers in Ask and is drawn in Map when it is chosen above.",
    }


def device_name(device: str) -> str:
    """Where a run was computed, for a person."""
    return DEVICE_NAMES.get(device, "the GPU")


def numbers(metrics: dict, config: TrainConfig) -> list[list[str]]:
    """A table: the field's four numbers and AUROC in percent, and the paper's row where there is one."""
    rows = [["", *HEADINGS.values()], ["This run", *(percent(metrics[name]) for name in HEADINGS)]]
    paper = published_for(config)
    if paper is not None:
        rows.append(["Paper, BERT-base", *(percent(paper.get(name)) for name in HEADINGS)])
        gaps = [None if name not in paper else metrics[name] - paper[name] for name in HEADINGS]
        rows.append(["Difference", *map(signed, gaps)])
    return rows

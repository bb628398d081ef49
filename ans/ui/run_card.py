"""The card of one run: where its training stands, and how it ended. Plain data; the page only draws it."""

from __future__ import annotations

from ans.config import TrainConfig
from ans.conventions import HEADINGS
from ans.evaluation.published import published_for
from ans.runs.progress import PHASES, current_phase, seconds_left_in_phase, share_done
from ans.runs.run import DELETED, FAILED, FINISHED, INTERRUPTED, QUEUED, RUNNING, STOPPED, Run, Status
from ans.ui.wording import clock, percent, signed

TITLES = {
    QUEUED: "Waiting for the training process",
    RUNNING: "Training",
    FINISHED: "Trained",
    STOPPED: "Stopped",
    FAILED: "This training failed",
    INTERRUPTED: "Interrupted",
    DELETED: "Deleted",  # in this moment, on another page
}
DEVICE_NAMES = {"cpu": "the CPU", "mps": "the Apple GPU"}


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

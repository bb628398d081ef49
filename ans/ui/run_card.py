"""The card of one run: where its training stands, and how it ended. Plain data; the page only draws it."""

from __future__ import annotations

from collections.abc import Mapping

from ans.config import TrainConfig
from ans.conventions import HEADINGS
from ans.evaluation.advice import warning
from ans.evaluation.published import published_for
from ans.runs.evaluation import Evaluation
from ans.runs.progress import PHASES, Progress
from ans.runs.run import Run
from ans.runs.status import DELETED, FAILED, FINISHED, GOING, INTERRUPTED, QUEUED, RUNNING, STOPPED, Status
from ans.ui.wording import clock, ordinal, percent, signed

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


def view(run: Run, now: float, place: int | None = None) -> dict:
    """A run for the page: state, title, clock, detail, phases, share, seconds left, and at the end the numbers.

    Args:
        place: how many trainings go before it, while it waits.
    """
    status, progress = run.status, run.progress
    out: dict = {"state": status.state, "title": TITLES[status.state], "name": run.name}
    if status.state == RUNNING:
        ahead, elapsed = progress.outlook(now), now - (status.started or now)
        out |= {
            "id": run.id,
            "clock": clock(elapsed),
            "elapsed": round(elapsed, 1),
            "left": None if ahead.left is None or run.stop_requested else round(ahead.left, 1),
            "share": ahead.share,
            "detail": _running_detail(run, progress),
        }
    if status.state in GOING:
        out["phases"] = _phase_states(progress)
    if status.state == QUEUED:
        out |= _waiting(place)
    if status.state in (FAILED, STOPPED, INTERRUPTED):
        out["detail"] = status.message
    if status.state == FINISHED:
        out |= _finished(run, status)
    return out


def _waiting(place: int | None) -> dict[str, str]:
    if not place:
        return {"detail": "It begins in a moment. You may close the page meanwhile."}
    before = "the training before it has" if place == 1 else f"the {place:,} trainings before it have"
    return {
        "title": f"{ordinal(place + 1)} in the queue",
        "detail": f"It begins when {before} ended. You may close the page meanwhile.",
    }


def _running_detail(run: Run, progress: Progress) -> str:
    if run.stop_requested:
        return "Stopping at the next step."
    if not progress.events:
        return "Starting."
    last = progress.events[-1]
    at_most = "at most " if last.phase == "encoder" else ""  # phase 1 may stop early
    words = [PHASES[last.phase]]
    if last.step is not None and last.steps:
        words.append(f"step {last.step:,} of {at_most}{last.steps:,}")
    return ", ".join(words) + "."


def _phase_states(progress: Progress) -> list[dict[str, str]]:
    names, phase = list(PHASES), progress.phase
    at = names.index(phase) if phase is not None else -1
    return [
        {"name": PHASES[name], "state": "done" if i < at else "now" if i == at else "later"}
        for i, name in enumerate(names)
    ]


def _finished(run: Run, status: Status) -> dict:
    evaluation, config, promotion = run.evaluation, run.config, run.promotion
    if evaluation is None:
        return {"clock": "", "note": "It left no numbers."}
    table = numbers(evaluation.metrics.headline(), config, evaluation.msp)
    if promotion is not None:
        made = f"Made in Discover from another run, which is still there, by adding the class {promotion.label}."
        return {"clock": "", "numbers": table, "note": made}
    if run.taught is not None:
        made = "It learnt corrections on top of another run, which is still there unless somebody has deleted it."
        return {"clock": "", "numbers": table, "note": f"{made} All numbers are in percent."}
    return {
        "clock": "" if status.seconds is None else clock(status.seconds),
        "warning": warning(run.check),
        "numbers": table,
        "note": f"{_against_msp(evaluation)}"
        f"{len(evaluation.known)} known classes, {len(evaluation.held_out)} held out as open. "
        f"{_check_says(run)}{_phases_took(evaluation)}"
        "All numbers are in percent.",
    }


def _against_msp(evaluation: Evaluation) -> str:
    """What the method is good for: its F1 beside that of a threshold on a plain classifier."""
    theirs = evaluation.msp.get("f1")
    if theirs is None or evaluation.metrics.f1_open is None:  # nothing was open, so nothing had to be told apart
        return ""
    return (
        f"MSP: F1 {percent(theirs)}, this model: F1 {percent(evaluation.metrics.f1)}. MSP is the usual way: a plain "
        "classifier on the same features, open where it is less than half sure. "
    )


def _check_says(run: Run) -> str:
    """How many held-out known texts are refused, and what is let in where the test has no open texts."""
    check = run.check
    if check is None or not check.refused.of:
        return ""
    return f"Of its held-out known texts it refuses {check.refused}. "


def _phases_took(evaluation: Evaluation) -> str:
    """How long the phases took and where, of those that the run tells."""
    took = [
        f"{name} took {clock(evaluation.seconds[key])}"
        for key, name in (("encoder", "phase 1"), ("heads", "phase 2"))
        if key in evaluation.seconds
    ]
    sentence = ", ".join(took)
    return f"{sentence[:1].upper()}{sentence[1:]} on {device_name(evaluation.device)}. " if took else ""


def device_name(device: str) -> str:
    """Where a run was computed, for a person."""
    return DEVICE_NAMES.get(device, "the GPU")


def numbers(
    metrics: Mapping[str, float | None], config: TrainConfig, msp: Mapping[str, float | None] | None = None
) -> list[list[str]]:
    """A table: the field's four numbers and AUROC in percent; below them MSP's and the paper's, where there are any."""
    rows = [["", *HEADINGS.values()], ["This run", *(percent(metrics[name]) for name in HEADINGS)]]
    if msp:
        rows.append(["MSP, same features", *(percent(msp.get(name)) for name in HEADINGS)])
    paper = published_for(config)
    if paper is not None:
        rows.append(["Paper, BERT-base", *(percent(paper.get(name)) for name in HEADINGS)])
        rows.append(["Difference", *(signed(gap(metrics[name], paper.get(name))) for name in HEADINGS)])
    return rows


def gap(measured: float | None, published: float | None) -> float | None:
    """How far a number lies above another, as both are shown: to one decimal; None if one of them is missing."""
    return None if measured is None or published is None else round(measured, 1) - round(published, 1)

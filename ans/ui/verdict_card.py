"""What the verdict card says of one text: loading, the answer and why, or why there is none. Plain data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ans.conventions import OPEN_NAME, Prediction
from ans.runs.status import FAILED, INTERRUPTED, STOPPED
from ans.serving.models import Serving
from ans.ui.access import Visitor
from ans.ui.wording import as_sentence, signed

Card = dict[str, Any]  # what `VerdictComponent` draws

EMPTY: Card = {
    "state": "empty",
    "title": "Type a sentence, or click an example",
    "reason": "Each keystroke is judged: one of the known classes, or OPEN.",
}
LOADING: Card = {"state": "busy", "title": "Loading the model", "reason": "A few seconds, once."}


def verdicts(
    serving: Serving, visitor: Visitor, text: str, run_id: str | None, tried: float | None = None
) -> Iterator[Card]:
    """What the verdict card shows for a text: perhaps a note that the model is loading, then the answer.

    Args:
        tried: the share of known texts that is refused, if another than the run's own is tried.
    """
    if not run_id:
        yield waiting(serving)
        return
    if not (text or "").strip():
        yield EMPTY
        return
    try:
        visitor.trained(run_id)
        if not serving.is_loaded(run_id):
            yield LOADING
        prediction, milliseconds = serving.answer(run_id, text, tried)
    except ValueError as error:
        yield failed(error)
        return
    yield answer(prediction, milliseconds, tried)


def answer(prediction: Prediction, milliseconds: float, tried: float | None = None) -> Card:
    """A prediction as the card draws it."""
    line = "" if tried is None else " The line is the one you try, not the model's own."
    return {
        "state": "answer",
        **prediction.to_dict(),
        "reason": reason(prediction),
        "usual": usual(prediction),
        "foot": f"Judged in {milliseconds:.0f} ms. A head says yes above zero; the text is open when none does.{line}",
    }


def usual(prediction: Prediction) -> str:
    """How usual such a score is among known texts, and between what an unsure text wavers; "" where nobody knows."""
    words, below = [], prediction.known_below
    if prediction.unsure:
        words.append(f"Between {' and '.join('OPEN' if one == OPEN_NAME else one for one in prediction.between)}.")
    if below is not None:
        words.append(f"Its score is {_place(below)} of the held-out known texts.")
    return " ".join(words)


def _place(below: float) -> str:
    """Told from the nearer end: who reads of 97 % thinks of much."""
    word, share = ("lower", 1 - below) if below < 0.5 else ("higher", below)
    return f"{word} than that of {100 * share:.0f} %"


def failed(error: Exception) -> Card:
    """Why there is no answer."""
    return {"state": "failed", "title": "No answer", "reason": as_sentence(error)}


def reason(prediction: Prediction) -> str:
    """One sentence that says why."""
    best = prediction.candidates[0]
    if prediction.open:
        return f"No head says yes. The nearest to a yes is {best.label} at {signed(best.logit)}."
    agreeing = [candidate for candidate in prediction.candidates if candidate.logit >= 0]
    if len(agreeing) == 1 and best.label == prediction.label:
        return f"One head says yes: {best.label}, at {signed(best.logit)}."
    count = f"{len(agreeing)} heads say yes" if len(agreeing) > 1 else f"The head of {best.label} says yes"
    return f"{count}; the closed-set classifier picks {prediction.label}."


def waiting(serving: Serving) -> Card:
    """The card while there is no model at all: how far the starter is, or why there is none."""
    store = serving.store.seen_by(None)  # how others' private runs fare is not told
    run = store.active()
    if run is not None:
        return {
            "state": "busy",
            "title": "The starter model is being trained",
            "reason": "Less than a minute on two cores, once. You can type already; the answer appears by itself.",
            "share": run.progress.share_done,
        }
    latest = next(iter(store.all()), None)
    if latest is not None and latest.status.state in (FAILED, STOPPED, INTERRUPTED):
        return {
            "state": "failed",
            "title": "There is no model yet",
            "reason": f"The last training ended as {latest.status.state}: {latest.status.message} Start one in Train.",
        }
    return {"state": "empty", "title": "There is no model yet", "reason": "Start a training in the Train tab."}

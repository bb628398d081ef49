"""What the verdict card says of one text: loading, the answer and why, or why there is none. Plain data."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any

from ans.conventions import OPEN_NAME, Prediction
from ans.runs.status import FAILED, INTERRUPTED, STOPPED
from ans.serving.language import is_foreign_to
from ans.serving.models import Serving
from ans.ui.access import Visitor
from ans.ui.wording import as_sentence, only_english, signed

Card = dict[str, Any]  # what `VerdictComponent` draws

EMPTY: Card = {
    "state": "empty",
    "title": "Type a message, or click an example",
    "reason": "The answer is one of the classes the model has learned, or OPEN if the message belongs to none.",
}
OPEN = "OPEN"  # what a person reads where a text is open
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
        run = visitor.trained(run_id)
        if not serving.is_loaded(run_id):
            yield LOADING
        prediction, milliseconds = serving.answer(run_id, text, tried)
    except ValueError as error:
        yield failed(error)
        return
    foreign = is_foreign_to(run.config.encoder, prediction.text)
    yield answer(prediction, milliseconds, tried) | {"language": only_english("this message seems") if foreign else ""}


def answer(prediction: Prediction, milliseconds: float, tried: float | None = None) -> Card:
    """A prediction as the card draws it."""
    line = "" if tried is None else " The line is the one you try, not the model's own."
    return {
        "state": "answer",
        **prediction.to_dict(),
        "reason": reason(prediction),
        "ask_back": ask_back(prediction.between),
        "usual": usual(prediction),
        "foot": f"Classified in {milliseconds:.0f} ms.{line}",
    }


def ask_back(pair: Sequence[str]) -> str:
    """What a bot could do with an unsure answer; "" for a sure one."""
    if not pair:
        return ""
    names = [one for one in pair if one != OPEN_NAME]
    between = " and ".join(OPEN if one == OPEN_NAME else one for one in pair)
    first, second = (words_of(one) for one in (*names, OPEN_NAME)[:2])
    return f"Between {between}. Better ask back: “Is this about {first}, or {second}?”"


def words_of(label: str) -> str:
    """A class's name as one would say it."""
    return "something else" if label == OPEN_NAME else " ".join(label.replace("_", " ").split())


def usual(prediction: Prediction) -> str:
    """How usual such a score is among known texts; "" where nobody knows."""
    below = prediction.known_below
    return "" if below is None else f"Its score is {_place(below)} held-out known texts."


def _place(below: float) -> str:
    """Told from the nearer end: who reads of 97 % thinks of much."""
    word, share = ("lower", 1 - below) if below < 0.5 else ("higher", below)
    return f"{word} than that of {'nearly all' if share > 0.995 else f'{100 * share:.0f} % of the'}"


def failed(error: Exception) -> Card:
    """Why there is no answer."""
    return {"state": "failed", "title": "No answer", "reason": as_sentence(error)}


def reason(prediction: Prediction) -> str:
    """One sentence that says why."""
    best = prediction.candidates[0]
    if prediction.open:
        closest = f"No class accepts this. Closest: {best.label} ({near_zero(best.logit)}; 0 needed)"
        other = next((one for one in prediction.between if one not in (OPEN_NAME, best.label)), None)
        return closest if other is None else f"{closest}; of all classes {other} would fit best"
    agreeing = [candidate for candidate in prediction.candidates if candidate.logit >= 0]
    if len(agreeing) == 1 and best.label == prediction.label:
        return f"One class accepts this: {best.label} ({near_zero(best.logit)}; 0 needed)"
    accept = f"{len(agreeing)} classes accept this" if len(agreeing) > 1 else f"{best.label} accepts this"
    return f"{accept}; of all classes {prediction.label} fits best."


def near_zero(logit: float) -> str:
    """A logit with as many digits as tell it from zero, two at most."""
    return signed(logit) if abs(logit) >= 0.05 else f"{logit:+.2f}".replace("-", "−")


def waiting(serving: Serving) -> Card:
    """The card while there is no model at all: how far the starter is, or why there is none."""
    store = serving.store.seen_by(None)  # how others' private runs fare is not told
    run = store.active()
    if run is not None:
        return {
            "state": "busy",
            "title": "The starter model is being trained",
            "reason": "Less than a minute on two cores, once. You can type already; the answer appears by itself.",
            "share": run.progress.outlook(time.time()).share,
        }
    latest = next(iter(store.all()), None)
    if latest is not None and latest.status.state in (FAILED, STOPPED, INTERRUPTED):
        return {
            "state": "failed",
            "title": "There is no model yet",
            "reason": f"The last training ended as {latest.status.state}: {latest.status.message} Start one in Train.",
        }
    return {"state": "empty", "title": "There is no model yet", "reason": "Start a training in the Train tab."}

"""What all methods say of one text, and the test texts on which MSP is confidently wrong, for the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ans.conventions import OPEN_LABELS
from ans.runs.run import Run
from ans.serving.comparison.comparisons import MSP, SURE, Comparisons, ConfidentError, Judgement, heads_name
from ans.ui.wording import as_sentence

EMPTY = {
    "state": "empty",
    "title": "Type a text, or click one",
    "detail": "Every fitted method answers it, each by its own threshold.",
}
NO_MODEL = {
    "state": "empty",
    "title": "There is no run to ask",
    "detail": "Choose a trained run above. The starter model comes by itself; other runs are made in Train.",
}
NO_RUN = "Open test texts that MSP takes for a known class appear here, once a trained run is chosen."
NO_CONFIDENT_ERRORS = {"title": "Where MSP is confidently wrong", "detail": NO_RUN, "items": []}
MOST_ERRORS, MOST_OF_A_CLASS = 40, 3  # variety: the surest are often near copies of each other
FOOT = (
    "The middle line is each method's own threshold. A bar's length is the share of the test texts with the same "
    "kind of answer, open or known, that lie no farther from it: the longer, the surer."
)


def judgements(comparisons: Comparisons, runs: Sequence[Run], keys: Sequence[str], text: str) -> dict:
    """What the card of answers shows: every fitted method's answer."""
    if not runs:
        return NO_MODEL
    text = (text or "").strip()
    if not text:
        return EMPTY
    try:
        groups = [_group(comparisons, run, keys, text) for run in runs]
    except ValueError as error:
        return {"state": "failed", "title": "No answer", "detail": as_sentence(error)}
    truth = comparisons.truth(runs[0].id, text)
    return {
        "state": "answer",
        "title": _summary([row for group in groups for row in group["rows"]]),
        "detail": _about(runs[0], truth),
        "runs": groups if len(runs) > 1 else [groups[0] | {"name": ""}],
        "foot": FOOT,
    }


def confident_errors(comparisons: Comparisons, run: Run | None) -> dict:
    """The list of open test texts that MSP takes for a known class with high confidence, and the run for OPEN."""
    if run is None:
        return NO_CONFIDENT_ERRORS
    name = heads_name(run.config)
    try:
        found, sure, total = comparisons.confident_errors(run.id)
    except ValueError as error:
        return NO_CONFIDENT_ERRORS | {"detail": as_sentence(error)}
    if not total:
        detail = "The test part of this run holds no open texts."
    elif not sure:
        detail = f"MSP is at least {SURE:.0%} sure of a known class for none of the {total:,} open test texts."
    else:
        detail = (
            f"Of {total:,} open test texts, MSP is at least {SURE:.0%} sure of a known class for {sure:,}. "
            f"{name} says OPEN to {len(found):,} of these."
        )
        if len(found) > len(listed := _varied(found)):
            detail += f" The {len(listed)} MSP is surest of, at most {MOST_OF_A_CLASS} of a class:"
    return NO_CONFIDENT_ERRORS | {
        "detail": detail,
        "items": [
            {
                "text": one.text,
                "truth": "out of scope" if one.truth in OPEN_LABELS else one.truth,
                "label": one.label,
                "sure": percent(one.probability),
            }
            for one in _varied(found)
        ],
    }


def _varied(found: Sequence[ConfidentError]) -> list[ConfidentError]:
    """The first few of each true class."""
    seen: Counter[str] = Counter()
    out = []
    for one in found:
        seen[one.truth] += 1
        if seen[one.truth] <= MOST_OF_A_CLASS:
            out.append(one)
    return out[:MOST_ERRORS]


def _group(comparisons: Comparisons, run: Run, keys: Sequence[str], text: str) -> dict:
    ready = comparisons.ready(run.id, comparisons.chosen(run.id, [*keys, MSP.key]))
    truth, known = comparisons.truth(run.id, text), set(comparisons.features(run.id).model.labels)
    right = None if truth is None else truth if truth in known else "OPEN"
    judged = comparisons.judge(run.id, ready, text)
    judged.sort(
        key=lambda one: (not one.own, one.choice is not MSP)
    )  # the run and MSP first, as the list below has them
    return {"name": run.name, "rows": [_row(one, right) for one in judged]}


def _row(judgement: Judgement, right: str | None) -> dict:
    answer = judgement.label if judgement.label is not None else "OPEN"
    if judgement.choice.probability:
        score = f"{percent(judgement.score)} against {100 * judgement.threshold:.0f} %"
    else:
        score = f"{number(judgement.score)} against {number(judgement.threshold)}"
    return {
        "name": judgement.choice.name,
        "own": judgement.own,
        "answer": answer,
        "open": judgement.label is None,
        "right": None if right is None else answer == right,
        "sureness": round(judgement.sureness, 4),
        "score": score,
    }


def _summary(rows: Sequence[dict]) -> str:
    opens = sum(row["open"] for row in rows)
    if opens == len(rows):
        return f"All {opens} methods say OPEN" if opens > 1 else "It says OPEN"
    if not opens:
        return f"None of the {len(rows)} methods says OPEN"
    return f"{opens} of {len(rows)} methods say OPEN" if opens > 1 else f"1 of {len(rows)} methods says OPEN"


def _about(run: Run, truth: str | None) -> str:
    if truth is None:
        return ""
    if run.evaluation is not None and truth in run.evaluation.known:
        return f"A test text of the known class {truth}."
    return f"A test text {'out of scope' if truth in OPEN_LABELS else f'of the held-out class {truth}'}: OPEN is right."


def percent(probability: float) -> str:
    """A probability for a person; what is below one never reads as certain."""
    return f"{100 * min(probability, 0.999):.1f} %"


def number(value: float) -> str:
    """Three digits at least, and no more than fit beside the bar: `0.42`, `38.1`, `−1,234`, `2.1e+06`."""
    size = abs(value)
    shown = f"{value:.1e}" if size >= 1e5 else f"{value:,.{2 if size < 10 else 1 if size < 1000 else 0}f}"
    return shown.replace("-", "−")

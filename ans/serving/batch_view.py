"""Which of many classified texts a person looks at: filtered, searched, in an order."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from ans.serving.batch import Batch

ALL, OPEN, KNOWN, UNSURE, CHANGED = KINDS = ("all", "open", "known", "unsure", "changed")
GIVEN, TEXT, ANSWER, SCORE, OTHER = ORDERS = ("given", "text", "answer", "score", "other")


@dataclass(frozen=True)
class View:
    """A filter and an order. `label`: only texts with this answer, "" for open ones; None for all."""

    kind: str = ALL
    words: str = ""
    label: str | None = None
    order: str = GIVEN
    down: bool = False


def rows_of(batch: Batch, view: View) -> list[int]:
    """The rows that a view leaves, in its order."""
    words = view.words.casefold().split()
    rows = [
        row
        for row in range(len(batch.verdicts))
        if is_of(batch, row, view.kind)
        and (view.label is None or (batch.verdicts[row].label or "") == view.label)
        and (not words or _has(batch, row, words))
    ]
    if view.order != GIVEN:
        rows.sort(key=lambda row: _key(batch, row, view.order), reverse=view.down)
    return rows


def is_of(batch: Batch, row: int, kind: str) -> bool:
    """Whether a row is of one of the `KINDS`."""
    verdict = batch.verdicts[row]
    if kind == CHANGED:
        return batch.changed(row)
    is_open = verdict.label is None
    return {ALL: True, OPEN: is_open, KNOWN: not is_open, UNSURE: bool(verdict.between)}[kind]


def kind_counts(batch: Batch) -> dict[str, int]:
    """How many texts are of each kind."""
    return {kind: sum(is_of(batch, row, kind) for row in range(len(batch.verdicts))) for kind in KINDS}


def class_counts(batch: Batch) -> list[tuple[str | None, int]]:
    """Each answer with its number of texts: OPEN (None) first, then the classes, the most frequent first."""
    counts = Counter(verdict.label for verdict in batch.verdicts)
    known = sorted((label for label in counts if label is not None), key=lambda label: (-counts[label], label))
    return [(None, counts[None]), *((label, counts[label]) for label in known)]


def _has(batch: Batch, row: int, words: list[str]) -> bool:
    """Whether every word is somewhere in a row's text or its answers."""
    verdict, other = batch.verdicts[row], batch.other(row)
    answers = " ".join(verdict.label or "open" for verdict in (verdict, other) if verdict is not None)
    found = f"{verdict.text} {answers}".casefold()
    return all(word in found for word in words)


def _key(batch: Batch, row: int, order: str) -> tuple:
    verdict, other = batch.verdicts[row], batch.other(row)
    if order == SCORE:
        return (verdict.score,)
    if order == TEXT:
        return (verdict.text.casefold(),)
    judged = verdict if order == ANSWER or other is None else other
    return (judged.label is not None, (judged.label or "").casefold(), -judged.score)

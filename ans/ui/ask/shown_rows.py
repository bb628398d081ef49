"""What of many classified texts is shown: the bars of each answer, and one page of the table. Plain data."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from ans.serving.batch import Batch
from ans.serving.batch_view import ALL, CHANGED, GIVEN, KNOWN, OPEN, UNSURE, View, class_counts
from ans.ui.wording import signed

ROWS = 100  # of one page
NAMES = {ALL: "All", OPEN: "OPEN", KNOWN: "Known", UNSURE: "Unsure", CHANGED: "Changed"}
IS_OPEN = "OPEN"


@dataclass(frozen=True)
class Place:
    """Where in a batch a person is, beside the filter and the search: a class, an order, a page."""

    label: str | None = None
    order: str = GIVEN
    down: bool = False
    page: int = 0


START = Place()


def view_of(kind: str, words: str, place: Place) -> View:
    """The filter, the search and the place together."""
    return View(kind, words or "", place.label, place.order, place.down)


def bars_value(batch: Batch, place: Place) -> dict:
    """How many texts have each answer."""
    total = len(batch.verdicts)
    rows = [
        {
            "label": label or "",
            "name": IS_OPEN if label is None else label,
            "count": count,
            "share": f"{count / total:.0%}",
        }
        for label, count in class_counts(batch)
    ]
    return {"rows": rows, "pressed": place.label}


def table_value(batch: Batch, found: list[int], place: Place) -> dict:
    """One page of rows as `WorkTableComponent` draws it."""
    start = place.page * ROWS
    return {
        "stamp": time.monotonic_ns(), "rows": [_row(batch, row) for row in found[start : start + ROWS]],
        "start": start, "size": ROWS, "total": len(found), "all": len(batch.verdicts), "label": _filtered(place),
        "chosen": len(batch.chosen), "every": bool(found) and batch.chosen.issuperset(found),
        "order": place.order, "down": place.down, "second": None if batch.second is None else batch.second.name,
    }  # fmt: skip


def _filtered(place: Place) -> str | None:
    return None if place.label is None else place.label or IS_OPEN


def _row(batch: Batch, row: int) -> dict[str, Any]:
    verdict, other = batch.verdicts[row], batch.other(row)
    drawn = {
        "row": row, "text": verdict.text, "answer": verdict.label or IS_OPEN, "open": verdict.label is None,
        "score": signed(verdict.score), "unsure": bool(verdict.between), "chosen": row in batch.chosen,
        "right": (batch.right[row] or IS_OPEN) if row in batch.right else None,
    }  # fmt: skip
    if other is not None:
        drawn |= {"other": other.label or IS_OPEN, "other_open": other.label is None, "changed": batch.changed(row)}
    return drawn

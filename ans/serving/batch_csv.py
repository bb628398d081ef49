"""Many classified texts as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from ans.conventions import OPEN_NAME
from ans.serving.batch import Batch, Verdict

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
OF_EACH = ["text", "answer", "class", "score", "state", "closest_class", "between"]
OF_SECOND = ["second_model", "second_answer", "second_class", "second_score", "changed"]


def as_csv(batch: Batch, rows: Sequence[int]) -> bytes:
    """Some rows as a file that spreadsheets open with the right letters and take no text of for a formula.

    A second model's answers, labels that the texts came with, and corrections have columns where there are any.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    given, second = any(batch.lines.labels), batch.second
    writer.writerow(
        OF_EACH
        + (OF_SECOND if second is not None else [])
        + (["given_label"] if given else [])
        + (["right_answer"] if batch.right else [])
    )
    for row in rows:
        verdict, other = batch.verdicts[row], batch.other(row)
        cells: list[str | float] = [
            verdict.text,
            *_answer(verdict),
            "unsure" if verdict.between else "sure",
            verdict.strongest,
            " or ".join("OPEN" if one == OPEN_NAME else one for one in verdict.between),
        ]
        if second is not None:
            changed = "yes" if batch.changed(row) else "no"
            cells += [second.name, *(("", "", "", "") if other is None else (*_answer(other), changed))]
        if given:
            cells.append(batch.lines.labels[row])
        if batch.right:
            cells.append((batch.right[row] or "OPEN") if row in batch.right else "")
        writer.writerow(harmless(cell) if isinstance(cell, str) else f"{cell:.3f}" for cell in cells)
    return out.getvalue().encode("utf-8-sig")


def harmless(cell: str) -> str:
    """A cell that a spreadsheet shows as it is: an apostrophe stands before what it would compute."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell


def _answer(verdict: Verdict) -> tuple[str, str, float]:
    """Answer, class and score."""
    return "OPEN" if verdict.label is None else "known", verdict.label or "", verdict.score

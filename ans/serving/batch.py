"""Judging many texts at once: chunk by chunk with a stop between, and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ans.conventions import OPEN_NAME
from ans.data.lines import Lines

if TYPE_CHECKING:
    from ans.model.classifier import OpenWorldClassifier

CHUNK = 128  # texts between two looks at the progress and at Stop: under a second on one core
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Verdict:
    """The answer for one of many texts: its class (None when open), its score, and the class of the strongest head.

    `between` names the two answers an unsure text wavers between, as `Prediction` does.
    """

    text: str
    label: str | None
    score: float
    strongest: str
    between: tuple[str, ...] = ()


class Batch:
    """Texts being judged by one model. `stop` may be called from another thread; what is judged by then is kept."""

    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self.verdicts: list[Verdict] = []
        self.stopped = False

    def stop(self) -> None:
        """Judge no further chunk."""
        self.stopped = True

    @property
    def done(self) -> bool:
        """Whether every text has its verdict."""
        return len(self.verdicts) == len(self.lines.texts)

    def run(self, model: OpenWorldClassifier) -> Iterator[int]:
        """Judge chunk after chunk; yields the number of verdicts after each."""
        texts = self.lines.texts
        while not (self.stopped or self.done):
            chunk = texts[len(self.verdicts) : len(self.verdicts) + CHUNK]
            self.verdicts += [
                Verdict(said.text, said.label, said.score, said.candidates[0].label, said.between)
                for said in model.predict(chunk, candidates=1, neighbours=0)
            ]
            yield len(self.verdicts)


def as_csv(verdicts: Sequence[Verdict], labels: Sequence[str] = ()) -> bytes:
    """Verdicts as a CSV file that spreadsheets open with the right letters and take no text of for a formula.

    Args:
        labels: the labels the texts came with, if any; they make a column of their own.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    given = any(labels)
    writer.writerow(
        ["text", "verdict", "class", "score", "strongest_head", "between", *(["given_label"] if given else [])]
    )
    for i, verdict in enumerate(verdicts):
        row = [
            harmless(verdict.text),
            "OPEN" if verdict.label is None else "known",
            harmless(verdict.label or ""),
            f"{verdict.score:.3f}",
            harmless(verdict.strongest),
            harmless(" or ".join("OPEN" if one == OPEN_NAME else one for one in verdict.between)),
        ]
        writer.writerow([*row, harmless(labels[i])] if given else row)
    return out.getvalue().encode("utf-8-sig")


def harmless(cell: str) -> str:
    """A cell that a spreadsheet shows as it is: an apostrophe stands before what it would compute."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell

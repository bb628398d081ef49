"""How a finished run answered its test part: `evaluation.json`."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, FiniteFloat, NonNegativeInt

from ans.conventions import OPEN_NAME
from ans.json_files import DamagedFile, parser, read_typed, replacing_json

EVALUATION_FILE = "evaluation.json"
Percent = Annotated[float, Field(ge=0, le=100.0001, allow_inf_nan=False)]


@dataclass(frozen=True)
class ClassScore:
    """Precision, recall and F1 of one class, in percent, and its number of test texts."""

    label: str
    precision: Percent
    recall: Percent
    f1: Percent
    support: NonNegativeInt


@dataclass(frozen=True)
class Metrics:
    """All in percent. `f1_open` and `auroc` are None when the test holds no open text, `auroc` also when no known one.

    `f1` is the mean over the C known classes and the open one; without open texts, over the known ones alone.
    `confusion[i][j]` counts texts of class i answered j; the last row and column are the open class.
    """

    accuracy: Percent
    f1: Percent
    f1_known: Percent
    f1_open: Percent | None
    auroc: Percent | None
    per_class: list[ClassScore]
    confusion: list[list[NonNegativeInt]]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self)

    def headline(self) -> dict[str, float | None]:
        """The field's four numbers and AUROC, without the tables."""
        return {name: getattr(self, name) for name in ("accuracy", "f1", "f1_known", "f1_open", "auroc")}


@dataclass(frozen=True)
class Evaluation:
    """A run's numbers on its test part, its known and held-out classes, the seconds of each phase, and the device.

    `msp`: the headline numbers of MSP, the usual baseline, on the same test. `reading`: how the encoder reads a text.
    Both are empty where an earlier version trained.
    """

    metrics: Metrics
    known: list[str]
    held_out: list[str]
    seconds: dict[str, FiniteFloat]
    device: str
    msp: dict[str, Percent | None] = field(default_factory=dict)
    reading: str = ""

    @classmethod
    def read(cls, folder: Path) -> Evaluation:
        """The evaluation of a finished run.

        Raises:
            FileNotFoundError: the folder has none. DamagedFile: it is none, or its parts don't fit together.
        """
        found = read_typed(folder / EVALUATION_FILE, _PARSE)
        size = len(found.known) + 1
        metrics = found.metrics
        if len(metrics.per_class) != size or [len(row) for row in metrics.confusion] != [size] * size:
            raise DamagedFile(f"{EVALUATION_FILE} is damaged (its tables are not those of {size - 1} known classes).")
        if [row.label for row in metrics.per_class] != [*found.known, OPEN_NAME]:
            raise DamagedFile(f"{EVALUATION_FILE} is damaged (its classes stand in two orders).")
        return found

    def write(self, folder: Path) -> None:
        """Replace the run's evaluation, at once and whole."""
        with self.replacing(folder):
            pass

    def replacing(self, folder: Path) -> AbstractContextManager[None]:
        """Write the run's evaluation, which takes the place of an older one when the block ends well."""
        plain = asdict(self)
        return replacing_json(folder / EVALUATION_FILE, {**plain, "num_known_classes": len(self.known)})


_PARSE = parser(Evaluation)

"""What a finished run found out about itself without one open text, and about its training texts: `check.json`."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated

from pydantic import Field, NonNegativeInt

from ans.json_files import DamagedFile, parser, read_typed, replacing_json

CHECK_FILE = "check.json"
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Cosine = Annotated[float, Field(ge=-1.01, le=1.01, allow_inf_nan=False)]


@dataclass(frozen=True)
class Count:
    """So many of so many texts."""

    texts: NonNegativeInt
    of: NonNegativeInt

    @property
    def share(self) -> float:
        """Between 0 and 1; 0 of none."""
        return self.texts / self.of if self.of else 0.0

    def __str__(self) -> str:
        return f"{int(100 * self.share + 0.5)} % of {self.of:,}"  # half up, as the page's scripts round


@dataclass(frozen=True)
class CurvePoint:
    """A simple classifier that learnt from a share of the training texts names this many held-out ones rightly."""

    share: Share
    texts: NonNegativeInt
    right: Share


@dataclass(frozen=True)
class Doubt:
    """A training text that is probably mislabelled: its label, the class it looks like, and how surely it has the
    label."""

    text: str
    label: str
    looks_like: str
    label_share: Share


@dataclass(frozen=True)
class Twins:
    """Two training texts of different classes that say almost the same."""

    text: str
    label: str
    other: str
    other_label: str
    similarity: Cosine


@dataclass(frozen=True)
class Quality:
    """What was found in the training texts; `checked` of them were looked at."""

    checked: NonNegativeInt = 0
    curve: list[CurvePoint] = field(default_factory=list)
    mislabelled: list[Doubt] = field(default_factory=list)
    twins: list[Twins] = field(default_factory=list)


@dataclass(frozen=True)
class Check:
    """How the line in use does on held-out texts.

    Attributes:
        refused: held-out known texts that it refuses, and `by_class`, the same for each class that has some.
        left_out: texts of classes that were left out in turn, and that it lets in all the same: an estimate for open
            texts. If `estimated`, by the nearest texts of the untouched encoder alone.
        labelled_open: held-out texts labelled as belonging to no class that it lets in, where training has some.
    """

    refused: Count
    by_class: dict[str, Count]
    left_out: Count
    estimated: bool
    labelled_open: Count
    quality: Quality

    @classmethod
    def read(cls, folder: Path) -> Check | None:
        """The check of a finished run; None of a run that an earlier version made.

        Raises:
            DamagedFile: it is none.
        """
        try:
            found = read_typed(folder / CHECK_FILE, _PARSE)
        except FileNotFoundError:
            return None
        counts = (found.refused, found.left_out, found.labelled_open, *found.by_class.values())
        if any(count.texts > count.of for count in counts):
            raise DamagedFile(f"{CHECK_FILE} is damaged (it counts more texts than there are).")
        return found

    def write(self, folder: Path) -> None:
        """Replace the run's check, at once and whole."""
        with self.replacing(folder):
            pass

    def replacing(self, folder: Path) -> AbstractContextManager[None]:
        """Write the run's check, which takes the place of an older one when the block ends well."""
        return replacing_json(folder / CHECK_FILE, asdict(self))


_PARSE = parser(Check)

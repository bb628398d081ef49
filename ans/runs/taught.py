"""What a run has learnt from corrections, and what that changed.

A run made from another one by learning them has `taught.json`; one that took them in when it was trained has
`corrections.json`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from pydantic import FiniteFloat

from ans.json_files import parser, read_typed, write_json
from ans.runs.check import Count

TAUGHT_FILE, CORRECTIONS_FILE = "taught.json", "corrections.json"


@dataclass(frozen=True)
class Learnt:
    """A corrected text and its right class, None for open."""

    text: str
    label: str | None


@dataclass(frozen=True)
class Change:
    """A test text that is answered otherwise than before; names of classes, None for open."""

    text: str
    truth: str | None
    was: str | None
    now: str | None

    @property
    def better(self) -> bool | None:
        """Whether the answer has become right; False if it has become wrong, None if it is as wrong as before."""
        return None if self.truth not in (self.was, self.now) else self.now == self.truth


@dataclass(frozen=True)
class Standing:
    """How a model does: corrected texts that it answers rightly, and the rest of the test part.

    `f1`, in percent, is the mean over the classes that have test texts: a class that was just added may have none.
    """

    corrected: Count
    known_right: Count
    known_refused: Count
    open_right: Count
    f1: FiniteFloat


@dataclass(frozen=True)
class Taught:
    """How a run came from another by learning corrections.

    Attributes:
        origin: the run whose model has learnt, by id.
        corrections: all it has learnt from.
        before, after: of the origin and of this run on the same texts; a test part without texts counts none.
        changes: test texts whose answer changed.
        seconds: that the learning took.
    """

    origin: str
    corrections: list[Learnt]
    before: Standing
    after: Standing
    seconds: FiniteFloat
    changes: list[Change] = field(default_factory=list)

    @classmethod
    def read(cls, folder: Path) -> Taught:
        """What the run in this folder was taught.

        Raises:
            FileNotFoundError: nothing. DamagedFile: the file says nothing sensible.
        """
        return read_typed(folder / TAUGHT_FILE, _PARSE)

    def write(self, folder: Path) -> None:
        """Write it down, at once and whole."""
        write_json(folder / TAUGHT_FILE, asdict(self))


_PARSE, _PARSE_LEARNT = parser(Taught), parser(list[Learnt])


def write_learnt(folder: Path, learnt: Sequence[Learnt]) -> None:
    """Write down the corrections that a training is to take in."""
    write_json(folder / CORRECTIONS_FILE, [asdict(one) for one in learnt])


def read_learnt(folder: Path) -> list[Learnt]:
    """The corrections that a training takes in.

    Raises:
        FileNotFoundError: there are none. DamagedFile: the file says nothing sensible.
    """
    return read_typed(folder / CORRECTIONS_FILE, _PARSE_LEARNT)

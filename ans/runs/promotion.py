"""How a run was made from another one by adding a class: `promotion.json`."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import FiniteFloat, NonNegativeInt

from ans.json_files import parser, read_typed, write_json

PROMOTION_FILE = "promotion.json"
Numbers = dict[str, FiniteFloat | None]


@dataclass(frozen=True)
class Promotion:
    """How a run was made from another one by adding a class.

    `parent`: that run's id. `browser`: who made it and may undo it. `texts`: what the new class was learnt from.
    `kept_back`: the group's other texts. `true_label`: the test part's name for the class, `agreeing`: how many texts
    of the group have it; `before`, `after`: the field's numbers on the same texts. They are None where nobody knows the
    truth. `test_texts`: how many there are, and how many of the new class.
    """

    parent: str
    label: str
    browser: str | None
    texts: list[str]
    kept_back: list[str]
    true_label: str | None
    agreeing: NonNegativeInt | None
    before: Numbers | None
    after: Numbers | None
    seconds: FiniteFloat
    test_texts: tuple[NonNegativeInt, NonNegativeInt]

    @classmethod
    def read(cls, folder: Path) -> Promotion:
        """How the run in this folder was made.

        Raises:
            FileNotFoundError: it was trained. DamagedFile: the file says nothing sensible.
        """
        return read_typed(folder / PROMOTION_FILE, _PARSE)

    def write(self, folder: Path) -> None:
        """Write it down, at once and whole."""
        write_json(folder / PROMOTION_FILE, asdict(self))


_PARSE = parser(Promotion)

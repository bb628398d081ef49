"""Several texts in one cell of a table: one a line, perhaps behind dashes or numbers, or between bars or semicolons."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ans.data.rows import Cell, clean

MOSTLY, HALF = 0.8, 0.5
BULLET = re.compile(r"(?:[-*•·–]\s+|\(?\d{1,3}[.)]\s+)(?=\S)")
# Where no name says that these are several texts: so many cells, texts of a cell and words of a text, on average.
FEWEST_CELLS, SEVERAL, FEWEST_WORDS = 3, 2.5, 2.0
SIGNS = (("|", "between bars"), (";", "between semicolons"))
GREETING = (",", ":")  # at the end of a letter's first line


@dataclass(frozen=True)
class Phrases:
    """The texts of each cell, None for an empty one, and where they stand in it."""

    texts: list[tuple[str, ...] | None]
    how: str


def phrases_in(cells: Sequence[str], sure: bool) -> Phrases | None:
    """The texts in each cell; None if each cell is one text.

    Args:
        cells: "" for an empty one. sure: the column's name says that there are several.
    """
    lines = [[line for line in cell.split("\n") if line] for cell in cells]
    if _are_several(lines, sure) and (sure or not _are_letters(cells)):
        marked = [line for found in lines for line in found]
        if sum(BULLET.match(line) is not None for line in marked) >= MOSTLY * len(marked):
            lines = [[BULLET.sub("", line, count=1) for line in found] for found in lines]
        return _of(lines, "one a line")
    for sign, how in SIGNS:
        parts = [[part for one in cell.split(sign) if (part := " ".join(one.split()))] for cell in cells]
        if _are_several(parts, sure):
            return _of(parts, how)
    return None


def clean_lines(cell: Cell) -> str:
    """A cell with its lines, each as `clean` makes it."""
    return "\n".join(map(clean, re.split("\r\n|[\r\n]", cell.strip()))) if isinstance(cell, str) else ""


def _of(found: list[list[str]], how: str) -> Phrases:
    return Phrases([tuple(texts) or None for texts in found], how)


def _are_several(found: Sequence[Sequence[str]], sure: bool) -> bool:
    filled = [texts for texts in found if texts]
    texts = [text for own in filled for text in own]
    several = sum(len(own) > 1 for own in filled)
    if sure:
        return len(filled) > 1 and several >= HALF * len(filled)
    if len(filled) < FEWEST_CELLS or several < MOSTLY * len(filled) or len(texts) < SEVERAL * len(filled):
        return False
    worded = all(any(letter.isalpha() for letter in text) for text in texts)
    return worded and sum(len(text.split()) for text in texts) >= FEWEST_WORDS * len(texts)


def _are_letters(cells: Sequence[str]) -> bool:
    """Whether some of these look like a letter or a mail: paragraphs, or a greeting."""
    return any("\n\n" in cell or cell.partition("\n")[0].endswith(GREETING) for cell in cells)

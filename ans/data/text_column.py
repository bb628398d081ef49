"""Which of several columns holds the texts, where some hold answers to them, or none has a usual name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ans.data.column_words import is_answer, is_written
from ans.data.label_column import are_no_words

WORDS_OF_A_TEXT = 2.5  # on average: more, and a column is free text
LETTERS_OF_A_WORD = 2  # in scripts that write no spaces
UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u9fff]")
DIFFERENT = 0.5  # of texts at least this share


def are_texts(cells: Sequence[str]) -> bool:
    """Whether cells look like free texts: words, most of them different."""
    filled = [cell for cell in cells if cell]
    if not filled or len(set(filled)) < max(DIFFERENT * len(filled), 2 if len(filled) > 1 else 1):
        return False
    return sum(map(words_in, filled)) >= WORDS_OF_A_TEXT * len(filled) and not are_no_words(filled)


def without_answers(columns: Mapping[str, Sequence[str]]) -> list[str]:
    """The columns that hold no answers by their names; all of them, if no other looks like texts.

    Args:
        columns: by name, the cells of the same rows.
    """
    rest = [name for name in columns if not is_answer(name)]
    if len(rest) == len(columns) or not any(are_texts(columns[name]) for name in rest):
        return list(columns)
    return rest


def written(columns: Mapping[str, Sequence[str]]) -> str | None:
    """The column of texts that people wrote, by its name; of several the longest. None if there is none."""
    found = [name for name, cells in columns.items() if is_written(name) and are_texts(cells)]
    return max(found, key=lambda name: sum(map(len, columns[name])), default=None)


def words_in(text: str) -> float:
    """How many words a text has; of scripts without spaces by their letters."""
    return max(len(text.split()), len(UNSPACED.findall(text)) / LETTERS_OF_A_WORD)

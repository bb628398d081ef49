"""Texts that are one but for case, width and the punctuation at their ends: to most encoders they are the same."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

from ans.data.rows import Note, shortened

AT_ENDS = " .,;:!?…¡¿。，、；：！？"
SHOWN = 4


def plain(text: str) -> str:
    """What twins have in common; a text of nothing but punctuation is as it is."""
    whole = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return whole.casefold().strip(AT_ENDS) or text


def without_twins(texts: Sequence[str], dev: list[int], test: list[int]) -> tuple[list[int], list[int]]:
    """The rows that were drawn to test, without those whose twin trains: they would ask for what was learnt by heart.

    Where none were left to test with, all stay.
    """
    aside = {*dev, *test}
    learnt = {plain(text) for row, text in enumerate(texts) if row not in aside}
    dev, apart = ([row for row in drawn if plain(texts[row]) not in learnt] for drawn in (dev, test))
    return dev, apart or test


def twin_notes(rows: Iterable[tuple[str, str]]) -> list[Note]:
    """What to tell of labelled texts and their labels; an exact repetition is no twin, and a text without a label none.

    Twins with two labels teach two things of what an encoder takes for one text, which is a doubt.
    """
    written: dict[str, dict[str, str]] = {}
    for text, label in rows:
        if label:
            written.setdefault(plain(text), {}).setdefault(text, label)
    twins = [own for own in written.values() if len(own) > 1]
    apart = [own for own in twins if len(set(own.values())) > 1]
    alike = sum(len(own) - 1 for own in twins if len(set(own.values())) == 1)
    made = []
    if apart:
        texts = "1 text stands" if len(apart) == 1 else f"{len(apart):,} texts stand"
        said = f"{texts} there with two labels, written differently by case or punctuation at the end alone"
        shown = tuple(
            " = ".join(f"{shortened(text)} → {label}" for text, label in own.items()) for own in apart[:SHOWN]
        )
        made.append(Note("doubt", f"{said}: kept, but most encoders read one text. Give both one label.", shown))
    if alike:
        texts = "1 text differs" if alike == 1 else f"{alike:,} texts differ"
        shown = tuple(" = ".join(map(shortened, own)) for own in twins if len(set(own.values())) == 1)[:SHOWN]
        said = f"{texts} from another of the class by case or punctuation at the end alone: kept."
        made.append(Note("note", said, shown))
    return made

"""Which classes a cell names: one, none, or several; and which names are probably one."""

from __future__ import annotations

import ast
import json
import re
from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from ans.data.rows import Cell, clean

PREFIX = "__label__"
WHOLE_NUMBER = re.compile(r"[+-]?\d+(\.0*)?")
LONGEST_LIST = 5000  # characters of a list that is written into a cell
EDGES = "\u200c\u200d\u200e\u200f\u061c"  # joiners and marks of direction: they mean something inside a word alone


def labels_in(cell: Cell) -> tuple[str, ...]:
    """The different classes that a cell names. A list that stands in it as text, `['a']`, is read as a list."""
    if cell is None:
        return ()
    if isinstance(cell, str):
        return _of_text(cell)
    return tuple(dict.fromkeys(label for item in cell for label in _of_text(item)))


@lru_cache(maxsize=1 << 14)
def _of_text(text: str) -> tuple[str, ...]:
    label = class_name(text)
    if label[:1] in "[{(" and label[-1:] in "]})" and len(label) <= LONGEST_LIST and label:
        listed = _listed(label)
        if listed is not None:
            return tuple(dict.fromkeys(name for item in listed if (name := class_name(item))))
    return (label,) if label else ()


def class_name(text: str) -> str:
    """A class's name: composed letters, single spaces, nothing invisible, without fastText's prefix."""
    label = clean(text)
    if not label.isascii():
        label = label.strip(EDGES).strip()
    return label.removeprefix(PREFIX).strip() if label.startswith(PREFIX) else label


def _listed(text: str) -> list[str] | None:
    """The values of a list that is written as JSON or as Python does; None if it is none."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        try:
            value = ast.literal_eval(text)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            return None
    if isinstance(value, (list, tuple)) and value and all(isinstance(item, Mapping) for item in value):
        chosen = [_choices(item) for item in value]  # Label Studio writes [{"choices": ["a"]}]
        value = None if None in chosen else [label for labels in chosen for label in labels or ()]
    elif isinstance(value, Mapping):
        value = _choices(value)
    if not isinstance(value, (list, tuple)) or not all(isinstance(item, (str, int, float)) for item in value):
        return None
    return [_written(item) for item in value]


def _choices(value: Mapping) -> list | None:
    """What was chosen, as Label Studio writes it: `{"choices": ["a", "b"]}`; None where it is nothing of this kind."""
    labels = value.get("choices")
    if set(value) != {"choices"}:
        return None
    return [labels] if isinstance(labels, str) else labels if isinstance(labels, list) else None


def _written(item: Any) -> str:
    return ("true" if item else "false") if isinstance(item, bool) else str(item)


def near_names(counts: Mapping[str, int]) -> list[list[str]]:
    """Groups of names that are probably one class: they differ by case, by 1 and 1.0, by a space, dash or underscore.

    In each the most frequent comes first.
    """
    groups: dict[str, list[str]] = defaultdict(list)
    for name in counts:
        groups[_key(name)].append(name)
    return sorted(sorted(names, key=lambda name: (-counts[name], name)) for names in groups.values() if len(names) > 1)


def _key(name: str) -> str:
    if WHOLE_NUMBER.fullmatch(name):
        return str(int(name.partition(".")[0]))
    return re.sub(r"[\s_-]+", " ", name.casefold()).strip(" .:") or name

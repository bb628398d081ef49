"""Which classes a cell names: one, none, or several; and which names are probably one."""

from __future__ import annotations

import ast
import html
import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from ans.data.rows import Cell, clean

PREFIX = "__label__"
WHOLE_NUMBER = re.compile(r"[+-]?\d+(\.0*)?")
LONGEST_LIST = 5000  # characters of a list that is written into a cell
DEEPEST = 4
NAMED_SO = ("choices", "label", "labels", "name", "intent", "category", "class")  # Label Studio: {"choices": ["a"]}
WITHOUT_COMMA = re.compile(r"(['\"])\s+(['\"])")
SEPARATORS = re.compile(r"(?<!\d)[\s_-]+|[\s_-]+(?!\d)")  # those between two numbers tell 1-1 from 11
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
    """The values of a list that is written as JSON, as Python or as numpy does; None if it is none."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        try:
            value = ast.literal_eval(WITHOUT_COMMA.sub(r"\1, \2", text))  # Python would join what numpy writes apart
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            return None
    return _names_in(value)


def _names_in(value: Any, depth: int = 0) -> list[str] | None:
    """The names in a value, however lists are nested; of an object what it calls a label. None if there are others."""
    if isinstance(value, (str, int, float)):
        return [_written(value)]
    if isinstance(value, Mapping):
        keys = [key for key in value if key in NAMED_SO]
        return _names_in(value[keys[0]], depth + 1) if len(keys) == 1 and depth < DEEPEST else None
    if isinstance(value, (set, frozenset)):
        value = sorted(value, key=str)
    if not isinstance(value, (list, tuple)) or depth >= DEEPEST:
        return None
    inner = [_names_in(item, depth + 1) for item in value]
    return None if None in inner else [name for names in inner for name in names or ()]


def _written(item: Any) -> str:
    return ("true" if item else "false") if isinstance(item, bool) else str(item)


def near_names(counts: Mapping[str, int]) -> list[list[str]]:
    """Groups of names that are probably one class: they differ by case, by 1 and 1.0, by a space, dash, underscore or
    accent, by letters of full width, or by signs that are written as in HTML.

    In each the most frequent comes first.
    """
    groups: dict[str, list[str]] = defaultdict(list)
    for name in counts:
        groups[_key(name)].append(name)
    return sorted(sorted(names, key=lambda name: (-counts[name], name)) for names in groups.values() if len(names) > 1)


def _key(name: str) -> str:
    if WHOLE_NUMBER.fullmatch(name):
        return str(int(name.partition(".")[0]))
    plain = unicodedata.normalize("NFKD", html.unescape(name)).casefold()
    plain = re.sub("(?<=[a-z])[\u0300-\u036f]+", "", plain)  # of other scripts they may be letters
    return SEPARATORS.sub("", plain).strip(" .:") or name

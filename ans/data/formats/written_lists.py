"""Lists of texts that are written into a cell: as JSON, as Python and pandas do, or as numpy does."""

from __future__ import annotations

import ast
import json
import re

# Python would join what numpy writes apart.
WITHOUT_COMMA = re.compile(r"(['\"])\s+(['\"])")
ENDS = {"[": "]", "(": ")", "{": "}"}


def listed(text: str) -> tuple[str, ...] | None:
    """The texts of a list that a cell holds; None if it is none, or holds anything else."""
    text = text.strip()
    if ENDS.get(text[:1]) != text[-1:] or len(text) < 2:
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        try:
            value = ast.literal_eval(WITHOUT_COMMA.sub(r"\1, \2", text))
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            return None
    if isinstance(value, (set, frozenset)):
        value = sorted(value, key=str)
    if not isinstance(value, (list, tuple)) or not all(isinstance(item, str) for item in value):
        return None
    return tuple(value)

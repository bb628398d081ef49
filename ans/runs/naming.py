"""Names of runs that stand in one list: no two are the same, whoever gave them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence


def distinct(names: Sequence[str]) -> list[str]:
    """The names of a list, newest first; of equal ones the oldest keeps its name and the others get a number."""
    taken, met, out = set(names), Counter[str](), []
    for name in reversed(names):
        met[name] += 1
        shown = name
        while met[name] > 1 and (shown := f"{name} ({met[name]})") in taken:
            met[name] += 1
        taken.add(shown)
        out.append(shown)
    return out[::-1]

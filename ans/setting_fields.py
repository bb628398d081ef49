"""One setting of a training as a dataclass field: all that is known about it, and its check."""

from __future__ import annotations

import math
import reprlib
from dataclasses import Field, field
from numbers import Real
from typing import Any

DATA, ENCODER, PHASE_1, PHASE_2 = GROUPS = ("data", "encoder", "phase 1", "phase 2")
LONGEST_TEXT = 4096  # characters, as many as a path may have
_ALWAYS_THERE = object()
_REPR = reprlib.Repr()  # of a value that may come from anybody's file
_REPR.maxstring = _REPR.maxother = _REPR.maxlong = 500


def setting_field(
    group: str,
    default: Any,
    explanation: str,
    *,
    low: float | None = None,
    high: float | None = None,
    choices: tuple[str, ...] | None = None,
    symbol: str | None = None,
    before: Any = _ALWAYS_THERE,
    formerly: str | None = None,
) -> Any:
    """A dataclass field that carries all that is known about a setting, for --help, the page and old files alike.

    Args:
        group: one of `GROUPS`; settings stand in the order of the fields. explanation: one line. low, high: its bounds.
        symbol: the paper's. before: what the versions did that had no such setting yet. formerly: its name in
            earlier versions.
    """
    about = {"group": group, "explanation": explanation, "low": low, "high": high, "choices": choices}
    about |= {"symbol": symbol, "formerly": formerly}
    return field(default=default, metadata=about | ({} if before is _ALWAYS_THERE else {"before": before}))


def checked(spec: Field, value: Any) -> Any:
    """The value of a setting, whole numbers as int and others as float.

    Raises:
        ValueError: it is out of its bounds, or no value of its kind.
    """
    name = spec.name
    low, high, choices = (spec.metadata[key] for key in ("low", "high", "choices"))
    if value is None:
        if spec.default is not None:
            raise ValueError(f"{name} must have a value, got nothing; leave it out for {spec.default!r}.")
        return value
    if choices is not None and value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(choices)}; got {_REPR.repr(value)}.")
    if low is None:
        if "str" in str(spec.type) and "tuple" not in str(spec.type) and not isinstance(value, str):
            raise ValueError(f"{name} must be a text, got {_REPR.repr(value)}.")
        if isinstance(value, str) and len(value) > LONGEST_TEXT:
            raise ValueError(f"{name} must have at most {LONGEST_TEXT:,} characters, got {len(value):,}.")
        return value
    kind = "a whole number" if "int" in str(spec.type) else "a number"
    if not _is_number(value) or ("int" in str(spec.type) and int(value) != value) or not low <= value <= high:
        raise ValueError(f"{name} must be {kind} between {low:.12g} and {high:.12g}, got {_REPR.repr(value)}.")
    return int(value) if "int" in str(spec.type) else float(value)


def _is_number(value: Any) -> bool:
    """Whether it is a number that ends, Python's or numpy's."""
    number: Any = value
    return isinstance(value, Real) and not isinstance(value, bool) and abs(number) < math.inf

"""Settings of a server that stand in environment variables, as a Space keeps them."""

from __future__ import annotations

import os


def is_on(name: str, default: bool) -> bool:
    """Whether a variable says yes.

    Raises:
        ValueError: it says something else than yes or no.
    """
    said = os.environ.get(name, "").strip().lower()
    if said in ("1", "true", "yes", "on"):
        return True
    if said in ("0", "false", "no", "off"):
        return False
    if said:
        raise ValueError(f"{name} must be on or off, got {said!r}.")
    return default


def number(name: str, default: int) -> int:
    """The number that a variable says.

    Raises:
        ValueError: it is none.
    """
    said = os.environ.get(name, str(default))
    if not said.isdigit():
        raise ValueError(f"{name} must be a number, got {said!r}.")
    return int(said)

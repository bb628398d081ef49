"""Which rows or curves of a benchmark are measured. Light: a wrong name is told before torch is imported."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar


class Named(Protocol):
    """What a benchmark measures one of many of: a row, a curve."""

    @property
    def name(self) -> str:
        """As it is asked for."""
        ...


One = TypeVar("One", bound=Named)


def named(
    ones: Sequence[One],
    names: Sequence[str] | None,
    missing: str = "this table has no row",
    said: Callable[[str], str] = repr,
) -> list[One]:
    """Those with these names, all without names.

    Args:
        missing: how the sentence begins that says that there is no such one. said: how it tells the others' names.

    Raises:
        ValueError: there is no such one.
    """
    known = [one.name for one in ones]
    if unknown := [name for name in names or () if name not in known]:
        raise ValueError(f"{missing} {unknown[0]!r}; it has {', '.join(map(said, known))}.")
    return [one for one in ones if names is None or one.name in names]

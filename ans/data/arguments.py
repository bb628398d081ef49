"""What people hand over in Python as texts and labels, checked before any work: taken where the meaning is clear.

A list, tuple, generator, numpy array, pandas Series, a table with one column (of pandas, polars or pyarrow too), or a
column of a Hugging Face dataset.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from numbers import Integral
from typing import Any

Label = str | int | bool | float
KINDS: dict[str, type] = {"str": str, "int": int, "bool": bool, "float": float}


@dataclass(frozen=True)
class GivenLabels:
    """Labels as names, and the kind they came as: of the `KINDS` by name. A None among them means open."""

    names: list[str | None]
    kind: str = "str"

    @property
    def values(self) -> list[Label | None]:
        """The labels as they came, as Python's own values."""
        return [None if name is None else label_as_given(name, self.kind) for name in self.names]


def given_texts(texts: object, what: str = "texts") -> list[str]:
    """Texts as a list of strings.

    Raises:
        ValueError: it is one string, a table of several columns, or no collection; or an item is no string. The message
            names the first bad position, counted from 0.
    """
    items = given_items(texts, what)
    if set(map(type, items)) <= {str}:
        return items
    for place, item in enumerate(items):
        if not isinstance(item, str):
            raise ValueError(f"{what} must be strings; position {place} (counted from 0) holds {_said(item)}.")
    return [str(item) for item in items]  # of a subclass, such as numpy's


def given_labels(labels: object, what: str = "labels", may_be_open: bool = False) -> GivenLabels:
    """Labels as names: strings, whole numbers, booleans or floats, Python's or numpy's, all of one kind.

    Args:
        may_be_open: None is a label too, and stands for open.

    Raises:
        ValueError: no collection, or a label is missing (None, NaN), empty, of another kind than the first or of none
            of these. The message names the first bad position, counted from 0.
    """
    items = given_items(labels, what)
    kind, names = None, []
    for place, item in enumerate(items):
        if item is None and may_be_open:
            names.append(None)
            continue
        own, plain = _plain(item)
        if own is None:
            raise ValueError(
                f"{what} must be strings, whole numbers or booleans; position {place} (counted from 0) holds "
                f"{_said(item)}."
            )
        kind = own if kind is None else kind
        if own != kind:
            raise ValueError(
                f"{what} must be all of one kind, and begin as {kind}; position {place} (counted from 0) holds "
                f"{_said(item)}."
            )
        names.append(str(plain))
    return GivenLabels(names, kind or "str")


def given_count(count: object, what: str) -> int:
    """A number of things, Python's or numpy's.

    Raises:
        ValueError: it is no whole number from 0 on.
    """
    if isinstance(count, Integral) and not isinstance(count, bool) and int(count) >= 0:
        return int(count)
    raise ValueError(f"{what} must be a whole number from 0 on, got {_said(count)}.")


def label_as_given(name: str, kind: str) -> Label:
    """A class's name as the label it came as.

    Raises:
        ValueError: there is no such kind, or the name is none of it.
    """
    if kind not in KINDS:
        raise ValueError(f"expected a kind of label, one of {', '.join(KINDS)}; got {kind!r}.")
    return name == "True" if kind == "bool" else KINDS[kind](name)


def given_items(given: Any, what: str) -> list:
    """What is in a collection, in its order.

    Raises:
        ValueError: it is one string, a table of several columns, of several dimensions, or no collection in an order.
    """
    if isinstance(given, (str, bytes)):
        raise ValueError(f"{what} must be a list, got one {type(given).__name__}; put it into a list.")
    # Of a Hugging Face dataset and of pyarrow, whose `columns` are no names; of pandas and polars.
    columns = getattr(given, "column_names", getattr(given, "columns", None))
    if columns is not None and getattr(given, "ndim", 2) == 2:
        if len(columns) != 1:
            listed = ", ".join(map(str, list(columns)[:10]))
            raise ValueError(f"{what} must be one column, got a table with {listed}; choose one of them.")
        given = given[next(iter(columns))]
    if isinstance(given, (Mapping, set, frozenset)) or not isinstance(given, Iterable):
        raise ValueError(f"{what} must be a list in a fixed order, got {_said(given)}.")
    if (plain := getattr(given, "to_pylist", None)) is not None:  # of pyarrow
        return plain()
    shape = getattr(given, "shape", None)
    if isinstance(shape, tuple) and len(shape) != 1:
        if len(shape) != 2 or shape[1] != 1:
            raise ValueError(f"{what} must have one dimension, got the shape {shape}.")
        given = given.ravel()  # pyright: ignore[reportAttributeAccessIssue]  # an array of one column
    return list(given)


def _plain(item: Any) -> tuple[str | None, Label | None]:
    """(The kind of a label, Python's value of it), (None, None) for what is no label."""
    if isinstance(item, str):
        return ("str", str(item)) if item.strip() else (None, None)
    value = item.item() if type(item).__module__ == "numpy" and getattr(item, "ndim", 1) == 0 else item
    for kind in (bool, int, float):  # a bool is an int, too
        if isinstance(value, kind) and value == value:  # a NaN is not
            return kind.__name__, kind(value)
    return ("str", value) if isinstance(value, str) and value.strip() else (None, None)


def _said(item: object) -> str:
    if item is None:
        return "None"
    if isinstance(item, float) and item != item:
        return "NaN"
    shown = repr(item)
    shown = shown if len(shown) <= 60 else f"{shown[:57]}…"
    return f"{shown} ({type(item).__name__})"

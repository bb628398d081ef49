"""A column of texts as people have it: a list, an array, a pandas Series or DataFrame, a column of a dataset."""

from __future__ import annotations

from typing import Any


def texts_of(column: Any) -> list[str]:
    """The texts of a column, in order. What has rows and one column, as a pipeline hands on, is a column too.

    Raises:
        ValueError: it has more columns, it is a single text, or a row is no text.
    """
    if isinstance(column, str):
        raise ValueError(f"expected many texts, got the one text {column[:50]!r}; put it in a list.")
    width = _width(column)
    if width is not None and width != 1:
        raise ValueError(f"expected one column of texts, got {width} columns; choose one, such as X['text'].")
    rows = column.iloc[:, 0] if hasattr(column, "iloc") and width is not None else column
    try:
        values = list(rows.ravel() if width is not None and hasattr(rows, "ravel") else rows)
    except TypeError as error:
        raise ValueError(f"expected a column of texts, got {type(column).__name__}.") from error
    for row, value in enumerate(values):
        if not isinstance(value, str):
            got = f"{str(value)[:50]} ({type(value).__name__})"
            raise ValueError(f"expected texts, got {got} in row {row}; turn it into a text, or drop that row.")
    return [str(value) for value in values]  # numpy's own strings become Python's


def _width(column: Any) -> int | None:
    """The columns of what has two dimensions; None of what has one."""
    shape = getattr(column, "shape", ())
    return shape[1] if isinstance(shape, tuple) and len(shape) == 2 else None

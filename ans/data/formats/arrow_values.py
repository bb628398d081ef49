"""The values of Arrow's columns in Python, whatever their types: also times that Python has none for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow

# pytz's error for a zone it doesn't know is a KeyError; a year beyond 9999 is an OverflowError or a ValueError.
NOT_OF_PYTHON = (LookupError, OverflowError, ValueError)


def values_of(column: pyarrow.ChunkedArray | pyarrow.Array) -> list[Any]:
    """The values of a column. Times of an unknown zone are those of UTC, as they are kept; a time that Python can't
    hold is the text that Arrow writes for it.

    Raises:
        ValueError: its type can't be read; the sentence follows a file's name.
    """
    import pyarrow as pa

    try:
        return column.to_pylist()
    except NOT_OF_PYTHON:
        pass
    try:
        column = column.cast(_with_times(column.type, as_texts=False))
        texts = column.cast(_with_times(column.type, as_texts=True)).to_pylist()
    except (pa.ArrowException, *NOT_OF_PYTHON) as error:
        raise ValueError(
            f"has a column of {column.type}, which can't be read; leave it out, or write texts."
        ) from error
    # Cell by cell, so that the same ones are texts however many rows are read at a time.
    return [_value(cell, text) for cell, text in zip(column, texts, strict=True)]


def rows_of_table(table: pyarrow.Table) -> list[dict[str, Any]]:
    """The rows of a table by the names of its columns, each value as `values_of` gives it."""
    names, columns = table.column_names, [values_of(column) for column in table.columns]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def cells_in(column: Any) -> int:
    """The values of a column, those in its lists, maps and objects among them."""
    import pyarrow as pa

    if isinstance(column, pa.ChunkedArray):
        return sum(cells_in(chunk) for chunk in column.chunks)
    if pa.types.is_struct(column.type):
        return len(column) + sum(cells_in(child) for child in column.flatten())
    if pa.types.is_map(column.type):  # has no `flatten`, and its keys are those of the rows that were cut off, too
        places = column.offsets
        first, end = (places[0].as_py(), places[-1].as_py()) if len(column) else (0, 0)
        inside = (column.keys.slice(first, end - first), column.items.slice(first, end - first))
        return len(column) + sum(map(cells_in, inside))
    if pa.types.is_nested(column.type) and not pa.types.is_union(column.type):
        return len(column) + (cells_in(column.flatten()) if hasattr(column, "flatten") else len(column))
    return len(column)


def _with_times(kind: pyarrow.DataType, as_texts: bool) -> pyarrow.DataType:
    """A type with its times, at any depth, as texts; else with those of an unknown zone as times of UTC."""
    import pyarrow as pa

    def inner(one: pyarrow.DataType) -> pyarrow.DataType:
        return _with_times(one, as_texts)

    if pa.types.is_dictionary(kind):
        return inner(kind.value_type)
    if pa.types.is_struct(kind):
        return pa.struct(
            [kind.field(place).with_type(inner(kind.field(place).type)) for place in range(kind.num_fields)]
        )
    if pa.types.is_map(kind):
        return pa.map_(inner(kind.key_type), inner(kind.item_type))
    if pa.types.is_fixed_size_list(kind):
        return pa.list_(inner(kind.value_type), kind.list_size)
    if pa.types.is_large_list(kind) or pa.types.is_large_list_view(kind):
        return pa.large_list(inner(kind.value_type))
    if pa.types.is_list(kind) or pa.types.is_list_view(kind):
        return pa.list_(inner(kind.value_type))
    if as_texts and (pa.types.is_timestamp(kind) or pa.types.is_date(kind) or pa.types.is_duration(kind)):
        return pa.string()
    if pa.types.is_timestamp(kind) and kind.tz is not None and not _is_known(kind.tz):
        return pa.timestamp(kind.unit, "UTC")
    return kind


def _is_known(zone: str) -> bool:
    import pyarrow as pa

    try:
        pa.scalar(0, pa.timestamp("s", zone)).as_py()
    except NOT_OF_PYTHON:
        return False
    return True


def _value(cell: Any, text: Any) -> Any:
    try:
        return cell.as_py()
    except NOT_OF_PYTHON:
        return text

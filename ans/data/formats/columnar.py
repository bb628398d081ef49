"""Parquet and Arrow files, and tables in memory: pandas, Hugging Face. Numbers of classes become the names that stand
beside them."""

from __future__ import annotations

import io
import json
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ans.data.columns import named
from ans.data.formats.arrow_values import cells_in, values_of
from ans.data.formats.json_table import flat, scalar
from ans.data.formats.texts_in_bytes import byte_texts, byte_texts_of, notes_of_bytes, with_texts
from ans.data.rows import Cell, Table

if TYPE_CHECKING:
    import pyarrow

MOST_UNPACKED, MOST_LETTERS = 200 << 20, 100 << 20  # bytes
MOST_CELLS = 3_000_000  # each value of a list is one
STREAM = b"\xff\xff\xff\xff"


def is_columnar(raw: bytes, suffix: str) -> bool:
    """Whether bytes are Parquet or Arrow."""
    whole = raw.startswith(b"PAR1") and raw.endswith(b"PAR1")
    return whole or raw.startswith(b"ARROW1\x00\x00") or (suffix == ".arrow" and raw.startswith(STREAM))


def read_columnar(raw: bytes) -> Table:
    """A table from the bytes of a Parquet or an Arrow file.

    Raises:
        ValueError: it is damaged or far too large; the sentence follows a file's name.
    """
    table, kind = arrow_table(raw, with_numbers=False)
    return _of_arrow(table, kind)


def arrow_table(raw: bytes, with_numbers: bool = True) -> tuple[pyarrow.Table, str]:
    """The columns of a Parquet or an Arrow file as they are, and which of the two it is.

    Args:
        with_numbers: else columns that hold neither words nor labels, such as embeddings and pictures, are left away.

    Raises:
        ValueError: it is damaged or far too large; the sentence follows a file's name.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    kind = "Parquet" if raw.startswith(b"PAR1") else "Arrow"
    try:
        if kind == "Parquet":
            schema = pq.read_schema(io.BytesIO(raw))
            leaves = pq.ParquetFile(io.BytesIO(raw)).schema
            texts = [leaf.path for leaf in leaves if leaf.physical_type == "BYTE_ARRAY"]
            file = pq.ParquetFile(io.BytesIO(raw), read_dictionary=texts)  # what comes again is there once
            as_bytes = byte_texts_of(file)
            kept = [one.name for one in schema if with_numbers or one.name in as_bytes or _may_hold_words(one.type)]
            _check_parquet(file.metadata, set(kept))
            # One group at a time: of nested columns pyarrow reads no dictionaries over several.
            groups = [file.read_row_group(group, columns=kept) for group in range(file.num_row_groups)]
            table = pa.concat_tables(groups) if groups else file.read(columns=kept)
        elif raw.startswith(STREAM):
            table = pa.ipc.open_stream(pa.BufferReader(raw)).read_all()
        else:
            table = pa.ipc.open_file(pa.BufferReader(raw)).read_all()
        table = told_apart(table)
        as_bytes = byte_texts(table)
        kept = [one.name for one in table.schema if with_numbers or one.name in as_bytes or _may_hold_words(one.type)]
        table = table.select(kept)
        for column in table.columns:
            column.validate(full=True)  # numbers that point outside would end the process
        check_size(table.nbytes, sum(cells_in(column) for column in table.columns))
        table = with_texts(table, as_bytes)
        check_size(sum(letters(column) for column in table.columns), 0, MOST_LETTERS)
    except (pa.ArrowException, OSError, OverflowError) as error:
        raise unreadable(kind, error) from error
    return table, kind


def told_apart(table: pyarrow.Table) -> pyarrow.Table:
    """A table whose columns all have names of their own."""
    names = table.column_names
    return table if len(set(names)) == len(names) else table.rename_columns(named(names))


def unreadable(kind: str, error: Exception) -> ValueError:
    """What is said of a file that pyarrow doesn't read: it is damaged, or holds a kind of column that is not known."""
    import pyarrow as pa

    said = (str(error).splitlines() or [type(error).__name__])[0][:100]
    if isinstance(error, pa.ArrowNotImplementedError):
        return ValueError(f"is a {kind} file with columns that can't be read ({said}); write them as texts.")
    return ValueError(f"is a damaged {kind} file ({said}); write it again.")


def _may_hold_words(kind: pyarrow.DataType) -> bool:
    """Whether a column of this kind may hold a text or a label: no bytes, no lists of numbers with a point."""
    import pyarrow as pa

    if pa.types.is_dictionary(kind):
        return _may_hold_words(kind.value_type)
    if isinstance(kind, pa.FixedShapeTensorType):
        return _may_hold_words(kind.storage_type)
    types = pa.types
    if types.is_binary(kind) or types.is_large_binary(kind) or types.is_fixed_size_binary(kind):
        return False
    if types.is_binary_view(kind):
        return False
    if types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind) or types.is_list_view(kind):
        return not pa.types.is_floating(kind.value_type) and _may_hold_words(kind.value_type)
    if pa.types.is_struct(kind):
        return all(_may_hold_words(kind.field(place).type) for place in range(kind.num_fields))
    return True


def _check_parquet(about: Any, kept: Collection[str]) -> None:
    """See that columns unpack to no more than they may; by what the file says of itself, before they are read."""
    size = cells = 0
    for group in range(about.num_row_groups):
        row_group = about.row_group(group)
        for place in range(row_group.num_columns):
            column = row_group.column(place)
            if column.path_in_schema.split(".")[0] in kept:
                size, cells = size + column.total_uncompressed_size, cells + column.num_values
    check_size(size, cells)


def check_size(size: int, cells: int, most: int = MOST_UNPACKED) -> None:
    if size > most:
        raise ValueError(f"unpacks to {size >> 20:,} MB, and {most >> 20} are the most; write fewer columns or rows.")
    if cells > MOST_CELLS:
        raise ValueError(f"holds {cells:,} values, and {MOST_CELLS:,} are the most; write fewer columns or rows.")


def letters(column: Any) -> int:
    """The bytes of a column's texts, each as often as it stands there."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not pa.types.is_dictionary(column.type):
        return column.nbytes
    found = 0
    for chunk in column.chunks:
        words = chunk.dictionary
        if len(words) and (pa.types.is_string(words.type) or pa.types.is_large_string(words.type)):
            sizes = pc.call_function("binary_length", [words]).take(chunk.indices)
            found += pc.call_function("sum", [sizes]).as_py() or 0
    return found


def _of_arrow(table: pyarrow.Table, kind: str) -> Table:
    about = (table.schema.metadata or {}).get(b"huggingface")
    classes = _class_names(json.loads(about)["info"]["features"]) if about is not None and b"features" in about else {}
    columns: dict[str, list[Cell]] = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        cells = _plain_cells(column)
        if cells is not None:
            columns[name] = cells
            continue
        flattened = [flat({name: value}) for value in values_of(column)]
        for path in dict.fromkeys(path for record in flattened for path in record):
            columns[path] = [record.get(path) for record in flattened]
    for name in columns.keys() & classes.keys():
        columns[name] = [_named(cell, classes[name]) for cell in columns[name]]
    rows: list[list[Cell]] = [list(row) for row in zip(*columns.values(), strict=True)]
    notes = notes_of_bytes(table, columns)
    return Table(kind, "", list(columns), rows, list(range(1, len(rows) + 1)), notes=notes)


def _plain_cells(column: pyarrow.ChunkedArray) -> list[Cell] | None:
    """The cells of a column without lists and objects, what comes again kept once; None of any other."""
    import pyarrow as pa

    if pa.types.is_nested(column.type):
        return None
    if not pa.types.is_dictionary(column.type):
        return [scalar(value) for value in values_of(column)]
    made: list[Cell] = []
    for chunk in column.chunks:
        words = [scalar(value) for value in values_of(chunk.dictionary)]
        made += [None if place is None else words[place] for place in chunk.indices.to_pylist()]
    return made


def _class_names(features: Any) -> dict[str, list[str]]:
    """The names of the classes of each column that has some, by what Hugging Face writes beside a table."""
    found = {}
    for name, feature in features.items() if isinstance(features, Mapping) else ():
        inner = feature
        while isinstance(inner, Mapping) and "names" not in inner and isinstance(inner.get("feature"), Mapping):
            inner = inner["feature"]
        if isinstance(inner, Mapping) and isinstance(inner.get("names"), list):
            found[str(name)] = [str(one) for one in inner["names"]]
    return found


def of_records(records: Sequence[Mapping[str, Any]], kind: str, classes: Mapping[str, Sequence[str]]) -> Table:
    """Records as a table. `classes`: of a column with numbers, the names of the classes."""
    flattened = [flat(record) for record in records]
    names = list(dict.fromkeys(name for record in flattened for name in record))
    rows = [[_named(record.get(name), classes.get(name)) for name in names] for record in flattened]
    return Table(kind, "", names, rows, list(range(1, len(rows) + 1)))


def _named(cell: Cell, names: Sequence[str] | None) -> Cell:
    if names is None or cell is None:
        return cell
    if isinstance(cell, tuple):
        return tuple(str(_named(one, names)) for one in cell)
    if cell == "-1":  # how Hugging Face writes that there is no label
        return None
    return names[int(cell)] if cell.isdigit() and int(cell) < len(names) else cell


def of_object(source: Any) -> Table:
    """A pandas DataFrame, a Hugging Face Dataset, or a list of records as a table.

    Raises:
        ValueError: it is none of these.
    """
    if hasattr(source, "features") and hasattr(source, "to_list"):
        features = {name: _names_of(feature) for name, feature in source.features.items()}
        classes = {name: names for name, names in features.items() if names}
        return of_records(source.to_list(), "Hugging Face dataset", classes)
    if hasattr(source, "columns") and hasattr(source, "to_dict"):
        records = [{str(key): _missing(value) for key, value in record.items()} for record in source.to_dict("records")]
        return of_records(records, "pandas DataFrame", {})
    if isinstance(source, Sequence) and not isinstance(source, str) and all(isinstance(one, Mapping) for one in source):
        return of_records([{str(key): value for key, value in one.items()} for one in source], "records", {})
    raise ValueError(
        f"expected a path, a DataFrame, a Hugging Face Dataset or a list of records, got {type(source).__name__}."
    )


def _names_of(feature: Any) -> list[str]:
    inner = getattr(feature, "feature", feature)
    return list(getattr(inner, "names", None) or ())


def _missing(value: Any) -> Any:
    """A cell of pandas: its several kinds of nothing are None, numpy's numbers are Python's."""
    if type(value).__name__ in ("NAType", "NaTType"):
        return None
    if type(value).__module__ != "numpy":
        return value
    return value.item() if getattr(value, "ndim", 1) == 0 else value.tolist() if hasattr(value, "tolist") else value

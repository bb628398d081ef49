"""Parquet and Arrow files, and tables in memory: pandas, Hugging Face. Numbers of classes become the names that stand
beside them."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ans.data.formats.json_table import flat
from ans.data.rows import Cell, Table

if TYPE_CHECKING:
    import pyarrow

MOST_UNPACKED = 400 << 20  # bytes
MOST_CELLS = 20_000_000
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
    import pyarrow as pa
    import pyarrow.parquet as pq

    kind = "Parquet" if raw.startswith(b"PAR1") else "Arrow"
    try:
        if kind == "Parquet":
            file = pq.ParquetFile(io.BytesIO(raw))
            about = file.metadata
            size = sum(about.row_group(group).total_byte_size for group in range(about.num_row_groups))
            _check_size(size, about.num_rows * about.num_columns)
            table = file.read()
        elif raw.startswith(STREAM):
            table = pa.ipc.open_stream(pa.BufferReader(raw)).read_all()
        else:
            table = pa.ipc.open_file(pa.BufferReader(raw)).read_all()
        _check_size(table.nbytes, table.num_rows * table.num_columns)
        return _of_arrow(table, kind)
    except (pa.ArrowException, OSError, OverflowError) as error:
        raise ValueError(f"is a damaged {kind} file ({str(error).splitlines()[0][:100]}); write it again.") from error


def _check_size(size: int, cells: int) -> None:
    if size > MOST_UNPACKED or cells > MOST_CELLS:
        raise ValueError(f"unpacks to {size >> 20:,} MB of {cells:,} cells, too much; write fewer columns or rows.")


def _of_arrow(table: pyarrow.Table, kind: str) -> Table:
    import pyarrow as pa

    kept = [
        name for name, field in zip(table.column_names, table.schema, strict=True) if not pa.types.is_binary(field.type)
    ]
    about = (table.schema.metadata or {}).get(b"huggingface")
    classes = _class_names(json.loads(about)["info"]["features"]) if about is not None and b"features" in about else {}
    return of_records(table.select(kept).to_pylist(), kind, classes)


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
    return value.item() if type(value).__module__ == "numpy" and getattr(value, "ndim", 1) == 0 else value

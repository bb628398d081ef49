"""Rows into a file of the kind that its ending says, as they come: CSV, TSV, JSONL or Parquet; whole or not at all."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ans.durable import replacing
from ans.json_files import json_text

if TYPE_CHECKING:
    import pyarrow

DELIMITERS = {".csv": ",", ".tsv": "\t"}  # as they are written; those that are read, the content tells
LINES = (".jsonl", ".ndjson")
PARQUET = ".parquet"
KINDS = (*DELIMITERS, *LINES, PARQUET)
GROUP = 20_000  # rows of a Parquet file that are in memory at a time


def check_kind(path: Path) -> None:
    """See that rows can be written there.

    Raises:
        ValueError: its ending says no kind of file.
    """
    if path.suffix.lower() not in KINDS:
        raise ValueError(f"{path} must end in {', '.join(KINDS[:-1])} or {KINDS[-1]}, which says what is written.")
    if not path.resolve().parent.is_dir():
        raise ValueError(f"the folder of {path} doesn't exist; make it, or choose another.")


def write_rows(path: Path, names: Sequence[str], rows: Callable[[], Iterable[dict[str, Any]]]) -> None:
    """Write rows into a file of the kind that its ending says, whole or not at all.

    A column of a Parquet file has one type: values of several are written as texts, as a CSV file has them.

    Args:
        rows: gives them from the first on; of Parquet it is asked twice, as the types of its columns stand first.
    """
    kind = path.suffix.lower()
    with replacing(path) as beside:
        if kind == PARQUET:
            _write_parquet(beside, names, rows)
            return
        with beside.open("w", encoding="utf-8", newline="") as file:
            if kind in LINES:
                file.writelines(f"{json_text(row, str)}\n" for row in rows())
                return
            writer = csv.writer(file, delimiter=DELIMITERS[kind])
            writer.writerow(names)
            writer.writerows(["" if row.get(name) is None else _cell(row[name]) for name in names] for row in rows())


def _cell(value: Any) -> str:
    # A text that begins like a formula stays as it came: programs read this again, and must find the same texts. What
    # the page gives to download is for spreadsheets, see `ans.serving.batch_csv.harmless`.
    if isinstance(value, bool):
        return "true" if value else "false"
    return json_text(value, str) if isinstance(value, (list, dict)) else str(value)


def _write_parquet(path: Path, names: Sequence[str], rows: Callable[[], Iterable[dict[str, Any]]]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = dict.fromkeys(names, pa.null())
    for group in _groups(rows()):
        for name in names:
            types[name] = _common(types[name], [row.get(name) for row in group])
    types = {name: kind if _fits(kind) else pa.string() for name, kind in types.items()}
    with pq.ParquetWriter(path, pa.schema([*types.items()])) as writer:
        for group in _groups(rows()):
            columns = [_column([row.get(name) for row in group], kind) for name, kind in types.items()]
            writer.write_table(pa.table(columns, [*types]))


def _common(before: pyarrow.DataType, values: list[Any]) -> pyarrow.DataType:
    """The type of a column whose rows so far have this one; a text where they and these values have none in common."""
    import pyarrow as pa

    try:
        found = [pa.schema([("", kind)]) for kind in (before, pa.array(values).type)]
        return pa.unify_schemas(found, promote_options="permissive").field(0).type
    except (pa.ArrowException, OverflowError):  # a whole number may be too large, too
        return pa.string()


def _fits(kind: pyarrow.DataType) -> bool:
    """Whether Parquet has a type for a column: it has none for spans of months, and for objects without keys."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        pq.ParquetWriter(io.BytesIO(), pa.schema([("", kind)])).close()
    except pa.ArrowNotImplementedError:
        return False
    return True


def _column(values: list[Any], kind: pyarrow.DataType) -> pyarrow.Array:
    import pyarrow as pa

    if pa.types.is_string(kind):
        values = [value if value is None or isinstance(value, str) else _cell(value) for value in values]
    return pa.array(values, kind)


def _groups(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    left = iter(rows)
    while group := list(islice(left, GROUP)):
        yield group

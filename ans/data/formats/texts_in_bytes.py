"""Columns of bytes that are texts in UTF-8: Impala and old Spark write texts into Parquet without saying so."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ans.data.rows import SHOWN_SAMPLES, Cell, Note, lines_named, shortened

if TYPE_CHECKING:
    import pyarrow
    from pyarrow.parquet import ParquetFile

LOOKED_AT = 100  # values
WERE_BYTES = {"ans": "bytes"}  # beside a column that was made a text
NO_LETTERS = {*map(chr, range(32)), "\x7f"} - {*"\t\n\r"}


def byte_texts_of(file: ParquetFile) -> list[str]:
    """The names of the columns of a Parquet file that hold texts as bytes, by their first values.

    Raises:
        pyarrow.ArrowException, OSError: the file is damaged.
    """
    schema = file.schema_arrow
    names = [
        field.name for field in schema if _is_bytes(field.type) and len(schema.get_all_field_indices(field.name)) == 1
    ]
    found = []
    for name in names:
        first = next(file.iter_batches(LOOKED_AT, columns=[name], use_threads=False), None)
        if first is not None and _are_texts(first.column(0).to_pylist()):
            found.append(name)
    return found


def byte_texts(table: pyarrow.Table) -> list[str]:
    """The names of the columns of a table that hold texts as bytes, by their first values."""
    fields = enumerate(table.schema)
    return [
        field.name
        for place, field in fields
        if _is_bytes(field.type) and _are_texts(table.column(place).slice(0, LOOKED_AT).to_pylist())
    ]


def with_texts(table: pyarrow.Table, names: Collection[str]) -> pyarrow.Table:
    """A table with texts for the bytes in columns of these names."""
    import pyarrow as pa

    for place, field in enumerate(table.schema):
        if _is_bytes(field.type) and field.name in names:
            chunks = [_texts_of(chunk) for chunk in table.column(place).chunks]
            kind = chunks[0].type if chunks else pa.string()
            table = table.set_column(
                place, pa.field(field.name, kind, metadata=WERE_BYTES), pa.chunked_array(chunks, kind)
            )
    return table


def notes_of_bytes(table: pyarrow.Table, columns: Mapping[str, Sequence[Cell]]) -> list[Note]:
    """What to know of the columns of a table that were bytes: `columns` has their cells."""
    made = []
    for field in table.schema:
        if (field.metadata or {}).get(b"ans") != b"bytes" or field.name not in columns:
            continue
        cells = columns[field.name]
        bad = [line for line, cell in enumerate(cells, 1) if isinstance(cell, str) and "\ufffd" in cell]
        said = f"“{field.name}” holds bytes, read as texts in UTF-8."
        if not bad:
            made.append(Note("fine", said))
            continue
        shown = tuple(shortened(str(cells[line - 1])) for line in bad[:SHOWN_SAMPLES])
        made.append(Note("doubt", f"{said} Those that are not stand as \ufffd: {lines_named(bad, len(bad))}.", shown))
    return made


def _is_bytes(kind: Any) -> bool:
    import pyarrow as pa

    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_binary_view(kind)


def _are_texts(values: Iterable[bytes | None]) -> bool:
    known = [value for value in values if value]
    try:
        return bool(known) and all(NO_LETTERS.isdisjoint(value.decode("utf-8")) for value in known)
    except UnicodeDecodeError:
        return False


def _texts_of(chunk: pyarrow.Array) -> pyarrow.Array:
    """Bytes as texts, kept once where they come again; what is no UTF-8 stands there as a sign for that."""
    import pyarrow as pa

    if isinstance(chunk, pa.DictionaryArray):
        return pa.DictionaryArray.from_arrays(chunk.indices, _texts_of(chunk.dictionary))
    texts = [None if value is None else value.decode("utf-8", "replace") for value in chunk.to_pylist()]
    return pa.array(texts, pa.string())

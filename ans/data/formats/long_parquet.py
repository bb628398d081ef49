"""Parquet that is longer than memory: its rows, some at a time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ans.data.formats.arrow_values import rows_of_table
from ans.data.formats.columnar import MOST_LETTERS, check_size, letters, told_apart, unreadable
from ans.data.formats.texts_in_bytes import byte_texts_of, with_texts

BATCH = 256  # rows


def unpacked_size(path: Path) -> int:
    """The bytes of a file's columns, as it tells them of itself.

    Raises:
        ValueError: it is damaged; the sentence follows a file's name.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        about = pq.read_metadata(path)
    except (pa.ArrowException, OSError) as error:
        raise unreadable("Parquet", error) from error
    return sum(about.row_group(group).total_byte_size for group in range(about.num_row_groups))


def batches(path: Path) -> Iterator[tuple[list[str], list[dict[str, Any]]]]:
    """The names of its columns and some rows, again and again.

    Raises:
        ValueError: it is damaged, or some rows are far too large; the sentence follows a file's name.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        leaves = pq.ParquetFile(path).schema
        texts = [leaf.path for leaf in leaves if leaf.physical_type == "BYTE_ARRAY"]
        file = pq.ParquetFile(path, read_dictionary=texts, pre_buffer=False)
        as_bytes = byte_texts_of(file)
        for group in range(file.num_row_groups):  # of nested columns pyarrow reads no dictionaries over several
            for batch in file.iter_batches(BATCH, row_groups=[group], use_threads=False):
                batch.validate(full=True)  # numbers that point outside would end the process
                table = told_apart(with_texts(pa.Table.from_batches([batch]), as_bytes))
                check_size(sum(letters(column) for column in table.columns), 0, MOST_LETTERS)
                yield table.column_names, rows_of_table(table)
    except (pa.ArrowException, OSError, OverflowError) as error:
        raise unreadable("Parquet", error) from error

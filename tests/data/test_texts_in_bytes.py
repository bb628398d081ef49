"""Parquet and Arrow columns of bytes are read as the texts that they are; pictures and numbers stay away."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest

from ans.bulk import long_rows
from ans.bulk.rows import read_rows
from ans.data.intake import understand
from ans.data.tables import read_file
from tests.odd_files.made import EACH, ROWS

TEXTS = [f"schöne Grüße, {text}".encode() for text, _ in ROWS]
LABELS = [label.encode() for _, label in ROWS]
PICTURES = [b"\x89PNG\r\n\x1a\n\x00" + bytes([place]) * 20 for place in range(len(ROWS))]
SMALL = [place.to_bytes(4, "little") for place in range(1, len(ROWS) + 1)]
KINDS = {
    "bytes": pa.binary(),
    "large bytes": pa.large_binary(),
    "bytes of a dictionary": pa.dictionary(pa.int32(), pa.binary()),
}


@pytest.mark.parametrize("ending", [".parquet", ".arrow"])
@pytest.mark.parametrize("kind", KINDS)
def test_texts_and_labels_in_bytes_are_read_at_every_door(kind, ending, tmp_path: Path, monkeypatch):
    columns = {"text": pa.array(TEXTS).cast(KINDS[kind]), "label": pa.array(LABELS).cast(KINDS[kind])}
    table = pa.table({**columns, "picture": PICTURES, "number": SMALL})
    path = tmp_path / f"a{ending}"
    pq.write_table(table, path) if ending == ".parquet" else feather.write_feather(table, path)
    read = read_file(path)
    assert read.names == ["text", "label"]
    assert understand(read, read.guessed).counts == EACH
    assert read_rows(path).texts("text") == [text.decode() for text in TEXTS]
    monkeypatch.setattr(long_rows, "HEAD", 10)
    found = [text for _, texts in long_rows.open_rows(path).pieces("text") for text in texts]
    assert found == [text.decode() for text in TEXTS]


def test_a_byte_that_is_no_letter_behind_the_first_rows_loses_no_row(tmp_path: Path):
    texts = [f"number {place}".encode() for place in range(300)]
    texts[250] = b"caf\xe9 250"
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"text": pa.array(texts), "label": ["a", "b"] * 150}), path)
    table = read_file(path)
    assert table.column("text")[250] == "caf\ufffd 250"
    assert len(table.rows) == 300
    assert [(note.kind, "line 251" in note.text) for note in table.notes] == [("doubt", True)]

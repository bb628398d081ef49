"""Valid Parquet and Arrow files are read whatever the types of their columns are, whole and some rows at a time."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ans.bulk import long_rows
from ans.bulk.rows import read_rows
from ans.bulk.written import write_rows
from ans.data.tables import read_file

NUMBERS = pa.array([1, None, 2, 3] * 5)
ON_MARS = NUMBERS.cast(pa.timestamp("us", "Mars/X"))
FAR = pa.array([2**60, None, 5, 6] * 5).cast(pa.timestamp("us"))
PLACES = pa.array(range(21), pa.int32())
MAPS = pa.array([[("k", 1)], None, [], [("a", 2), ("b", 3)]] * 5, pa.map_(pa.string(), pa.int64()))
WORDS = pa.array(["a", "b", None, "c"] * 5)
COLUMNS = {
    "map": MAPS,
    "map in an object": pa.StructArray.from_arrays([MAPS], ["m"]),
    "maps in a list": pa.ListArray.from_arrays(PLACES, MAPS),
    "map of words of a dictionary": pa.MapArray.from_arrays(PLACES, pa.array(["k"] * 20), WORDS.dictionary_encode()),
    "unknown zone": ON_MARS,
    "unknown zone in a list": pa.ListArray.from_arrays(PLACES, ON_MARS),
    "unknown zone in an object": pa.StructArray.from_arrays([ON_MARS], ["t"]),
    "unknown zone in a map": pa.MapArray.from_arrays(PLACES, pa.array(["k"] * 20), ON_MARS),
    "unknown zone in a dictionary": ON_MARS.dictionary_encode(),
    "no zone at all": NUMBERS.cast(pa.timestamp("s", "+99:00")),
    "far in the future": FAR,
    "far in the future, in a list": pa.ListArray.from_arrays(PLACES, FAR),
    "a date far in the future": pa.array([2**30, None, 1, 2] * 5, pa.int32()).cast(pa.date32()),
    "a long time": pa.array([2**62, None, 1, 2] * 5).cast(pa.duration("s")),
    "months": pa.array([pa.MonthDayNano([1, 2, 3]), None] * 10, pa.month_day_nano_interval()),
    "union": pa.UnionArray.from_sparse(pa.array([0, 1] * 10, pa.int8()), [WORDS, NUMBERS]),
    "runs": pa.RunEndEncodedArray.from_arrays([20], ["a"]),
    "objects without keys": pa.array([{}] * 20, pa.struct([])),
    "decimal": pa.array([1, None] * 10).cast(pa.decimal128(30, 2)),
    "bytes": pa.array([b"\xff", None] * 10, pa.binary_view()),
    "words by reference": pa.array(["a", None] * 10, pa.string_view()),
    "list by reference": pa.array([["a"], None] * 10, pa.list_view(pa.string())),
    "nothing": pa.nulls(20),
    "uuid": pa.ExtensionArray.from_storage(pa.uuid(), pa.array([b"0123456789abcdef", None] * 10, pa.binary(16))),
}
ONLY_ARROW = ("months", "union", "runs", "objects without keys")


def written(folder: Path, column: pa.Array, kind: str) -> Path:
    table = pa.table({"text": [f"where is parcel {i}" for i in range(len(column))], "other": column})
    path = folder / f"rows{kind}"
    if kind == ".parquet":
        pq.write_table(table, path)
    else:
        with pa.ipc.new_file(path, table.schema) as file:
            file.write_table(table)
    return path


@pytest.mark.parametrize("kind", [".parquet", ".arrow"])
@pytest.mark.parametrize("name", list(COLUMNS))
def test_a_column_of_any_type_is_read_with_all_rows_and_written_again_in_any_kind(name, kind, tmp_path, monkeypatch):
    if kind == ".parquet" and name in ONLY_ARROW:
        pytest.skip("Parquet has no such type")
    path = written(tmp_path, COLUMNS[name], kind)
    assert len(read_file(path).rows) == 20
    whole = read_rows(path)
    assert whole.count == 20
    assert [row["other"] is None for row in whole.rows] == [not cell.is_valid for cell in COLUMNS[name]] or (
        name in ("union", "runs", "nothing")
    )
    for out in (".csv", ".jsonl", ".parquet"):
        write_rows(tmp_path / f"out{out}", whole.names, lambda: whole.rows)
        assert read_rows(tmp_path / f"out{out}").texts("text") == whole.texts("text")
    if kind == ".parquet":
        monkeypatch.setattr(long_rows, "HEAD", 0)
        monkeypatch.setattr("ans.data.formats.long_parquet.BATCH", 3)
        streamed = long_rows.open_rows(path)
        assert isinstance(streamed, long_rows.LongRows)
        assert [row for rows, _ in streamed.pieces("text") for row in rows] == whole.rows


def test_times_of_an_unknown_zone_are_those_of_utc(tmp_path):
    found = read_rows(written(tmp_path, ON_MARS, ".parquet")).rows[0]["other"]
    assert found.isoformat() == "1970-01-01T00:00:00.000001+00:00"


def test_the_values_of_a_map_count_as_those_of_a_list_do(tmp_path, monkeypatch):
    monkeypatch.setattr("ans.data.formats.columnar.MOST_CELLS", 100)
    many = pa.array([[(f"k{i}", i) for i in range(10)]] * 20, pa.map_(pa.string(), pa.int64()))
    with pytest.raises(ValueError, match=r"holds [\d,]+ values, and 100 are the most"):
        read_file(written(tmp_path, many, ".arrow"))


def test_columns_of_one_name_are_told_apart_as_those_of_other_files_are(tmp_path, monkeypatch):
    table = pa.Table.from_arrays([WORDS, WORDS, NUMBERS], names=["text", "label", "label"])
    pq.write_table(table, tmp_path / "rows.parquet")
    names = ["text", "label", "label (2)"]
    assert read_file(tmp_path / "rows.parquet").names == read_rows(tmp_path / "rows.parquet").names == names
    monkeypatch.setattr(long_rows, "HEAD", 0)
    assert long_rows.open_rows(tmp_path / "rows.parquet").names == names

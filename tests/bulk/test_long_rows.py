"""A file that is longer than memory is understood as the same file is when it is read whole."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

from ans.bulk import long_rows as long
from ans.bulk.rows import Rows, read_rows
from ans.data import long_text
from ans.data.formats import as_written
from tests.odd_files import FILES

COPIES = 60  # of what a file holds below its first line, so that it has several pieces


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch):
    monkeypatch.setattr(long, "HEAD", 1000)
    monkeypatch.setattr(long_text, "HEAD", 4000)
    monkeypatch.setattr(long, "PIECE", 50)
    monkeypatch.setattr(as_written, "BLOCK", 40)


def streamed(path: Path, encoding: str | None = None) -> long.LongRows:
    found = long.open_rows(path, encoding=encoding)
    assert isinstance(found, long.LongRows), "it was read whole"
    return found


def all_of(found: long.LongRows | Rows, column: str | None = None) -> tuple[list, list, list]:
    rows, texts = [], []
    for some, own in found.pieces(column or found.likeliest):
        rows += some
        texts += own
    assert len(rows) == len(texts) == found.count
    return found.names, rows, texts


def check(path: Path, column: str | None = None, encoding: str | None = None) -> long.LongRows:
    whole, found = read_rows(path, encoding=encoding), streamed(path, encoding)
    assert all_of(found, column) == all_of(whole, column)
    assert found.table.encoding == whole.table.encoding
    return found


@pytest.mark.parametrize("name", list(FILES))
def test_each_odd_file_has_the_same_rows_and_texts_however_it_is_read(name, tmp_path):
    path = tmp_path / FILES[name].name
    path.write_bytes(FILES[name].raw)
    try:
        whole = read_rows(path)
    except ValueError:
        pytest.skip("no file of rows")
    found = long.open_rows(path)
    assert all_of(found) == all_of(whole)


def test_cells_over_several_lines_blank_lines_and_long_rows_are_as_in_the_whole(tmp_path):
    path = tmp_path / "rows.csv"
    rows = ['a,"one\n\n  two, ""three"""', "b,where is my parcel", "", "c,short,more", 'd,"a lone quote', "e"]
    path.write_text("\n".join(["id,text", *rows * COPIES, "f,last,a,b"]) + "\n\n", encoding="utf-8")
    found = check(path)
    assert found.names == ["id", "text", "column 3", "column 4"]


def test_a_row_that_only_the_end_of_the_file_has_keeps_its_cells_and_its_column(tmp_path):
    path = tmp_path / "rows.jsonl"
    lines = [json.dumps({"id": i, "text": f"number {i}", "more": {"tags": ["a", i]}}) for i in range(400)]
    lines[200:200] = ["", '"bare"', "[1]"]
    path.write_text("\r\n".join([*lines, json.dumps({"late": "only here"})]) + "\n\n", encoding="utf-8")
    found = check(path)
    assert found.names[-1] == "late"
    assert all_of(found, "late")[2][-1] == "only here"
    assert all_of(found, "text + late")[2][0] == "number 0"


def test_lines_without_columns_in_any_encoding_are_the_texts(tmp_path):
    path = tmp_path / "lines.txt"
    for encoding, name in (("utf-16", None), ("utf-8-sig", None), ("cp1252", None), ("koi8_r", "KOI8-R")):
        line = "где моя посылка {}\n" if encoding == "koi8_r" else "wo bleibt die schöne Tür für Herrn Müller {}\n"
        path.write_bytes("".join(line.format(i) for i in range(600)).encode(encoding))
        assert check(path, encoding=name).count == 600
    path.write_bytes(b"one\rtwo\r\rthree\r" * 500)
    check(path)


def test_bytes_that_are_no_utf_8_behind_the_head_are_told_by_their_lines(tmp_path):
    path = tmp_path / "lines.txt"
    lines = [f"schöne Grüße {i}".encode() for i in range(600)]
    lines[500] = "schöne Grüße".encode("cp1252")
    path.write_bytes(b"\n".join(lines))
    found = check(path)
    assert [note.text for note in found.table.notes] == [note.text for note in read_rows(path).table.notes]
    assert "look at line 501" in found.table.notes[0].text
    path.write_bytes(b"plain\n" * 2000 + "wo ist die schöne Tür für Müller\n".encode("cp1252") * 50)
    assert check(path).table.encoding == "Windows-1252"


def test_parquet_is_read_row_by_row_with_its_nested_columns(tmp_path):
    path = tmp_path / "rows.parquet"
    rows = [{"n": i, "body": {"text": f"number {i}"} if i % 7 else None, "tags": ["a"] * (i % 3)} for i in range(900)]
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), path, row_group_size=100)
    assert check(path).likeliest == "body.text"


def test_what_is_wrong_far_behind_the_head_is_told_by_its_line(tmp_path):
    path = tmp_path / "rows.jsonl"
    good = [json.dumps({"text": f"number {i}"}) for i in range(400)]
    path.write_text("\n".join([*good[:300], '{"text": ', *good[300:]]), encoding="utf-8")
    with pytest.raises(ValueError, match=r"rows\.jsonl is no JSON in line 301: .*; expected one object a line\."):
        long.open_rows(path)
    path = tmp_path / "lines.txt"
    path.write_bytes(b"plain text\n" * 900 + b"zero \x00 byte\n")
    with pytest.raises(ValueError, match=r"lines\.txt holds a zero byte in line 901"):
        long.open_rows(path)


def test_kinds_that_can_not_be_cut_are_read_whole(tmp_path):
    path = tmp_path / "rows.json"
    path.write_text(json.dumps([{"text": f"number {i}"} for i in range(400)]), encoding="utf-8")
    assert isinstance(long.open_rows(path), Rows)
    path = tmp_path / "pretty.jsonl"
    path.write_text("\n".join(json.dumps({"text": f"number {i}"}, indent=1) for i in range(400)), encoding="utf-8")
    assert isinstance(long.open_rows(path), Rows)

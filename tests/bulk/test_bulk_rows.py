"""Rows of files come back as many as they are, with all their columns, whatever kind of file it is."""

import csv
import json

import openpyxl
import pyarrow
import pyarrow.parquet
import pytest

from ans.bulk.long_rows import open_rows
from ans.bulk.rows import read_rows
from ans.bulk.written import write_rows

ROWS = [
    {"id": 1, "text": "lost my card", "tags": ["a", "b"]},
    {"id": 2, "text": None, "tags": []},
    {"id": 3, "text": 'zwei\nZeilen, "quoted" ✓', "tags": ["c"]},
]


@pytest.mark.parametrize("kind", [".csv", ".tsv", ".jsonl", ".parquet"])
def test_what_is_written_is_read_again_row_by_row(kind, tmp_path):
    path = tmp_path / f"rows{kind}"
    write_rows(path, ["id", "text", "tags"], lambda: ROWS)
    found = read_rows(path)
    assert found.names == ["id", "text", "tags"]
    assert [int(row["id"]) for row in found.rows] == [1, 2, 3]
    assert found.texts(None) == ["lost my card", "", 'zwei Zeilen, "quoted" ✓']
    tags = [row["tags"] if isinstance(row["tags"], list) else json.loads(row["tags"]) for row in found.rows]
    assert tags == [row["tags"] for row in ROWS]
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


def test_blank_lines_are_rows_and_short_and_long_rows_keep_their_cells(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("text,note\none,x\n\ntwo\nthree,y,z\n", encoding="utf-8")
    assert read_rows(path).rows == [
        {"text": "one", "note": "x"},
        {},
        {"text": "two"},
        {"text": "three", "note": "y", "column 3": "z"},
    ]
    lines = tmp_path / "lines.txt"
    lines.write_bytes("erste\n\ndritte ü\n".encode("utf-16"))
    found = read_rows(lines)
    assert (found.texts(None), found.table.encoding) == (["erste", "", "dritte ü"], "UTF-16")


def test_rows_are_read_by_the_one_reader_with_odd_quotes_cut_texts_and_no_header(tmp_path):
    path, texts = tmp_path / "rows.csv", [f"where is it number {i}" for i in range(12)]
    lines = [f"{'ab'[i % 2]},{text}" for i, text in enumerate(texts)]
    path.write_text("\n".join([*lines[:3], 'a,"a lone quote', "b,oh, no", "", *lines[3:]]), encoding="utf-8")
    found = read_rows(path)
    assert found.texts(None) == [*texts[:3], '"a lone quote', "oh, no", "", *texts[3:]]
    path = tmp_path / "nlu.yml"
    path.write_text("nlu:\n- intent: a\n  examples: |\n    - one two\n    - three\n", encoding="utf-8")
    assert read_rows(path).texts(None) == ["one two", "three"]


def test_mails_over_lines_are_each_one_row_where_no_name_of_a_column_is_usual(tmp_path):
    path = tmp_path / "mails.csv"
    mails = [f"Hello,\nwhere is parcel {place}?\nAnna" for place in range(9)]
    path.write_text("Nr,Complaint\n" + "".join(f'{place},"{mail}"\n' for place, mail in enumerate(mails)))
    assert read_rows(path).texts(None) == [mail.replace("\n", " ") for mail in mails]


def test_a_blank_line_of_json_is_a_row_and_a_broken_one_is_told_by_its_number(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text('{"text": "a"}\n\n{"text": "b", "id": 1}\n', encoding="utf-8")
    assert read_rows(path).texts("text") == ["a", "", "b"]
    path.write_text('{"text": "a"}\n{"text": \n', encoding="utf-8")
    with pytest.raises(ValueError, match=r"rows\.jsonl is no JSON in line 2: .*; expected one object a line\."):
        read_rows(path)


def test_what_cannot_be_read_is_told(tmp_path):
    path = tmp_path / "rows.csv"
    with pytest.raises(ValueError, match="expected a file at"):
        read_rows(path)
    path.write_text(" \n", encoding="utf-8")
    with pytest.raises(ValueError, match="is empty; expected rows"):
        read_rows(path)
    path.write_text("text,id\na,1\n", encoding="utf-8")
    with pytest.raises(ValueError, match="has no column 'body'; it has text, id"):
        read_rows(path).texts("body")
    (tmp_path / "rows.parquet").write_bytes(b"PAR1 no table at all PAR1")
    with pytest.raises(ValueError, match="is a damaged Parquet file"):
        read_rows(tmp_path / "rows.parquet")


def test_a_nested_text_is_found_by_its_path_and_two_columns_are_one_text(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text('{"data": {"text": "one", "n": 1}}\n{"data": {"text": "two"}}\n', encoding="utf-8")
    found = read_rows(path)
    assert (found.likeliest, found.texts(None), found.names) == ("data.text", ["one", "two"], ["data"])
    assert found.rows[0] == {"data": {"text": "one", "n": 1}}
    path = tmp_path / "rows.csv"
    path.write_text("id,subject,body\n1,late,where is it\n2,,hello\n", encoding="utf-8")
    assert read_rows(path).texts("subject+body") == ["late where is it", "hello"]


def test_a_list_of_texts_alone_and_a_sheet_of_one_column_are_rows_not_what_they_are_written_in(tmp_path):
    path = tmp_path / "rows.json"
    path.write_text('["one two", "three"]', encoding="utf-8")
    assert read_rows(path).texts(None) == ["one two", "three"]
    book = openpyxl.Workbook()
    for sheet, text in ((book.active, "one two"), (book.create_sheet("Second"), "three")):
        assert sheet is not None
        sheet.append(["text"])
        sheet.append([text])
    book.save(tmp_path / "rows.xlsx")
    assert read_rows(tmp_path / "rows.xlsx").texts(None) == ["one two"]
    assert read_rows(tmp_path / "rows.xlsx", "2").texts(None) == ["three"]


def test_lines_end_as_everywhere_and_not_at_other_signs(tmp_path):
    path = tmp_path / "lines.txt"
    path.write_text("one\u2028still one\n\ntwo\x0bstill two", encoding="utf-8")
    assert read_rows(path).texts(None) == ["one still one", "", "two still two"]


def test_rows_of_parquet_that_are_far_too_large_are_refused_however_small_the_file_is(tmp_path):
    cells = pyarrow.array(["x" * 1_000_000] * 600).dictionary_encode()
    pyarrow.parquet.write_table(pyarrow.table({"text": cells, "b": cells}), tmp_path / "rows.parquet")
    assert (tmp_path / "rows.parquet").stat().st_size < 1 << 20
    with pytest.raises(ValueError, match=r"unpacks to [\d,]+ MB, and 100 are the most"):
        open_rows(tmp_path / "rows.parquet")


def test_columns_of_parquet_have_the_types_of_all_their_rows(tmp_path, monkeypatch):
    monkeypatch.setattr("ans.bulk.written.GROUP", 2)
    rows = [{"n": None, "x": 1}, {"n": None, "x": 2}, {"n": "a", "x": 2.5}, {"n": None, "x": None}, {"n": "b", "x": 3}]
    write_rows(tmp_path / "rows.parquet", ["n", "x", "never"], lambda: rows)
    found = pyarrow.parquet.read_table(tmp_path / "rows.parquet")
    assert found.to_pylist() == [{**row, "never": None} for row in rows]
    assert found.schema.field("x").type == pyarrow.float64()


@pytest.mark.parametrize("other", [5, 2.5, True, ["a"], {"a": 1}, 2**70])
@pytest.mark.parametrize("group", [2, 100])
def test_a_column_of_parquet_whose_values_have_several_types_is_of_texts(tmp_path, monkeypatch, other, group):
    monkeypatch.setattr("ans.bulk.written.GROUP", group)
    values = ["a", None, "b", other, None, other]
    write_rows(tmp_path / "rows.parquet", ["n"], lambda: [{"n": value} for value in values])
    write_rows(tmp_path / "rows.csv", ["n"], lambda: [{"n": value} for value in values])
    found = pyarrow.parquet.read_table(tmp_path / "rows.parquet").column("n").to_pylist()
    told = [row[0] for row in [*csv.reader((tmp_path / "rows.csv").open(newline=""))][1:]]
    assert [value or "" for value in found] == told
    assert found[1] is None


def test_a_number_too_large_for_a_column_of_numbers_keeps_all_its_digits(tmp_path):
    write_rows(tmp_path / "rows.parquet", ["n"], lambda: [{"n": 1}, {"n": 2**70}])
    assert pyarrow.parquet.read_table(tmp_path / "rows.parquet").column("n").to_pylist() == ["1", str(2**70)]


@pytest.mark.parametrize("kind", [".csv", ".tsv", ".jsonl", ".parquet"])
def test_half_a_character_in_any_cell_or_name_is_written_as_a_question_mark(tmp_path, kind):
    path = tmp_path / "rows.jsonl"
    lines = [{"id": i, "text": "nice \ud83d", "tags": ["\udc00"], "na\ud83dme": 1} for i in range(3)]
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    for found in (read_rows(path), open_rows(path)):
        rows = [row for some, _ in found.pieces("text") for row in some]
        write_rows(tmp_path / f"out{kind}", found.names, lambda rows=rows: rows)
        again = read_rows(tmp_path / f"out{kind}")
        assert again.names == ["id", "text", "tags", "na?me"]
        assert [row["text"] for row in again.rows] == ["nice ?"] * 3


def test_numbers_that_json_has_not_are_null_where_rows_are_written_as_json(tmp_path):
    def refused(name: str):
        pytest.fail(f"{name} is no JSON")

    odd = [1.5, float("nan"), float("inf"), None]
    table = pyarrow.table({"text": ["a b"] * 4, "n": odd, "in": [{"n": [n]} for n in odd]})
    pyarrow.parquet.write_table(table, tmp_path / "rows.parquet")
    (tmp_path / "rows.jsonl").write_text('{"text": "a b", "n": NaN}\n{"text": "c", "n": -Infinity}\n', encoding="utf-8")
    for name in ("rows.parquet", "rows.jsonl"):
        found = read_rows(tmp_path / name)
        write_rows(tmp_path / "out.jsonl", found.names, lambda found=found: found.rows)
        lines = (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()
        told = [json.loads(line, parse_constant=refused) for line in lines]
        assert [row["n"] for row in told] == ([1.5, None, None, None] if "parquet" in name else [None, None])
    write_rows(tmp_path / "out.csv", ["in"], lambda: [{"in": {"n": float("nan")}}])
    assert (tmp_path / "out.csv").read_text().splitlines()[1] == '"{""n"": null}"'


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.json", "rows.txt"])
def test_a_line_of_json_is_a_row_or_is_told_by_its_number_however_the_file_is_called(tmp_path, name):
    path = tmp_path / name
    path.write_text('{"text": "a b"}\n\n5\n{"text": "c d"}\n{"text": "e"}\n', encoding="utf-8")
    assert read_rows(path).texts("text") == ["a b", "", "", "c d", "e"]
    path.write_text('{"text": "a b"}\n{"text": \n{"text": "c d"}\n', encoding="utf-8")
    for read in (read_rows, open_rows):
        with pytest.raises(ValueError, match=r"is no JSON in line 2: .*; expected one object a line\."):
            read(path)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        (
            "cut.json",
            '[{"text": "a b"},\n{"text": "c d"},\n{"te',
            "is no valid JSON in line 3; mend it, since all",
        ),
        ("mixed.json", '[{"text": "a b"}, 5, {"text": "c d"}]', r"\(1 no object: line 2\); take them out"),
        ("mixed.yaml", "- text: a b\n- 5\n- text: c d\n", r"\(1 no object: line 2\); take them out"),
        (
            "refused.json",
            '[{"text": "a b", "answer": "reject", "label": "x"}, {"text": "c", "answer": "accept", "label": "y"}]',
            r"\(1 cancelled annotation: line 1\); take them out",
        ),
    ],
)
def test_a_file_whose_rows_would_lose_their_places_is_refused(tmp_path, name, content, sentence):
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=sentence):
        read_rows(tmp_path / name)


def test_an_empty_row_of_a_spreadsheet_is_one_as_of_any_other_file(tmp_path):
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in [["text", "n"], ["a b", 1], [None, None], ["c d", 2], ["total", 3]]:
        book.active.append(row)
    book.save(tmp_path / "rows.xlsx")
    assert read_rows(tmp_path / "rows.xlsx").texts(None) == ["a b", "", "c d"]

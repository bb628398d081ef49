"""A delimiter behind a backslash is a letter where files are written so, as tables of Markdown are."""

from __future__ import annotations

import pytest

from ans.bulk import long_rows
from ans.bulk.rows import read_rows
from ans.data.formats.recognised import read_bytes
from ans.data.rows import clean

ROWS = [("I lost {} my card", "x"), ("where is it", "y"), ("is it {} here {} or there", "x"), ("hello there", "y")]


def written(delimiter: str, sign: str, around: str = "", ruling: str = "") -> str:
    rows = [("text", "label"), *((text.replace("{}", sign), label) for text, label in ROWS)]
    lines = [f"{around}{delimiter.join(row)}{around}" for row in rows]
    return "\n".join([lines[0], *([ruling] if ruling else []), *lines[1:]]) + "\n"


@pytest.mark.parametrize(
    ("content", "suffix", "sign"),
    [
        (written(" | ", "\\|", "|", "|---|---|"), ".md", "|"),
        (written(" | ", "\\|", "", "--- | ---"), ".md", "|"),
        (written("|", "\\|", "|"), ".txt", "|"),
        (written("|", "\\|"), ".csv", "|"),
        (written(",", "\\,"), ".csv", ","),
        (written("\t", "\\\t"), ".tsv", "\t"),
    ],
)
def test_an_escaped_delimiter_is_part_of_its_text(content, suffix, sign, tmp_path, monkeypatch):
    texts = [" ".join(text.replace("{}", sign).split()) for text, _ in ROWS]
    table = read_bytes(content.encode(), suffix)
    assert [clean(cell) for cell in table.column(table.guessed.text)] == texts
    assert [clean(cell) for cell in table.column(table.guessed.label or "")] == [label for _, label in ROWS]
    path = tmp_path / f"rows{suffix}"
    path.write_text(content, encoding="utf-8")
    assert read_rows(path).texts(None) == texts
    monkeypatch.setattr(long_rows, "HEAD", 0)
    streamed = long_rows.open_rows(path)
    assert [text for _, some in streamed.pieces(streamed.likeliest) for text in some] == texts


@pytest.mark.parametrize("content", ["text|label\nC:\\|x\nD:\\|y\nE:\\|x\n", 'text,label\n"a\\, b c",x\n"d\\, e",y\n'])
def test_a_backslash_stays_where_it_escapes_nothing(content):
    table = read_bytes(content.encode(), ".csv")
    assert all("\\" in str(cell) for cell in table.column("text"))
    assert sorted({str(cell) for cell in table.column("label")}) == ["x", "y"]

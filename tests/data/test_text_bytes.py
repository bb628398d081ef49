"""Bytes that are texts are read, whatever their encoding; bytes that are none are refused by what they look like."""

from __future__ import annotations

import gzip
import io
import pickle
import random
import tarfile
import zipfile

import pytest

from ans.data.intake import ReadAs
from ans.data.reading import understood
from ans.data.text_bytes import decode, saved_twice


def zipped(*names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return made.getvalue()


def tarred() -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        entry = tarfile.TarInfo("t.csv")
        entry.size = 9
        archive.addfile(entry, io.BytesIO(b"text,a\nb\n"))
    return made.getvalue()


def some_bytes(seed: int, count: int, without: bytes = b"") -> bytes:
    return bytes(byte for byte in random.Random(seed).randbytes(count) if byte not in without)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("count", [60, 5000])
@pytest.mark.parametrize("without", [b"", b"\x00"])
def test_random_bytes_are_no_text(seed, count, without):
    with pytest.raises(ValueError, match="holds bytes that are no text in any usual encoding"):
        decode(b"x" + some_bytes(seed, count, without))


@pytest.mark.parametrize(
    ("raw", "looks_like"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "a PNG image, not like texts."),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "a JPEG image"),
        (b"%PDF-1.7\nall of it letters", "a PDF document, not like texts; copy the texts into a table."),
        (zipped("word/document.xml"), "a Word document"),
        (zipped("mimetype", "content.xml"), "an OpenDocument file"),
        (zipped("mine.csv"), "a zip archive, not like texts; unpack it first."),
        (zipped("mine.csv")[:40], "a zip archive"),
        (gzip.compress(b"text,label\n" * 9, mtime=0), "a gzip archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99), "an old Excel or Word file"),
        (b"PAR1\x15\x00\x15\x02", "a damaged Parquet file"),
        (tarred(), "a tar archive, not like texts; unpack it, and take the file or the folder in it."),
        (zipped("Index/Document.iwa", "preview.jpg"), "a document of Apple Numbers, Pages or Keynote"),
        (pickle.dumps([("text", "label")]), "a Python pickle, not like texts; save it as CSV or JSON there."),
        (
            b"INSERT INTO `tickets` (`text`, `label`) VALUES\n('it''s late', 'delivery');\n",
            "a dump of a database in SQL",
        ),
        (b"-- MySQL dump\nSET NAMES utf8;\nCREATE TABLE t (text int);\nINSERT INTO t VALUES ('a','b');", "a dump"),
        (b"--\n-- PostgreSQL\n--\nSET x = 0;\nCOPY public.t (text, label) FROM stdin;\na\tb\n\\.\n", "a dump"),
        (b"USE [shop]\r\nGO\r\nINSERT [dbo].[t] ([text], [label]) VALUES (N'a', N'b')\r\nGO\r\n", "a dump"),
        (b"\xef\xbb\xbfPRAGMA x=OFF;\nBEGIN TRANSACTION;\nCREATE TABLE t(a);\nINSERT INTO t VALUES('a');", "a dump"),
        (b"<rows>\n<row><text>hi</text><label>greet</label></row>\n</rows>\n", "XML, not like texts; export the table"),
        (b'<aiml version="2.0">\n<category><pattern>HI</pattern></category>\n</aiml>', "XML"),
        (b"\n<!DOCTYPE html><title>Log in</title>", "a web page"),
    ],
    ids=lambda part: part if isinstance(part, str) else "bytes",  # a zip holds the time at which it was made
)
def test_what_is_no_text_is_called_by_its_name(raw, looks_like):
    with pytest.raises(ValueError, match=f"^looks like {looks_like}"):
        decode(raw)


@pytest.mark.parametrize(
    "text",
    [
        "text,label\nINSERT INTO t VALUES (1) fails,sql\n",
        "create table fails in my script\nINSERT INTO t gives an error\n",
        "<p>hi <b>there</b></p>\n<p>bye <b>now</b></p>\n",
        "ustar is how a tar archive begins\n" * 20,
    ],
)
def test_texts_about_other_files_are_texts(text):
    assert decode(text.encode()).text == text


@pytest.mark.parametrize("start", ["BZh", "ID3", "Rar!", "MZ", "PAR1", "RIFF", "GIF8", "PK"])
def test_letters_with_which_other_files_begin_may_begin_a_text(start):
    assert decode(f"{start} is how it starts\n".encode()).text.startswith(start)


@pytest.mark.parametrize("text", ["text,label\nhello,a\n", "où est l\u2019œuvre\t5 €\r\n", "a \x0c page\x1b[0m"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_texts_are_read_in_each_usual_encoding(text, encoding):
    assert decode(text.encode(encoding)).text == text


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_read_without_its_mark_too(encoding):
    raw = "text;label\nwhere is my card;card\nwo ist sie über Nacht;card\n".encode(encoding)
    assert decode(raw).encoding == encoding
    assert decode(raw).text.splitlines()[2] == "wo ist sie über Nacht;card"


def test_a_stray_control_character_in_a_long_text_is_let_through_but_no_zero_byte():
    assert len(decode(b"a perfectly usual line of text\n" * 50 + b"\x02").text) == 1551
    with pytest.raises(ValueError, match="a zero byte in line 51, so it is no text"):
        decode(b"a perfectly usual line of text\n" * 50 + b"\x00")


def test_the_mail_of_japan_is_read_and_escapes_of_a_terminal_are_letters():
    text = "text,label\n返金してほしい,返金\nPC が動かない,故障\n"
    assert (decode(text.encode("iso2022_jp")).text, decode(b"a\x1b[0m,b").text) == (text, "a\x1b[0m,b")


@pytest.mark.parametrize("text", ["Ich möchte mein Geld zurück", "Où est l’œuvre ?", "Кто это", "我的包裹"])
def test_what_was_saved_twice_is_known_and_what_was_not_is_none(text):
    for encoding in ("cp1252", "latin-1"):
        try:
            garbled = text.encode().decode(encoding)
        except UnicodeDecodeError:
            continue
        assert saved_twice(garbled) == text
    assert saved_twice(text) == saved_twice("plain") == ""


def test_garbled_texts_are_a_doubt_and_stay_as_they_are(tmp_path):
    rows = "\n".join(f"Ich möchte {label} zurück {i},{label}" for i in range(5) for label in ("Geld", "Ware"))
    (tmp_path / "a.csv").write_text(f"text,label\n{rows}".encode().decode("cp1252"), encoding="utf-8")
    report = understood(tmp_path / "a.csv", ReadAs())
    assert report.found.kept == 10
    assert [note.kind for note in report.notes if "took for Windows-1252" in note.text] == ["doubt"]

"""Whether bytes are text at all, and what they are if not."""

from __future__ import annotations

import io
import re
import zipfile

from ans.data.encodings import Decoded, decoded, decoded_as

# What files begin with that are no texts, and what a person can do instead.
SPREADSHEET = "save the sheet as CSV there"
UNPACK = "unpack it first"
WRITTEN_AS_TEXT = (
    (b"%PDF-", "a PDF document", "copy the texts into a table"),
    (b"{\\rtf", "a rich text document", "save it as plain text"),
)
BINARY = (
    (b"\x89PNG", "a PNG image", ""),
    (b"\xff\xd8\xff", "a JPEG image", ""),
    (b"GIF8", "a GIF image", ""),
    (b"RIFF", "an image, a sound or a film", ""),
    (b"ID3", "a sound", ""),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel or Word file", SPREADSHEET),
    (b"\x1f\x8b", "a gzip archive", UNPACK),
    (b"BZh", "a bzip2 archive", UNPACK),
    (b"\xfd7zXZ\x00", "an xz archive", UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", UNPACK),
    (b"Rar!", "a RAR archive", UNPACK),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive", UNPACK),
    (b"PAR1", "a damaged Parquet file", "write it again"),
    (b"ARROW1", "a damaged Arrow file", "write it again"),
    (b"\x80\x04\x95", "a Python pickle", "save it as CSV or JSON there"),
    (b"\x80\x05\x95", "a Python pickle", "save it as CSV or JSON there"),
    (b"SQLite format 3\x00", "an SQLite database", "export the table as CSV"),
    (b"\x7fELF", "a program", ""),
    (b"MZ\x90", "a program", ""),
)
# What a zip holds says what it is: today's office files are zips.
ZIPPED = (
    ("xl/", "an Excel workbook", SPREADSHEET),
    ("word/", "a Word document", "copy the texts into a table"),
    ("ppt/", "a presentation", ""),
    ("content.xml", "an OpenDocument file", SPREADSHEET),
)
WEB_PAGE = re.compile(rb"\s*<(!doctype html|html[\s>]|head[\s>]|body[\s>]|table[\s>])", re.IGNORECASE)
XML = re.compile(rb"\s*<\?xml\s")
ROOT = re.compile(rb"\s*<([A-Za-z][\w.:-]*)[^<>]*>\s*<[A-Za-z]")  # of XML that doesn't say that it is some
SQL = re.compile(
    rb"(?:\xef\xbb\xbf)?(\s|--[^\n]*\n|/\*.*?\*/;?|(SET|USE|GO|BEGIN|START|LOCK|DROP|PRAGMA)\b[^;\n]*[;\n])*"
    rb"(INSERT|REPLACE|CREATE|ALTER|COPY)\b",
    re.IGNORECASE | re.DOTALL,
)
SQL_ROWS = re.compile(
    rb"^((INSERT|REPLACE)\s+(IGNORE\s+)?(INTO\b|\[)[^;]{0,500}?\bVALUES\b|COPY\b[^;]{0,500}?\bFROM\s+stdin)",
    re.IGNORECASE | re.MULTILINE,
)
TAR = 257, b"ustar"  # where its first name ends, and what stands there
CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f\ufffd]")  # no tab, no line or page break, no escape
CONTROL_BYTES = bytes([*range(1, 9), *range(14, 27), *range(28, 32), 127])
LOOKED_AT = 1 << 20  # characters: enough to tell, and quick
HEAD = 1 << 16  # bytes that tell what a file of letters is
MOST_CONTROL = 0.01  # of all characters; a text may hold a stray one


def decode(raw: bytes, encoding: str | None = None) -> Decoded:
    """Bytes → text, whatever the encoding; a byte order mark is no part of it.

    Args:
        encoding: its name, where somebody knows it.

    Raises:
        ValueError: these are no text, or not in that encoding, said as what follows a file's name.
    """
    _refuse(_kind_of(raw, is_text=True))
    if encoding is not None:
        return _without_zeros(raw, decoded_as(raw, encoding))
    head = raw[:LOOKED_AT]
    odd = len(head) - len(head.translate(None, CONTROL_BYTES))
    found = decoded(raw) if b"\x00" in head or odd <= MOST_CONTROL * len(head) else None
    if found is None or len(CONTROL.findall(found.text[:LOOKED_AT])) > MOST_CONTROL * min(len(found.text), LOOKED_AT):
        _refuse(_kind_of(raw, is_text=False))
        raise ValueError("holds bytes that are no text in any usual encoding; save it as UTF-8 text.")
    return _without_zeros(raw, found)


def _without_zeros(raw: bytes, found: Decoded) -> Decoded:
    """A text that holds no zero byte; else a ValueError."""
    if "\x00" in found.text:
        _refuse(_kind_of(raw, is_text=False))
        line = found.text.count("\n", 0, found.text.index("\x00")) + 1
        raise ValueError(f"holds a zero byte in line {line}, so it is no text, or damaged; save it as UTF-8 text.")
    return found


def _refuse(looks_like: tuple[str, str] | None) -> None:
    if looks_like is not None:
        name, instead = looks_like
        raise ValueError(f"looks like {name}, not like texts{f'; {instead}' if instead else ''}.")


def _kind_of(raw: bytes, is_text: bool) -> tuple[str, str] | None:
    """(What bytes look like that are no texts, what to do instead or ""); None for all else."""
    if raw.startswith(b"PK\x03\x04"):
        return _kind_of_zip(raw)
    if WEB_PAGE.match(raw[:1000]):
        return "a web page", "download the file itself, or save its table as CSV"
    if XML.match(raw[:1000]):
        return "XML", "export the table as CSV or JSON"
    if (root := ROOT.match(raw[:1000])) is not None and is_text and raw.count(b"</" + root[1] + b">") == 1:
        return ("XML", "export the table as CSV or JSON") if raw.rstrip().endswith(b"</" + root[1] + b">") else None
    if SQL.match(raw[:HEAD]) and SQL_ROWS.search(raw[:HEAD]):
        return "a dump of a database in SQL", "export the table as CSV"
    if raw[TAR[0] : TAR[0] + len(TAR[1])] == TAR[1]:
        return "a tar archive", "unpack it, and take the file or the folder in it"
    kinds = (*WRITTEN_AS_TEXT, *(() if is_text else BINARY))
    return next(((name, instead) for start, name, instead in kinds if raw.startswith(start)), None)


def _kind_of_zip(raw: bytes) -> tuple[str, str]:
    try:
        names = zipfile.ZipFile(io.BytesIO(raw)).namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):  # cut off, or damaged
        names = []
    if any(one.endswith(".iwa") or one in ("Index.zip", "index.apxl", "index.xml") for one in names):
        return "a document of Apple Numbers, Pages or Keynote", "export it as CSV there"
    for start, name, instead in ZIPPED:
        if any(one.startswith(start) for one in names):
            return name, instead
    return "a zip archive", UNPACK


def saved_twice(text: str) -> str:
    """A text as it was before a program took its UTF-8 for Windows-1252 and saved that; "" where none did."""
    if text.isascii():
        return ""
    for encoding in ("cp1252", "latin-1"):
        try:
            return text.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
    return ""

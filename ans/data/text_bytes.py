"""From bytes to text: which encoding they are in, and whether they are text at all."""

from __future__ import annotations

import io
import re
import zipfile

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
    (b"PAR1", "a Parquet file", "write it as CSV or JSONL"),
    (b"ARROW1", "an Arrow file", "write it as CSV or JSONL"),
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
WEB_PAGE = re.compile(rb"\s*<(!doctype html|html[\s>])", re.IGNORECASE)
CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f\ufffd]")  # no tab, no line or page break, no escape
LOOKED_AT = 1 << 20  # characters: enough to tell, and quick
MOST_CONTROL = 0.01  # of all characters; a text may hold a stray one
EVERY_SECOND = 0.3  # of one half of the bytes are zeros, in UTF-16 of a language with Latin letters


def encoding_of(raw: bytes) -> str:
    """UTF-16 with a mark or with zeros in one half of its bytes, UTF-8, else Windows-1252 of old spreadsheets."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if (ordered := _unmarked_utf_16(raw)) is not None:
        return ordered
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def decode(raw: bytes) -> str:
    """Bytes → text, whatever the usual encoding; a byte order mark is no part of it.

    Raises:
        ValueError: these are no text, said as what follows a file's name.
    """
    content = raw.decode(encoding_of(raw), errors="replace").removeprefix("\ufeff")
    head = content[:LOOKED_AT]
    is_text = "\x00" not in content and len(CONTROL.findall(head)) <= MOST_CONTROL * len(head)
    if (looks_like := _kind_of(raw, is_text)) is not None:
        name, instead = looks_like
        raise ValueError(f"looks like {name}, not like texts{f'; {instead}' if instead else ''}.")
    if not is_text:
        raise ValueError("holds bytes that are no text in UTF-8, UTF-16 or Windows-1252; save it as UTF-8 text.")
    return content


def _kind_of(raw: bytes, is_text: bool) -> tuple[str, str] | None:
    """(What bytes look like that are no texts, what to do instead or ""); None for all else."""
    if raw.startswith(b"PK\x03\x04"):
        return _kind_of_zip(raw)
    if WEB_PAGE.match(raw[:1000]):
        return "a web page", "download the file itself"
    kinds = (*WRITTEN_AS_TEXT, *(() if is_text else BINARY))
    return next(((name, instead) for start, name, instead in kinds if raw.startswith(start)), None)


def _kind_of_zip(raw: bytes) -> tuple[str, str]:
    try:
        names = zipfile.ZipFile(io.BytesIO(raw)).namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):  # cut off, or damaged
        names = []
    for start, name, instead in ZIPPED:
        if any(one.startswith(start) for one in names):
            return name, instead
    return "a zip archive", UNPACK


def _unmarked_utf_16(raw: bytes) -> str | None:
    """UTF-16 whose mark is missing: zeros in the upper halves of its units, hardly any in the lower ones."""
    units = raw[: LOOKED_AT & ~1]
    even, odd = units[::2], units[1::2]
    if len(raw) % 2 or not odd:
        return None
    zeros = even.count(0) / len(even), odd.count(0) / len(odd)
    if min(zeros) > 0.01 or max(zeros) < EVERY_SECOND:
        return None
    return "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"

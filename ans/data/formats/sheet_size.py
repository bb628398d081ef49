"""How large a workbook is, before it is read: its reader keeps each cell up to the last one, and each text as often as
it stands there, so a file of a few bytes could take all memory."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator

MOST_UNPACKED = 200 << 20  # bytes: a small zip may hold an endless sheet
MOST_CELLS = 3_000_000
MOST_LETTERS = 100 << 20  # of all cells
LONG_TEXT = 1000  # bytes: cells with shorter ones are too few to do harm
SHARED = b't="s"'  # a cell of Excel that names one of the texts that are kept apart
PLACE = re.compile(rb' r="([A-Z]{1,3})(\d{1,7})"')  # of a cell of Excel
TAG = re.compile(rb"<table:(table-row|table-cell|covered-table-cell|table)\b([^>]*)>")  # of OpenDocument
REPEATED = re.compile(rb'(?:rows|columns)-repeated="(\d{1,7})"')


def check_size(raw: bytes) -> None:
    """See that the cells and texts of a zipped workbook are no more than they may be.

    Raises:
        ValueError: they are; the sentence follows a file's name. BadZipFile: it is damaged.
    """
    archive = zipfile.ZipFile(io.BytesIO(raw))
    unpacked = sum(entry.file_size for entry in archive.infolist())
    if unpacked > MOST_UNPACKED:
        raise ValueError(f"unpacks to {unpacked >> 20:,} MB, and {MOST_UNPACKED >> 20} are the most; save it as CSV.")
    names = archive.namelist()
    if "xl/workbook.bin" in names:
        raise ValueError("is a binary workbook (XLSB); save it as XLSX or CSV.")
    sheets = [name for name in names if name.startswith("xl/worksheets/") and name.endswith(".xml")]
    for rows, columns in (
        *(_excel_size(archive, name) for name in sheets),
        *(_open_document_sizes(archive) if "content.xml" in names else ()),
    ):
        if rows * columns > MOST_CELLS:
            raise ValueError(
                f"has {rows:,} rows of {columns:,} cells, and {MOST_CELLS:,} cells are the most; "
                "delete what stands far from the table, or save it as CSV."
            )
    if "xl/sharedStrings.xml" in names:
        texts = archive.read("xl/sharedStrings.xml")
        longest = max(map(len, texts.split(b"</si>")))
        uses = [sum(part.count(SHARED) for part in _pieces(archive, name)) for name in sheets if longest > LONG_TEXT]
        if longest * max(uses, default=0) > 4 * MOST_LETTERS + 20 * len(texts):
            raise ValueError("repeats long texts in far too many cells; save it as CSV.")


def _pieces(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """A file of the zip, a part at a time; no tag is cut."""
    rest = b""
    with archive.open(name) as file:
        while piece := file.read(1 << 20):
            whole = rest + piece
            end = whole.rfind(b">") + 1
            rest = whole[end:]
            yield whole[:end]


def _excel_size(archive: zipfile.ZipFile, name: str) -> tuple[int, int]:
    """(Rows, columns) up to the last cell that says where it is.

    Raises:
        ValueError: the cells are too many, wherever they are.
    """
    rows, columns, cells = 0, b"", 0
    for piece in _pieces(archive, name):
        cells += piece.count(b"<c ") + piece.count(b"<c>")
        if cells > MOST_CELLS:
            raise ValueError(f"has more than {MOST_CELLS:,} cells; save it as CSV.")
        found = PLACE.findall(piece)
        rows = max(rows, max(map(int, {row for _, row in found}), default=0))
        columns = max({columns, *(column for column, _ in found)}, key=lambda letters: (len(letters), letters))
    number = 0
    for letter in columns:
        number = 26 * number + letter - 64
    return rows, number


def _open_document_sizes(archive: zipfile.ZipFile) -> list[tuple[int, int]]:
    """(Rows, columns) of each sheet up to the last cell that isn't empty; one tag may stand for many rows or cells."""
    sizes, rows, repeated, columns = [(0, 0)], 0, 1, 0
    for piece in _pieces(archive, "content.xml"):
        for kind, said in TAG.findall(piece):
            match = REPEATED.search(said)
            count = int(match[1]) if match is not None else 1
            if kind == b"table":
                sizes.append((0, 0))
                rows, repeated, columns = 0, 0, 0
            elif kind == b"table-row":
                rows, repeated, columns = rows + repeated, count, 0
            else:
                columns += count
                if b"value" in said:
                    sizes[-1] = max(sizes[-1][0], rows + repeated), max(sizes[-1][1], columns)
    return sizes

"""Spreadsheets: Excel's (.xlsx, .xls, .xlsb) and OpenDocument's (.ods), the first sheet unless another is named."""

from __future__ import annotations

import datetime
import io
import zipfile
from typing import Any

from ans.data.formats.delimited import with_names
from ans.data.formats.dialect import Dialect
from ans.data.rows import Account, Cell, Note, Table

MOST_UNPACKED = 400 << 20  # bytes: a small zip may hold an endless sheet
MOST_CELLS, MOST_ROWS = 5_000_000, 500_000
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def is_spreadsheet(raw: bytes) -> bool:
    """Whether bytes are one; a zip is, if it holds what spreadsheets hold."""
    if raw.startswith(OLE):
        return b"W\x00o\x00r\x00k\x00b\x00o\x00o\x00k" in raw or b"B\x00o\x00o\x00k" in raw
    if not raw.startswith(b"PK\x03\x04"):
        return False
    try:
        archive = zipfile.ZipFile(io.BytesIO(raw))
        names = archive.namelist()
        if any(name.startswith("xl/") for name in names):
            return True
        return "mimetype" in names and b"spreadsheet" in archive.read("mimetype")[:200]
    except (zipfile.BadZipFile, ValueError, NotImplementedError, KeyError, RuntimeError):
        return False


def read_spreadsheet(raw: bytes, sheet: str | None = None) -> Table:
    """A table from the bytes of a spreadsheet.

    Raises:
        ValueError: it is damaged, locked or far too large, or has no such sheet; the sentence follows a file's name.
    """
    from python_calamine import CalamineError, CalamineWorkbook

    if raw.startswith(b"PK"):
        unpacked = sum(entry.file_size for entry in zipfile.ZipFile(io.BytesIO(raw)).infolist())
        if unpacked > MOST_UNPACKED:
            raise ValueError(
                f"unpacks to {unpacked >> 20:,} MB, and {MOST_UNPACKED >> 20} are the most; save it as CSV."
            )
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(raw))
        names = book.sheet_names
        if sheet is not None and sheet not in names:
            raise ValueError(f"has no sheet {sheet!r}; it has {', '.join(names)}.")
        if not names:
            raise ValueError("is a workbook without a sheet.")
        chosen = sheet if sheet is not None else names[0]
        opened = book.get_sheet_by_name(chosen)
        if opened.height > MOST_ROWS:
            raise ValueError(f"has {opened.height:,} rows, and {MOST_ROWS:,} are the most; keep fewer.")
        if opened.height * opened.width > MOST_CELLS:
            raise ValueError(f"has {opened.height:,} rows of {opened.width:,} cells, too many; save it as CSV.")
        grid = opened.to_python(skip_empty_area=False)
    except (CalamineError, OSError, zipfile.BadZipFile) as error:
        raise ValueError(
            f"is a spreadsheet that can't be read ({error}); save it again, without a password."
        ) from error
    width = max((place + 1 for row in grid for place, cell in enumerate(row) if cell != ""), default=0)
    rows, starts = [], []
    for number, row in enumerate(grid, 1):
        written = [_cell(cell) for cell in row[:width]]
        if any(cell.strip() for cell in written):
            rows.append(written)
            starts.append(number)
    account, notes = Account(), []
    kind = "ODS spreadsheet" if b"opendocument" in raw[:200] else "Excel workbook"
    if len(names) > 1:
        others = ", ".join(name for name in names if name != chosen)
        notes.append(Note("note", f"Read the sheet “{chosen}”; the file also has {others}."))
    columns, found, lines = with_names(_trimmed(rows), starts, Dialect("\t"), account, notes)
    width = len(columns)
    whole: list[list[Cell]] = []
    for row in found:
        cells: list[Cell] = [*row, *[""] * (width - len(row))]
        whole.append(cells[:width])
    return Table(kind, "", columns, whole, lines, account, notes)


def _trimmed(rows: list[list[str]]) -> list[list[str]]:
    """Rows as wide as the columns that hold something; a title above the table stays narrow, so that it is told."""
    used = [place for place in range(max(map(len, rows), default=0)) if any(row[place].strip() for row in rows)]
    made = [[row[place] for place in used] for row in rows]
    for place, row in enumerate(made[:20]):
        filled = sum(bool(cell.strip()) for cell in row)
        if filled > 1 or len(used) == 1:
            break
        made[place] = [next(cell for cell in row if cell.strip())]
    return made


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    return str(value)

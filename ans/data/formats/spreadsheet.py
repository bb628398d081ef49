"""Spreadsheets: Excel's (.xlsx, .xls) and OpenDocument's (.ods), the sheets with the texts unless one is named."""

from __future__ import annotations

import datetime
import io
import zipfile
import zlib
from typing import TYPE_CHECKING, Any

from ans.data.formats.delimited import with_names, without_total
from ans.data.formats.dialect import Dialect
from ans.data.formats.sheet_choice import Sheet, table_of_sheets
from ans.data.formats.sheet_size import MOST_CELLS, MOST_LETTERS, check_size
from ans.data.rows import MOST_ROWS, Account, Cell, Table

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

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

    Args:
        sheet: by its name, or its number from 1 where none is called so. None: the first that is shown and
            isn't empty, or others that hold the texts, as `table_of_sheets` finds them.

    Raises:
        ValueError: it is damaged, locked or far too large, or has no such sheet; the sentence follows a file's name.
    """
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        if raw.startswith(b"PK"):
            check_size(raw)
        book = CalamineWorkbook.from_filelike(io.BytesIO(raw))
        return _table(raw, book, sheet)
    except (CalamineError, OSError, zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise ValueError(
            f"is a spreadsheet that can't be read ({error}); save it again, without a password."
        ) from error


def _table(raw: bytes, book: CalamineWorkbook, sheet: str | None) -> Table:
    """The table of the sheet that somebody names, else of those that hold the texts."""
    kind = "ODS spreadsheet" if b"opendocument" in raw[:200] else "Excel workbook"
    letters = 0

    def read(name: str) -> Sheet:
        nonlocal letters
        rows, starts, more = _filled_rows(book.get_sheet_by_name(name), MOST_LETTERS - letters)
        letters += more
        return _of_rows(kind, rows, starts)

    names = book.sheet_names
    if not names:
        raise ValueError("is a workbook without a sheet.")
    shown = [_chosen(names, sheet)] if sheet is not None else _shown(book)
    return table_of_sheets(shown, names, read)


def _of_rows(kind: str, rows: list[list[str]], starts: list[int]) -> Sheet:
    account, notes = Account(), []
    rows, starts = without_total(_trimmed(rows), starts, Dialect("\t"), account)
    columns, found, lines = with_names(rows, starts, Dialect("\t"), account, notes)
    width = len(columns)
    whole: list[list[Cell]] = []
    for row in found:
        cells: list[Cell] = [*row, *[""] * (width - len(row))]
        whole.append(cells[:width])
    has_names = any([cell.strip() for cell in row] == columns for row in rows[: len(rows) - len(found)])
    return Sheet(Table(kind, "", columns, whole, lines, account, notes), has_names)


def _shown(book: CalamineWorkbook) -> list[str]:
    """The sheets that are shown, without empty ones before the others."""
    from python_calamine import SheetVisibleEnum

    shown = [one.name for one in book.sheets_metadata if one.visible == SheetVisibleEnum.Visible] or book.sheet_names
    filled = next((place for place, name in enumerate(shown) if book.get_sheet_by_name(name).height), None)
    return shown[:1] if filled is None else shown[filled:]


def _chosen(names: list[str], sheet: str) -> str:
    """The name of the sheet that somebody names, or numbers.

    Raises:
        ValueError: there is no such sheet.
    """
    if sheet in names:
        return sheet
    alike = [name for name in names if name.strip().casefold() == sheet.strip().casefold()]
    if len(alike) == 1:
        return alike[0]
    if sheet.strip().isdecimal() and 1 <= int(sheet) <= len(names):
        return names[int(sheet) - 1]
    listed = ", ".join(f"{number} {name!r}" for number, name in enumerate(names, 1))
    raise ValueError(f"has no sheet {sheet!r}; it has {listed}.")


def _filled_rows(sheet: CalamineSheet, most_letters: int) -> tuple[list[list[str]], list[int], int]:
    """The rows that aren't empty, their numbers, and how many letters they hold.

    Raises:
        ValueError: they are too many.
    """
    if sheet.height > MOST_ROWS:
        raise ValueError(f"has {sheet.height:,} rows, and {MOST_ROWS:,} are the most; keep fewer.")
    if sheet.height * sheet.width > MOST_CELLS:
        raise ValueError(f"has {sheet.height:,} rows of {sheet.width:,} cells, too many; save it as CSV.")
    first = sheet.start[0] + 1 if sheet.start is not None else 1
    rows, starts, letters = [], [], 0
    once: dict[str, str] = {}  # what comes again in many cells is kept once
    merged = _merged_down(sheet)
    above: list[str] = []
    for number, row in enumerate(sheet.iter_rows(), first):
        written = [once.setdefault(text, text) if len(text := _cell(cell)) < 40 else text for cell in row]
        letters += sum(map(len, written))
        if letters > most_letters:
            raise ValueError(f"holds more than {MOST_LETTERS >> 20} million letters; keep fewer rows or columns.")
        for place in merged.get(number - 1, ()):
            written[place] = above[place]
        above = written
        if any(cell.strip() for cell in written):
            rows.append(written)
            starts.append(number)
    return rows, starts, letters


def _merged_down(sheet: CalamineSheet) -> dict[int, list[int]]:
    """Row (from 0) → the columns in which it goes on with the cell above, as one that is merged over several rows."""
    found: dict[int, list[int]] = {}
    left = sheet.start[1] if sheet.start is not None else 0
    for (top, column), (bottom, right) in sheet.merged_cell_ranges or ():
        if column == right and left <= column < left + sheet.width and bottom - top < MOST_ROWS:
            for row in range(top + 1, bottom + 1):
                found.setdefault(row, []).append(column - left)
    return found


def _trimmed(rows: list[list[str]]) -> list[list[str]]:
    """Rows as wide as the columns that hold something; a title above the table stays narrow, so that it is told."""
    used = [place for place in range(max(map(len, rows), default=0)) if any(row[place].strip() for row in rows)]
    made = [[row[place] for place in used] for row in rows] if len(used) < len(rows[0] if rows else ()) else rows
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

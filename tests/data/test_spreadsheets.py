"""Spreadsheets are read as a person sees them, one sheet at a time; one made to harm is refused before it is read."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from contextlib import suppress

import openpyxl
import pytest

from ans.data.formats.recognised import read_bytes
from tests.data.few_classes import EACH, ROWS, found_in


def workbook() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Export of tickets"])
    sheet.append(["Nr", "Nachricht", "Kategorie"])
    for place, row in enumerate(ROWS):
        sheet.append([place, *row])
    book.create_sheet("notes")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def open_document(more: str = "") -> bytes:
    def cells(row: Sequence[str]) -> str:
        texts = (
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>' for cell in row
        )
        return f"<table:table-row>{''.join(texts)}</table:table-row>"

    names = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    table = "".join(map(cells, [("text", "label"), *ROWS])) + more
    content = (
        f'<?xml version="1.0"?><office:document-content{names}><office:body><office:spreadsheet>'
        f'<table:table table:name="one">{table}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", '<?xml version="1.0"?><manifest/>')
    return out.getvalue()


def test_spreadsheets_are_read_the_first_sheet_by_default():
    table = read_bytes(workbook(), ".xlsx")
    found = found_in(table)
    assert (table.format, found.counts, table.lines[0]) == ("Excel workbook", EACH, 3)
    assert found.left_out["before the table"].samples == ["Export of tickets"]
    assert "the file also has notes" in table.notes[0].text
    with pytest.raises(ValueError, match=r"^has no sheet 'gone'; it has 1 'Sheet', 2 'notes'\.$"):
        read_bytes(workbook(), ".xlsx", "gone")
    table = read_bytes(open_document(), ".ods")
    assert (table.format, found_in(table).counts) == ("ODS spreadsheet", EACH)
    with pytest.raises(ValueError, match="is a spreadsheet that can't be read"):
        read_bytes(workbook()[:2000] + workbook()[2100:], ".xlsx")


def two_sheets() -> bytes:
    """A workbook with a hidden sheet, an empty one, two with texts; one of these is called by a number."""
    book = openpyxl.Workbook()
    hidden, rows = book.active, list(ROWS)
    assert hidden is not None
    hidden.append(["text", "label"])
    hidden.append(["secret", "none of yours"])
    hidden.sheet_state = "hidden"
    book.create_sheet("Cover")
    for name, kept in (("Tickets", rows), ("2", rows[:10])):
        sheet = book.create_sheet(name)
        sheet.append(["text", "label"])
        for row in kept:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_sheet_is_named_by_name_or_number_and_hidden_and_empty_ones_are_not_the_first():
    raw = two_sheets()
    table = read_bytes(raw, ".xlsx")
    assert (table.sheet, table.sheets, len(table.rows)) == ("Tickets", ("Sheet", "Cover", "Tickets", "2"), len(ROWS))
    assert table.notes[0].text == "Read the sheet “Tickets”; the file also has Sheet, Cover, 2."
    assert read_bytes(raw, ".xlsx", "3").sheet == "Tickets"
    assert read_bytes(raw, ".xlsx", "tickets ").sheet == "Tickets"
    assert read_bytes(raw, ".xlsx", "2").sheet == "2"  # a name wins over a number
    assert read_bytes(raw, ".xlsx", "1").sheet == "Sheet"  # who asks for it sees it
    with pytest.raises(ValueError, match=r"^has no sheet '5'; it has 1 'Sheet', 2 'Cover', 3 'Tickets', 4 '2'\.$"):
        read_bytes(raw, ".xlsx", "5")


def harmful(rows: Iterable[str], texts: str = "") -> bytes:
    """A workbook of these rows in XML, as no program writes one."""
    path, main = (
        "http://schemas.openxmlformats.org/",
        "xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'",
    )
    relation = f"{path}officeDocument/2006/relationships"

    def relations(*kinds: tuple[str, str]) -> str:
        listed = "".join(f"<Relationship Id='r{kind}' Type='{relation}/{kind}' Target='{at}'/>" for kind, at in kinds)
        return f"<Relationships xmlns='{path}package/2006/relationships'>{listed}</Relationships>"

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", f"<Types xmlns='{path}package/2006/content-types'/>")
        archive.writestr("_rels/.rels", relations(("officeDocument", "xl/workbook.xml")))
        archive.writestr(
            "xl/workbook.xml",
            f"<workbook {main} xmlns:r='{relation}'><sheets><sheet name='S' sheetId='1' r:id='rworksheet'/></sheets>"
            "</workbook>",
        )
        parts = relations(("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml"))
        archive.writestr("xl/_rels/workbook.xml.rels", parts)
        archive.writestr("xl/sharedStrings.xml", f"<sst {main}>{texts}</sst>")
        archive.writestr(
            "xl/worksheets/sheet1.xml", f"<worksheet {main}><sheetData>{''.join(rows)}</sheetData></worksheet>"
        )
    return out.getvalue()


def test_a_workbook_that_would_take_all_memory_is_refused_before_it_is_read():
    cell = '<c r="{}" t="inlineStr"><is><t>a</t></is></c>'
    far = harmful([f'<row r="1">{cell.format("A1")}</row>', f'<row r="1048576">{cell.format("XFD1048576")}</row>'])
    with pytest.raises(
        ValueError, match=r"^has 1,048,576 rows of 16,384 cells, and 3,000,000 cells are the most; delete"
    ):
        read_bytes(far, ".xlsx")
    shared = (f'<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>' for row in range(1, 100_000))
    with pytest.raises(ValueError, match=r"^repeats long texts in far too many cells"):
        read_bytes(harmful(shared, f"<si><t>{'y' * 32_000}</t></si>"), ".xlsx")
    with pytest.raises(ValueError, match=r"^unpacks to 210 MB, and 200 are the most"):
        read_bytes(harmful(["<row>", " " * (210 << 20), "</row>"]), ".xlsx")
    value = '<table:table-cell{} office:value-type="string"><text:p>a</text:p></table:table-cell>'
    times = ' table:number-{}-repeated="{}"'
    far_row = f"<table:table-row{times.format('rows', 1_000_000)}><table:table-cell/></table:table-row>"
    far_cell = f"<table:table-row>{value.format(times.format('columns', 16_000))}</table:table-row>"
    with pytest.raises(ValueError, match=r"^has 1,000,026 rows of 16,000 cells, and"):
        read_bytes(open_document(far_row + far_cell), ".ods")
    tail = f"<table:table-row{times.format('rows', 1_000_000)}><table:table-cell{times.format('columns', 16_000)}/>"
    assert (
        found_in(read_bytes(open_document(f"{tail}</table:table-row>"), ".ods")).counts == EACH
    )  # as programs write it


@pytest.mark.parametrize("place", range(60, 400, 20))
def test_a_workbook_with_a_damaged_byte_is_read_or_refused_in_a_sentence(place):
    raw = bytearray(workbook())
    sheet = raw.index(b"xl/worksheets/sheet1.xml")
    raw[(sheet + place) % len(raw)] ^= 0xFF
    with suppress(ValueError):
        read_bytes(bytes(raw), ".xlsx")

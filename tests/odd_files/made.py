"""What odd files are made of: their texts and classes, and how tables, workbooks and JSON are written."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import openpyxl

CLASSES: tuple[str, ...] = ("refund", "delivery", "login")
ASKS = (
    "how do i get a {} today", "please help with my {} again", "tell me about the {} of last week",
    "urgent {} please, it is late", "who does a {} here", "i want the {} now",
)  # fmt: skip
ROWS = [(f"{ask.format(label)} {place}", label) for label in CLASSES for place, ask in enumerate(ASKS)]
PLAIN = [(text.replace(",", ""), label) for text, label in ROWS]
EACH: dict[str, int] = dict.fromkeys(CLASSES, len(ASKS))


@dataclass(frozen=True)
class OddFile:
    """A file's name and bytes, and the right account: kept texts of each class, rows left out by reason, labels that
    mean no class."""

    name: str
    raw: bytes
    classes: dict[str, int] = field(default_factory=lambda: {**EACH})
    left_out: dict[str, int] = field(default_factory=dict)
    no_class: dict[str, int] = field(default_factory=dict)

    @property
    def kept(self) -> int:
        """Rows that are kept."""
        return sum(self.classes.values()) + sum(self.no_class.values())

    @property
    def rows(self) -> int:
        """All rows."""
        return self.kept + sum(self.left_out.values())


def written(rows: Iterable[Sequence[object]], header: str | None = "text,label", delimiter: str = ",", **how) -> str:
    """A table by the rules."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n", **how)
    if header is not None:
        writer.writerow(header.split(","))
    writer.writerows(rows)
    return out.getvalue()


def joined(rows: Iterable[Sequence[object]], delimiter: str, header: str | None = None) -> str:
    """A table without any quotes."""
    lines = [delimiter.join(map(str, row)) for row in rows]
    return "\n".join([*([header] if header else []), *lines]) + "\n"


def workbook(*sheets: tuple[str, Iterable[Sequence[object]]], merged: Sequence[str] = ()) -> bytes:
    """An Excel workbook."""
    book = openpyxl.Workbook()
    for place, (name, rows) in enumerate(sheets):
        sheet = book.active if place == 0 else book.create_sheet()
        assert sheet is not None
        sheet.title = name
        for row in rows:
            sheet.append(list(row))
        for cells in merged if place == 0 else ():
            sheet.merge_cells(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def lines_of(records: Iterable[object]) -> str:
    """JSON Lines."""
    return "".join(f"{json.dumps(record)}\n" for record in records)


def by_class() -> dict[str, list[str]]:
    """The texts of each class."""
    return {label: [text for text, own in ROWS if own == label] for label in CLASSES}


RECORDS = [{"text": text, "label": label} for text, label in ROWS]


def adding(files: dict[str, OddFile]) -> Callable[..., None]:
    """A function that adds a file by its kind, name and content, and what is right for it."""

    def add(kind: str, name: str, content: str | bytes, **right) -> None:
        assert kind not in files
        files[kind] = OddFile(name, content if isinstance(content, bytes) else content.encode(), **right)

    return add

"""Weka's ARFF: columns are declared, and rows follow below `@data`, in single or double quotes."""

from __future__ import annotations

import re

from ans.data.columns import named
from ans.data.rows import BROKEN, COMMENT, TOO_FEW, TOO_MANY, Account, Cell, Table

VALUE = r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\""
ATTRIBUTE = re.compile(rf"@attribute\s+({VALUE}|\S+)\s", re.IGNORECASE)
CELL = re.compile(rf" *({VALUE}|[^,\t]*)(?: *)(,|\t|$)")
ESCAPED = re.compile(r"\\(.)")
LETTERS = {"n": " ", "t": " ", "r": " "}


def is_arff(content: str) -> bool:
    """Whether the first line that is no comment names a relation."""
    first = next((line for line in content.split("\n") if line.strip() and not line.startswith("%")), "")
    return re.match(r"\s*@relation\b", first, re.IGNORECASE) is not None


def read_arff(content: str, encoding: str) -> Table:
    """A row for each line below `@data`; `?` is a cell without a value.

    Raises:
        ValueError: no columns or no rows are declared; the sentence follows a file's name.
    """
    names: list[str] = []
    rows: list[list[Cell]] = []
    lines, account, is_data = [], Account(), False
    for number, line in enumerate(content.split("\n"), 1):
        line = line.strip()
        if not line:
            continue
        if line.startswith("%"):
            account.add(COMMENT, number, line)
        elif not is_data:
            is_data = line.casefold() == "@data"
            if (declared := ATTRIBUTE.match(line)) is not None:
                names.append(_plain(declared[1]) or "")
        elif line.startswith("{"):
            account.add(BROKEN, number, line)
        elif len(cells := _cells(line)) != len(names):
            account.add(TOO_FEW if len(cells) < len(names) else TOO_MANY, number, line)
        else:
            rows.append([*cells])
            lines.append(number)
    if not names or not rows:
        raise ValueError("is an ARFF file without columns and rows that can be read; save it as CSV in Weka.")
    return Table("ARFF", encoding, named(names), rows, lines, account)


def _cells(line: str) -> list[str | None]:
    found, place = [], 0
    while (cell := CELL.match(line, place)) is not None:
        found.append(_plain(cell[1]))
        place = cell.end()
        if not cell[2]:
            return found
    return []


def _plain(value: str) -> str | None:
    value = value.strip()
    if value == "?":
        return None
    if value[:1] in ("'", '"') and len(value) > 1:
        return ESCAPED.sub(lambda found: LETTERS.get(found[1], found[1]), value[1:-1])
    return value

"""fastText's training data: one text a line, its labels before it, each with the prefix `__label__`."""

from __future__ import annotations

import re

from ans.data.columns import Columns, some, usual_name
from ans.data.rows import Cell, Table

PREFIX = "__label__"
LABELS = re.compile(r"\s*((?:__label__[^\s,]+[\s,]*)+)(.*)", re.DOTALL)
AT_END = re.compile(r"(.*?)\s((?:__label__\S+\s*)+)$", re.DOTALL)
MOST = 0.6  # of the lines begin or end so


def is_fasttext(content: str) -> bool:
    """Whether most lines carry a label of this kind, and as letters of the line, not in a column of a table."""
    lines = [line for line in some(content[: 1 << 20].split("\n")) if line.strip()]
    marked = [line for line in lines if line.lstrip().startswith(PREFIX) or AT_END.match(line)]
    return len(marked) >= MOST * max(1, len(lines)) and not _is_table(lines[:1], marked)


def _is_table(first: list[str], lines: list[str]) -> bool:
    """Whether names of columns stand first, or a tab or a comma right behind the label makes it one: then the rules for
    tables hold."""
    if any(len(cells := re.split(r"[,;\t]", line)) > 1 and all(map(usual_name, cells)) for line in first):
        return True
    return all(re.match(r"\s*\"?__label__[^\s,]+\"?(\t|,\")", line) for line in lines)


def read_fasttext(content: str, encoding: str) -> Table:
    """One row a line; its labels in one cell."""
    rows: list[list[Cell]] = []
    lines = []
    for number, line in enumerate(content.split("\n"), 1):
        if not line.strip():
            continue
        match, labels, text = LABELS.match(line), "", line
        if match is not None:
            labels, text = match[1], match[2]
        elif (at_end := AT_END.match(line)) is not None:
            text, labels = at_end[1], at_end[2]
        found = tuple(label.strip(" ,") for label in labels.split(PREFIX) if label.strip(" ,"))
        rows.append([text.strip(), tuple(label.split()[0] for label in found)])
        lines.append(number)
    return Table("fastText", encoding, ["text", "label"], rows, lines, usual=Columns("text", "label"))

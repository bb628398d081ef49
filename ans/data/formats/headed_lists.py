"""Classes as headings with their texts below: `# greet` and `- hello`, as in Bot Framework's .lu and in Markdown, or
`[greet]` and lines below it, as Rhasspy has them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from ans.data.columns import Columns
from ans.data.formats.rasa import plain
from ans.data.rows import COMMENT, Account, Cell, Table

HEADING = re.compile(r"#{1,4}\s+(?!\?)(\S.*?)[\s#]*")
BULLET = re.compile(r"(?:[-*+]|\d{1,4}[.)])\s+(\S.*)")
BRACKETS = re.compile(r"\[\s*([^\[\]{}()\"',=<>|]*[^\W\d][^\[\]{}()\"',=<>|]*?)\s*\]")
ASIDE, DEFINITION = (">", "<!--"), ("@", "$")  # comments; entities of .lu, whose values stand below them
ENTITY = re.compile(r"\{@?\w[\w ]{0,60}=\s*([^{}]{0,200}?)\s*\}")  # {city=Rome}
FEWEST = 2  # headings with texts
LONGEST = 200  # characters of a heading


class _Line(NamedTuple):
    """A line that says something: `kind` is `heading`, `text`, `aside` or `other`, and what it says."""

    number: int
    kind: str
    said: str


def is_headed(content: str) -> bool:
    """Whether all lines are headings or texts below them, so that nothing else can be meant."""
    return _has_bullets(content) or _has_brackets(content)


def read_headed(content: str, encoding: str) -> Table:
    """A row for each text, with the heading above it as its label; comments and definitions go into the account."""
    rows: list[list[Cell]] = []
    lines, account, label = [], Account(), ""
    for number, kind, said in _bulleted(content) if _has_bullets(content) else _bracketed(content):
        if kind == "heading":
            label = said
        elif kind == "text":
            rows.append([plain(ENTITY.sub(r"\1", said)), label])
            lines.append(number)
        else:
            account.add(COMMENT, number, said)
    usual = Columns("text", "label")
    return Table("classes as headings", encoding, ["text", "label"], rows, lines, account, usual=usual)


def _has_bullets(content: str) -> bool:
    first = next((line.strip() for line in content.split("\n") if line.strip() and line.strip()[0] not in ">@$<"), "")
    return _heading(first, HEADING) is not None and _is_whole(list(_bulleted(content)))


def _has_brackets(content: str) -> bool:
    first = next((line.strip() for line in content.split("\n") if line.strip()), "")
    if not _heading(first, BRACKETS):
        return False
    lines = list(_bracketed(content))
    texts = [line.said for line in lines if line.kind == "text"]
    settings = sum(re.match(r"[\w.-]+\s*[=:]", text) is not None for text in texts)  # as of a program
    return _is_whole(lines) and len(texts) >= 2 * sum(line.kind == "heading" for line in lines) and not settings


def _is_whole(lines: list[_Line]) -> bool:
    followed = sum(one.kind == "heading" and two.kind == "text" for one, two in pairwise(lines))
    return followed >= FEWEST and all(line.kind != "other" for line in lines)


def _heading(line: str, pattern: re.Pattern[str]) -> re.Match[str] | None:
    return pattern.fullmatch(line) if len(line) <= LONGEST else None


def _bulleted(content: str) -> Iterator[_Line]:
    is_defined = False
    for number, line in enumerate(content.split("\n"), 1):
        said = line.strip()
        if not said:
            continue
        heading, bullet = _heading(said, HEADING), BULLET.fullmatch(said)
        is_defined = not heading and (is_defined or said.startswith(DEFINITION))
        if is_defined or said.startswith(ASIDE):
            yield _Line(number, "aside", said)
        elif heading:
            yield _Line(number, "heading", heading[1])
        else:
            yield _Line(number, "text", bullet[1]) if bullet else _Line(number, "other", said)


def _bracketed(content: str) -> Iterator[_Line]:
    for number, line in enumerate(content.split("\n"), 1):
        if said := line.strip():
            heading = _heading(said, BRACKETS)
            yield _Line(number, "heading", heading[1]) if heading else _Line(number, "text", said)

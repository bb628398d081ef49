"""Rasa's training data: `nlu.yml` and the older `nlu.md`. Entities marked in a text are read as its words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from ans.data.columns import Columns
from ans.data.rows import NO_EXAMPLE, Account, Cell, Note, Table

MOST_EVENTS = 1_000_000  # of a YAML file: some 20 MB of examples have far fewer, as each intent's are one block
ENTITY = re.compile(r"\[([^\[\]]{1,200})\](?:\([^()]{0,200}\)|\{[^{}]{0,300}\})")
YAML_SIGN = re.compile(r"^\s*-\s+[\"']?intent[\"']?\s*:", re.MULTILINE)
YAML_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
MARKDOWN_SIGN = re.compile(r"^\s*##\s*intent\s*:", re.MULTILINE)
HEADING = re.compile(r"\s*##\s*(\w+)\s*:\s*(.*)")
OTHER_PARTS = ("stories", "rules", "responses", "actions", "slots", "forms", "entities")


def is_rasa_yaml(content: str) -> bool:
    """Whether a text is Rasa's YAML."""
    return bool(re.search(r"^\s*[\"']?nlu[\"']?\s*:", content, re.MULTILINE)) and bool(YAML_SIGN.search(content))


def is_rasa_markdown(content: str) -> bool:
    """Whether a text is Rasa's Markdown."""
    return bool(MARKDOWN_SIGN.search(content))


@contextmanager
def checked_yaml(content: str) -> Iterator[None]:
    """Work on YAML that is valid, and holds no references and no more than it may.

    Raises:
        ValueError: it is not; the sentence follows a file's name.
    """
    import yaml

    try:
        for count, event in enumerate(yaml.parse(content, yaml.CSafeLoader)):
            if count > MOST_EVENTS or isinstance(event, yaml.AliasEvent):
                raise ValueError("holds references or far too many entries for a table of texts.")
        yield
    except RecursionError as error:
        raise ValueError("is nested too deeply for a table of texts.") from error
    except yaml.YAMLError as error:
        where = getattr(error, "problem_mark", None)
        line = f" near line {where.line + 1}" if where is not None else ""
        raise ValueError(f"is no valid YAML{line}: {getattr(error, 'problem', None) or 'it breaks off'}.") from error


def read_rasa_yaml(content: str, encoding: str) -> Table:
    """The examples of each intent.

    Raises:
        ValueError: it is no valid YAML, or far too deep or large; the sentence follows a file's name.
    """
    import yaml

    with checked_yaml(content):
        documents = list(yaml.compose_all(content, yaml.CSafeLoader))
    rows, lines, account, others = [], [], Account(), {}
    source = YAML_BREAK.split(content)
    sections = [pair for document in documents for pair in _pairs(document)]  # files that were joined have several
    for entry in [entry for name, node in sections if name == "nlu" for entry in node.value or ()]:
        parts = dict(_pairs(entry))
        intent, examples = parts.get("intent"), parts.get("examples")
        if intent is None or not isinstance(getattr(intent, "value", None), str):
            kind = next(iter(parts), "entry")
            others[kind] = others.get(kind, 0) + 1
            continue
        for text, line in _examples(examples, source):
            if text is None:
                account.add(NO_EXAMPLE, line, intent.value)
            else:
                rows.append([plain(text), intent.value])
                lines.append(line)
    aside = [f"{count:,} {kind}" for kind, count in others.items()]
    aside += [name for name in OTHER_PARTS if name in dict(sections)]
    return _table("Rasa nlu.yml", encoding, rows, lines, account, aside)


def _pairs(node) -> list:
    """(Key, node) of a mapping node's entries, or nothing."""
    entries = getattr(node, "value", None)
    if not isinstance(entries, list) or not all(isinstance(entry, tuple) for entry in entries):
        return []
    return [(str(key.value), value) for key, value in entries]


def _examples(node, source: list[str]) -> list[tuple[str | None, int]]:
    """(Text, line) of an intent's examples: a block with a dash before each, or a list. `source`: the file's lines."""
    if node is None:
        return []
    first = node.start_mark.line + 1
    if isinstance(node.value, str):
        style = getattr(node, "style", None)
        begin = first + 1 if style in ("|", ">") else first
        written = node.value.split("\n")
        if style == ">":  # would make one text of them
            written = source[first : node.end_mark.line + (node.end_mark.column > 0)]
        found: list[tuple[str | None, int]] = []
        for offset, line in enumerate(written):
            stripped = line.strip()
            if stripped:
                is_example = stripped.startswith(("- ", "* ")) or stripped in ("-", "*")
                found.append((stripped[1:].strip() if is_example else None, begin + offset))
        return found
    found = []
    for item in node.value if isinstance(node.value, list) else ():
        if isinstance(item, tuple):  # of a mapping, where a list belongs
            found.append((None, item[0].start_mark.line + 1))
            continue
        text = item if isinstance(item.value, str) else dict(_pairs(item)).get("text")
        value = getattr(text, "value", None)
        lines = value.split("\n") if isinstance(value, str) else [None]
        for line in lines:
            if line is None or line.strip():
                found.append((line and re.sub(r"^\s*-\s+", "", line).strip(), item.start_mark.line + 1))
    return found


def read_rasa_markdown(content: str, encoding: str) -> Table:
    """The examples below each `## intent:name`; what stands below other headings is told and left aside."""
    rows, lines, account, others = [], [], Account(), {}
    intent, kind, in_comment = None, "", False
    for number, line in enumerate(content.split("\n"), 1):
        stripped = line.strip()
        if in_comment or stripped.startswith("<!--"):
            in_comment = "-->" not in stripped
            continue
        if (heading := HEADING.match(line)) is not None:
            kind = heading[1].lower()
            intent = heading[2].strip() if kind == "intent" else None
            if kind != "intent":
                others[kind] = others.get(kind, 0) + 1
        elif stripped and intent is not None:
            if stripped[0] in "-*+":
                rows.append([plain(stripped[1:].strip()), intent])
                lines.append(number)
            elif not stripped.startswith("#"):
                account.add(NO_EXAMPLE, number, stripped)
    return _table(
        "Rasa nlu.md", encoding, rows, lines, account, [f"{count:,} {name}" for name, count in others.items()]
    )


def _table(
    kind: str, encoding: str, rows: list[list[Cell]], lines: list[int], account: Account, aside: list[str]
) -> Table:
    notes = [Note("fine", f"Left aside, as they are no examples: {', '.join(aside)}.")] if aside else []
    return Table(kind, encoding, ["text", "intent"], rows, lines, account, notes, Columns("text", "intent"))


def plain(text: str) -> str:
    """A text without the marks of its entities: `to [Rome](city)` is `to Rome`."""
    return ENTITY.sub(r"\1", text)

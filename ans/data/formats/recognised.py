"""Which format a file is in, by what it holds rather than by its name; and its table."""

from __future__ import annotations

from ans.data.formats.columnar import is_columnar, read_columnar
from ans.data.formats.delimited import read_delimited
from ans.data.formats.fasttext import is_fasttext, read_fasttext
from ans.data.formats.json_table import read_json
from ans.data.formats.rasa import is_rasa_markdown, is_rasa_yaml, read_rasa_markdown, read_rasa_yaml
from ans.data.formats.spreadsheet import is_spreadsheet, read_spreadsheet
from ans.data.rows import Note, Table, lines_named
from ans.data.text_bytes import decode

JSON = (".json", ".jsonl", ".ndjson")
YAML = (".yml", ".yaml")
MOST_COLUMNS, MOST_ROWS = 1000, 500_000


def read_bytes(raw: bytes, suffix: str, sheet: str | None = None) -> Table:
    """The table in a file's bytes.

    Args:
        suffix: of its name, in lower case. sheet: of a spreadsheet, another than the first.

    Raises:
        ValueError: it holds none; the sentence follows a file's name.
    """
    if is_spreadsheet(raw):
        return read_spreadsheet(raw, sheet)
    if is_columnar(raw, suffix):
        return read_columnar(raw)
    found = decode(raw)
    content = found.text
    if not content.strip():
        raise ValueError("is empty; expected rows with a text and a label.")
    rows = max(content.count("\n"), content.count("\r"))
    if rows > MOST_ROWS:
        raise ValueError(f"has {rows:,} lines, and {MOST_ROWS:,} are the most; keep fewer texts.")
    table = _of_text(content, suffix, found.name)
    if len(table.rows) > MOST_ROWS:
        raise ValueError(f"holds {len(table.rows):,} texts, and {MOST_ROWS:,} are the most; keep fewer.")
    if len(table.names) > MOST_COLUMNS:
        raise ValueError(
            f"has {len(table.names):,} columns; a table of texts has a few. Keep those with text and label."
        )
    if found.doubt:
        table.notes.append(Note("doubt", f"The encoding was guessed: {found.name}, but it could be {found.doubt}."))
    if found.bad_lines:
        where = lines_named(found.bad_lines, len(found.bad_lines))
        shown = tuple(content.split("\n")[line - 1][:80] for line in found.bad_lines[:3])
        table.notes.append(
            Note("doubt", f"Bytes that are not {found.name} were read as single letters: look at {where}.", shown)
        )
    return table


def _of_text(content: str, suffix: str, encoding: str) -> Table:
    first = content.lstrip()[:1]
    if suffix in JSON or first in "[{":
        try:
            return read_json(content, encoding)
        except ValueError:
            if suffix in JSON:
                raise
    if is_rasa_yaml(content) and suffix not in (".csv", ".tsv"):
        return read_rasa_yaml(content, encoding)
    if suffix in YAML:
        raise ValueError(
            "is YAML, but no training data of Rasa: expected a list below nlu, each with intent and examples."
        )
    if is_rasa_markdown(content):
        return read_rasa_markdown(content, encoding)
    if is_fasttext(content):
        return read_fasttext(content, encoding)
    return read_delimited(content, suffix, encoding)

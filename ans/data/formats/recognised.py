"""Which format a file is in, by what it holds rather than by its name; and its table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ans.data.encodings import FEW_WORDS, Decoded
from ans.data.formats.columnar import is_columnar, read_columnar
from ans.data.formats.delimited import read_delimited
from ans.data.formats.fasttext import is_fasttext, read_fasttext
from ans.data.formats.json_table import read_json
from ans.data.formats.one_hot import gathered
from ans.data.formats.rasa import is_rasa_markdown, is_rasa_yaml, read_rasa_markdown, read_rasa_yaml
from ans.data.formats.several_texts import texts_apart
from ans.data.formats.spreadsheet import is_spreadsheet, read_spreadsheet
from ans.data.formats.written_rows import with_feeds
from ans.data.formats.yaml_table import read_yaml
from ans.data.rows import MOST_ROWS, SHOWN_SAMPLES, Note, Table, check_count, lines_named
from ans.data.text_bytes import decode

JSON = (".json", ".jsonl", ".ndjson")
YAML = (".yml", ".yaml")
MOST_COLUMNS = 1000


def read_bytes(
    raw: bytes, suffix: str, sheet: str | None = None, encoding: str | None = None, most_rows: int = MOST_ROWS
) -> Table:
    """The table in a file's bytes.

    Args:
        suffix: of its name, in lower case.
        sheet: of a spreadsheet, by its name or its number from 1, another than the first; of other files nothing.
        encoding: of a file of text, where it is told wrongly. most_rows: with more it is refused.

    Raises:
        ValueError: it holds none; the sentence follows a file's name.
    """
    if is_spreadsheet(raw):
        return _by_row(read_spreadsheet(raw, sheet))
    if is_columnar(raw, suffix):
        return _by_row(_no_larger(read_columnar(raw), most_rows))
    _check_lines(raw.count(b"\n"), most_rows)
    found = decode(raw, encoding)
    content = found.text.rstrip("\x1a")  # with which DOS ended a file
    if not content.strip():
        raise ValueError("is empty; expected rows with a text and a label.")
    _check_lines(content.count("\r"), most_rows)
    table = _by_row(_no_larger(_of_text(content, suffix, found.name), most_rows))
    table.notes.extend(encoding_notes(found))
    return replace(table, guessed_encoding=bool(found.told_by))


def _by_row(table: Table) -> Table:
    """The table with one text and one column of labels in each row."""
    return texts_apart(gathered(table))


def _check_lines(count: int, most: int) -> None:
    if count > most:
        raise ValueError(f"has {count:,} lines, and {most:,} are the most; keep fewer texts.")


def _no_larger(table: Table, most_rows: int) -> Table:
    """The table, if it has no more rows and columns than it may."""
    if not table.names:
        raise ValueError("holds no columns; expected rows with a text and a label.")
    check_count(len(table.rows), most_rows)
    if len(table.names) > MOST_COLUMNS:
        raise ValueError(
            f"has {len(table.names):,} columns; a table of texts has a few. Keep those with text and label."
        )
    return table


def encoding_notes(found: Decoded) -> list[Note]:
    """How sure the encoding is, with words to look at, and where bytes are none of it."""
    made = []
    if found.told_by:
        few = " from few words" if len(found.told_by) < FEW_WORDS else ""
        doubt = f"; it could be {found.doubt}" if found.doubt else ""
        said = f"The encoding is a guess{few}: {found.name}{doubt}."
        kind = "doubt" if doubt or few else "note"
        made.append(Note(kind, f"{said} If these look wrong, choose another.", found.told_by))
    if found.bad_lines:
        lines = found.text.split("\n")
        shown = [lines[line - 1] for line in found.bad_lines[:SHOWN_SAMPLES]]
        made.append(bad_bytes(found.name, found.bad_lines, len(found.bad_lines), shown))
    return made


def bad_bytes(encoding: str, lines: Sequence[int], count: int, shown: Sequence[str]) -> Note:
    """That bytes of a file are none of its encoding: the first of so many lines, and some as they were read."""
    how = "were read as single letters" if "\ufffd" not in "".join(shown) else "stand as \ufffd"
    said = f"Bytes that are not {encoding} {how}: look at {lines_named(lines, count)}."
    return Note("doubt", said, tuple(line[:80] for line in shown))


def _of_text(content: str, suffix: str, encoding: str) -> Table:
    content = with_feeds(content)
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
        return read_yaml(content, encoding)
    if is_rasa_markdown(content):
        return read_rasa_markdown(content, encoding)
    if is_fasttext(content):
        return read_fasttext(content, encoding)
    return read_delimited(content, suffix, encoding)

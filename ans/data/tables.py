"""Reading labelled texts as people really have them: CSV, TSV, JSONL or JSON, any usual encoding and column name."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ans.data.columns import LABEL_COLUMNS, TEXT_COLUMNS, Columns, guess_columns, has_header, named, some, usual_column
from ans.data.text_bytes import decode, encoding_of

EXTENSIONS = (".tsv", ".csv", ".jsonl", ".ndjson", ".json", ".txt")
MOST_BYTES = 20 << 20  # of one upload
NO_DELIMITER = "\x1f"  # in no text
csv.field_size_limit(10_000_000)  # a stray quote must give our message, not the module's


@dataclass(frozen=True)
class LabelledTexts:
    """Texts and their labels, side by side."""

    texts: list[str]
    labels: list[str]

    def __len__(self) -> int:
        return len(self.texts)

    def only(self, keep: Sequence[int]) -> LabelledTexts:
        """The rows with these indices."""
        return LabelledTexts([self.texts[i] for i in keep], [self.labels[i] for i in keep])


@dataclass(frozen=True)
class Table:
    """A file as it was understood. `delimiter`: None for JSON, "" where a header says that there is one column."""

    names: list[str]
    records: list[dict[str, str]]
    encoding: str
    delimiter: str | None

    @property
    def guessed(self) -> Columns:
        """Which column holds what, by names and shapes."""
        rows = [[clean(record.get(name)) for name in self.names] for record in some(self.records)]
        return guess_columns(self.names, rows)


def read_file(path: Path) -> Table:
    """All rows of one file. A line break inside quotes stays in its text.

    Raises:
        ValueError: no such file, an empty one, one of no text, a quote that is never closed, or broken JSON.
    """
    if not path.is_file():
        raise ValueError(f"expected a file at {path}, found none.")
    raw = path.read_bytes()
    content, encoding = text_of(path, raw), encoding_of(raw)
    if not content.strip():
        raise ValueError(f"{path} is empty; expected rows with a text and a label.")
    if path.suffix.lower() in (".jsonl", ".ndjson", ".json"):
        return Table(*_read_json(path, content), encoding, None)
    content, delimiter = _delimited(path, content)
    rows = _read_rows(path, content, delimiter)
    names, rows = _with_names(rows)
    return Table(names, [dict(zip(names, row, strict=False)) for row in rows], encoding, delimiter)


def text_of(path: Path, raw: bytes) -> str:
    """The text in a file's bytes.

    Raises:
        ValueError: they are no text.
    """
    try:
        return decode(raw)
    except ValueError as error:
        raise ValueError(f"{path} {error}") from error


def check_size(path: Path) -> None:
    """See that a file is no larger than an upload may be.

    Raises:
        ValueError: it is.
    """
    if path.stat().st_size > MOST_BYTES:
        raise ValueError(f"{path.name} is larger than {MOST_BYTES >> 20} MB; split it, or keep fewer texts.")


def read_upload(path: Path) -> Table:
    """`read_file` of what somebody uploaded, at most `MOST_BYTES`.

    Raises as it does, without the folder, which is the server's alone.
    """
    check_size(path)
    try:
        return read_file(path)
    except ValueError as error:
        raise ValueError(without_folder(error, path)) from error


def without_folder(error: Exception, path: Path) -> str:
    """What an error says, with the file's name for its path."""
    return str(error).replace(str(path), path.name)


def read_table(path: str | Path, text_column: str | None = None, label_column: str | None = None) -> LabelledTexts:
    """Texts and labels of one file. Rows lacking either are dropped.

    Columns that are not given are found by their names; of two columns also by their shapes.

    Raises:
        ValueError: the file can't be read, a column can't be told, or no row is left.
    """
    path = Path(path)
    table = read_file(path)
    text_name = _column(path, table, text_column, TEXT_COLUMNS, "text")
    label_name = _column(path, table, label_column, LABEL_COLUMNS, "label")
    pairs = [(clean(row.get(text_name)), clean(row.get(label_name))) for row in table.records]
    pairs = [(text, label) for text, label in pairs if text and label]
    if not pairs:
        raise ValueError(f"{path} holds no row with both a {text_name!r} and a {label_name!r}.")
    return LabelledTexts([text for text, _ in pairs], [label for _, label in pairs])


def _read_json(path: Path, content: str) -> tuple[list[str], list[dict[str, str]]]:
    try:
        records = json.loads(content) if content.lstrip().startswith("[") else None
        if records is None:
            records = [json.loads(line) for line in content.split("\n") if line.strip()]
    except json.JSONDecodeError as error:
        raise ValueError(f"{path} is no valid JSON: {error}; expected one object per line, or one list.") from error
    if not records or not all(isinstance(row, dict) for row in records):
        raise ValueError(f"{path} must hold objects with a text and a label, one per line.")
    return list(dict.fromkeys(name for row in records for name in row)), records


def _read_rows(path: Path, content: str, delimiter: str) -> list[list[str]]:
    """The rows that aren't blank."""
    lines = io.StringIO(content, newline="")
    rows, reader = [], csv.reader(lines, delimiter=delimiter or NO_DELIMITER)
    try:
        rows += (row for row in reader if any(cell.strip() for cell in row))
        # Not strict, since texts have lone quotes inside; but a quote that swallows the rest must not pass.
        if rows and "\n" in rows[-1][-1].rstrip("\r\n") and not content.rstrip().endswith('"'):
            raise csv.Error("a quote is opened and never closed")
    except csv.Error as error:
        raise ValueError(
            f"{path} can't be read as a table near line {reader.line_num}: {error}; "
            'write a quote inside a quoted text twice ("").'
        ) from error
    return rows


def _delimited(path: Path, content: str) -> tuple[str, str]:
    """The rows of a table, and what separates their columns: a spreadsheet's line `sep=;` says it, else the likeliest.

    A header of one column says that there is nothing to separate, whatever stands in the texts.
    """
    first, _, rest = content.lstrip().partition("\n")
    if (said := re.fullmatch(r"sep=(.)\s*", first, re.IGNORECASE)) is not None:
        return rest, said[1]
    if first.strip().strip('"').lower() in TEXT_COLUMNS:
        return content, ""
    return content, "\t" if path.suffix.lower() == ".tsv" else _likeliest_delimiter(content[:20_000])


def _with_names(rows: list[list[str]]) -> tuple[list[str], list[list[str]]]:
    """The names of the columns, and the rows below them."""
    first, header = rows[0], has_header(rows)
    if len(first) == 1 and not header:  # texts alone
        return ["text"], rows
    if len(first) == 2 and not header:  # the shorter column is the label
        return ["text", "label"] if _mean_length(rows, 0) >= _mean_length(rows, 1) else ["label", "text"], rows
    if header is False:
        return named([""] * len(first)), rows
    return named(first), rows[1:]


def _likeliest_delimiter(head: str) -> str:
    """The one under which the first line names a usual column, else cuts most lines as it cuts the first, or in two."""
    lines = [line for line in head.splitlines() if line.strip()][:50]

    def fits(delimiter: str) -> tuple[int, int, int, int]:
        rows = list(csv.reader(lines, delimiter=delimiter))
        named = sum(cell.strip().lower() in (*TEXT_COLUMNS, *LABEL_COLUMNS) for cell in rows[0])
        alike = sum(len(row) == len(rows[0]) > 1 for row in rows)
        return named, alike, sum(len(row) == 2 for row in rows), len(rows[0])

    return max("\t,;|", key=fits)


def _mean_length(rows: list[list[str]], column: int) -> float:
    cells = [row[column] for row in rows[:200] if len(row) > column]
    return sum(map(len, cells)) / max(1, len(cells))


def clean(cell: object) -> str:
    """A cell as one line: whitespace made single, none at the ends; nothing becomes the empty text."""
    if cell is None:
        return ""
    return " ".join(str(cell).encode("utf-8", "replace").decode().split())  # JSON may hold half a surrogate pair


def _column(path: Path, table: Table, wanted: str | None, usual: Sequence[str], what: str) -> str:
    names = table.names
    if wanted is not None:
        if wanted not in names:
            raise ValueError(f"{path} has no column {wanted!r}; it has {', '.join(names)}.")
        return wanted
    if (found := usual_column(names, usual)) is not None:
        return found
    guessed = table.guessed
    likely = guessed.text if what == "text" else guessed.label
    if likely is not None and len(names) == 2:
        return likely
    is_likely = likely is not None and (what == "label" or any(" " in str(row.get(likely)) for row in table.records))
    hint = f"{likely!r} looks like it: rename it" if is_likely else "Rename that column"
    raise ValueError(
        f"{path} has the columns {', '.join(names)}; expected one for the {what}, named for example {usual[0]} or "
        f"{usual[1]}. {hint}."
    )

"""Reading labelled texts as people really have them: CSV, TSV, JSONL or JSON, any usual encoding and column name."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

TEXT_COLUMNS = (
    "text", "utterance", "sentence", "query", "question", "message", "title", "content", "input", "phrase", "prompt",
    "body", "description", "document",
)  # fmt: skip
LABEL_COLUMNS = (
    "label", "intent", "class", "category", "target", "tag", "topic", "labels", "intents", "label_text", "output",
    "class_name", "y",
)  # fmt: skip
EXTENSIONS = (".tsv", ".csv", ".jsonl", ".ndjson", ".json", ".txt")
MOST_BYTES = 20 << 20  # of one upload
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
    """A file as it was understood: column names, rows, encoding, and the delimiter (None for JSON)."""

    names: list[str]
    records: list[dict[str, str]]
    encoding: str
    delimiter: str | None


def encoding_of(raw: bytes) -> str:
    """UTF-16 with a mark, UTF-8 with or without one, else Windows-1252, which old spreadsheets write."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def decode(raw: bytes) -> str:
    """Bytes → text, whatever the usual encoding; a byte order mark is no part of it."""
    return raw.decode(encoding_of(raw), errors="replace").removeprefix("\ufeff")


def read_file(path: Path) -> Table:
    """All rows of one file. A line break inside quotes stays in its text.

    Raises:
        ValueError: no such file, an empty one, a quote that is never closed, or broken JSON.
    """
    if not path.is_file():
        raise ValueError(f"expected a file at {path}, found none.")
    raw = path.read_bytes()
    content, encoding = decode(raw), encoding_of(raw)
    if not content.strip():
        raise ValueError(f"{path} is empty; expected rows with a text and a label.")
    if path.suffix.lower() in (".jsonl", ".ndjson", ".json"):
        return Table(*_read_json(path, content), encoding, None)
    delimiter = "\t" if path.suffix.lower() == ".tsv" else _likeliest_delimiter(content[:20_000])
    rows = _read_rows(path, content, delimiter)
    names = [name.strip() for name in rows[0]]
    known = {name.lower() for name in names} & {*TEXT_COLUMNS, *LABEL_COLUMNS}
    if len(names) == 1 and not known:  # texts alone, and no header
        names = ["text"]
        rows = [names, *rows]
    if len(names) == 2 and not known:  # no header: the shorter column is the label
        names = ["text", "label"] if _mean_length(rows, 0) >= _mean_length(rows, 1) else ["label", "text"]
        rows = [names, *rows]
    return Table(names, [dict(zip(names, row, strict=False)) for row in rows[1:]], encoding, delimiter)


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


def read_records(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    """All rows of one file, as (column names, row dictionaries). Raises as `read_file` does."""
    table = read_file(path)
    return table.names, table.records


def usual_column(names: Sequence[str], usual: Sequence[str]) -> str | None:
    """The column that has one of the usual names; the earliest of these wins. None if none has."""
    by_lower = {name.lower(): name for name in reversed(names)}
    return next((by_lower[name] for name in usual if name in by_lower), None)


def read_table(path: str | Path, text_column: str | None = None, label_column: str | None = None) -> LabelledTexts:
    """Texts and labels of one file; the columns are found by name unless given. Rows lacking either are dropped.

    Raises:
        ValueError: the file can't be read, a column can't be told, or no row is left.
    """
    path = Path(path)
    names, records = read_records(path)
    text_name = _column(path, names, text_column, TEXT_COLUMNS, "text")
    label_name = _column(path, names, label_column, LABEL_COLUMNS, "label")
    pairs = [(clean(row.get(text_name)), clean(row.get(label_name))) for row in records]
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
    rows, reader = [], csv.reader(lines, delimiter=delimiter)
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


def _likeliest_delimiter(head: str) -> str:
    """The one under which the first line names a usual column, else cuts most lines in two, else cuts at all."""
    lines = [line for line in head.splitlines() if line.strip()][:50]

    def fits(delimiter: str) -> tuple[int, int, int]:
        rows = list(csv.reader(lines, delimiter=delimiter))
        named = sum(cell.strip().lower() in (*TEXT_COLUMNS, *LABEL_COLUMNS) for cell in rows[0])
        return named, sum(len(row) == 2 for row in rows), len(rows[0])

    return max("\t,;|", key=fits)


def _mean_length(rows: list[list[str]], column: int) -> float:
    cells = [row[column] for row in rows[:200] if len(row) > column]
    return sum(map(len, cells)) / max(1, len(cells))


def clean(cell: object) -> str:
    """A cell as one line: whitespace made single, none at the ends; nothing becomes the empty text."""
    if cell is None:
        return ""
    return " ".join(str(cell).encode("utf-8", "replace").decode().split())  # JSON may hold half a surrogate pair


def _column(path: Path, names: list[str], wanted: str | None, usual: Sequence[str], what: str) -> str:
    if wanted is not None:
        if wanted not in names:
            raise ValueError(f"{path} has no column {wanted!r}; it has {', '.join(names)}.")
        return wanted
    if (found := usual_column(names, usual)) is not None:
        return found
    raise ValueError(
        f"{path} has the columns {', '.join(names)}; expected one for the {what}, named for example {usual[0]} or "
        f"{usual[1]}. Rename that column."
    )

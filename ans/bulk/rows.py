"""Files of rows as they are, none left out: CSV, TSV, JSONL, Parquet, or a text a line; read whole, written whole."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ans.data.columns import guess_columns, named, some
from ans.data.formats.delimited import rows_as_written
from ans.data.formats.recognised import read_bytes
from ans.data.rows import Cell, Table
from ans.data.text_bytes import decode
from ans.durable import replacing

DELIMITERS = {".csv": ",", ".tsv": "\t"}  # as they are written; those that are read, the content tells
LINES = (".jsonl", ".ndjson")
PARQUET = ".parquet"
KINDS = (*DELIMITERS, *LINES, PARQUET)
LINE = "line"  # the one column of a file of lines


@dataclass(frozen=True)
class Rows:
    """Columns and rows in the order of the file, empty rows among them. `encoding`: None of Parquet."""

    names: list[str]
    rows: list[dict[str, Any]]
    encoding: str | None

    def texts(self, column: str | None) -> list[str]:
        """The texts of a column, else of the likeliest; what is missing is the empty text.

        Raises:
            ValueError: there is no such column.
        """
        if column is not None and column not in self.names:
            raise ValueError(f"there is no column {column!r}; there are {', '.join(self.names)}.")
        name = column or self.likeliest
        return ["" if row.get(name) is None else " ".join(str(row[name]).split()) for row in self.rows]

    @property
    def likeliest(self) -> str:
        """The column that holds the texts, by its name, else as the one with the longest cells."""
        cells = [[str(row.get(name) or "") for name in self.names] for row in some(self.rows)]
        return guess_columns(self.names, cells).text


def read_rows(path: Path) -> Rows:
    """All rows of a file, whatever its format; where there are no columns each line is a row.

    Raises:
        ValueError: there is none, it is empty, or no such file.
    """
    if not path.is_file():
        raise ValueError(f"expected a file at {path}, found none.")
    kind, raw = path.suffix.lower(), path.read_bytes()
    try:
        if not raw.strip():
            raise ValueError("is empty; expected rows.")
        if kind == PARQUET:
            return _of_parquet(raw)
        if kind in DELIMITERS:
            found = decode(raw)
            return _of_table(found.text, kind, found.name)
        if kind in LINES:
            found = decode(raw)
            return _of_json(found.text, found.name)
        table = read_bytes(raw, kind)
        if len(table.names) > 1:
            return _of_any(table)
        found = decode(raw)
    except ValueError as error:
        raise ValueError(f"{path} {error}") from error
    return Rows([LINE], [{LINE: line} for line in found.text.splitlines()], found.name)


def write_rows(path: Path, names: Sequence[str], rows: Iterable[dict[str, Any]]) -> None:
    """Write rows into a file of the kind that its ending says, whole or not at all."""
    kind = path.suffix.lower()
    with replacing(path) as beside:
        if kind == PARQUET:
            import pyarrow
            import pyarrow.parquet

            pyarrow.parquet.write_table(pyarrow.Table.from_pylist(list(rows)).select(list(names)), beside)
        else:
            beside.write_text(_as_text(kind, names, rows), encoding="utf-8", newline="")


def check_kind(path: Path) -> None:
    """See that rows can be written there.

    Raises:
        ValueError: its ending says no kind of file.
    """
    if path.suffix.lower() not in KINDS:
        raise ValueError(f"{path} must end in {', '.join(KINDS[:-1])} or {KINDS[-1]}, which says what is written.")
    if not path.resolve().parent.is_dir():
        raise ValueError(f"the folder of {path} doesn't exist; make it, or choose another.")


def _as_text(kind: str, names: Sequence[str], rows: Iterable[dict[str, Any]]) -> str:
    if kind in LINES:
        return "".join(f"{json.dumps(row, ensure_ascii=False, default=str)}\n" for row in rows)
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=DELIMITERS[kind])
    writer.writerow(names)
    for row in rows:
        writer.writerow(["" if row.get(name) is None else _cell(row[name]) for name in names])
    return out.getvalue()


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, (list, dict)) else str(value)


def _of_table(content: str, kind: str, encoding: str) -> Rows:
    names, rows = rows_as_written(content, kind)
    width = max((len(names), *(len(row) for row in rows)))
    names = named([*names, *[""] * (width - len(names))])
    return Rows(names, [{name: cell for name, cell in zip(names, row, strict=False)} for row in rows], encoding)


def _of_any(table: Table) -> Rows:
    """The rows of a spreadsheet, of Rasa's data and of all else that `ans.data.formats` knows."""
    rows = [dict(zip(table.names, row, strict=True)) for row in table.rows]
    return Rows(
        table.names, [{name: _plain(cell) for name, cell in row.items()} for row in rows], table.encoding or None
    )


def _plain(cell: Cell) -> Any:
    return list(cell) if isinstance(cell, tuple) else cell


def _of_json(content: str, encoding: str) -> Rows:
    rows = []
    for number, line in enumerate(content.rstrip("\n").split("\n"), 1):
        try:
            row = json.loads(line) if line.strip() else {}
        except json.JSONDecodeError as error:
            raise ValueError(f"is no JSON in line {number}: {error.msg}; expected one object a line.") from error
        rows.append(row if isinstance(row, dict) else {LINE: row})
    names = list(dict.fromkeys(name for row in rows for name in row))
    return Rows(names, rows, encoding)


def _of_parquet(raw: bytes) -> Rows:
    import pyarrow
    import pyarrow.parquet

    try:
        table = pyarrow.parquet.read_table(pyarrow.BufferReader(raw))
    except pyarrow.ArrowException as error:
        raise ValueError(f"can't be read as Parquet: {error}.") from error
    return Rows(table.column_names, table.to_pylist(), None)

"""Texts without labels, as people paste or upload them."""

from __future__ import annotations

from pathlib import Path

from ans.tables import TEXT_COLUMNS, decode, read_records


def texts_of(pasted: str) -> list[str]:
    """One text a line; blank lines are none."""
    lines = (" ".join(line.split()) for line in pasted.splitlines())
    return [line for line in lines if line]


def texts_of_file(path: Path) -> list[str]:
    """The text column of a CSV, TSV or JSONL file, or the lines of a TXT file.

    Raises:
        ValueError: the file can't be read, or no column is named like one of texts.
    """
    if path.suffix.lower() == ".txt":
        return texts_of(decode(path.read_bytes()))
    names, records = read_records(path)
    column = next((name for usual in TEXT_COLUMNS for name in names if name.lower() == usual), None)
    if column is None:
        raise ValueError(
            f"{path.name} has the columns {', '.join(names)}; expected one of texts, named for example text or query."
        )
    return texts_of("\n".join(" ".join(str(row.get(column) or "").split()) for row in records))

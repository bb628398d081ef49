"""Texts as people paste or upload them: lines, or the text column of a file, with a label beside it or without."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ans.conventions import LONGEST
from ans.data.tables import LABEL_COLUMNS, TEXT_COLUMNS, check_size, clean, decode, read_upload, usual_column

MOST_LINES = 20_000


@dataclass(frozen=True)
class Lines:
    """Texts, at most `MOST_LINES`, and their labels where the file has some (else empty texts).

    `beyond` counts the texts that were left out because there are too many.
    """

    texts: list[str]
    labels: list[str]
    beyond: int = 0


def lines_of(pasted: str) -> Lines:
    """One text a line; blank lines are none."""
    return _lines([(clean(line), "") for line in pasted.splitlines()])


def lines_given(pasted: str | None, file: str | Path | None) -> Lines:
    """The texts that were pasted, or those of a file that was uploaded.

    Raises:
        ValueError: both are there; or as `lines_of_file`.
    """
    if file and (pasted or "").strip():
        raise ValueError("there are pasted texts and a file, too; remove one of them.")
    return lines_of_file(Path(file)) if file else lines_of(pasted or "")


def lines_of_file(path: Path) -> Lines:
    """The texts of a file: each line of a TXT file, the text column of a CSV, TSV, JSONL or JSON file.

    Raises:
        ValueError: the file can't be read, or none of its columns can be told to be the text.
    """
    if path.suffix.lower() == ".txt":
        check_size(path)
        return lines_of(decode(path.read_bytes()))
    table = read_upload(path)
    text, label = usual_column(table.names, TEXT_COLUMNS), usual_column(table.names, LABEL_COLUMNS)
    if text is None and len(table.names) == 1:
        text = table.names[0]
    if text is None:
        raise ValueError(
            f"{path.name} has the columns {', '.join(table.names)}; expected one for the text, named for example text "
            "or utterance. Rename that column."
        )
    return _lines([(clean(row.get(text)), clean(row.get(label)) if label else "") for row in table.records])


def _lines(pairs: list[tuple[str, str]]) -> Lines:
    pairs = [(text[:LONGEST], label) for text, label in pairs if text]
    kept = pairs[:MOST_LINES]
    return Lines([text for text, _ in kept], [label for _, label in kept], len(pairs) - len(kept))

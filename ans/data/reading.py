"""From a path to all that is understood of it: a file or a folder, for training, for `inspect`, for the page."""

from __future__ import annotations

from pathlib import Path

from ans.data.columns import Columns
from ans.data.folders import parts_given
from ans.data.intake import ReadAs, understand
from ans.data.report import Report
from ans.data.rows import Account, Cell, Table
from ans.data.tables import labelled_columns, read_file

SPLIT = "split"  # the name of the column with the part, of a folder


def understood(path: Path, read_as: ReadAs, must_have_labels: bool = True) -> Report:
    """What is understood of a file, or of a folder with train and test files.

    Repeated texts of a folder stay, as whoever made its parts meant them.

    Args:
        must_have_labels: else texts without any are understood, too, to be explored.

    Raises:
        ValueError: it can't be read, or a column can't be told.
    """
    if path.is_dir():
        table, columns = _folder_table(path, read_as)
    else:
        table = read_file(path, read_as.sheet, read_as.encoding)
        columns = labelled_columns(table, str(path), read_as.text_column, read_as.label_column, must_have_labels)
    found = understand(table, columns, read_as.no_class, read_as.joined, repeated=path.is_dir())
    return Report(table, columns, found)


def _folder_table(folder: Path, read_as: ReadAs) -> tuple[Table, Columns]:
    """All parts of a folder as one table, with a column that names the part."""
    first: Columns | None = None
    rows: list[list[Cell]] = []
    lines: list[int] = []
    account, notes, kinds, encodings = Account(), [], [], []
    for part, paths in parts_given(folder).items():
        for path in paths:
            table = read_file(path, read_as.sheet, read_as.encoding)
            columns = labelled_columns(table, str(path), read_as.text_column, read_as.label_column)
            first = first or columns
            texts, labels = table.column(columns.text), table.column(columns.label or "")
            rows += [[text, label, part] for text, label in zip(texts, labels, strict=True)]
            lines += table.lines
            account = account.and_of(table.left_out)
            notes += [note.of(path.name) for note in table.notes]
            kinds.append(table.format)
            encodings.append(table.encoding)
    kind = f"folder of {', '.join(dict.fromkeys(kinds))}"
    encoding = ", ".join(filter(None, dict.fromkeys(encodings)))
    text, label = (first.text, first.label or "label") if first is not None else ("text", "label")
    return Table(kind, encoding, [text, label, SPLIT], rows, lines, account, notes), Columns(text, label, SPLIT)

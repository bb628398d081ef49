"""From a path to all that is understood of it: a file or a folder, for training, for `inspect`, for the page."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ans.data.columns import Columns, bare
from ans.data.folders import given_files, has_parts, parts_given
from ans.data.intake import ReadAs, understand
from ans.data.label_cells import labels_in
from ans.data.report import Report
from ans.data.rows import Account, Cell, Table
from ans.data.several_files import table_of_files
from ans.data.tables import EXTENSIONS, labelled_columns, read_file

SPLIT = "split"  # the name of the column with the part, of a folder


def understood(path: Path, read_as: ReadAs, must_have_labels: bool = True) -> Report:
    """What is understood of a file, or of a folder: train and test files, or others that can be read together.

    Repeated texts of a folder stay, as whoever made its parts meant them.

    Args:
        must_have_labels: else texts without any are understood, too, to be explored.

    Raises:
        ValueError: it can't be read, or a column can't be told.
    """
    if path.is_dir():
        table, columns = folder_table(path, read_as, must_have_labels)
    else:
        table = read_file(path, read_as.sheet, read_as.encoding)
        columns = labelled_columns(table, str(path), read_as.text_column, read_as.label_column, must_have_labels)
    found = understand(table, columns, read_as.no_class, read_as.joined, repeated=path.is_dir())
    return Report(table, columns, found)


def folder_table(folder: Path, read_as: ReadAs, must_have_labels: bool = True) -> tuple[Table, Columns]:
    """The files of a folder as one table, with a column that names the part, where there are parts.

    Raises:
        ValueError: they can't be read together, or a column can't be told.
    """
    if has_parts(folder):
        return _table_of_parts(folder, read_as)
    try:
        read = table_of_files(given_files(folder), EXTENSIONS, read_as.sheet, read_as.encoding)
    except ValueError as error:
        raise ValueError(f"the folder {folder} {error}") from error
    table = replace(read, format=f"folder of {read.format}")
    return table, labelled_columns(table, str(folder), read_as.text_column, read_as.label_column, must_have_labels)


def _table_of_parts(folder: Path, read_as: ReadAs) -> tuple[Table, Columns]:
    """All parts of a folder as one table, with a column that names the part."""
    first: Columns | None = None
    names, classes = list[str](), set[str]()
    rows: list[list[Cell]] = []
    lines: list[int] = []
    account, notes, kinds, encodings = Account(), [], [], []
    for part, paths in parts_given(folder).items():
        for path in paths:
            table = read_file(path, read_as.sheet, read_as.encoding)
            columns = (
                labelled_columns(table, str(path), read_as.text_column, read_as.label_column)
                if first is None or part == "train"
                else _columns_like(first, names, classes, table, path, read_as)
            )
            first, names = first or columns, names or table.names
            texts = table.column(columns.text)
            labels = table.column(columns.label) if columns.label is not None else [None] * len(texts)
            classes.update(one for label in labels for one in labels_in(label))
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


def _columns_like(
    first: Columns, names: list[str], classes: set[str], table: Table, path: Path, read_as: ReadAs
) -> Columns:
    """The columns of a later part. It may lack labels, as the test part of a competition does: then the column of
    labels is None, and no other is taken for it.

    Args:
        first, names: of the train part, and all its columns. classes: of the parts before.

    Raises:
        ValueError: no column could hold the texts.
    """
    found = labelled_columns(table, str(path), read_as.text_column, None, must_have_labels=False)
    if found.text in found.guessed and first.text not in (found.text, found.label) and table.has(first.text):
        found = replace(found, text=first.text)
    alike = [name for name in table.names if first.label is not None and bare(name) == bare(first.label)]
    if alike and alike[0] != found.text:
        return replace(found, label=alike[0])
    if found.label is None or found.label == found.text or found.label in names:  # train has it, and it is no label
        return replace(found, label=None)
    known = classes & {one for cell in table.column(found.label) for one in labels_in(cell)}
    return found if known or found.label not in found.guessed else replace(found, label=None)

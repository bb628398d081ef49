"""The one door to texts in files: whatever the format, a table with an account; labelled texts of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from ans.data.columns import AND, LABEL_COLUMNS, TEXT_COLUMNS, Columns, bare, guess_columns, some
from ans.data.formats.arranged import arranged
from ans.data.formats.delimited import ONE_A_LINE
from ans.data.formats.packed import PACKED, several_in_zip, unpacked
from ans.data.formats.recognised import read_bytes
from ans.data.label_cells import labels_in
from ans.data.labels_once import with_labels_below
from ans.data.rows import MOST_ROWS, Table, check_count, clean, text_in
from ans.data.several_files import GivenFile, table_of_files

EXTENSIONS = (
    ".tsv", ".csv", ".tab", ".jsonl", ".ndjson", ".json", ".txt", ".xlsx", ".xls", ".ods", ".yml", ".yaml", ".md",
    ".parquet", ".arrow", ".lu", ".arff",
)  # fmt: skip
PACKED_TOO = (*EXTENSIONS, *PACKED)
MOST_BYTES = 20 << 20  # of one upload


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


def read_file(path: Path, sheet: str | None = None, encoding: str | None = None) -> Table:
    """The table in one file, whatever its format and encoding.

    Args:
        sheet: of a spreadsheet, by its name or its number from 1, another than the first.
        encoding: of a file of text, where it is told wrongly.

    Raises:
        ValueError: no such file, an empty one, or one that holds no table.
    """
    if not path.is_file():
        raise ValueError(f"expected a file at {path}, found none.")
    try:
        if (several := several_in(path)) is not None:
            table = table_of_files(several, EXTENSIONS, sheet, encoding)
            return replace(table, format=f"zip of {table.format}")
        raw, suffix, packed = contents_of(path)
        table = read_bytes(raw, suffix, sheet, encoding)
    except ValueError as error:
        raise ValueError(f"{path} {error}") from error
    return replace(table, format=f"{table.format} ({packed})") if packed else table


def contents_of(path: Path) -> tuple[bytes, str, str]:
    """(Bytes, ending of the name in lower case, how it was packed or "") of a file, unpacked where it is packed.

    Raises:
        ValueError: it holds no file of texts, or several; the sentence follows a file's name.
    """
    return unpacked(path.read_bytes(), path.suffix.lower(), unpacked_name(path).suffix.lower(), EXTENSIONS)


def several_in(path: Path) -> list[GivenFile] | None:
    """The files in a zip of several; None of any other file.

    Raises:
        ValueError: they are locked, too many, or too large together; the sentence follows a file's name.
    """
    with path.open("rb") as file:
        if file.read(2) != b"PK":
            return None
    found = several_in_zip(path.read_bytes(), EXTENSIONS)
    return [GivenFile(inside, partial(_read, read, inside.suffix.lower())) for inside, read in found] or None


def _read(read: Callable[[], bytes], ending: str) -> tuple[bytes, str]:
    return read(), ending


def unpacked_name(path: Path) -> Path:
    """`train.csv` of `train.csv.gz`; any other path as it is."""
    return path.with_suffix("") if path.suffix.lower() in PACKED else path


def read_upload(path: Path, sheet: str | None = None, encoding: str | None = None, most_rows: int = MOST_ROWS) -> Table:
    """`read_file` of what somebody uploaded, at most `MOST_BYTES` and so many rows.

    Raises as it does, without the folder, which is the server's alone.
    """
    if path.stat().st_size > MOST_BYTES:
        raise ValueError(f"{path.name} is larger than {MOST_BYTES >> 20} MB; split it, or keep fewer texts.")
    try:
        table = read_file(path, sheet, encoding)
    except ValueError as error:
        raise ValueError(without_folder(error, path)) from error
    try:
        check_count(len(table.rows), most_rows)
    except ValueError as error:
        raise ValueError(f"{path.name} {error}") from error
    return table


def without_folder(error: Exception, path: Path) -> str:
    """What an error says, with the file's name for its path."""
    return str(error).replace(str(path), path.name)


def table_of(source: Any, sheet: str | None = None, encoding: str | None = None) -> Table:
    """The table in a file by its path, a pandas DataFrame, a Hugging Face Dataset or a list of records.

    Args:
        sheet, encoding: of a file, as `read_file` takes them.

    Raises:
        ValueError: it is none of these, or as `read_file`.
    """
    if isinstance(source, (str, Path)):
        return read_file(Path(source), sheet, encoding)
    from ans.data.formats.columnar import of_object

    table = of_object(source)
    if hasattr(source, "columns"):  # pandas leaves merged cells empty
        table = with_labels_below(table)
    return arranged(table)


def read_table(
    source: Any,
    text_column: str | None = None,
    label_column: str | None = None,
    sheet: str | None = None,
    encoding: str | None = None,
    may_choose: bool = True,
) -> LabelledTexts:
    """Texts and labels as `table_of` reads them. Rows that lack either, or have several labels, are dropped.

    Columns that are not given are found by their names, else by their shapes; `sheet` and `encoding` are of a file.
    `may_choose`: whoever asks has options for columns, which errors name.

    Raises:
        ValueError: the source can't be read, a column can't be told, or no row is left.
    """
    table, named = table_of(source, sheet, encoding), str(source) if isinstance(source, (str, Path)) else "the table"
    columns = labelled_columns(table, named, text_column, label_column, may_choose=may_choose)
    pairs = [
        (text_in(text), *labels_in(label))
        for text, label in zip(table.column(columns.text), table.column(columns.label or ""), strict=True)
    ]
    pairs = [pair for pair in pairs if pair[0] and len(pair) == 2]
    if not pairs:
        raise ValueError(f"{named} holds no row with both a {columns.text!r} and a {columns.label!r}.")
    return LabelledTexts([pair[0] for pair in pairs], [pair[1] for pair in pairs])


def chosen_columns(table: Table, text_column: str | None = None, label_column: str | None = None) -> Columns:
    """The guessed columns, with those that somebody has chosen in their place.

    Raises:
        ValueError: a chosen one is no column of the table; the sentence follows a file's name.
    """
    found = table.guessed
    text, label = (_existing(table, wanted) for wanted in (text_column, label_column))
    if text is not None:
        spared = None if found.label == text else found.label
        found = replace(found, text=text, label=spared, guessed=tuple(one for one in found.guessed if one == spared))
    if label is not None:
        found = replace(found, label=label, guessed=tuple(one for one in found.guessed if one == found.text))
    if label is not None and found.text == label and text is None:
        rest = [name for name in table.names if name != label]
        rows = [[clean(cell) for cell in row] for row in some(table.rows)]
        narrowed = [[row[table.names.index(name)] for name in rest] for row in rows]
        found = replace(found, text=guess_columns(rest, narrowed).text) if rest else found
    return found


def labelled_columns(
    table: Table,
    named: str,
    text_column: str | None,
    label_column: str | None,
    must_have_labels: bool = True,
    may_choose: bool = True,
) -> Columns:
    """`chosen_columns` that have labels, if they must.

    Raises:
        ValueError: a chosen one is no column, or no column could hold texts or labels.
    """
    try:
        found = chosen_columns(table, text_column, label_column)
    except ValueError as error:
        raise ValueError(f"{named} {error}") from error
    if not must_have_labels or (found.label is not None and found.label != found.text):
        return found
    if table.format.startswith(ONE_A_LINE):
        raise ValueError(
            f"{named} was read as one text in each line, as nothing in it separates labels from texts; expected lines "
            "such as “where is my parcel,delivery” below a first line “text,label”."
        )
    no_text = found.text in found.guessed and not any(" " in clean(cell) for cell in table.column(found.text))
    what, usual = ("text", TEXT_COLUMNS) if no_text and len(table.names) > 2 else ("label", LABEL_COLUMNS)
    advice = f"Choose it (--{what}-column), or rename it." if may_choose else "Name it so in the first line."
    if may_choose and table.sheet and len(table.sheets) > 1:
        others = ", ".join(name for name in table.sheets if name != table.sheet)
        advice += f" Or choose another sheet (--sheet): this is “{table.sheet}”, and there are {others}."
    raise ValueError(
        f"{named} has the columns {', '.join(table.names)}; expected one for the {what}, named for example {usual[0]} "
        f"or {usual[1]}. {advice}"
    )


def _existing(table: Table, wanted: str | None) -> str | None:
    """A column by its name, exactly, else the one that differs by case and punctuation alone."""
    if wanted is None or table.has(wanted):
        return wanted
    alike = [name for name in table.names if bare(name) == bare(wanted)]
    if len(alike) == 1:
        return alike[0]
    parts = [part.strip() for part in wanted.split("+")]
    if len(parts) > 1 and set(parts) <= set(table.names):
        return AND.join(parts)
    raise ValueError(f"has no column {wanted!r}; it has {', '.join(table.names)}.")

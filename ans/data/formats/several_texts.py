"""Cells that hold several texts: each becomes a row of its own. Cells that hold the words of one text become that text.

A chatbot's files often have a row a class, with its examples in one cell: as a list, as a list that is written into the
cell (`['hi', 'hello']`), one a line, or between bars or semicolons.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ans.data.columns import LABEL_COLUMNS, Columns, bare, guess_columns, some, usual_name
from ans.data.formats.json_records import NEVER_TYPED, is_several_texts
from ans.data.formats.phrases_in_cells import clean_lines, phrases_in
from ans.data.formats.written_lists import listed
from ans.data.rows import Cell, Note, Table, check_count, clean
from ans.data.text_column import words_in

WORDS_OF_TEXTS = 1.25  # on average in each item of a list: with fewer these are the words of one text
SIGNS = re.compile(r"[\n\r|;]")
MOSTLY = 0.9  # of the cells with something in them
FEW_ROWS = 3  # of each class, on average: with more, a list may be one text in its parts
MOST_CELLS = 3_000_000  # of the rows that are made; of a wider table text, label and split alone are kept
# Columns that are surely the text, and one text a cell, whatever lists stand beside them.
ONE_TEXT = ("text", "utterance", "sentence", "query", "message", "phrase")
# What names a class in a row of its own, where no column has a usual name for it.
NAMES = ("name", "intentname", "displayname", "id", "key", "slug")
SPEAKERS = ("role", "speaker", "from", "sender", "author")  # beside turns of a conversation, which are no texts alone


@dataclass(frozen=True)
class Apart:
    """The texts in each cell of a column, None for a cell that stays as it is; what is said of it."""

    column: str
    texts: Sequence[Sequence[Cell] | None]
    note: Note
    labelled: Columns


def texts_apart(table: Table) -> Table:
    """The table with one text in each row; as it is, where its cells hold one each.

    Raises:
        ValueError: there are too many texts; the sentence follows a file's name.
    """
    looked = some(table.rows)
    cells = {name: [row[place] for row in looked if row[place]] for place, name in enumerate(table.names)}
    lists = [name for name, own in cells.items() if not _is_aside(name) and _hold_lists(own)]
    lines = [name for name, own in cells.items() if not _is_aside(name) and _hold_signs(own)]
    if not lists and not lines:
        return table
    if any(bare(name) in ONE_TEXT and name not in lists and name not in lines for name in table.names):
        return table
    wanted = [*filter(is_several_texts, table.names), table.guessed.text]
    if (alone := table.guessed.text) in lists and bare(alone) in ONE_TEXT:
        wanted = [alone]
    for name in dict.fromkeys(wanted):
        if name in lists:
            return _with_lists(table, name)
    return _with_phrases(table, [name for name in dict.fromkeys(wanted) if name in lines])


def _is_aside(name: str) -> bool:
    """Whether a column holds what a bot says, or turns of a conversation: below a key of that name."""
    return any(bare(part) in NEVER_TYPED for part in name.split("."))


def _hold_lists(cells: Sequence[Cell]) -> bool:
    """Whether these cells are lists, or lists that are written as texts."""
    if any(isinstance(cell, tuple) for cell in cells):
        return True
    begin = sum(isinstance(cell, str) and cell.lstrip()[:1] in ("[", "(", "{") for cell in cells)
    if not cells or begin < MOSTLY * len(cells):
        return False
    return sum(isinstance(cell, str) and listed(cell) is not None for cell in cells) >= MOSTLY * len(cells)


def _hold_signs(cells: Sequence[Cell]) -> bool:
    """Whether half of these cells have several lines, bars or semicolons."""
    found = sum(isinstance(cell, str) and SIGNS.search(cell.strip()) is not None for cell in cells)
    return 0 < len(cells) <= 2 * found


def _with_lists(table: Table, column: str) -> Table:
    """The table with the items of lists apart, if they are texts; with the words of each joined, if they are words."""
    cells = table.column(column)
    as_tuples = any(isinstance(cell, tuple) for cell in cells)
    lists = [
        cell if isinstance(cell, tuple) else listed(cell) if isinstance(cell, str) and not as_tuples else None
        for cell in cells
    ]
    items = [item for found in some(lists) for item in found or ()]
    named = is_several_texts(column)
    if _of_speakers(table, column) or ("." in column and not named):
        return table  # turns or pieces of one text, which are read as that
    several = any(found is not None and len(found) > 1 for found in lists)
    if not several and as_tuples:
        return table
    columns = _labelled(table, column)
    rows = _rows_of_a_class(table, columns)
    words = _words(items) < WORDS_OF_TEXTS
    if not named and words and (rows > 1 or len(table.rows) < 2):
        return table if as_tuples else _joined(table, column, lists)
    sure = named or (rows <= FEW_ROWS and not words)
    said = f"The cells of “{column}” hold several texts each; each became a row of its own."
    unsure = "" if sure else " If each cell is one text in parts, join them in the file."
    note = Note("note" if sure else "doubt", said + unsure)
    if not several:
        note = Note("fine", f"The cells of “{column}” are lists of one text each.")
    return _apart(table, Apart(column, lists, note, columns))


def _with_phrases(table: Table, columns: Sequence[str]) -> Table:
    """The table with the lines of a cell apart, or what stands between bars or semicolons, if these are the texts of a
    class that has hardly any other row."""
    for column in dict.fromkeys(columns):
        labelled = _labelled(table, column)
        rows = _rows_of_a_class(table, labelled)
        named = is_several_texts(column)
        if rows > (FEW_ROWS if named else 1) or labelled.label is None:
            continue
        found = phrases_in([clean_lines(cell) for cell in table.column(column)], sure=named)
        if found is None:
            continue
        said = f"The cells of “{column}” hold several texts each, {found.how}; each became a row of its own."
        unsure = "" if named else " If each cell is one text, give each class more rows, or take these signs out."
        note = Note("note" if named else "doubt", said + unsure)
        return _apart(table, Apart(column, found.texts, note, labelled))
    return table


def _words(items: Sequence[str]) -> float:
    """How many words items have on average."""
    return sum(words_in(str(item)) for item in items) / max(1, len(items))


def _of_speakers(table: Table, column: str) -> bool:
    """Whether the cells of a column are what several people said in turn."""
    above = column.rpartition(".")[0]
    return bool(above) and any(bare(name) in SPEAKERS for name in table.names if name.rpartition(".")[0] == above)


def _labelled(table: Table, column: str) -> Columns:
    """The columns of a table whose texts are in this one."""
    if table.usual is not None and table.usual.text == column:
        return table.usual
    names = [name for name in table.names if name == column or not (_is_aside(name) or is_several_texts(name))]
    places = [table.names.index(name) for name in names]
    rows = [[clean(row[place]) for place in places] for row in some(table.rows)]
    found = guess_columns(names, rows)
    label = found.label if found.label != column else None
    if found.text != column or label is None:
        rest = [name for name in names if name != column]
        usual = [name for name in rest if usual_name(name) in LABEL_COLUMNS]
        alone = [name for wanted in NAMES for name in rest if bare(name.rpartition(".")[2]) == wanted]
        label = next((name for name in (*usual, label, *alone) if name is not None and name != column), None)
    guessed = (label,) if label is not None and usual_name(label) not in LABEL_COLUMNS else ()
    return Columns(column, label, found.split if found.split not in (column, label) else None, guessed)


def _rows_of_a_class(table: Table, columns: Columns) -> float:
    """How many rows a class has on average; all of them where there are no labels."""
    labels = [clean(cell) for cell in table.column(columns.label)] if columns.label is not None else [""]
    return len(table.rows) / max(1, len({label for label in labels if label}))


def _joined(table: Table, column: str, lists: Sequence[tuple[str, ...] | None]) -> Table:
    """The table with the words of each list that is written into a cell as one text."""
    place = table.names.index(column)
    rows: list[list[Cell]] = [
        row if words is None else [*row[:place], words, *row[place + 1 :]]
        for row, words in zip(table.rows, lists, strict=True)
    ]
    note = Note("fine", f"The lists of words in “{column}” are one text each.")
    return replace(table, rows=rows, notes=[*table.notes, note])


def _apart(table: Table, found: Apart) -> Table:
    count = sum(max(1, len(texts)) if texts is not None else 1 for texts in found.texts)
    check_count(count)
    wanted = (found.column, found.labelled.label, found.labelled.split)
    kept = [name for name in table.names if name in wanted or not _is_aside(name)]
    if count * len(kept) > MOST_CELLS:
        kept = [name for name in kept if name in wanted]
    places = [table.names.index(name) for name in kept]
    own = kept.index(found.column)
    rows: list[list[Cell]] = []
    lines: list[int] = []
    for row, texts, line in zip(table.rows, found.texts, table.lines, strict=True):
        cells = [row[place] for place in places]
        for text in [cells[own]] if texts is None else texts or [None]:
            rows.append([*cells[:own], text, *cells[own + 1 :]])
            lines.append(line)
    return replace(table, names=kept, rows=rows, lines=lines, notes=[*table.notes, found.note], usual=found.labelled)

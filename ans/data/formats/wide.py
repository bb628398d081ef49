"""Tables that have several texts of a class in one row, or each class in a column of its own: a row a text of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ans.conventions import some_names
from ans.data.column_words import is_answer, is_written, stem
from ans.data.columns import (
    BESIDE,
    BODIES,
    DESCRIPTIONS,
    TEXT_COLUMNS,
    TITLES,
    are_brief,
    bare,
    some,
    usual_column,
    usual_name,
)
from ans.data.label_column import are_no_words
from ans.data.languages import is_language
from ans.data.rows import Cell, Note, Table, check_count, clean
from ans.data.text_column import are_texts

FEWEST = 3  # columns; two of one name are a pair: a question and its paraphrase, a premise and what follows
TEXT, LABEL = "text", "label"
# How many times longer than another column's texts on average those of a class are at most. Columns of several lengths
# are hardly anything else.
AS_LONG, AS_LONG_RAGGED = 2.0, 4.0
NOT_NAMED = "column"  # as `named` calls columns without a name


def spread(table: Table) -> Table:
    """The table with a row for each text, where a row has several of one class or each column is a class."""
    if table.usual is not None or len(table.names) < FEWEST:
        return table
    looked = [[clean(cell) for cell in row] for row in some(table.rows)]
    columns = {name: [row[place] for row in looked] for place, name in enumerate(table.names)}
    places = _numbered_texts(table.names, columns)
    if places:
        return _by_row(table, places)
    return _by_class(table) if _are_classes(table, columns) else table


def _numbered_texts(names: Sequence[str], columns: dict[str, list[str]]) -> list[int]:
    """The places of columns of texts with one name and a number each, where no other column is named as the text."""
    groups: dict[str, list[int]] = {}
    for place, name in enumerate(names):
        groups.setdefault(bare(stem(name)), []).append(place)
    for key, places in groups.items():
        own = [names[place] for place in places]
        if len(places) < FEWEST or key in (NOT_NAMED, "") or is_answer(own[0]):
            continue
        cells = [cell for name in own for cell in columns[name]]
        if not all(_may_be_texts(columns[name]) for name in own) or not (is_written(own[0]) or are_texts(cells)):
            continue
        apart = [name for name in names if name not in own and not is_answer(name)]
        whole = (
            usual_column(apart, TITLES) is not None and usual_column(apart, BODIES) is not None
        )  # comments on a text
        if not whole and not any(_is_text(name, own[0]) and are_texts(columns[name]) for name in apart):
            return places
    return []


def _may_be_texts(cells: Sequence[str]) -> bool:
    """Whether cells are words, most of them different, or all empty, as those of the last of many columns may be."""
    filled = [cell for cell in cells if cell]
    return not filled or (2 * len(set(filled)) > len(filled) and not are_no_words(filled))


def _is_text(name: str, numbered: str) -> bool:
    """Whether a column is named as the text of its row rather than those with a number."""
    usual = usual_name(name)
    if usual in (*DESCRIPTIONS, *TITLES):
        return not is_written(numbered)
    return usual in TEXT_COLUMNS or (usual == "" and is_written(name))


def _by_row(table: Table, places: Sequence[int]) -> Table:
    """A row for each filled cell of these columns, with all other cells of its row."""
    rest = [place for place in range(len(table.names)) if place not in places]
    rows: list[list[Cell]] = []
    lines: list[int] = []
    check_count(sum(bool(clean(row[place])) for row in table.rows for place in places))
    for row, line in zip(table.rows, table.lines, strict=True):
        texts = [row[place] for place in places if clean(row[place])] or [None]
        rows += [[*(row[place] for place in rest), text] for text in texts]
        lines += [line] * len(texts)
    names = [table.names[place] for place in rest]
    said = ", ".join(f"“{table.names[place]}”" for place in places[:2])
    more = ", …" if len(places) > 2 else ""
    text = f"The {len(places)} columns {said}{more} hold a text each: each filled cell became a row."
    name = TEXT if TEXT not in names else stem(table.names[places[0]])
    return replace(table, names=[*names, name], rows=rows, lines=lines, notes=[*table.notes, Note("note", text)])


def _are_classes(table: Table, columns: dict[str, list[str]]) -> bool:
    """Whether the columns are classes with their texts below them: filled from above, and much alike."""
    if any(usual_name(name) or is_language(name) or is_written(name) or is_answer(name) for name in columns):
        return False
    if any(bare(name) in BESIDE or bare(name).startswith(NOT_NAMED) or bare(name).isdigit() for name in columns):
        return False
    if not are_brief(list(columns)) or any(map(are_no_words, columns.values())):
        return False
    if len({bare(stem(name)) for name in columns}) < len(columns):  # of one name and a number each
        return False
    filled = []
    for place in range(len(table.names)):
        cells = [clean(row[place]) for row in table.rows]
        while cells and not cells[-1]:
            cells.pop()
        if len(cells) < 2 or not all(cells) or len(set(cells)) < len(cells):
            return False
        filled.append(cells)
    lengths = [sum(map(len, cells)) / len(cells) for cells in filled]
    ragged = len(set(map(len, filled))) > 1
    alike = max(lengths) <= (AS_LONG_RAGGED if ragged else AS_LONG) * min(lengths)
    return alike and are_texts([cell for cells in filled for cell in cells])


def _by_class(table: Table) -> Table:
    """A row for each filled cell, with the name of its column as the label."""
    check_count(sum(bool(clean(cell)) for row in table.rows for cell in row))
    found = [
        (name, row[place], line)
        for place, name in enumerate(table.names)
        for row, line in zip(table.rows, table.lines, strict=True)
        if clean(row[place])
    ]
    rows: list[list[Cell]] = [[text, name] for name, text, _ in found]
    said = f"Each column was read as a class with its texts below it: {some_names(table.names, 6)}."
    doubt = Note("doubt", f"{said} If these are no classes, name the columns text and label.")
    return replace(
        table, names=[TEXT, LABEL], rows=rows, lines=[line for *_, line in found], notes=[*table.notes, doubt]
    )

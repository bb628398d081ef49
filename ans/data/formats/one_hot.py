"""Labels that are spread over columns of yes and no, one a class: 0 and 1, crosses, spaCy's `cats`, and much else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ans.data.columns import BESIDE, ENOUGH, LABEL_COLUMNS, SPLIT_COLUMNS, bare, some, usual_column, usual_name
from ans.data.rows import Cell, Note, Table

# Without case. People put a cross; Excel writes true and false in its own language.
SIGNS = frozenset(("1", "1.0", "true", "x", "✓", "✔"))
WORDS = frozenset((
    "yes", "y", "on", "checked", "selected", "t", "✅", "☑", "☒", "ja", "wahr", "oui", "vrai", "sí", "si", "verdadero",
    "sim", "verdadeiro", "sì", "vero", "waar", "sann", "sant", "kyllä", "tosi", "ano", "pravda", "áno", "tak", "prawda",
    "igen", "igaz", "da", "да", "истина", "так", "evet", "doğru", "是", "真", "はい", "예", "참", "نعم",
))  # fmt: skip
NO = frozenset((
    "0", "0.0", "false", "", "no", "n", "off", "unchecked", "not selected", "f", "-", "–", "✗", "✘", "❌", "☐", "nein",
    "falsch", "non", "faux", "falso", "não", "nee", "onwaar", "nej", "nei", "falskt", "usant", "ei", "epätosi", "ne",
    "nepravda", "nie", "fałsz", "nem", "hamis", "nu", "нет", "ложь", "ні", "hayır", "yanlış", "否", "假", "いいえ",
    "아니오", "거짓", "لا",
))  # fmt: skip
OWN_NAME = "x"  # a cell that names its own column is a cross in it
NEITHER = "\0"  # what a list of values is
LABEL = "label"
FEWEST = 3  # columns; two are it only where each row has one 1
ALONE = 0.8  # of the rows have at most one 1, else these are properties of texts and no classes
SHOWN = 6


def gathered(table: Table) -> Table:
    """The table with one column of labels for those of yes and no, if that is how it has its classes; else as it is."""
    if table.usual is not None or usual_column(table.names, LABEL_COLUMNS) is not None or LABEL in table.names:
        return table
    looked = some(table.rows)
    marks = {
        place: [_mark(row[place], name) for row in looked]
        for place, name in enumerate(table.names)
        if usual_name(name) not in SPLIT_COLUMNS and bare(name) not in BESIDE  # a class may be called `question`
    }
    places, yes = _of_yes_and_no(marks)
    if not places:
        places, yes = _of_two_values(marks)
    if not places or len(places) == len(table.names):
        return table
    names = [table.names[place] for place in places]
    start = _common_path(names)
    rest = [place for place in range(len(table.names)) if place not in places]
    rows: list[list[Cell]] = [
        [
            *(row[place] for place in rest),
            tuple(table.names[place][start:] for place in places if _mark(row[place], table.names[place]) in yes),
        ]
        for row in table.rows
    ]
    listed = ", ".join(name[start:] for name in names[:SHOWN]) + (" …" if len(names) > SHOWN else "")
    values = "0 and 1 or of crosses" if yes is SIGNS else "yes and no"
    note = Note("note", f"{len(places)} columns of {values} were read as one label: {listed}.")
    return replace(table, names=[*(table.names[place] for place in rest), LABEL], rows=rows, notes=[*table.notes, note])


def _of_yes_and_no(marks: Mapping[int, Sequence[str]]) -> tuple[list[int], frozenset[str]]:
    """The places of columns of yes and no that are classes, and what means yes; no places if there are none.

    Of words each row says yes once, since many tables ask about several properties with yes and no.
    """
    for yes, least in ((SIGNS, 0), (SIGNS | WORDS, 1)):
        places = [place for place, cells in marks.items() if _is_yes_or_no(cells, yes)]
        ones = [sum(cell in yes for cell in row) for row in zip(*(marks[place] for place in places), strict=True)]
        enough = len(places) >= FEWEST or (len(places) == 2 and all(count == 1 for count in ones))
        if enough and sum(least <= count <= 1 for count in ones) >= ALONE * len(ones):
            return places, yes
    return [], SIGNS


def _of_two_values(marks: Mapping[int, Sequence[str]]) -> tuple[list[int], frozenset[str]]:
    """As `_of_yes_and_no`, of columns with any two values that are the same, of which each row has one just once."""
    groups: dict[frozenset[str], list[int]] = {}
    for place, cells in marks.items():
        groups.setdefault(frozenset(cells), []).append(place)
    for values, places in groups.items():
        if len(values) != 2 or len(places) < FEWEST or NEITHER in values:
            continue
        looked = list(zip(*(marks[place] for place in places), strict=True))
        for yes in sorted(values - {""}) if len(looked) >= ENOUGH else ():
            if all(row.count(yes) == 1 for row in looked):
                return places, frozenset((yes,))
    return [], SIGNS


def _mark(cell: Cell, name: str) -> str:
    """A cell as it is compared: without case, spaces around it and the sign that asks for a coloured picture."""
    if cell is None or isinstance(cell, tuple):
        return "" if not cell else NEITHER
    mark = cell.strip().replace("\ufe0f", "").casefold()
    return OWN_NAME if len(mark) > 1 and mark == name.strip().casefold() else mark


def _is_yes_or_no(cells: Sequence[str], yes: frozenset[str]) -> bool:
    found = set(cells)
    return found <= yes | NO and not found.isdisjoint(yes) and not found.isdisjoint(NO)


def _common_path(names: Sequence[str]) -> int:
    """How many letters of `cats.` all these names begin with."""
    before = {name.rpartition(".")[0] for name in names}
    path = before.pop()
    return len(path) + 1 if path and not before else 0

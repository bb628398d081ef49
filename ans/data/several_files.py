"""The files of a folder or an archive as one table: tables alike, or texts with their folder's or file's name as class.

Folders called train and test, or files called so, are parts. What is left aside is told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from typing import NamedTuple, TypeVar

from ans.conventions import some_names
from ans.data.columns import Columns, bare
from ans.data.encodings import Decoded
from ans.data.formats.dialogflow import intent_and_language, name_of_intent, read_phrases
from ans.data.formats.packed import ASIDE
from ans.data.formats.recognised import YAML, encoding_notes, read_bytes
from ans.data.formats.several_tables import (
    LABEL,
    WITHOUT_LABEL,
    Named,
    classes_named,
    has_labels,
    joined,
    of_classes,
    parts_by_name,
)
from ans.data.formats.written_rows import as_lines
from ans.data.rows import Cell, Note, Table, check_count, clean
from ans.data.text_bytes import decode

PLAIN = (".txt", ".text", "")
MOST_TOGETHER, MOST_TABLES = 200_000, 2000  # files, and those of them that each are a table or a list
Found = TypeVar("Found")
READ_TOGETHER = (
    "expected files train and test, tables with the same columns, a folder or a text file for each class, or an export "
    "of Rasa or Dialogflow"
)


class GivenFile(NamedTuple):
    """A file by its path below the folder or archive; `read` gives its bytes and the ending of its name, unpacked."""

    path: PurePosixPath
    read: Callable[[], tuple[bytes, str]]


class Placed(NamedTuple):
    """A file in the part that it belongs to, or "", with its path below that part."""

    part: str
    path: PurePosixPath
    file: GivenFile


class Taken(NamedTuple):
    """What was read, of which files."""

    table: Table
    files: Sequence[Placed]


def table_of_files(
    files: Sequence[GivenFile], endings: Sequence[str], sheet: str | None = None, encoding: str | None = None
) -> Table:
    """One table of all files that belong together; what else there is is told.

    Args:
        endings: of names of files that hold tables or texts. sheet, encoding: of each file, as `read_bytes` takes them.

    Raises:
        ValueError: they are too many, or can't be read together; the sentence follows the folder's name.
    """
    if len(files) > MOST_TOGETHER:
        raise ValueError(f"holds more than {MOST_TOGETHER:,} files; keep fewer, or put their texts into one table.")
    placed = _in_parts([file for file in files if _may_hold_texts(file.path, endings)])
    each = (_of_dialogflow, _of_rasa, _of_class_folders, _of_tables)
    readers = each if len(placed) <= MOST_TABLES else (_of_class_folders,)
    taken = next((found for reader in readers if (found := reader(placed, sheet, encoding)) is not None), None)
    if taken is None and len(placed) > MOST_TABLES:
        raise ValueError(f"holds more than {MOST_TABLES:,} tables; put their rows into one.")
    if taken is None:
        shown = some_names([str(file.path) for file in files], 4)
        raise ValueError(f"holds {shown or 'no file'}: no texts to read together; {READ_TOGETHER}. Or take one file.")
    read = {one.file.path for one in taken.files}
    if aside := [str(file.path) for file in files if file.path not in read]:
        texts = sum(_may_hold_texts(PurePosixPath(name), endings) for name in aside)
        many = "1 file was" if len(aside) == 1 else f"{len(aside):,} files were"
        kind = "doubt" if texts > len(taken.files) else "note" if texts else "fine"
        taken.table.notes.append(Note(kind, f"{many} left aside: {some_names(aside, 4)}."))
    return taken.table


def _may_hold_texts(path: PurePosixPath, endings: Sequence[str]) -> bool:
    ending = path.suffix.lower()
    return (ending in PLAIN or ending in endings) and path.stem.lower() not in ASIDE


def _in_parts(files: Sequence[GivenFile]) -> list[Placed]:
    """The files below the parts that folders called train and test make, or files called so; else all, in none."""
    for depth in range(max((len(file.path.parts) for file in files), default=1) - 1):
        below: dict[tuple[str, ...], list[GivenFile]] = {}
        for file in files:
            if len(file.path.parts) > depth + 1:
                below.setdefault(file.path.parts[:depth], []).append(file)
        for inside in below.values():
            if parts := parts_by_name(list({file.path.parts[depth] for file in inside})):
                return [
                    Placed(parts[name], PurePosixPath(*file.path.parts[depth + 1 :]), file)
                    for file in inside
                    if (name := file.path.parts[depth]) in parts
                ]
    shared = 0
    while len({file.path.parts[shared] for file in files if len(file.path.parts) > shared + 1}) == 1 and all(
        len(file.path.parts) > shared + 1 for file in files
    ):
        shared += 1
    paths = [PurePosixPath(*file.path.parts[shared:]) for file in files]
    by_name = parts_by_name([path.stem for path in paths]) if all(len(path.parts) == 1 for path in paths) else {}
    both = zip(paths, files, strict=True)
    if by_name:
        return [Placed(by_name[path.stem], path, file) for path, file in both if path.stem in by_name]
    return [Placed("", path, file) for path, file in both]


def _of_dialogflow(placed: Sequence[Placed], _sheet: str | None, _encoding: str | None) -> Taken | None:
    phrases = [(one, found) for one in placed if (found := intent_and_language(one.path)) is not None]
    if not phrases:
        return None
    own = {one.path: one for one in placed}
    tables, taken, languages = [], [], Counter[str]()
    for one, (place, language) in phrases:
        about = own.get(place)
        name = (name_of_intent(about.file.read()[0]) if about is not None else "") or place.stem
        tables.append(Named(str(one.path), one.part, _named(one, lambda raw, _, name=name: read_phrases(raw, name))))
        taken += [one] if about is None else [one, about]
        languages[language.lower()] += 1
    table = joined(tables, "Dialogflow's files")
    if len(languages) > 1:
        table.notes.append(Note("note", f"The phrases are of several languages: {some_names(list(languages))}."))
    return Taken(table, taken)


def _of_rasa(placed: Sequence[Placed], sheet: str | None, encoding: str | None) -> Taken | None:
    tables, taken = [], []
    for one in placed:
        if one.path.suffix.lower() in (*YAML, ".md"):
            try:
                table = read_bytes(*one.file.read(), sheet, encoding)
            except ValueError:  # settings of the bot, told as left aside
                continue
            if table.format.startswith("Rasa"):
                tables.append(Named(str(one.path), one.part, table))
                taken.append(one)
    return Taken(joined(tables, "Rasa's files"), taken) if tables else None


def _of_class_folders(placed: Sequence[Placed], _sheet: str | None, encoding: str | None) -> Taken | None:
    """A folder for each class, in which each file is one text."""
    found = [one for one in placed if len(one.path.parts) > 1 and one.path.suffix.lower() in PLAIN]
    sizes = Counter((one.part, one.path.parent) for one in found)
    if len({folder for _, folder in sizes}) < 2 or max(sizes.values()) < 2 or 2 * len(found) <= len(placed):
        return None
    rows: list[list[Cell]] = []
    parts = list(dict.fromkeys(one.part for one in found))
    texts, told = _decoded(found, encoding)
    check_count(len(texts))
    tables = []
    for part in parts:
        rows = [
            [text, "" if bare(one.path.parent.name) in WITHOUT_LABEL else one.path.parent.as_posix()]
            for one, text in zip(found, texts, strict=True)
            if one.part == part
        ]
        numbers = [number for number, one in enumerate(found, 1) if one.part == part]
        table = Table("text files", "", ["text", LABEL], rows, numbers, usual=Columns("text", LABEL))
        tables.append(Named(part, part, table))
    table = joined(tables, "text files, one a text")
    said = classes_named("folder", [one.path.parent.as_posix() for one in found], "the texts in it, one a file")
    table.notes.extend([said, *encoding_notes(told)] if told is not None else [said])
    return Taken(replace(table, encoding=told.name if told is not None else "UTF-8"), found)


def _decoded(files: Sequence[Placed], encoding: str | None) -> tuple[list[str], Decoded | None]:
    """Each file as text. One encoding for all that aren't UTF-8, as one of them alone hardly tells it.

    Raises:
        ValueError: one is no text.
    """
    raws = [one.file.read()[0] for one in files]
    texts: dict[int, str] = {}
    for place, raw in enumerate(raws if encoding is None else ()):
        try:
            texts[place] = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            continue
    others = [place for place in range(len(raws)) if place not in texts]
    try:
        told = decode(b"\n".join(raws[place] for place in others), encoding) if others else None
    except ValueError:
        told = None  # the file that is no text says so by its name
    told_so = told.encoding if told is not None else encoding
    for place in others:
        texts[place] = _named(files[place], lambda raw, _: decode(raw, told_so)).text
    return [texts[place] for place in range(len(raws))], told


def _of_tables(placed: Sequence[Placed], sheet: str | None, encoding: str | None) -> Taken | None:
    """Tables with the same columns; or lists of texts, each called as its class."""
    tables = [(one, table) for one in placed if (table := _table(one, sheet, encoding)) is not None]
    if not tables:
        return None
    judged = [table for one, table in tables if one.part in ("", "train")]
    labelled = [table for table in judged if has_labels(table)]
    if 2 * sum(len(table.rows) for table in labelled) < sum(len(table.rows) for table in judged) or not labelled:
        return _of_lists(tables, encoding)
    first = max(labelled, key=lambda table: len(table.rows))
    files = {name for one in placed for name in (one.path.name, one.path.stem, one.path.as_posix())}
    cells = [clean(cell) for cell in first.column(first.guessed.text)]
    if 2 * sum(cell in files for cell in cells) > len(cells):
        raise ValueError("holds a table with the names of files where texts are expected; write their texts into it.")
    kept = [(one, table) for one, table in tables if _is_like(first, table)]
    kept.sort(key=lambda pair: pair[1] is not first)  # whose columns count
    tables = [Named(str(one.path), one.part, table) for one, table in kept]
    kinds = ", ".join(dict.fromkeys(table.format for _, table in kept))
    return Taken(joined(tables, kinds), [one for one, _ in kept])


def _is_like(first: Table, table: Table) -> bool:
    """Whether a table has the texts of another, and no other labels."""
    text, label = bare(first.guessed.text), bare(first.guessed.label or "")
    names = {bare(name) for name in (*table.names, table.guessed.text)}
    return text in names and (label in names or not has_labels(table) or table.guessed.label in table.guessed.guessed)


def _of_lists(tables: Sequence[tuple[Placed, Table]], encoding: str | None) -> Taken | None:
    """Texts without labels beside them: their class is what the file is called, of files in folders the folder.

    Files that differ by numbers alone, as the pieces of one list, say no class.
    """
    flat = all(len(one.path.parts) == 1 for one, _ in tables)
    names = [one.path.stem if flat else one.path.parent.as_posix() for one, _ in tables]
    read = [
        Named(name, one.part, _lines(one, encoding) if one.path.suffix.lower() in PLAIN else table)
        for name, (one, table) in zip(names, tables, strict=True)
    ]
    kinds, taken = ", ".join(dict.fromkeys(one.table.format for one in read)), [one for one, _ in tables]
    if len({"".join(filter(str.isalpha, name)) for name in names}) > 1:
        return Taken(of_classes(read, kinds, "file" if flat else "folder"), taken)
    alike = len({tuple(one.table.names) for one in read}) == 1
    return Taken(joined(read, kinds), taken) if alike else None


def _table(one: Placed, sheet: str | None, encoding: str | None) -> Table | None:
    try:
        return read_bytes(*one.file.read(), sheet, encoding)
    except ValueError:  # told as left aside
        return None


def _lines(one: Placed, encoding: str | None) -> Table:
    """Each line of a file as a text, whatever signs are in it."""

    def read(raw: bytes, _ending: str) -> Table:
        found = decode(raw, encoding)
        lines = [(number, line) for number, line in enumerate(as_lines(found.text), 1) if line.strip()]
        rows: list[list[Cell]] = [[line] for _, line in lines]
        numbers = [number for number, _ in lines]
        return Table("text, one line a row", found.name, ["text"], rows, numbers, notes=encoding_notes(found))

    return _named(one, read)


def _named(one: Placed, read: Callable[[bytes, str], Found]) -> Found:
    """What is read of a file; what is wrong with it is said with its name.

    Raises:
        ValueError: it can't be read.
    """
    try:
        return read(*one.file.read())
    except ValueError as error:
        raise ValueError(f"holds {one.path}, which {error}") from error

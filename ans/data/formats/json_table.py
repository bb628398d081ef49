"""JSON and JSON Lines: records, flattened to columns by the path of each value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from ans.data.columns import Columns, has_header, named, usual_name
from ans.data.formats import label_studio
from ans.data.formats.conversations import of_conversation, own_label
from ans.data.formats.json_records import are_texts
from ans.data.formats.json_shapes import by_one_key, by_several_keys, exploded, pair, records_of
from ans.data.formats.json_values import Values, json_values
from ans.data.formats.negatives import left_aside
from ans.data.rows import NOT_ANSWERED, Account, Cell, Note, Table, check_count

MOST_COLUMNS, MOST_VALUES, DEEPEST_PATH = 200, 20, 8
MOST_OBJECTS = 2000  # of a list in a record: each may hold a text
PRODIGYS_ANSWERS = {"accept", "reject", "ignore"}
EXPECTED = "expected objects with a text and a label, in a list or one per line"


def read_json(content: str, encoding: str) -> Table:
    """A table from the text of a JSON or JSON Lines file.

    Raises:
        ValueError: it is no JSON, or holds no records; the sentence follows a file's name.
    """
    return table_of(json_values(content), encoding)


def table_of(found: Values, encoding: str) -> Table:
    """A table from values that were read.

    Raises:
        ValueError: they hold no records; the sentence follows a file's name.
    """
    values, lines, account, notes = found.values, found.lines, found.left_out, []
    kind, usual = found.kind, None
    check_count(len(values))
    if found.cut_off:
        notes.append(Note("doubt", "A part of it is no valid JSON: is the file whole?"))
    if found.single or (len(values) == 1 and isinstance(values[0], dict) and not any(map(usual_name, values[0]))):
        shaped = records_of(values[0])
        if shaped is None:
            raise ValueError(f"holds no records; {EXPECTED}.")
        values, lines = shaped.records, list(range(1, len(shaped.records) + 1))
        kind = "CLINC JSON" if shaped.shape == "CLINC" else kind
        if shaped.shape not in ("", "CLINC"):
            notes.append(Note("fine", f"Read as {shaped.shape}."))
        notes += shaped.notes
    if all(isinstance(value, str) for value in values):
        return Table(kind, encoding, ["text"], [[str(value)] for value in values], lines, account, notes)
    first = values[0] if values else None
    if values and all(isinstance(value, list) and any(isinstance(one, Mapping) for one in value) for value in values):
        pairs = all(_annotated(value) is not value for value in values)
        if not pairs:  # a list of records a line
            lines = [line for value, line in zip(values, lines, strict=True) for _ in value]
            values = [one for value in values for one in value]
    values = [_annotated(value) for value in values]
    if values and values[0] is not first and not _is_spacys(first):
        label = own_label(first) if isinstance(first, dict) else None
        said = "what a person said last is the text, the answer its label."
        if label is not None:
            said = f"all that a person said is the text, “{label}” its label."
        notes.append(Note("fine", f"Read as conversations: {said}"))
    if sum(isinstance(value, list) for value in values) > len(values) / 2:
        return _of_lists(values, lines, kind, encoding, account, notes)
    records: list[dict[str, Any]] = []
    starts: list[int] = []
    for value, line in zip(values, lines, strict=True):
        if isinstance(value, dict):
            records.append(value)
            starts.append(line)
        else:
            account.add("no object", line, str(value))
    if not records:
        raise ValueError(f"holds no records; {EXPECTED}.")
    if label_studio.is_export(records):
        return label_studio.read_tasks(records, starts, encoding, account, flat)
    records = by_one_key(records)
    if (classes := by_several_keys(records)) is not None:
        records, starts = classes.records, list(range(1, len(classes.records) + 1))
        notes += [Note("fine", f"Read as {classes.shape or 'records'}."), *classes.notes]
    aside = left_aside((key, item) for record in records for key, item in record.items() if isinstance(item, list))
    records, several = exploded(records)
    if several:
        starts = list(range(1, len(records) + 1))
        notes += aside
        notes.append(Note("fine", "Each record holds several texts of one class; each became a row."))
    names, rows = _table([flat(record) for record in records], notes)
    kind, usual = _tool(kind, names, rows)
    if kind.startswith("Prodigy"):
        rows, starts = _accepted(names, rows, starts, account)
    return Table(kind, encoding, names, rows, starts, account, notes, usual)


def flat(value: Any, path: str = "", depth: int = 0) -> dict[str, Cell]:
    """A record's values by their paths: `data.text`. Of a list of objects, the values of each key together."""
    if isinstance(value, Mapping) and depth < DEEPEST_PATH:
        made: dict[str, Cell] = {}
        for key, item in value.items():
            below = f"{path}.{key}" if path else str(key)
            if type(item) is str:
                made[below] = item
            elif isinstance(item, (Mapping, list, tuple)):
                made.update(flat(item, below, depth + 1))
            else:
                made[below] = scalar(item)
        return made
    if isinstance(value, (list, tuple)):
        if any(isinstance(item, Mapping) for item in value) and depth < DEEPEST_PATH:
            together: dict[str, list[str]] = {}
            for item in value[:MOST_OBJECTS]:
                for below, cell in flat(item, path, depth + 1).items():
                    own = [] if cell is None else [cell] if isinstance(cell, str) else list(cell)
                    together.setdefault(below, []).extend(own)
            return {below: tuple(dict.fromkeys(cells)) for below, cells in together.items()}
        return {path: _values(value)}
    return {path: scalar(value) if not isinstance(value, Mapping) else None}


def _annotated(value: Any) -> Any:
    """What tools write as one record with text and label: spaCy's pair of a text and its annotations, a conversation;
    any other value as it is."""
    if (found := of_conversation(value)) is not None:
        return found
    return {"text": value[0], **value[1]} if _is_spacys(value) else value


def _is_spacys(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and isinstance(value[0], str) and isinstance(value[1], Mapping)


def scalar(value: Any) -> Cell:
    """A value as a cell: null and NaN are nothing, true is `true`."""
    if value is None or (isinstance(value, float) and value != value):
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else str(value)


def _values(items: Sequence[Any]) -> tuple[str, ...]:
    """A list as a cell of several values, however they are nested: all texts, of other values the first ones."""
    if are_texts(list(items)):
        return tuple(cell for item in items if isinstance(cell := scalar(item), str))
    found: list[str] = []
    waiting = list(items[:MOST_VALUES])[::-1]
    while waiting and len(found) < MOST_VALUES:
        item = waiting.pop()
        if isinstance(item, (list, tuple)):  # Arrow's maps are pairs
            waiting += item[:MOST_VALUES][::-1]
        elif not isinstance(item, Mapping) and isinstance(cell := scalar(item), str):
            found.append(cell)
    return tuple(found)


def _table(records: Sequence[Mapping[str, Cell]], notes: list[Note]) -> tuple[list[str], list[list[Cell]]]:
    """Names and rows; of very many keys the most frequent ones."""
    counts = Counter(name for record in records for name in record)
    names = list(counts)
    if len(names) > MOST_COLUMNS:
        kept = {name for name, _ in counts.most_common(MOST_COLUMNS)}
        notes.append(Note("note", f"Of {len(names):,} keys the {MOST_COLUMNS} most frequent are columns."))
        names = [name for name in names if name in kept]
    return names, [[record.get(name) for name in names] for record in records]


def _of_lists(
    values: Sequence[Any], lines: list[int], kind: str, encoding: str, account: Account, notes: list[Note]
) -> Table:
    """Rows as lists: the first one may name the columns."""
    rows, starts = [], []
    for value, line in zip(values, lines, strict=True):
        if isinstance(value, list) and value:
            rows.append([_cell(cell) for cell in value[:MOST_COLUMNS]])
            starts.append(line)
        else:
            account.add("no list", line, str(value))
    if not rows:
        raise ValueError(f"holds no records; {EXPECTED}.")
    width = max(map(len, rows))
    rows = [row + [None] * (width - len(row)) for row in rows]
    texts = [[cell if isinstance(cell, str) else "" for cell in row] for row in rows]
    if has_header(texts):
        return Table(kind, encoding, named(texts[0]), rows[1:], starts[1:], account, notes)
    names = list(pair(["", ""])) if width == 2 else ["text"] if width == 1 else named([""] * width)
    if width == 2:
        longer = sum(len(row[1]) - len(row[0]) for row in texts) > 0
        names = ["label", "text"] if longer else names
    return Table(kind, encoding, names, rows, starts, account, notes)


def _cell(value: Any) -> Cell:
    """A value of a list as a cell; an object is none."""
    return None if isinstance(value, Mapping) else _values(value) if isinstance(value, list) else scalar(value)


def _tool(kind: str, names: Sequence[str], rows: Sequence[Sequence[Cell]]) -> tuple[str, Columns | None]:
    """The annotation tool that wrote records of these columns, and which of them it means."""
    answers = {row[names.index("answer")] for row in rows} - {None} if "answer" in names else set()
    if "text" in names and answers and answers <= PRODIGYS_ANSWERS and ("accept" in names or "label" in names):
        return "Prodigy JSON Lines", Columns("text", "accept" if "accept" in names else "label")
    if "annotation_id" in names and "lead_time" in names:
        return "Label Studio JSON-MIN", None
    text = next((name for name in ("text", "data") if name in names), None)
    label = next((name for name in ("label", "labels") if name in names), None)
    if text is not None and label is not None and "id" in names:
        place = names.index(label)
        if any(isinstance(row[place], tuple) for row in rows):
            return f"doccano {kind}", Columns(text, label)
    return kind, None


def _accepted(
    names: Sequence[str], rows: list[list[Cell]], starts: list[int], account: Account
) -> tuple[list[list[Cell]], list[int]]:
    """The rows whose annotator has accepted them."""
    place, kept, lines = names.index("answer"), [], []
    for row, start in zip(rows, starts, strict=True):
        if row[place] == "accept":
            kept.append(row)
            lines.append(start)
        else:
            account.add(NOT_ANSWERED, start, str(row[names.index("text")]))
    return kept, lines

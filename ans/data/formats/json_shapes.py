"""Which records a JSON value holds, in the shapes that people and programs give it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ans.data.columns import LABEL_COLUMNS, PART_OF, TEXT_COLUMNS, bare, usual_column, usual_name
from ans.data.formats.json_nested import classes_in_lines, classes_in_pieces, lists_in_lists
from ans.data.formats.json_records import SEVERAL_TEXTS, Records, are_texts, is_several_texts, most_of, spoken, typed
from ans.data.formats.negatives import left_aside, with_no_class
from ans.data.rows import check_count

DEEPEST_KEY = 4
INPUTS = "inputs"  # Voiceflow's: several texts where they are objects, else often one


def records_of(value: Any, depth: int = 0) -> Records | None:
    """The records in one JSON object, `depth` keys below the whole; None if there are none."""
    if not isinstance(value, Mapping) or not value:
        return None
    for shape in (
        _split_table, _columns, _parts, _intents_by_name, _by_index, _classes, lists_in_lists,
        _texts_with_labels, _several_lists, classes_in_pieces, classes_in_lines,
    ):  # fmt: skip
        if (found := shape(value)) is not None and found.records:
            return found
    found = _under_a_key(value, depth)
    if found is not None:
        return found
    if any(isinstance(item, str) for item in value.values()) and any(usual_name(str(key)) for key in value):
        return Records([dict(value)])
    return None


def exploded(records: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], bool]:
    """Records with one text each, where they hold a list of texts for one class. Whether there were such lists."""
    keys = [key for record in records[:50] if isinstance(record, dict) for key in record]
    several = [key for key in dict.fromkeys(keys) if is_several_texts(key) or bare(key) == INPUTS]
    if not several:
        return records, False
    records = [
        {**record, **{key: _of_languages(record[key]) for key in several if key in record}} for record in records
    ]
    lists = [key for key in several if _is_text_list(records, key)]
    if not lists or any(bare(key) in ("text", "utterance", "sentence") for key in keys):
        return records, False
    check_count(sum(len(record.get(key) or ()) for record in records for key in lists))
    made = []
    for record in records:
        texts = [text for key in lists for text in record.get(key) or ()]
        rest = {key: item for key, item in record.items() if key not in lists and not isinstance(item, (list, dict))}
        made += [{**rest, "text": spoken(text)} for text in texts] if texts else [{**rest, "text": None}]
    return made, True


def by_one_key(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Records of a single key, `{"label": "text"}`, with text and label; any others as they are."""
    if len(records) < 4 or not all(len(record) == 1 for record in records):
        return records
    pairs = [next(iter(record.items())) for record in records]
    keys = {key for key, _ in pairs}
    if not all(isinstance(text, str) for _, text in pairs) or not 1 < len(keys) <= len(records) / 2:
        return records
    return [{"text": text, "label": label} for label, text in pairs]


def by_several_keys(records: list[dict[str, Any]]) -> Records | None:
    """Records of a single key, each the name of a class with its texts below: `{"refund": […]}`, `{"login": […]}`. None
    of any others."""
    together: dict[str, Any] = {}
    for record in records:
        if len(record) != 1:
            return None
        ((name, texts),) = record.items()
        before = together.setdefault(name, texts if isinstance(texts, Mapping) else [])
        if isinstance(texts, list) and isinstance(before, list):
            before += texts
        elif before is not texts:
            return None
    if len(together) < 2 or any(usual_name(name) or is_several_texts(name) for name in together):
        return None
    return records_of(together)


def _is_text_list(records: list[dict[str, Any]], key: str) -> bool:
    found = [record[key] for record in records[:50] if isinstance(record, dict) and key in record]
    if not found or not all(isinstance(items, list) and not any(map(_is_plain_number, items)) for items in found):
        return False
    return bare(key) != INPUTS or all(isinstance(one, Mapping) and "text" in one for items in found for one in items)


def _is_plain_number(item: Any) -> bool:
    return isinstance(item, (int, float))


def _of_languages(texts: Any) -> Any:
    """The texts of all languages, where they are kept by language as Botpress does."""
    if isinstance(texts, Mapping) and texts and all(isinstance(item, list) for item in texts.values()):
        return [text for item in texts.values() for text in item]
    return texts


def _split_table(value: Mapping) -> Records | None:
    """pandas' `orient="split"`: columns and data apart."""
    names, data = value.get("columns"), value.get("data")
    if not isinstance(names, list) or not isinstance(data, list) or not all(isinstance(row, list) for row in data):
        return None
    return Records([dict(zip(map(str, names), row, strict=False)) for row in data], "columns and rows apart")


def _columns(value: Mapping) -> Records | None:
    """One object of columns: lists of one length, or pandas' objects by index. Plain values beside them are left."""
    lists = {str(key): item for key, item in value.items() if isinstance(item, list)}
    longest = max(map(len, lists.values()), default=0)
    check_count(longest)
    if any(map(usual_name, lists)):  # beside them perhaps the names of the classes
        lists = {key: item for key, item in lists.items() if len(item) == longest}
    if len(lists) > 1 and len({len(item) for item in lists.values()}) == 1 and _are_columns(lists):
        return Records([dict(zip(lists, row, strict=True)) for row in zip(*lists.values(), strict=True)], "columns")
    by_index = {str(key): item for key, item in value.items() if isinstance(item, Mapping)}
    if len(by_index) > 1 and len(by_index) == len(value):
        index = dict.fromkeys(key for item in by_index.values() for key in item)
        plain = not any(isinstance(cell, Mapping) for item in by_index.values() for cell in item.values())
        numbered = _are_numbers(index) and not _are_numbers(by_index)
        if plain and (numbered or any(map(usual_name, by_index))):
            rows = [{name: item.get(key) for name, item in by_index.items()} for key in index]
            return Records(rows, "columns")
    return None


def _are_numbers(keys: Iterable[Any]) -> bool:
    return all(str(key).isdecimal() for key in keys)


def _are_columns(lists: Mapping[str, list]) -> bool:
    """Not classes with their texts, nor parts of a corpus: a usual name says so, or values that come again."""
    if any(isinstance(cell, Mapping) for cells in lists.values() for cell in cells[:20]):
        return False
    if any(bare(name) in PART_OF or _part(name) for name in lists):
        return False
    if any(map(usual_name, lists)):
        return True
    values = [[str(cell) for cell in cells] for cells in lists.values()]
    return any(1 < len(set(cells)) <= len(cells) / 2 for cells in values)


def _part(key: str) -> str:
    """The part of a corpus that a key names, also CLINC's `oos_train`; "" for none."""
    words = key.lower().replace("-", "_").split("_")
    return next((PART_OF[word] for word in words if word in PART_OF), "")


def _parts(value: Mapping) -> Records | None:
    """Parts of a corpus: records, pairs or columns under train, val, test, and CLINC's oos_train, …"""
    parts = {str(key): item for key, item in value.items() if isinstance(item, (list, Mapping)) and _part(str(key))}
    if not parts or any(isinstance(item, list) and str(key) not in parts for key, item in value.items()):
        return None
    check_count(sum(map(len, parts.values())))
    records = _columns_of_parts(parts)
    for key, items in parts.items() if not records else ():
        inner = records_of(items, 1) if isinstance(items, Mapping) else None
        for item in items if isinstance(items, list) else inner.records if inner is not None else ():
            record = pair(item) if isinstance(item, list) else item
            if isinstance(record, Mapping):
                records.append({**record, "split": _part(key)})
    is_clinc = any(key.startswith("oos_") for key in parts)
    return Records(records, "CLINC" if is_clinc else "parts")


def _columns_of_parts(parts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The records of columns that are kept by part: `X_train`, `y_train`, or `test_texts`, `test_labels`."""
    columns: dict[str, dict[str, list]] = {}
    for key, cells in parts.items():
        words = [word for word in re.split("[_-]", key) if word.lower() not in PART_OF]
        if not words or not isinstance(cells, list) or any(isinstance(cell, (list, Mapping)) for cell in cells):
            return []
        columns.setdefault(_part(key), {})["_".join(words)] = cells
    first, *others = columns.values()
    if len(first) < 2 or any(set(one) != set(first) for one in others):
        return []
    if any(len({len(cells) for cells in one.values()}) > 1 for one in columns.values()):
        return []
    return [
        {**dict(zip(one, row, strict=True)), "split": part}
        for part, one in columns.items()
        for row in zip(*one.values(), strict=True)
    ]


def pair(item: list) -> dict[str, Any]:
    """A text and its label as a list of two; a list of more keeps its places."""
    if len(item) == 2:
        return {"text": item[0], "label": item[1]}
    return {f"column {place}": cell for place, cell in enumerate(item, 1)}


def _intents_by_name(value: Mapping) -> Records | None:
    """Intents as an object by their names, each with a list of texts below it, as Snips writes them."""
    intents = value.get("intents", value)
    if not isinstance(intents, Mapping) or (intents is value and not _all_have_texts(value)):
        return None
    records = [
        {"label": str(name), **body} if isinstance(body, Mapping) else {"label": str(name), "texts": body}
        for name, body in intents.items()
        if isinstance(body, (Mapping, list))
    ]
    aside = left_aside((key, item) for record in records for key, item in record.items())
    found = Records(exploded(records)[0], "intents", tuple(aside))
    return with_no_class(found, value) if intents is not value else found


def _all_have_texts(value: Mapping) -> bool:
    """Whether these are objects that each hold a list of texts, and don't say of which class."""
    if len(value) < 2 or not all(isinstance(body, Mapping) for body in value.values()):
        return False
    lists = [{bare(str(key)) for key, item in body.items() if isinstance(item, list)} for body in value.values()]
    labels = usual_column([str(key) for body in value.values() for key in body], LABEL_COLUMNS)
    return labels is None and all(not one.isdisjoint(SEVERAL_TEXTS) for one in lists)


def _by_index(value: Mapping) -> Records | None:
    """Records by an index: `{"0": {…}, "1": {…}}`, pandas' `orient="index"`."""
    if len(value) < 2 or not all(isinstance(item, Mapping) for item in value.values()):
        return None
    keys = [tuple(map(str, item)) for item in value.values()]
    numbered = _are_numbers(value) and len(keys[0]) > 1 and not _are_numbers(keys[0])
    if keys.count(keys[0]) < 0.5 * len(keys) or not (numbered or any(map(usual_name, keys[0]))):
        return None
    return Records([dict(item) for item in value.values()], "records by an index")


def _classes(value: Mapping) -> Records | None:
    """Classes, each with the list of its texts."""
    lists = {str(key): item for key, item in value.items() if isinstance(item, list)}
    if len(lists) < 2 or len(lists) < len(value) - 2 or any(map(usual_name, lists)):
        return None
    if not all(map(are_texts, lists.values())):
        return None
    check_count(sum(map(len, lists.values())))
    if all(len(texts) == 1 for texts in lists.values()):  # or texts, each with its label
        turned = _texts_with_labels({str(text): label for text, (label,) in lists.items()})
        if turned is not None:
            return turned
    return Records(
        [{"text": text, "label": name} for name, texts in lists.items() for text in texts], "classes with their texts"
    )


def _texts_with_labels(value: Mapping) -> Records | None:
    """Texts, each with its label: values that come again."""
    labels = list(value.values())
    if len(labels) < 4 or not all(isinstance(label, str) for label in labels) or 2 * len(set(labels)) > len(labels):
        return None
    if any(usual_name(str(key)) for key in value):
        return None
    return Records([{"text": str(text), "label": label} for text, label in value.items()], "texts with their labels")


def _several_lists(value: Mapping) -> Records | None:
    """Lists of records with the same keys, one a class where these don't name it, else pages of one list."""
    lists = {str(key): item for key, item in value.items() if isinstance(item, list) and item}
    if len(lists) < 2 or any(not isinstance(one, Mapping) for item in lists.values() for one in item):
        return None
    keys = [str(key) for key in next(iter(lists.values()))[0]]
    if usual_column(keys, TEXT_COLUMNS) is None or any(set(map(str, item[0])) != set(keys) for item in lists.values()):
        return None
    check_count(sum(map(len, lists.values())))
    if usual_column(keys, LABEL_COLUMNS) is None:
        records = [{**one, "label": name} for name, item in lists.items() for one in item]
        return Records(records, "classes with their texts")
    return Records([dict(one) for item in lists.values() for one in item], f"records under {len(lists)} keys")


def _under_a_key(value: Mapping, depth: int) -> Records | None:
    """Lists of records below some keys, and what is nested there."""
    found: dict[str, Records] = {}
    for key, item in typed(value).items():
        if isinstance(item, list):
            objects = [
                one if isinstance(one, Mapping) else pair(one) for one in item if isinstance(one, (Mapping, list))
            ]
            if objects and 2 * len(objects) > len(item):
                found[str(key)] = Records([dict(one) for one in objects])
        elif isinstance(item, Mapping) and depth < DEEPEST_KEY:
            inner = records_of(item, depth + 1)
            if inner is not None and len(inner.records) > 1:
                found[str(key)] = inner
    records = most_of(found)
    return with_no_class(records, value) if records is not None else None

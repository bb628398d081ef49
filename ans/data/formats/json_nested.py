"""Lists of texts two keys deep: classes in groups, classes in several languages, classes in parts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from ans.data.columns import LABEL_COLUMNS, PART_OF, bare, usual_column, usual_name
from ans.data.formats.json_records import NEVER_TYPED, TYPED, Records, are_texts, spoken, typed
from ans.data.formats.negatives import is_negative, left_aside
from ans.data.formats.phrases_in_cells import clean_lines, phrases_in
from ans.data.languages import is_language
from ans.data.rows import check_count

ALIKE = 0.75  # of all places that lists have if each key is below each


def lists_in_lists(value: Mapping) -> Records | None:
    """An object of objects of lists of texts. The class is the upper key where those below are few and everywhere the
    same: `{"refund": {"en": […], "de": […]}}`, `{"refund": {"train": […], "test": […]}}`. Else it is the lower one:
    `{"banking": {"refund": […]}, "travel": {"hotel": […]}}`, as with `{"en": {"refund": […]}, "de": {"refund": […]}}`.
    """
    tables = {str(key): typed(item) for key, item in typed(value).items() if _of_lists(item)}
    if len(tables) < 2 or len(tables) < len(value) - 2:
        return None
    check_count(sum(len(texts) for lists in tables.values() for texts in lists.values()))
    counts = Counter(key for lists in tables.values() for key in lists)
    parts = all(bare(key) in PART_OF for key in counts)
    # Of two that both come again and again the more are the classes, the fewer their sources or registers.
    alike = len(counts) <= len(tables) and counts.total() >= ALIKE * len(counts) * len(tables)
    upper = parts or (not all(map(is_language, tables)) and (all(map(is_language, counts)) or alike))
    beside = "split" if parts else "kind" if upper else "group"
    aside = left_aside(pair for lists in tables.values() for pair in lists.items()) if upper else []
    if aside:
        tables = {
            above: {key: own for key, own in lists.items() if not is_negative(key)} for above, lists in tables.items()
        }
    records = [
        {"text": text, **({"label": above, beside: below} if upper else {"label": below, beside: above})}
        for above, lists in tables.items()
        for below, texts in lists.items()
        for text in texts
    ]
    told = f"several lists each ({_some(counts)})" if upper else f"groups ({_some(tables)})"
    return Records(records, f"classes with their texts, in {told}", tuple(aside))


def classes_in_pieces(value: Mapping) -> Records | None:
    """Classes with their texts, each of these in pieces: `{"refund": [{"data": [{"text": "my "}, …]}]}`."""
    lists = {str(key): item for key, item in value.items() if isinstance(item, list) and item}
    if not lists or len(lists) < len(value) - 2 or any(bare(key) in (*TYPED, *NEVER_TYPED) for key in lists):
        return None
    if not all(_in_pieces(text) for texts in lists.values() for text in texts):
        return None
    check_count(sum(map(len, lists.values())))
    records = [{"text": spoken(text), "label": name} for name, texts in lists.items() for text in texts]
    return Records(records, "classes with their texts, in pieces")


def classes_in_lines(value: Mapping) -> Records | None:
    """Classes with their texts, one a line: YAML's blocks, `refund: |`."""
    cells = list(value.values())
    if len(cells) < 2 or any(usual_name(str(key)) for key in value):
        return None
    if not all(isinstance(cell, str) and "\n" in cell.strip() for cell in cells):
        return None
    found = phrases_in([clean_lines(cell) for cell in cells], sure=True)
    if found is None:
        return None
    records = [
        {"text": text, "label": str(name)}
        for name, texts in zip(value, found.texts, strict=True)
        for text in texts or ()
    ]
    check_count(len(records))
    return Records(records, f"classes with their texts, {found.how}")


def _in_pieces(text: Any) -> bool:
    pieces = text.get("data", text.get("parts")) if isinstance(text, Mapping) else None
    if not isinstance(pieces, list) or usual_column(list(map(str, text)), LABEL_COLUMNS) is not None:
        return False
    return bool(pieces) and all(isinstance(piece, Mapping) and "text" in piece for piece in pieces)


def _of_lists(value: Any) -> bool:
    """Whether it is an object of lists of texts."""
    return isinstance(value, Mapping) and bool(value) and all(map(are_texts, value.values())) and any(value.values())


def _some(names: Iterable[str]) -> str:
    first, *others = names
    return f"{first[:40]}, …" if others else first[:40]

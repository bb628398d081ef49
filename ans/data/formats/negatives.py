"""What a bot must not understand: texts of no class beside the classes, and texts that are none of one class."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from ans.conventions import OUTSIDE_NAME, means_no_class
from ans.data.columns import LABEL_COLUMNS, bare, usual_column
from ans.data.formats.json_records import Records, is_several_texts
from ans.data.rows import Note, check_count, shortened

COUNTEREXAMPLES = ("counterexamples", "negativeexamples")  # Watson's are of no class
BARELY = ("negative", "negatives")  # may as well be what people dislike
OF_FEELINGS = ("neutral", "mixed")  # beside which they are
TEXT_KEYS = ("text", "utterance", "phrase", "example")


def is_negative(key: str) -> bool:
    """Whether below this key of a class stand texts that are none of it."""
    return bare(key) in (*COUNTEREXAMPLES, *BARELY) or (means_no_class(key) and bare(key) != "open")


def with_no_class(found: Records, value: Mapping[str, Any]) -> Records:
    """Records that were found below one key of an object, and texts of no class that stand below another."""
    added: list[dict[str, Any]] = []
    told = []
    for key, items in value.items():
        if not isinstance(items, list) or not (bare(str(key)) in COUNTEREXAMPLES or means_no_class(str(key))):
            continue
        texts = [text for item in items if (text := _text(item))]
        label, text_key = _keys(found)
        labelled = any(isinstance(item, Mapping) and label in item for item in items)
        if texts and len(texts) == len(items) and label is not None and not labelled:
            added += [{label: OUTSIDE_NAME, text_key: [text] if is_several_texts(text_key) else text} for text in texts]
            told.append(Note("note", f"{_counted(len(texts))} under “{key}”: read as of no class."))
    if not added:
        return found
    check_count(len(found.records) + len(added))
    return replace(found, records=[*found.records, *added], notes=(*found.notes, *told))


def left_aside(lists: Iterable[tuple[str, Any]]) -> list[Note]:
    """What is said of texts below the keys of classes that are none of theirs.

    Args:
        lists: (key, what is below it) of all classes.
    """
    found: dict[str, list[str]] = {}
    pairs = list(lists)
    keys = dict.fromkeys(key for key, _ in pairs)  # records have the same ones again and again
    if any(bare(key) in OF_FEELINGS for key in keys):
        return []
    negative = set(filter(is_negative, keys))
    for key, items in pairs:
        if key in negative and isinstance(items, (list, tuple)):
            found.setdefault(key, []).extend(text for item in items if (text := _text(item)))
    made = []
    for key, texts in found.items():
        if texts:
            said = f"{_counted(len(texts))} under “{key}” of a class: left aside, as they may be of another."
            barely = bare(key) in BARELY
            how = " If they are texts of these classes, give them another name." if barely else ""
            made.append(Note("doubt" if barely else "note", said + how, tuple(map(shortened, texts[:2]))))
    return made


def _counted(count: int) -> str:
    return "1 text" if count == 1 else f"{count:,} texts"


def _text(item: Any) -> str | None:
    if isinstance(item, Mapping):
        item = next((part for key, part in item.items() if bare(str(key)) in TEXT_KEYS), None)
    return item if isinstance(item, str) else None


def _keys(found: Records) -> tuple[str | None, str]:
    """The key of the label and that of the texts."""
    names = list(found.records[0]) if found.records else []
    label = usual_column(names, LABEL_COLUMNS) or next((name for name in names if bare(name) == "name"), None)
    return label, next((name for name in names if is_several_texts(name)), "text")

"""Labels that name several classes at once, as people and tools join them, and those that name none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from ans.data.label_cells import class_name
from ans.data.rows import Cell

# What joins them, and how many of the parts must be classes by themselves; doccano writes #.
JOINED_BY = (
    (";", any), ("|", any), ("#", any), (",", all), ("/", all), ("+", all), ("&", all), (" and ", all), (" und ", all),
    (" et ", all), (" y ", all),
)  # fmt: skip

MISSING = frozenset((
    "nan", "null", "n/a", "#n/a", "na", "<na>", "nat", "\\n", "undefined", "(empty)", "(blank)", "not applicable",
    "not_applicable", "no label", "no_label", "no-label", "nolabel", "unlabeled", "unlabelled", "not labeled",
    "not labelled",
))  # fmt: skip


def missing_labels(counts: Mapping[str, int]) -> list[str]:
    """Labels that are written where there is none: `nan`, `no_label`, `-`. Where half are signs, these are some."""
    signs = [name for name in counts if name.isascii() and not any(map(str.isalnum, name))]
    signs = signs if 2 * len(signs) < len(counts) else []
    return [name for name in counts if name.lower() in MISSING or name in signs]


def named_together(counts: Mapping[str, int], cells: Iterable[Cell]) -> list[str]:
    """Labels that hold others: `a;b` where `a` is a label, too; of commas and words only where all between them are.

    Args:
        counts: the classes. cells: the labels as they are written, as a name over two lines is read as one line.
    """
    found = [name for name in counts if any(_is_joined(name, sign, enough, counts) for sign, enough in JOINED_BY)]
    for cell in cells:
        if isinstance(cell, str) and "\n" in cell.strip():
            parts = [part for line in cell.splitlines() if (part := class_name(line))]
            if len(parts) > 1 and all(part in counts for part in parts) and class_name(cell) in counts:
                found.append(class_name(cell))
    return list(dict.fromkeys(found))


def _is_joined(name: str, sign: str, enough: Callable[[Iterable[bool]], bool], counts: Mapping[str, int]) -> bool:
    parts = [part.strip() for part in name.split(sign)]
    whole = all(parts) or sign != "#"  # C# is one
    return len(parts) > 1 and whole and enough(part in counts for part in parts)

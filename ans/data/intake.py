"""What an uploaded table holds, and what of it can be trained on: found out before training, and told."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from ans.conventions import LONGEST, OPEN_LABELS, OUTSIDE_NAME, means_no_class
from ans.data.columns import Columns
from ans.data.corpora import SPLIT_NAMES
from ans.data.tables import LabelledTexts, Table, clean

FEW = 5  # texts of a class: with fewer, most of its messages may be refused
PART_OF = {name: part for part, names in SPLIT_NAMES.items() for name in names}


@dataclass(frozen=True)
class Understood:
    """What is kept of a table, and what was found on the way.

    `parts` is {"": texts} for data that the training splits itself, else train, dev and test. An unlabelled text has
    the label "". `cut`, `empty`, `duplicates` and `no_part` count rows; `conflicting` maps a text to its labels,
    `scarce` a class with fewer than `FEW` texts to their number. `no_class`: the labels that are spelt as of no class.
    """

    rows: int
    parts: dict[str, LabelledTexts]
    empty: int
    cut: int
    duplicates: int
    conflicting: dict[str, list[str]]
    scarce: dict[str, int]
    no_part: int
    no_class: list[str]
    split_is_unusable: bool

    @property
    def counts(self) -> Counter[str]:
        """Texts of each class that can be known."""
        source = self.parts[""] if "" in self.parts else self.parts["train"]
        return Counter(label for label in source.labels if label and label not in OPEN_LABELS)

    @property
    def texts(self) -> int:
        """Texts that are kept."""
        return sum(len(part) for part in self.parts.values())

    @property
    def unlabelled(self) -> int:
        """Kept texts without a label."""
        return sum(not label for part in self.parts.values() for label in part.labels)

    @property
    def outside(self) -> int:
        """Kept texts whose label says that they belong to no class."""
        return sum(label in OPEN_LABELS for part in self.parts.values() for label in part.labels)

    @property
    def trainable(self) -> bool:
        """Whether there are classes to tell apart, and something to test with."""
        tested = "" not in self.parts or self.outside > 0 or max(self.counts.values(), default=0) >= 2
        return len(self.counts) >= 2 and tested


def understand(table: Table, columns: Columns, classes_after_all: bool = False) -> Understood:
    """Clean a table's rows and count what is wrong with them.

    Empty texts, repeated ones and texts with two different labels are left out; over-long texts are cut. Labels that
    are spelt like `oos` or `none` become one label, of no class.

    Args:
        classes_after_all: those labels are names of classes like any other.

    Raises:
        ValueError: the text column is no column of the table, or one column is named for two things.
    """
    _check(table, columns)
    rows, empty, cut = _cells(table, columns)
    no_class = sorted({label for _, label, _ in rows if label and means_no_class(label)})
    rows = [(text, _label(label, no_class, classes_after_all), part) for text, label, part in rows]
    labels_of: dict[str, set[str]] = {}
    for text, label, _ in rows:
        labels_of.setdefault(text, set()).update({label} - {""})
    conflicting = {text: sorted(labels) for text, labels in labels_of.items() if len(labels) > 1}
    rows = [row for row in rows if row[0] not in conflicting]

    present = {part for _, _, part in rows}
    split = columns.split is not None and {"train", "test"} <= present
    no_part = sum(part not in SPLIT_NAMES for _, _, part in rows) if split else 0
    if split:
        rows = sorted((row for row in rows if row[2] in SPLIT_NAMES), key=lambda row: list(SPLIT_NAMES).index(row[2]))
    rows, duplicates = _once(rows)

    source = [label for _, label, part in rows if label and label not in OPEN_LABELS and (not split or part == "train")]
    scarce = {label: count for label, count in sorted(Counter(source).items()) if count < FEW}
    return Understood(
        rows=len(table.records),
        parts=_given_parts(rows) if split else {"": _labelled(rows)},
        empty=empty,
        cut=cut,
        duplicates=duplicates,
        conflicting=conflicting,
        scarce=scarce,
        no_part=no_part,
        no_class=no_class,
        split_is_unusable=columns.split is not None and not split,
    )


def _check(table: Table, columns: Columns) -> None:
    named = [name for name in (columns.text, columns.label, columns.split) if name is not None]
    if strangers := [name for name in named if name not in table.names]:
        raise ValueError(f"the file has no column {strangers[0]!r}; it has {', '.join(table.names)}.")
    if len(set(named)) < len(named):
        raise ValueError("text, label and split must be three different columns; choose another, or none.")


def _cells(table: Table, columns: Columns) -> tuple[list[tuple[str, str, str]], int, int]:
    """(text, label, part) of each row with a text; how many have none, and how many were cut."""
    rows, empty, cut = [], 0, 0
    for record in table.records:
        text = clean(record.get(columns.text))
        label = clean(record.get(columns.label)) if columns.label is not None else ""
        part = clean(record.get(columns.split)).lower() if columns.split is not None else ""
        empty += not text
        cut += len(text) > LONGEST
        if text:
            rows.append((text[:LONGEST].rstrip(), label, PART_OF.get(part, part)))
    return rows, empty, cut


def _once(rows: list[tuple[str, str, str]]) -> tuple[list[tuple[str, str, str]], int]:
    """Each text once, in its first place; the labelled one of two. And how many rows that leaves out."""
    first: dict[str, tuple[str, str, str]] = {}
    for row in rows:
        if row[0] not in first or (row[1] and not first[row[0]][1]):
            first[row[0]] = row
    return list(first.values()), len(rows) - len(first)


def _label(label: str, no_class: list[str], classes_after_all: bool) -> str:
    """A label as it is kept. A class that is called like texts of no class gets a name that nobody takes for that."""
    if label not in no_class:
        return label
    if not classes_after_all:
        return OUTSIDE_NAME
    return f"{label} (class)"


def _given_parts(rows: list[tuple[str, str, str]]) -> dict[str, LabelledTexts]:
    """Train, dev and test as the file gives them. Dev texts of a class that has no others train.

    Unlabelled texts go to the test part: no training looks at them there.
    """
    labelled = [(text, label, part if label else "test") for text, label, part in rows]
    taught = {label for _, label, part in labelled if part == "train"}
    labelled = [(t, label, "train" if part == "dev" and label not in taught else part) for t, label, part in labelled]
    return {part: _labelled([row for row in labelled if row[2] == part]) for part in SPLIT_NAMES}


def _labelled(rows: list[tuple[str, str, str]]) -> LabelledTexts:
    return LabelledTexts([text for text, _, _ in rows], [label for _, label, _ in rows])

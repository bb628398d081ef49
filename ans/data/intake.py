"""What an uploaded table holds, and what of it can be trained on: found out before training, and told."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from ans.conventions import LONGEST, OPEN_LABELS
from ans.data.corpora import FEWEST_TEXTS, SPLIT_NAMES, stratified_parts
from ans.data.tables import LABEL_COLUMNS, TEXT_COLUMNS, LabelledTexts, Table, clean, usual_column

FEWEST_TRAINING_TEXTS = 3  # of a class, where the file itself says what training may see
SPLIT_COLUMNS = ("split", "set", "part", "partition", "fold", "subset")
PART_OF = {name: part for part, names in SPLIT_NAMES.items() for name in names}


@dataclass(frozen=True)
class Columns:
    """Which column holds what. Without a label column no text is labelled; without a split column none is given."""

    text: str
    label: str | None = None
    split: str | None = None


@dataclass(frozen=True)
class Understood:
    """What is kept of a table, and what was found on the way.

    `parts` is {"": texts} for data that the training splits itself, else train, dev and test. An unlabelled text has
    the label "". `cut`, `empty`, `duplicates` and `no_part` count rows; `conflicting` maps a text to its labels.
    """

    rows: int
    parts: dict[str, LabelledTexts]
    empty: int
    cut: int
    duplicates: int
    conflicting: dict[str, list[str]]
    scarce: dict[str, int]
    no_part: int
    dev_was_drawn: bool
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
        """Whether there are classes to tell apart."""
        return len(self.counts) >= 2


def guess_columns(table: Table) -> Columns:
    """The columns by their usual names; without one for the text, the one with the longest cells."""
    text = usual_column(table.names, TEXT_COLUMNS)
    label = usual_column(table.names, LABEL_COLUMNS)
    split = usual_column(table.names, SPLIT_COLUMNS)
    if text is None:
        rest = [name for name in table.names if name not in (label, split)] or table.names
        text = max(rest, key=lambda name: sum(len(clean(row.get(name))) for row in table.records[:200]))
    return Columns(text, None if label == text else label, None if split == text else split)


def understand(table: Table, columns: Columns) -> Understood:
    """Clean a table's rows and count what is wrong with them.

    Empty texts, repeated ones, texts with two different labels and classes with too few texts are left out; over-long
    texts are cut.

    Raises:
        ValueError: the text column is no column of the table, or one column is named for two things.
    """
    _check(table, columns)
    rows, empty, cut = _cells(table, columns)
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
    fewest = FEWEST_TRAINING_TEXTS if split else FEWEST_TEXTS
    scarce = {label: count for label, count in sorted(Counter(source).items()) if count < fewest}
    rows = [row for row in rows if row[1] not in scarce]
    parts, drawn = (_given_parts(rows)) if split else ({"": _labelled(rows)}, False)
    return Understood(
        rows=len(table.records),
        parts=parts,
        empty=empty,
        cut=cut,
        duplicates=duplicates,
        conflicting=conflicting,
        scarce=scarce,
        no_part=no_part,
        dev_was_drawn=drawn,
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


def _given_parts(rows: list[tuple[str, str, str]]) -> tuple[dict[str, LabelledTexts], bool]:
    """Train, dev and test as the file gives them. Where dev lacks a class, it is drawn from train and dev instead.

    Unlabelled texts go to the test part: no training looks at them there.
    """
    labelled = [(text, label, part if label else "test") for text, label, part in rows]
    train, dev, test = (_labelled([row for row in labelled if row[2] == part]) for part in SPLIT_NAMES)
    classes = set(train.labels) - OPEN_LABELS
    if classes <= set(dev.labels):
        return {"train": train, "dev": dev, "test": test}, False
    whole = LabelledTexts(train.texts + dev.texts, train.labels + dev.labels)
    train, dev = stratified_parts(whole.only([i for i, name in enumerate(whole.labels) if name in classes]), (0.1,), 0)
    rest = whole.only([i for i, name in enumerate(whole.labels) if name not in classes])
    test = LabelledTexts(test.texts + rest.texts, test.labels + rest.labels)
    return {"train": train, "dev": dev, "test": test}, True


def _labelled(rows: list[tuple[str, str, str]]) -> LabelledTexts:
    return LabelledTexts([text for text, _, _ in rows], [label for _, label, _ in rows])

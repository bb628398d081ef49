"""What of a table can be trained on: found out before training, and told row by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from ans.config import TrainConfig
from ans.conventions import LONGEST, OPEN_LABELS, OUTSIDE_NAME, may_mean_no_class, means_no_class
from ans.data.columns import PART_OF, Columns
from ans.data.given_parts import Row, in_parts, once, parts_of_rows, texts_of
from ans.data.label_cells import labels_in, near_names
from ans.data.no_texts import is_no_text
from ans.data.rows import (
    CONTRADICTORY,
    EMPTY,
    FOR_NONE,
    NO_PART,
    REPEATED,
    SEVERAL,
    UNLABELLED,
    Account,
    Table,
    clean,
    text_in,
)
from ans.data.tables import LabelledTexts

FEW = 5  # texts of a class: with fewer, most of its messages may be refused


@dataclass(frozen=True)
class ReadAs:
    """How somebody wants a file to be read, where it leaves a choice.

    `no_class`: the labels that mean no class; None takes those that are spelt so. `joined`: names that are probably one
    class are one. `sheet`: of a spreadsheet, by its name or its number from 1, another than the first. `encoding`: of a
    file of text, where it is told wrongly.
    """

    text_column: str | None = None
    label_column: str | None = None
    no_class: tuple[str, ...] | None = None
    joined: bool = False
    sheet: str | None = None
    encoding: str | None = None

    @classmethod
    def of(cls, config: TrainConfig) -> ReadAs:
        """What a training's settings say."""
        joined = config.near_names == "joined"
        return cls(config.text_column, config.label_column, config.no_class, joined, config.sheet, config.encoding)


@dataclass(frozen=True)
class Understood:
    """What is kept of a table, and what was found on the way.

    `parts` is {"": texts} for data that the training splits itself, else train, dev and test. An unlabelled text has
    the label "", and is kept for exploring alone: where there is a label column, it counts as left out.

    `rows`: all that were read: those kept and those left out by reason. `cut`: texts that were longer than `LONGEST`.
    `conflicting` maps a text to its labels, `scarce` a class with fewer than `FEW` texts to their number. `no_class`:
    the labels that mean no class with their counts; `confirmed`, if somebody has said so. `spelt_so`: all labels that
    are spelt as of no class; `rest`: those that may hold what fits none, as `Other`. `near`: groups of names that are
    probably one class. `renamed`: labels whose letters were written in several ways. `unusable_split`: why the parts
    that the data bring are not used, as it goes on after the name of their column; "" if they are, or there are none.
    """

    rows: int
    parts: dict[str, LabelledTexts]
    left_out: Account
    cut: int
    conflicting: dict[str, list[str]]
    scarce: dict[str, int]
    no_class: dict[str, int]
    spelt_so: list[str]
    confirmed: bool
    near: list[list[str]]
    joined: bool
    renamed: dict[str, int]
    unusable_split: str
    has_labels: bool = True
    counts: Counter[str] = field(default_factory=Counter)
    rest: list[str] = field(default_factory=list)
    no_labels: list[str] = field(default_factory=list)  # that somebody named as of no class, and no row has

    def _left(self, reason: str) -> int:
        return self.left_out[reason].count if reason in self.left_out else 0

    @property
    def empty(self) -> int:
        """Rows without a text."""
        return self._left(EMPTY)

    @property
    def duplicates(self) -> int:
        """Rows that repeat another."""
        return self._left(REPEATED)

    @property
    def no_part(self) -> int:
        """Rows in neither train, dev nor test."""
        return self._left(NO_PART)

    @property
    def texts(self) -> int:
        """Texts that are kept, for training, testing or exploring."""
        return sum(len(part) for part in self.parts.values())

    @property
    def kept(self) -> int:
        """Rows that can be used: labelled ones, or all where there is no column of labels."""
        return self.texts - (self.unlabelled if self.has_labels else 0)

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
        if "test" in self.parts:
            tested = any(self.parts["test"].labels)
        else:
            tested = self.outside > 0 or max(self.counts.values(), default=0) >= 2
        return len(self.counts) >= 2 and tested


def _names(counts: Mapping[str, int], no_class: Collection[str] | None, joined: bool) -> dict[str, str]:
    """The name that each label is kept under."""
    outside = _outside(counts, no_class)
    near = near_names({label: count for label, count in counts.items() if label not in outside}) if joined else []
    one_of = {name: group[0] for group in near for name in group}
    return {
        label: OUTSIDE_NAME if label in outside else _as_class(one_of.get(label, label)) for label in counts if label
    }


def _outside(counts: Mapping[str, int], no_class: Collection[str] | None) -> set[str]:
    """The labels that mean no class."""
    return {label for label in counts if label and (means_no_class(label) if no_class is None else label in no_class)}


def understand(
    table: Table,
    columns: Columns,
    no_class: Collection[str] | None = None,
    joined: bool = False,
    repeated: bool = False,
) -> Understood:
    """Clean a table's rows and account for each.

    Empty texts, repeated ones, texts with two different labels and rows with several labels are left out; over-long
    texts are cut. Labels that mean no class become one label.

    Args:
        no_class: those labels; all others name classes. None: those that are spelt like `oos` or `none`.
        joined: names that are probably one class become the most frequent of them.
        repeated: repeated and contradicting texts of parts that are used stay, as somebody has made them so.

    Raises:
        ValueError: the text column is no column of the table, or one column is named for two things.
    """
    _check(table, columns)
    account = Account()
    rows, cut, renamed = _labelled_rows(table, columns, account)
    counts = Counter(row.label for row in rows if row.label)
    outside, names = _outside(counts, no_class), _names(counts, no_class, joined)
    near = near_names({label: count for label, count in counts.items() if label not in outside})
    rows = [row._replace(label=names[row.label]) if row.label else row for row in rows]
    conflicting: dict[str, list[str]] = {}
    if not repeated:
        rows, conflicting = _without_conflicts(rows, account)
    parted = in_parts(rows, repeated) if columns.split is not None else None
    split = parted is not None and not parted.why_not
    if parted is not None and not parted.why_not:
        rows, account = parted.rows, account.and_of(parted.left_out)
    else:
        if repeated:  # nobody has parted them as they are used
            rows, conflicting = _without_conflicts(rows, account)
        rows = once(rows, account)
    if columns.label is not None:
        for row in rows:
            if not row.label:
                account.add(UNLABELLED, row.line, row.text)
    parts = parts_of_rows(rows) if split else {"": texts_of(rows)}
    source = parts["train"] if split else parts[""]
    counts_kept = Counter(label for label in source.labels if label and label not in OPEN_LABELS)
    return Understood(
        rows=table.read,
        parts=parts,
        left_out=table.left_out.and_of(account),
        cut=cut,
        conflicting=conflicting,
        scarce={label: count for label, count in sorted(counts_kept.items()) if count < FEW},
        no_class={label: counts[label] for label in sorted(outside)},
        spelt_so=sorted(label for label in counts if means_no_class(label)),
        confirmed=no_class is not None,
        near=near,
        joined=joined,
        renamed=renamed,
        unusable_split=parted.why_not if parted is not None else "",
        has_labels=columns.label is not None,
        counts=counts_kept,
        rest=sorted(label for label in counts if may_mean_no_class(label)),
        no_labels=sorted({*(no_class or ())} - {*counts, ""}),
    )


def _check(table: Table, columns: Columns) -> None:
    named = [name for name in (columns.text, columns.label, columns.split) if name is not None]
    if strangers := [name for name in named if not table.has(name)]:
        raise ValueError(f"the file has no column {strangers[0]!r}; it has {', '.join(table.names)}.")
    if len(set(named)) < len(named):
        raise ValueError("text, label and split must be three different columns; choose another, or none.")


def _labelled_rows(table: Table, columns: Columns, account: Account) -> tuple[list[Row], int, dict[str, int]]:
    """The rows with a text and at most one label; how many were cut, and labels written in several ways."""
    nothing = [None] * len(table.rows)
    texts = table.column(columns.text)
    labels = table.column(columns.label) if columns.label is not None else nothing
    parts = table.column(columns.split) if columns.split is not None else nothing
    rows, cut = [], 0
    spellings: dict[str, set[str]] = {}
    for text_cell, label_cell, part_cell, line in zip(texts, labels, parts, table.lines, strict=True):
        text = text_in(text_cell)
        if not text:
            account.add(EMPTY, line, f"({', '.join(labels_in(label_cell)) or 'no label either'})")
            continue
        if is_no_text(text):
            account.add(FOR_NONE, line, text)
            continue
        found = labels_in(label_cell)
        if len(found) > 1:
            account.add(SEVERAL, line, f"{', '.join(found)}: {text}")
            continue
        if found and isinstance(label_cell, str) and not label_cell.isascii():
            spellings.setdefault(found[0], set()).add(label_cell.strip())
        if len(text) > LONGEST:
            cut += 1
            text = text[:LONGEST].rstrip()
        part = clean(part_cell).lower()
        rows.append(Row(text, found[0] if found else "", PART_OF.get(part, part), line))
    return rows, cut, {name: len(written) for name, written in spellings.items() if len(written) > 1}


def _as_class(label: str) -> str:
    """A class's name. One that is called like texts of no class gets a name that nobody takes for that."""
    return f"{label} (class)" if means_no_class(label) else label


def _without_conflicts(rows: list[Row], account: Account) -> tuple[list[Row], dict[str, list[str]]]:
    """The rows whose text has one label everywhere."""
    labels_of: dict[str, set[str]] = {}
    for row in rows:
        if row.label:
            labels_of.setdefault(row.text, set()).add(row.label)
    conflicting = {text: sorted(labels) for text, labels in labels_of.items() if len(labels) > 1}
    if not conflicting:
        return rows, {}
    kept = []
    for row in rows:
        if row.text in conflicting:
            account.add(CONTRADICTORY, row.line, f"{row.label or 'no label'}: {row.text}")
        else:
            kept.append(row)
    return kept, conflicting

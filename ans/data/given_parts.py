"""The parts that data bring with them: whether they can train and test, and which text is in which."""

from __future__ import annotations

from typing import NamedTuple

from ans.conventions import OPEN_LABELS
from ans.data.columns import SPLIT_NAMES
from ans.data.rows import NO_PART, REPEATED, Account
from ans.data.tables import LabelledTexts


class Row(NamedTuple):
    """One labelled text on its way; `part` is "" where the file has no split."""

    text: str
    label: str
    part: str
    line: int


class InParts(NamedTuple):
    """Rows in the order of their parts, and what was left out on the way; or why they can't train and test as they
    are parted, as it goes on after the name of their column."""

    rows: list[Row]
    left_out: Account
    why_not: str = ""


def in_parts(rows: list[Row], repeated: bool) -> InParts:
    """The rows of train, dev and test, where something can be learnt from the one and measured with the other.

    Args:
        repeated: repeated texts stay, as in parts that somebody has made.
    """
    account, order = Account(), list(SPLIT_NAMES)
    for row in rows:
        if row.part not in SPLIT_NAMES:
            account.add(NO_PART, row.line, row.text)
    kept = sorted((row for row in rows if row.part in SPLIT_NAMES), key=lambda row: order.index(row.part))
    why_not = _why_not(kept)
    if not why_not and not repeated:
        kept = once(kept, account)
        why_not = _why_not(kept) and "has no text in test that train lacks"
    return InParts(kept, account, why_not)


def _why_not(rows: list[Row]) -> str:
    there, labelled = {row.part for row in rows}, {row.part for row in rows if row.label}
    if not {"train", "test"} <= there:
        return "lacks train or test"
    if missing := sorted({"train", "test"} - labelled):
        return f"has no label in {' and '.join(missing)}"
    if not any(row.part == "train" and row.label and row.label not in OPEN_LABELS for row in rows):
        return "has no class in train"
    return ""


def once(rows: list[Row], account: Account) -> list[Row]:
    """Each text once, in its first place; the labelled one of two."""
    first: dict[str, Row] = {}
    for row in rows:
        before = first.get(row.text)
        if before is not None:
            better = bool(row.label and not before.label)
            account.add(REPEATED, before.line if better else row.line, row.text)
            if not better:
                continue
        first[row.text] = row
    return list(first.values())


def parts_of_rows(rows: list[Row]) -> dict[str, LabelledTexts]:
    """Train, dev and test as the file gives them. Dev texts of a class that has no others train.

    Unlabelled texts go to the test part: no training looks at them there.
    """
    labelled = [row if row.label else row._replace(part="test") for row in rows]
    taught = {row.label for row in labelled if row.part == "train"}
    labelled = [
        row._replace(part="train") if row.part == "dev" and row.label not in taught else row for row in labelled
    ]
    return {part: texts_of([row for row in labelled if row.part == part]) for part in SPLIT_NAMES}


def texts_of(rows: list[Row]) -> LabelledTexts:
    """The texts of rows with their labels."""
    return LabelledTexts([row.text for row in rows], [row.label for row in rows])

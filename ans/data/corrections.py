"""What people told the page it got wrong, on disk: one JSON file for each browser, and nobody else's business.

A correction says what a text is, so it belongs to a dataset, not to the model that was wrong: every model of the
dataset can learn from it, and so does a later training.
"""

from __future__ import annotations

import csv
import io
import threading
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from ans.conventions import LONGEST, OPEN_NAME, OUTSIDE_NAME, means_no_class
from ans.data.corpora import OpenWorldSplit
from ans.data.rows import clean
from ans.data.tables import LabelledTexts
from ans.data.uploads import folder_of
from ans.json_files import parser, read_typed, write_json

MOST = 5000  # of one browser
LONGEST_CLASS = 200  # characters of a class's name
CORRECTIONS_FILE = "corrections.json"
NO_TEST = "no text of the test part is left to measure with; correct fewer of its texts."
LOST = "{} would lose its last text; correct one text of it less, or give it another text."
_LOCK = threading.Lock()


@dataclass(frozen=True)
class Correction:
    """A text with its right class, None for open, and what a model had answered: a class, or None for open."""

    text: str
    label: str | None
    answered: str | None

    @property
    def says(self) -> str:
        """The right answer as a person reads it."""
        return "OPEN" if self.label is None else self.label


@dataclass(frozen=True)
class _Kept:
    dataset: str
    text: str
    label: str | None
    answered: str | None


class Corrections:
    """The corrections of all browsers below one directory (`RunStore.corrections`)."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def of(self, browser: str | None, dataset: str) -> list[Correction]:
        """What one browser has corrected for a dataset, the latest first; none for a browser that has no name.

        Raises:
            DamagedFile: its file can't be read.
        """
        try:
            file = self._file(browser)
        except ValueError:
            return []
        kept = self._read(file)
        return [Correction(one.text, one.label, one.answered) for one in reversed(kept) if one.dataset == dataset]

    def add(self, browser: str | None, dataset: str, corrections: Iterable[Correction]) -> None:
        """Keep corrections; one of a text that has been corrected before replaces the older one.

        Raises:
            ValueError: the browser has no name, there are too many, or a text or a name is empty or too long.
        """
        new = {one.text: one for one in (_Kept(dataset, *_checked(each)) for each in corrections)}
        file = self._file(browser)
        with _LOCK:
            kept = [one for one in self._read(file) if one.dataset != dataset or one.text not in new]
            if len(kept) + len(new) > MOST:
                raise ValueError(
                    f"at most {MOST:,} corrections are kept for one browser; export them, and remove some."
                )
            _write(file, [*kept, *new.values()])

    def remove(self, browser: str | None, dataset: str, texts: Iterable[str]) -> None:
        """Forget the corrections of these texts.

        Raises:
            ValueError: the browser has no name.
        """
        gone, file = set(texts), self._file(browser)
        with _LOCK:
            _write(file, [one for one in self._read(file) if one.dataset != dataset or one.text not in gone])

    def _file(self, browser: str | None) -> Path:
        return folder_of(self.root, browser) / CORRECTIONS_FILE

    def _read(self, file: Path) -> list[_Kept]:
        try:
            return read_typed(file, _PARSE)
        except FileNotFoundError:
            return []


_PARSE = parser(list[_Kept])


def _write(file: Path, kept: Sequence[_Kept]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    write_json(file, [asdict(one) for one in kept])


def _checked(one: Correction) -> tuple[str, str | None, str | None]:
    text, label = clean(one.text), None if one.label is None else " ".join(one.label.split())
    if not text:
        raise ValueError("there is no text to correct; type one.")
    if len(text) > LONGEST:
        raise ValueError(f"a text may have {LONGEST:,} characters, got {len(text):,}; shorten it.")
    if label is not None and not 0 < len(label) <= LONGEST_CLASS:
        raise ValueError(f"a class's name has 1 to {LONGEST_CLASS} characters, got {len(label)}.")
    return text, label, one.answered


def learning(split: OpenWorldSplit, said: Mapping[str, str | None]) -> OpenWorldSplit:
    """A split whose training part has taken in corrections; they are left out of the other parts.

    Args:
        said: the right class by the corrected text, None for open. A class that is not among the known ones becomes
            one; what was said of a text before counts no more.

    Raises:
        ValueError: a class would lose its last text to learn from, or the test its last.
    """
    new = {text: label for text, label in said.items() if label is not None}
    beyond = [text for text in said if text not in new]
    train, dev, test, outside = (
        not_corrected(part, said) for part in (split.train, split.dev, split.test, split.open_train)
    )
    known = sorted({*split.known, *new.values()})
    if lost := sorted({*split.train.labels} - {*train.labels, *new.values()}):
        raise ValueError(LOST.format(repr(lost[0])))
    if not len(test):
        raise ValueError(NO_TEST)
    return replace(
        split,
        known=known,
        held_out=[name for name in split.held_out if name not in known],
        train=LabelledTexts([*train.texts, *new], [*train.labels, *new.values()]),
        dev=dev,
        test=test,
        open_train=LabelledTexts([*outside.texts, *beyond], [*outside.labels, *([OUTSIDE_NAME] * len(beyond))]),
    )


def not_corrected(part: LabelledTexts, said: Mapping[str, str | None]) -> LabelledTexts:
    """The texts of which nothing was said."""
    return part.only([row for row, text in enumerate(part.texts) if text not in said])


def right_class(label: str | None, known: Collection[str]) -> str | None:
    """A right answer as somebody gives it: a class, or None for open, as is a spelling of no class that none has."""
    if label is None or label in known:  # a class in Python may be called by any text
        return label
    name = " ".join(label.split())
    return None if name not in known and means_no_class(name) else name


def corrected(texts: Sequence[str], labels: Sequence[str | None], known: Collection[str]) -> dict[str, str | None]:
    """The right class by the corrected text, None for open, of corrections as a file or a program has them.

    Raises:
        ValueError: there are none, texts and labels differ in number, or one is empty.
    """
    return by_text([clean(text) for text in texts], [right_class(label, known) for label in labels])


def by_text(texts: Sequence[str], labels: Sequence[str | None]) -> dict[str, str | None]:
    """The right class by the corrected text, None for open; the last one of a text counts.

    Raises:
        ValueError: there are none, texts and labels differ in number, or one is empty.
    """
    if len(texts) != len(labels):
        raise ValueError(f"each text needs its right answer: got {len(texts)} texts and {len(labels)} labels.")
    if not texts:
        raise ValueError("there is no correction to learn from; give at least one text with its right class, or open.")
    found: dict[str, str | None] = {}
    for text, label in zip(texts, labels, strict=True):
        found[text] = label
        if not text.strip() or (label is not None and not label.strip()):
            raise ValueError(f"a correction needs a text and a label, got {text!r} and {label!r}.")
    return found


def as_tsv(corrections: Iterable[Correction]) -> bytes:
    """A table with a header that every door of this project reads as labelled texts."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    writer.writerow(["text", "label", "answered"])
    for one in corrections:
        writer.writerow([one.text, one.label or OPEN_NAME, one.answered or OPEN_NAME])
    return out.getvalue().encode("utf-8")

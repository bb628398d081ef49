"""Looking into a corpus, also one that can't be trained on: classes with counts and lengths, samples, search."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TypeVar

from ans.conventions import OPEN_LABELS
from ans.data.columns import Columns
from ans.data.corpora import BUNDLED, PUBLIC, Corpus, load_corpus
from ans.data.folders import files_of
from ans.data.intake import ReadAs
from ans.data.label_cells import labels_in
from ans.data.reading import folder_table
from ans.data.rows import Table, clean, text_in
from ans.data.tables import read_file, without_folder
from ans.paths import existing
from ans.recent import Recent

PARTS = ("train", "dev", "test")
UNLABELLED = "unlabelled"
KEPT = 4  # corpora in memory
PATIENCE = 20.0  # seconds for a download; the largest is 2 MB
Result = TypeVar("Result")


@dataclass(frozen=True)
class Text:
    """One text with its label ("" for none) and the part it is in."""

    text: str
    label: str
    part: str


@dataclass(frozen=True)
class ClassSummary:
    """A class: its texts, how many of them are in train, dev and test, and how many words they have on average."""

    name: str
    texts: int
    train: int
    dev: int
    test: int
    words: float


@dataclass(frozen=True)
class Listing:
    """All texts of a dataset. `corpus` is None where it can't be trained on, and `trouble` says why."""

    name: str
    texts: list[Text]
    corpus: Corpus | None
    trouble: str | None = None

    @cached_property
    def classes(self) -> list[ClassSummary]:
        """Every class one can train on, by name; all labels of data that can't be trained on."""
        counts = Counter((text.label, text.part) for text in self.texts)
        totals, words = Counter(text.label for text in self.texts), Counter[str]()
        for text in self.texts:
            words[text.label] += len(text.text.split())
        names = self.corpus.classes if self.corpus is not None else sorted(set(totals) - {""} - OPEN_LABELS)
        return [
            ClassSummary(
                name,
                totals[name],
                **{part: counts[name, part] for part in PARTS},
                words=words[name] / totals[name],
            )
            for name in names
        ]

    @property
    def outside(self) -> int:
        """Texts that the labels say belong to no class."""
        return sum(text.label in OPEN_LABELS for text in self.texts)

    @property
    def unlabelled(self) -> int:
        """Texts without a label."""
        return sum(not text.label for text in self.texts)

    def part(self, name: str) -> list[Text]:
        """The texts of one part."""
        return [text for text in self.texts if text.part == name]

    def samples(self, label: str, count: int, turn: int = 0) -> list[Text]:
        """Some texts of a label, others at each turn; the same turn gives the same."""
        own = [text for text in self.texts if text.label == label]
        return random.Random(turn).sample(own, min(count, len(own)))

    def search(self, words: str) -> list[Text]:
        """Texts that contain every word, in any case, or that have them in their label."""
        wanted = words.lower().split()
        return [text for text in self.texts if all(word in f"{text.text} {text.label}".lower() for word in wanted)]


class Library:
    """Listings of datasets by name or path; the last few stay in memory. Safe to call from many threads."""

    def __init__(self, patience: float = PATIENCE, load: Callable[..., Corpus] = load_corpus) -> None:
        self._listings, self._patience, self._load = Recent(KEPT), patience, load

    def has(self, dataset: str, seed: int = 0) -> bool:
        """Whether a listing is there at once."""
        return (dataset, seed, _stamp(dataset)) in self._listings

    def listing(self, dataset: str, seed: int = 0) -> Listing:
        """The listing of a dataset; a single file is split by `seed`, as a training with that seed would split it.

        Raises:
            ValueError: no such dataset, an unreadable one, or a download that does not come.
        """
        make = partial(self._public, dataset) if dataset in PUBLIC else partial(_listing, dataset, seed, self._load)
        return self._listings.get((dataset, seed, _stamp(dataset)), make)

    def _public(self, name: str) -> Listing:
        late = (
            f"{name} did not arrive within {self._patience:.0f} seconds. Is there a network? Try again, or start the "
            "app with --data-dir and the folder that holds the public benchmarks."
        )
        return within(self._patience, lambda: _listing(name, 0, self._load), late)


def within(seconds: float, make: Callable[[], Result], late: str) -> Result:
    """What `make` returns, if it does so in time. Else it goes on by itself, and nobody waits for it.

    Raises:
        ValueError: `late`, when the time is up; or whatever `make` raises.
    """
    outcome: list[Result] = []
    failure: list[BaseException] = []

    def work() -> None:
        try:
            outcome.append(make())
        except BaseException as error:
            failure.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(seconds)
    if failure:
        raise failure[0]
    if not outcome:
        raise ValueError(late)
    return outcome[0]


def _listing(dataset: str, seed: int, load: Callable[..., Corpus]) -> Listing:
    path = _path(dataset)
    try:
        corpus = load(dataset, seed=seed)
    except ValueError as error:
        if path is None:
            raise
        return Listing(path.stem, _raw(path), None, without_folder(error, path))
    raw = [] if path is None else _raw(path)
    texts = [
        Text(text, label, part)
        for part in PARTS
        for text, label in zip(getattr(corpus, part).texts, getattr(corpus, part).labels, strict=True)
    ]
    return Listing(corpus.name, texts + [text for text in raw if not text.label], corpus)


def _raw(path: Path) -> list[Text]:
    """Every text of a file, or of a folder's files, whether labelled or not."""
    found = []
    for name, table, columns in _tables(path):
        nothing = [None] * len(table.rows)
        labels = table.column(columns.label) if columns.label is not None else nothing
        parts = table.column(columns.split) if columns.split is not None and path.is_dir() else nothing
        for text, cell, part in zip(table.column(columns.text), labels, parts, strict=True):
            label = ", ".join(labels_in(cell))
            if shown := text_in(text):
                found.append(Text(shown, label, (clean(part) or name) if label else UNLABELLED))
    return found


def _tables(path: Path) -> list[tuple[str, Table, Columns]]:
    """A file's table, or that of a folder; of one that can't be read as a whole each of its files, with its name."""
    if path.is_file():
        table = read_file(path)
        return [("", table, table.guessed)]
    try:
        return [("", *folder_table(path, ReadAs(), must_have_labels=False))]
    except ValueError:
        tables = [(file.stem, read_file(file)) for file in files_of(path)]
        return [(name, table, table.guessed) for name, table in tables]


def _path(dataset: str) -> Path | None:
    """The file or folder a dataset is; None for one that has a name instead."""
    return existing(dataset) if dataset not in (BUNDLED, *PUBLIC) else None


def _stamp(dataset: str) -> float:
    """When a path last changed; 0 for a dataset by name."""
    path = _path(dataset)
    if path is None:
        return 0.0
    return max(file.stat().st_mtime for file in (path, *(path.iterdir() if path.is_dir() else ())))

"""Corpora and their open-world split: which classes are known, and what training may see."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ans.config import TrainConfig
from ans.conventions import OPEN, OPEN_LABELS
from ans.data.tables import EXTENSIONS, LabelledTexts, read_table
from ans.paths import ASSETS

BUNDLED = "assistant"
BUNDLED_FOLDER = ASSETS / "datasets" / BUNDLED
# Name → folder in the public layout below; the folder in a --data-dir may have either name.
PUBLIC = {"clinc": "oos", "banking": "banking", "stackoverflow": "stackoverflow"}
PUBLIC_ADDRESS = "https://raw.githubusercontent.com/thuiar/Adaptive-Decision-Boundary/main/data/{folder}/{split}.tsv"
SPLIT_NAMES = {"train": ("train", "training"), "dev": ("dev", "valid", "validation", "val"), "test": ("test",)}
FEWEST_TEXTS = 5  # of a class in a single file: three to train on, one each for dev and test


@dataclass(frozen=True)
class Corpus:
    """A labelled corpus in three parts. Labels in `OPEN_LABELS` mark texts that belong to no class."""

    name: str
    train: LabelledTexts
    dev: LabelledTexts
    test: LabelledTexts

    @property
    def classes(self) -> list[str]:
        """All labels one can train on, sorted; the open labels are not among them."""
        return sorted(set(self.train.labels) - OPEN_LABELS)


@dataclass(frozen=True)
class OpenWorldSplit:
    """What training sees (known classes only) and what the test holds (every text; the rest is open).

    Integer labels index `known`; `OPEN` stands for every other text. `test.labels` keeps the names.
    """

    corpus: str
    known: list[str]
    held_out: list[str]
    train: LabelledTexts
    dev: LabelledTexts
    test: LabelledTexts

    @property
    def test_targets(self) -> list[int]:
        """Class index of each test text, `OPEN` for those of no known class."""
        return targets(self.test.labels, self.known)


def targets(labels: Sequence[str], known: Sequence[str]) -> list[int]:
    """Label names → indices into `known`, `OPEN` for every other name."""
    index = {name: i for i, name in enumerate(known)}
    return [index.get(label, OPEN) for label in labels]


def load_corpus(name: str, data_dir: str | None = None, seed: int = 0) -> Corpus:
    """A corpus by name (`assistant`, `clinc`, `banking`, `stackoverflow`) or by path.

    A path is a folder with train, dev and test files, or one CSV, TSV or JSONL file, split by `seed` within each class
    (70 % train, 10 % dev, 20 % test; open texts go to the test part).

    Raises:
        ValueError: no such corpus, an unreadable file, too few classes or texts.
    """
    if name == BUNDLED:
        return _from_folder(BUNDLED, BUNDLED_FOLDER)
    if name in PUBLIC:
        return _public(name, data_dir or os.environ.get("ANS_DATA_DIR"))
    path = Path(name).expanduser()
    if path.is_dir():
        return _from_folder(path.name, path)
    if path.is_file():
        return _from_file(path, seed)
    raise ValueError(
        f"unknown dataset {name!r}: expected {', '.join([BUNDLED, *PUBLIC])}, or the path of a folder with "
        "train, dev and test files, or of one CSV, TSV or JSONL file."
    )


def make_open_world_split(corpus: Corpus, config: TrainConfig) -> OpenWorldSplit:
    """The field's draw: K = round(n·ratio) of the sorted labels, `RandomState(seed).choice` without replacement.

    With `config.known_classes` those are known instead. Training and dev keep only texts of known classes; the test
    keeps every text. With `config.texts_per_class` training keeps so many texts of each class, as `few_of_each` draws
    them, and dev none.

    Raises:
        ValueError: fewer than two known classes, or a name that is no class of the corpus.
    """
    classes = corpus.classes
    if config.known_classes is not None:
        if strangers := sorted(set(config.known_classes) - set(classes)):
            raise ValueError(f"known_classes {strangers} are no classes of {corpus.name}; it has {', '.join(classes)}.")
        known = sorted(set(config.known_classes))
    else:
        count = round(len(classes) * config.known_ratio)
        if count < 2:
            raise ValueError(
                f"at least two known classes are needed, got {count}: {corpus.name} has {len(classes)} and known_ratio "
                f"is {config.known_ratio:g}; choose a larger ratio."
            )
        draw = np.random.RandomState(config.seed).choice(np.array(classes), count, replace=False)
        known = sorted(draw.tolist())
    train, dev = _keep(corpus.train, known), _keep(corpus.dev, known)
    if config.texts_per_class is not None:
        train, dev = train.only(few_of_each(train.labels, config.texts_per_class, config.seed)), dev.only([])
    held_out = [name for name in classes if name not in set(known)]
    return OpenWorldSplit(corpus.name, known, held_out, train, dev, corpus.test)


def few_of_each(labels: Sequence[str], count: int, seed: int) -> list[int]:
    """The rows of `count` texts of each class (all, if it has fewer), in their order.

    The first ones of `RandomState(seed).permutation` of the class's rows, class after class in the order of names: so
    the texts of a smaller count are among those of a larger one.
    """
    rng, names = np.random.RandomState(seed), np.array(labels)
    rows = [rng.permutation(np.flatnonzero(names == label))[:count].tolist() for label in sorted(set(labels))]
    return sorted(row for own in rows for row in own)


def stratified_parts(data: LabelledTexts, shares: tuple[float, ...], seed: int) -> list[LabelledTexts]:
    """Split within each class: one part per share, at least one text each, and a first part with the rest."""
    rng = np.random.RandomState(seed)
    rows: list[list[int]] = [[] for _ in range(len(shares) + 1)]
    labels = np.array(data.labels)
    for label in sorted(set(data.labels)):
        own = rng.permutation(np.flatnonzero(labels == label)).tolist()
        for part, share in enumerate(shares, 1):
            size = max(1, round(share * int((labels == label).sum())))
            rows[part] += own[:size]
            own = own[size:]
        rows[0] += own
    return [data.only(sorted(part)) for part in rows]


def _keep(data: LabelledTexts, known: list[str]) -> LabelledTexts:
    names = set(known)
    return data.only([i for i, label in enumerate(data.labels) if label in names])


def _from_folder(name: str, folder: Path) -> Corpus:
    found = {}
    for split, stems in SPLIT_NAMES.items():
        paths = [folder / f"{stem}{extension}" for stem in stems for extension in EXTENSIONS]
        path = next((path for path in paths if path.is_file()), None)
        if path is None and split != "dev":
            raise ValueError(
                f"the folder {folder} has no {split} file; expected train and test, and dev if there is one, "
                f"for example {split}.tsv."
            )
        found[split] = read_table(path) if path is not None else LabelledTexts([], [])
    return _checked(Corpus(name, **found))


def _from_file(path: Path, seed: int) -> Corpus:
    data = read_table(path)
    inside = data.only([i for i, label in enumerate(data.labels) if label not in OPEN_LABELS])
    outside = data.only([i for i, label in enumerate(data.labels) if label in OPEN_LABELS])
    scarce = {label: count for label, count in sorted(Counter(inside.labels).items()) if count < FEWEST_TEXTS}
    if scarce:
        shown = ", ".join(f"{label} ({count})" for label, count in list(scarce.items())[:5])
        raise ValueError(
            f"every class of {path.name} needs at least {FEWEST_TEXTS} texts; too few: {shown}. "
            "Add some or drop the class."
        )
    train, dev, test = stratified_parts(inside, (0.1, 0.2), seed)
    test = LabelledTexts(test.texts + outside.texts, test.labels + outside.labels)
    return _checked(Corpus(path.stem, train, dev, test))


def _public(name: str, data_dir: str | None) -> Corpus:
    if data_dir is not None:
        if not Path(data_dir).expanduser().is_dir():
            raise ValueError(f"expected the folder of the public benchmarks at {data_dir}, found none.")
        for folder in (Path(data_dir).expanduser() / name, Path(data_dir).expanduser() / PUBLIC[name]):
            if folder.is_dir():
                return _from_folder(name, folder)
    return _checked(Corpus(name, **{split: _download(name, split) for split in SPLIT_NAMES}))


def _download(name: str, split: str) -> LabelledTexts:
    """One file of a public benchmark through `datasets`, which keeps it in its cache."""
    from datasets import load_dataset
    from datasets.utils.logging import disable_progress_bar

    disable_progress_bar()
    address = PUBLIC_ADDRESS.format(folder=PUBLIC[name], split=split)
    try:
        table = load_dataset("csv", data_files={split: address}, sep="\t", keep_default_na=False, split=split)
    except Exception as error:  # whatever the network, the cache or the parser raise: the way out is the same
        raise ValueError(
            f"dataset {name!r} could not be downloaded from {address} ({type(error).__name__}). "
            "Connect to the network, or "
            f"name the folder that holds {name}/train.tsv, dev.tsv and test.tsv with --data-dir or ANS_DATA_DIR."
        ) from error
    return LabelledTexts([" ".join(text.split()) for text in table["text"]], list(table["label"]))


def _checked(corpus: Corpus) -> Corpus:
    if len(corpus.classes) < 2:
        raise ValueError(f"{corpus.name} needs at least two classes to tell apart, got {corpus.classes}.")
    return corpus


def dataset_name(dataset: str) -> str:
    """What may be told of a dataset: a name everybody knows, else that of the file or folder."""
    if dataset in (BUNDLED, *PUBLIC):
        return dataset
    name = Path(dataset).name.strip(".")[:100] or "data"
    return f"{name} (own data)" if name in (BUNDLED, *PUBLIC) else name

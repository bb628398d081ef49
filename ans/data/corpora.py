"""Corpora and their open-world split: which classes are known, and what training may see."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ans.config import TrainConfig
from ans.conventions import OPEN, OPEN_LABELS, some_names
from ans.data.columns import SPLIT_NAMES
from ans.data.folders import parts_given
from ans.data.intake import ReadAs
from ans.data.reading import understood
from ans.data.tables import LabelledTexts, read_table
from ans.data.twins import without_twins
from ans.paths import ASSETS, existing, existing_folder

BUNDLED = "assistant"
BUNDLED_FOLDER = ASSETS / "datasets" / BUNDLED
# Name → folder in the public layout below; the folder in a --data-dir may have either name.
PUBLIC = {"clinc": "oos", "banking": "banking", "stackoverflow": "stackoverflow"}
PUBLIC_ADDRESS = "https://raw.githubusercontent.com/thuiar/Adaptive-Decision-Boundary/main/data/{folder}/{split}.tsv"
FEWEST_TO_TEST = 3  # texts of a class in a single file from which one is set aside to test with
OPEN_TAUGHT = 0.8  # of the texts of no class in a single file, if training may learn from them; the others test


@dataclass(frozen=True)
class Corpus:
    """A labelled corpus in three parts. Labels in `OPEN_LABELS` mark texts that belong to no class.

    `is_one_file`: it came without parts; all its open texts are in the test.
    """

    name: str
    train: LabelledTexts
    dev: LabelledTexts
    test: LabelledTexts
    is_one_file: bool = False

    @property
    def classes(self) -> list[str]:
        """All labels one can train on, sorted; the open labels are not among them."""
        return sorted(set(self.train.labels) - OPEN_LABELS)


@dataclass(frozen=True)
class OpenWorldSplit:
    """What training sees (known classes only) and what the test holds (every text; the rest is open).

    Integer labels index `known`; `OPEN` stands for every other text. `test.labels` keeps the names. `open_train` holds
    texts labelled as of no class that training may learn from; none, unless somebody has asked for that.
    """

    corpus: str
    known: list[str]
    held_out: list[str]
    train: LabelledTexts
    dev: LabelledTexts
    test: LabelledTexts
    open_train: LabelledTexts = field(default_factory=lambda: LabelledTexts([], []))

    @property
    def test_targets(self) -> list[int]:
        """Class index of each test text, `OPEN` for those of no known class."""
        return targets(self.test.labels, self.known)


def usual_ratio(dataset: str) -> float:
    """The known-class ratio to begin with: of their own data people want all classes known."""
    return 0.75 if dataset in (BUNDLED, *PUBLIC) else 1.0


def targets(labels: Sequence[str], known: Sequence[str]) -> list[int]:
    """Label names → indices into `known`, `OPEN` for every other name."""
    index = {name: i for i, name in enumerate(known)}
    return [index.get(label, OPEN) for label in labels]


def corpus_of(config: TrainConfig) -> Corpus:
    """The corpus that a training's settings name, read as they say. Raises as `load_corpus`."""
    return load_corpus(config.dataset, config.data_dir, config.seed, ReadAs.of(config))


def load_corpus(name: str, data_dir: str | None = None, seed: int = 0, read_as: ReadAs | None = None) -> Corpus:
    """A corpus by name (`assistant`, `clinc`, `banking`, `stackoverflow`) or by path.

    A path is a folder with train, dev and test files, or others that `ans.data.several_files` reads together, or one
    file of any format that `ans.data.tables` reads. That has its own split, or is split by `seed` within each class as
    `divided` does; open texts then go to the test part.

    Args:
        read_as: which columns of own data hold what, and what their labels mean.

    Raises:
        ValueError: no such corpus, an unreadable file, too few classes or texts.
    """
    if name == BUNDLED:
        return _from_folder(BUNDLED, BUNDLED_FOLDER)
    if name in PUBLIC:
        return _public(name, data_dir or os.environ.get("ANS_DATA_DIR"))
    if (path := existing(name)) is not None:
        return _from_path(path, seed, read_as or ReadAs())
    if Path(name).suffix or any(sign in name for sign in "/\\"):  # a file is meant, so the names don't help
        raise ValueError(f"expected a file or folder at {name[:300]}, found none.")
    raise ValueError(
        f"unknown dataset {name[:80]!r}: expected {', '.join([BUNDLED, *PUBLIC])}, or the path of a folder with "
        "train, dev and test files, or of one file, for example CSV, JSONL or XLSX."
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
            wrong = some_names([f"“{name}”" for name in strangers])  # a name may hold a comma
            raise ValueError(f"known_classes {wrong} are no classes of {corpus.name}; it has {some_names(classes)}.")
        known = sorted(set(config.known_classes))
    else:
        count = round(len(classes) * config.known_ratio)
        if count < 2:
            raise ValueError(
                f"at least two known classes are needed, got {count}: {corpus.name} has {len(classes)} and known_ratio "
                f"is {config.known_ratio:g}; choose a larger ratio."
            )
        draw = np.random.RandomState(config.seed).choice(len(classes), count, replace=False)
        known = sorted(classes[m] for m in draw.tolist())
    train, dev = _keep(corpus.train, known), _keep(corpus.dev, known)
    if config.texts_per_class is not None:
        train, dev = train.only(few_of_each(train.labels, config.texts_per_class, config.seed)), dev.only([])
    held_out = [name for name in classes if name not in set(known)]
    open_train, test = LabelledTexts([], []), corpus.test
    if config.open_texts == "train":
        open_train, test = _open_texts(corpus, config)
    return OpenWorldSplit(corpus.name, known, held_out, train, dev, test, open_train)


def _open_texts(corpus: Corpus, config: TrainConfig) -> tuple[LabelledTexts, LabelledTexts]:
    """Texts of no class to learn from, and the test part: of one file `OPEN_TAUGHT` of them, else those of train.

    Raises:
        ValueError: there are none.
    """
    taught, test = _keep(corpus.train, sorted(OPEN_LABELS)), corpus.test
    if corpus.is_one_file:
        rows = np.flatnonzero([label in OPEN_LABELS for label in test.labels])
        count = min(round(OPEN_TAUGHT * len(rows)), len(rows) - 1)  # one at least tests
        drawn = np.random.RandomState(config.seed).permutation(rows)[: max(0, count)].tolist()
        taught, test = test.only(sorted(drawn)), test.only(sorted(set(range(len(test))) - set(drawn)))
    if not len(taught):
        raise ValueError(
            f"{corpus.name} has no text to train on that is labelled as of no class, for example oos, or one alone, "
            "which tests; add some, or let open_texts be test."
        )
    return taught, test


def few_of_each(labels: Sequence[str], count: int, seed: int) -> list[int]:
    """The rows of `count` texts of each class (all, if it has fewer), in their order.

    The first ones of `RandomState(seed).permutation` of the class's rows, class after class in the order of names: so
    the texts of a smaller count are among those of a larger one.
    """
    rng = np.random.RandomState(seed)
    rows = [rng.permutation(own)[:count].tolist() for own in rows_by_class(labels).values()]
    return sorted(row for own in rows for row in own)


def rows_by_class(labels: Sequence[str]) -> dict[str, list[int]]:
    """The rows of each class, the classes in the order of their names.

    In one pass, and without an array of texts, which would have for each row the room of the longest label.
    """
    rows: dict[str, list[int]] = {}
    for row, label in enumerate(labels):
        rows.setdefault(label, []).append(row)
    return {label: rows[label] for label in sorted(rows)}


def divided(data: LabelledTexts, seed: int) -> tuple[LabelledTexts, LabelledTexts, LabelledTexts]:
    """Train, dev and test of a file without parts, drawn within each class.

    A fifth tests, of classes of `FEWEST_TO_TEST` texts and more. Of n texts n²/1000 become dev, at most a tenth: the
    fewer there are, the more is each worth in training, and trainings that do without some check the line instead. If
    that leaves nothing to test with, one of each two texts does. What was drawn and has a twin in train goes there.
    """
    rng = np.random.RandomState(seed)
    dev, test, pairs = [], [], []
    for rows in rows_by_class(data.labels).values():
        own = rng.permutation(rows).tolist()
        n, aside = len(own), max(1, round(0.1 * len(own)))  # so many once were dev: models of then keep their test part
        dev += own[: min(aside, n * n // 1000)]
        test += own[aside : aside + max(1, round(0.2 * n))] if n >= FEWEST_TO_TEST else []
        pairs += own[:1] if n == 2 else []
    dev, test = without_twins(data.texts, dev, test or pairs)
    train = sorted(set(range(len(data))) - set(dev) - set(test))
    return data.only(train), data.only(sorted(dev)), data.only(sorted(test))


def _keep(data: LabelledTexts, known: list[str]) -> LabelledTexts:
    names = set(known)
    return data.only([i for i, label in enumerate(data.labels) if label in names])


def _from_folder(name: str, folder: Path) -> Corpus:
    """A public benchmark in a folder, its texts and labels as they stand."""
    paths = parts_given(folder)
    found = {part: [read_table(path) for path in paths[part]] for part in SPLIT_NAMES}
    train, dev, test = (
        LabelledTexts(
            [text for one in found[part] for text in one.texts], [t for one in found[part] for t in one.labels]
        )
        for part in SPLIT_NAMES
    )
    return _checked(Corpus(name, train, dev, test))


def _from_path(path: Path, seed: int, read_as: ReadAs) -> Corpus:
    name = path.stem if path.is_file() else path.name
    found = understood(path, read_as).found
    if "" not in found.parts:
        labelled = {part: _labelled(texts) for part, texts in found.parts.items()}
        return _checked(Corpus(name, labelled["train"], labelled["dev"], labelled["test"]))
    data = _labelled(found.parts[""])
    if not len(data):
        reasons = ", ".join(f"{entry.count:,} {reason}" for reason, entry in found.left_out.items())
        raise ValueError(f"{path} holds no row with a text and a label ({reasons or 'no rows at all'}).")
    inside = data.only([i for i, label in enumerate(data.labels) if label not in OPEN_LABELS])
    outside = data.only([i for i, label in enumerate(data.labels) if label in OPEN_LABELS])
    train, dev, test = divided(inside, seed)
    test = LabelledTexts(test.texts + outside.texts, test.labels + outside.labels)
    if not len(test):
        raise ValueError(f"{path.name} has one text of each class, so none is left to test with; add a second one.")
    return _checked(Corpus(name, train, dev, test, is_one_file=True))


def _labelled(data: LabelledTexts) -> LabelledTexts:
    return data.only([row for row, label in enumerate(data.labels) if label])


def _public(name: str, data_dir: str | None) -> Corpus:
    if data_dir is not None:
        if (place := existing_folder(data_dir)) is None:
            raise ValueError(f"expected the folder of the public benchmarks at {data_dir}, found none.")
        for folder in (place / name, place / PUBLIC[name]):
            if folder.is_dir():
                return _from_folder(name, folder)
    train, dev, test = (_download(name, split) for split in SPLIT_NAMES)
    return _checked(Corpus(name, train, dev, test))


def _download(name: str, split: str) -> LabelledTexts:
    """One file of a public benchmark through `datasets`, which keeps it in its cache."""
    from datasets import config, load_dataset
    from datasets.utils.logging import disable_progress_bar

    disable_progress_bar()
    address = PUBLIC_ADDRESS.format(folder=PUBLIC[name], split=split)
    try:
        config.HF_UPDATE_DOWNLOAD_COUNTS = False  # else the library tells another machine of each file that is read
        table = load_dataset("csv", data_files={split: address}, sep="\t", keep_default_na=False, split=split)
    except Exception as error:  # whatever the network, the cache or the parser raise: the way out is the same
        # `datasets` looks for an address that it can't reach on the disk.
        why = "it can't be reached" if isinstance(error, (FileNotFoundError, ConnectionError)) else type(error).__name__
        raise ValueError(
            f"dataset {name!r} could not be downloaded from {address} ({why}). "
            "Connect to the network, or "
            f"name the folder that holds {name}/train.tsv, dev.tsv and test.tsv with --data-dir or ANS_DATA_DIR."
        ) from error
    return LabelledTexts([" ".join(text.split()) for text in table["text"]], list(table["label"]))


def _checked(corpus: Corpus) -> Corpus:
    if len(corpus.classes) < 2:
        raise ValueError(
            f"{corpus.name} needs at least two classes to tell apart, got {some_names(corpus.classes) or 'none'}."
        )
    if not len(corpus.test):
        raise ValueError(f"{corpus.name} has no text with a label to test with; add some, or leave the parts out.")
    return corpus


def dataset_name(dataset: str) -> str:
    """What may be told of a dataset: a name everybody knows, else that of the file or folder."""
    if dataset in (BUNDLED, *PUBLIC):
        return dataset
    name = Path(dataset).name.strip(".")[:100] or "data"
    return f"{name} (own data)" if name in (BUNDLED, *PUBLIC) else name

"""Uploaded data on disk, as cleaned TSV: one folder per browser, and nobody else's business.

<root>/<browser id>/<name>.tsv                       data that the training splits itself
                    <name>/train.tsv, dev.tsv, test.tsv   data that came with a split
"""

from __future__ import annotations

import csv
import os
import re
import secrets
import shutil
from pathlib import Path
from threading import Lock

from ans.data.intake import Understood
from ans.data.tables import LabelledTexts
from ans.durable import put_in_place, replacing

MOST_DATASETS = 20  # of one browser
LONGEST_NAME = 60
_keeping = Lock()  # two windows of one browser may keep data of one name in the same moment


class Uploads:
    """The uploaded datasets of all browsers below one directory (`RunStore.uploads`)."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def folder(self, browser: str | None) -> Path:
        """Where one browser's data lie.

        Raises:
            ValueError: that is no browser's name. The name comes from the browser, so it must not lead elsewhere.
        """
        return folder_of(self.root, browser)

    def all(self, browser: str | None) -> list[Path]:
        """One browser's datasets, by name; none for a browser that has no name."""
        try:
            folder = self.folder(browser)
        except ValueError:
            return []
        return sorted(path for path in folder.glob("[!.]*") if path.is_dir() or path.suffix == ".tsv")

    def owns(self, browser: str | None, dataset: str) -> bool:
        """Whether a dataset is one of this browser's."""
        return Path(dataset) in self.all(browser)

    def holds(self, dataset: str) -> bool:
        """Whether a path lies among the uploads, whoever's."""
        try:
            path = os.path.realpath(os.path.expanduser(dataset))
        except ValueError:  # no file can have that name
            return False
        return Path(path).is_relative_to(self.root.resolve())

    def keep(self, browser: str | None, name: str, understood: Understood) -> Path:
        """Write a cleaned dataset; a name that is taken gets a number, so that no run's data change under it.

        Raises:
            ValueError: the browser has no name, or too many datasets already.
        """
        folder, stem = self.folder(browser), _plain(name)
        with _keeping:
            taken = {path.stem for path in self.all(browser)}
            if len(taken) >= MOST_DATASETS:
                raise ValueError(f"at most {MOST_DATASETS} datasets are kept for one browser; delete one under Browse.")
            free = next(n for n in (stem, *(f"{stem}-{i}" for i in range(2, MOST_DATASETS + 2))) if n not in taken)
            folder.mkdir(parents=True, exist_ok=True)
            return _put(understood, folder, free)

    def delete(self, browser: str | None, dataset: str) -> None:
        """Remove one of this browser's datasets. Models that were trained on it stay.

        Raises:
            ValueError: it is none of this browser's.
        """
        if not self.owns(browser, dataset):
            raise ValueError("these are none of the data this browser has uploaded.")
        path = Path(dataset)
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def folder_of(root: Path, browser: str | None) -> Path:
    """One browser's folder below a directory.

    Raises:
        ValueError: that is no browser's name. The name comes from the browser, so it must not lead elsewhere.
    """
    if not isinstance(browser, str) or not re.fullmatch(r"[0-9a-f]{32}", browser):
        raise ValueError("this browser has no name yet; reload the page, and allow it to store data.")
    return root / browser


def _plain(name: str) -> str:
    """A name that is a plain file name on every system, whatever somebody typed."""
    kept = re.sub(r"[^\w-]+", "-", name).strip("-_")[:LONGEST_NAME].strip("-_")
    return kept or "data"


def _put(understood: Understood, folder: Path, name: str) -> Path:
    """Write a dataset under a free name: one file, or a folder with a file for each part."""
    whole = understood.parts.get("")
    if whole is not None:
        with replacing(folder / f"{name}.tsv") as file:
            _write(file, whole)
        return folder / f"{name}.tsv"
    building = folder / f".{secrets.token_hex(4)}"
    building.mkdir()
    try:
        for part, texts in understood.parts.items():
            if len(texts):  # no file is no dev part; an empty one would be a broken one
                with replacing(building / f"{part}.tsv") as file:
                    _write(file, texts)
        put_in_place(building, folder / name)
        return folder / name
    finally:
        shutil.rmtree(building, ignore_errors=True)  # once it is whole there is none by this name


def _write(path: Path, texts: LabelledTexts) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n")
        writer.writerow(["text", "label"])
        writer.writerows(zip(texts.texts, texts.labels, strict=True))

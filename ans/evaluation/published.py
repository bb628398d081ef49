"""The figures the paper prints, to stand beside measured ones."""

from __future__ import annotations

import csv
from functools import cache

from ans.config import TrainConfig
from ans.paths import ASSETS

PUBLISHED_FILE = ASSETS / "published.csv"
METRICS = ("accuracy", "f1", "f1_open", "f1_known")


@cache
def published_rows() -> tuple[dict[str, str], ...]:
    """All rows of `published.csv`: table, dataset, known_ratio, method and the four metrics, as text."""
    with PUBLISHED_FILE.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def published(dataset: str, known_ratio: float, method: str = "ANS", table: str = "1") -> dict[str, float] | None:
    """The paper's four numbers of one setting, in percent; None where it has no such row."""
    for row in published_rows():
        same = (row["table"], row["dataset"], row["method"]) == (table, dataset, method)
        if same and float(row["known_ratio"]) == known_ratio:
            return {name: float(row[name]) for name in METRICS}
    return None


def published_for(config: TrainConfig) -> dict[str, float] | None:
    """The row of Table 1 that a run compares with: same dataset, same ratio, the field's draw of known classes."""
    return None if config.known_classes is not None else published(config.dataset, config.known_ratio)

"""The files of a run's directory, and when each was written."""

from __future__ import annotations

import os
from pathlib import Path

from ans.runs.whole_files import JSON_LIST, JSON_OBJECT, SAFETENSORS

SMALL_FILES = (
    "config.json", "status.json", "events.jsonl", "name.json", "owner.json", "promotion.json", "taught.json",
    "corrections.json", "evaluation.json", "check.json",
)  # fmt: skip
# What a finished run needs to answer. Lists look at whether they are whole; who uses them reads them to the end.
LARGE_FILES = {
    "test.json": JSON_OBJECT,
    "test.safetensors": SAFETENSORS,
    "model/model.json": JSON_OBJECT,
    "model/training_texts.json": JSON_LIST,
    "model/weights.safetensors": SAFETENSORS,
}
Written = tuple[tuple[int, int, int] | None, ...]


def written(folder: Path) -> Written:
    """Time, size and inode of each file of a run, None for one that is not there.

    The page asks this of all runs every second, so it goes without pathlib.
    """
    return tuple(stamp_of(f"{folder}/{name}") for name in (*SMALL_FILES, *LARGE_FILES))


def stamp_of(path: str) -> tuple[int, int, int] | None:
    """When a file was written, its size and its inode; None if it is not there."""
    try:
        stat = os.stat(path)
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size, stat.st_ino

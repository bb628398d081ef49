"""The file of a benchmark: one record per run, written after each, so that nothing finished is computed again."""

from __future__ import annotations

import os
import platform
import subprocess
import time
from collections.abc import Mapping
from dataclasses import fields
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import torch

from ans.benchmark.phase_one import ELSEWHERE
from ans.config import TrainConfig
from ans.json_files import read_json, write_json
from ans.model.devices import choose_device
from ans.paths import ASSETS, IS_CHECKOUT, ROOT

RESULTS_FOLDER = ASSETS / "benchmarks" if IS_CHECKOUT else Path.cwd()  # an installed package is not written to
CELL = ("dataset", "known_ratio", "seed", "encoder", "texts_per_class")
PACKAGES = ("torch", "transformers", "scikit-learn", "numpy")


class Results:
    """Records of one benchmark on disk. A record is found again by its method and its settings."""

    def __init__(self, path: Path, benchmark: str | None) -> None:
        """Open a file of results, or begin one; `None` takes whatever benchmark the file is of.

        Raises:
            ValueError: the file is no file of results, or of another benchmark.
        """
        self.path, self.benchmark, self.computed = path, benchmark, 0
        self.records: list[dict] = []
        if path.is_file():
            try:
                found = read_json(path)
                self.records = found["runs"]
                other = found["benchmark"]
            except (ValueError, KeyError, TypeError, OSError) as error:
                raise ValueError(f"{path} holds no results of a benchmark; name another file with --out.") from error
            if benchmark not in (None, other):
                raise ValueError(f"{path} holds results of {other!r}, not of {benchmark!r}; name another --out.")
            self.benchmark = other

    def find(self, method: str, config: TrainConfig) -> dict | None:
        """The record of this method with exactly these settings."""
        settings = settings_of(config)
        return next((r for r in self.records if r["method"] == method and _settings(r) == settings), None)

    def add(
        self,
        method: str,
        config: TrainConfig,
        known: list[str],
        measured: dict,
        seconds: dict,
        where: dict | None = None,
    ) -> None:
        """Write what was measured just now, here, or where this `environment` was."""
        self.keep(
            {
                "method": method,
                "config": settings_of(config),
                "known_classes": known,
                "metrics": {name: None if value is None else round(value, 3) for name, value in measured.items()},
                "seconds": {name: round(value, 2) for name, value in seconds.items()},
                "date": time.strftime("%Y-%m-%d"),
                **(environment(config.device) if where is None else where),
            }
        )

    @property
    def told(self) -> str:
        """A sentence where nothing was computed, as a person might take what stands there for measured just now."""
        if self.computed or not self.records:
            return ""
        return f"Nothing was computed: all of this stands in {self.path} already. --out OTHER.json measures it anew."

    def keep(self, record: dict) -> None:
        """Write one more record; an older one of the same cell, with other settings, gives way."""
        self.computed += 1
        self.records = [one for one in self.records if cell_of(one) != cell_of(record)] + [record]
        self.path.parent.mkdir(parents=True, exist_ok=True)
        write_json(self.path, {"benchmark": self.benchmark, "runs": self.records})


class Measured(NamedTuple):
    """What a benchmark tells: its Markdown table, the records behind it, and their file, if there are any."""

    table: str
    runs: list[dict]
    results: Results | None = None


def timed_record(method: str, numbers: Mapping[str, float], digits: int) -> dict:
    """What is kept of what was timed: its numbers, and when, where and with what they were measured."""
    busy = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    return {
        "method": method,
        "config": {},
        "numbers": {name: round(value, digits) for name, value in numbers.items()},
        "date": time.strftime("%Y-%m-%d"),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "load": round(busy, 1),
        **environment("cpu"),
    }


def setting_of(config: TrainConfig) -> tuple:
    """What of a configuration says which cell of a row is meant."""
    return tuple(getattr(config, name) for name in CELL)


def cell_of(record: dict) -> tuple:
    """Which cell a record fills."""
    return record["method"], *(record["config"].get(name) for name in CELL)


def _settings(record: dict) -> dict:
    """A record's settings, with those that came later at what was done before them."""
    earlier = {spec.name: spec.metadata["before"] for spec in fields(TrainConfig) if "before" in spec.metadata}
    return {name: value for name, value in earlier.items() if name not in ELSEWHERE} | record["config"]


def settings_of(config: TrainConfig) -> dict:
    """The settings that decide a result; where the data lie and what computes does not."""
    return {name: value for name, value in config.to_dict().items() if name not in ELSEWHERE}


def environment(device: str) -> dict:
    """Commit, library versions and device of a run."""
    where = choose_device(device)
    name = torch.cuda.get_device_name() if where.type == "cuda" else f"{where.type}, {os.cpu_count()} cores"
    return {
        "commit": _commit(),
        "versions": {"python": platform.python_version()} | {package: version(package) for package in PACKAGES},
        "device": name,
    }


def _commit() -> str | None:
    """The commit of this checkout, with a mark if files were changed since; None outside of one."""
    try:
        return subprocess.run(
            ["git", "describe", "--always", "--dirty", "--abbrev=12"],
            cwd=ROOT, capture_output=True, text=True, check=True,
        ).stdout.strip()  # fmt: skip
    except (OSError, subprocess.CalledProcessError):
        return None

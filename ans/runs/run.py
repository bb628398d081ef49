"""Run: one training run's directory, the only place where trainer and page meet.

<root>/<run id>/config.json      the TrainConfig
                status.json      state, message, times, process
                events.jsonl     one line per step
                stop             present once somebody pressed Stop
                name.json        the name a person gave it, if one did
                owner.json       the browser whose texts are in it, if it was uploaded or made from uploaded texts
                promotion.json   how it was made from another run by adding a class (ans/promoted_runs.py)
                model/           the classifier (finished runs)
                evaluation.json  metrics, known classes, seconds by phase, device
                test.json, test.safetensors   test texts and labels; their features, head logits, answers
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from ans.config import TrainConfig
from ans.json_files import read_json, write_json

STATES = ("queued", "running", "finished", "stopped", "failed", "interrupted")
QUEUED, RUNNING, FINISHED, STOPPED, FAILED, INTERRUPTED = STATES
DELETED = "deleted"  # of a run that somebody deletes while it is read; no run of a store is in it
ENDED = (FINISHED, STOPPED, FAILED, INTERRUPTED, DELETED)
LONGEST_NAME = 80


@dataclass(frozen=True)
class Status:
    """Where a run stands. `state` ends in finished, stopped, failed or interrupted; times are seconds since 1970."""

    state: str
    message: str = ""
    created: float = 0.0
    started: float | None = None
    ended: float | None = None
    process: int | None = None

    @property
    def ended_well(self) -> bool:
        """Whether there is a model to use."""
        return self.state == FINISHED


class Run:
    """One run's directory. Reading never raises on a run that is being written: files appear complete or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def id(self) -> str:
        """The directory's name."""
        return self.folder.name

    @property
    def config(self) -> TrainConfig:
        """The settings this run was created with.

        Raises:
            ValueError: another version wrote them, or they are damaged. A run of the store has none of that.
        """
        return _read_config(self.folder / "config.json")

    @property
    def status(self) -> Status:
        """The newest status."""
        values = _read_if_there(self.folder / "status.json")
        return Status(DELETED) if values is None else Status(**values)

    @property
    def evaluation(self) -> dict | None:
        """Metrics, known and held-out classes, seconds and device; None until the run has finished.

        Raises:
            ValueError: the run was deleted in this moment.
        """
        evaluation = _read_if_there(self.folder / "evaluation.json")
        if evaluation is None and self.status.state == DELETED:
            raise ValueError("this run has just been deleted; choose another model.")
        return evaluation

    @property
    def version(self) -> str:
        """A cheap text that changes whenever status or events change; what the page polls."""
        return "-".join(_stamp(self.folder / name) for name in ("status.json", "events.jsonl"))

    @property
    def owner(self) -> str | None:
        """The browser that uploaded this run, or data it has learnt from; None for everybody's.

        See `RunStore.uploads`.
        """
        if (uploader := _read_if_there(self.folder / "owner.json")) is not None:
            return uploader
        path, uploads = Path(self.config.dataset), self.folder.parent.parent / "uploads"
        return path.relative_to(uploads).parts[0] if path.is_relative_to(uploads) and path != uploads else None

    @property
    def promotion(self) -> dict | None:
        """How this run came from another by adding a class (see `ans.promoted_runs`); None if it was trained."""
        return _read_if_there(self.folder / "promotion.json")

    @property
    def is_starter(self) -> bool:
        """Whether the app made this run by itself at its first start."""
        return self.id.startswith("starter-")

    @property
    def given_name(self) -> str | None:
        """The name somebody gave it, or None."""
        return _read_if_there(self.folder / "name.json")

    @property
    def name(self) -> str:
        """What a person reads in a list: the name somebody gave it, else when, dataset, ratio, seed, encoder."""
        if (given := self.given_name) is not None:
            return given
        config = self.config
        classes = (
            f"{config.known_ratio:.0%} known"
            if config.known_classes is None
            else f"{len(config.known_classes)} classes"
        )
        stem = "Starter" if self.is_starter else time.strftime("%d %b %H:%M", time.localtime(self.status.created))
        return f"{stem} · {Path(config.dataset).stem} · {classes} · seed {config.seed} · {Path(config.encoder).name}"

    def rename(self, name: str) -> None:
        """Give the run a name of its own; an empty one brings back the name made of its settings.

        Raises:
            ValueError: the name is too long.
        """
        name = " ".join(name.split())
        if len(name) > LONGEST_NAME:
            raise ValueError(f"a run's name has at most {LONGEST_NAME} characters, got {len(name)}; shorten it.")
        if name:
            write_json(self.folder / "name.json", name)
        else:
            (self.folder / "name.json").unlink(missing_ok=True)

    def events(self) -> list[dict]:
        """All events so far, oldest first; a line that is still being written is left out."""
        try:
            lines = (self.folder / "events.jsonl").read_text(encoding="utf-8").split("\n")[:-1]
        except FileNotFoundError:
            return []
        return [json.loads(line) for line in lines]

    def set_status(self, state: str, message: str = "") -> None:
        """Move to a state; times and process follow from it. An ended run stays ended."""
        old = self.status
        if old.state in ENDED:
            return
        now = time.time()
        write_json(
            self.folder / "status.json",
            {
                "state": state,
                "message": message,
                "created": old.created,
                "started": old.started if old.started is not None else (now if state == RUNNING else None),
                "ended": now if state in ENDED else None,
                "process": os.getpid() if state == RUNNING else old.process,
            },
        )

    def request_stop(self) -> None:
        """Ask the trainer to stop at its next step; a run still in the queue is stopped at once."""
        if self.status.state in ENDED:
            return
        (self.folder / "stop").touch()
        if self.claim():
            self.set_status(STOPPED, "Stopped before it began.")

    @property
    def stop_requested(self) -> bool:
        """Whether somebody pressed Stop."""
        return (self.folder / "stop").is_file()

    def load_test(self) -> tuple[list[str], list[str], dict]:
        """Test texts, their label names, and arrays: features [N, d], logits [N, C], answers [N].

        Raises:
            ValueError: they are damaged, or not there, perhaps since the run was deleted in this moment.
        """
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        try:
            texts = read_json(self.folder / "test.json")
            return texts["texts"], texts["labels"], load_file(self.folder / "test.safetensors")
        except FileNotFoundError as error:
            raise ValueError("the test texts of this run are gone; choose another model.") from error
        except SafetensorError as error:
            raise ValueError(f"the test answers of this run are damaged ({error}); train it again.") from error

    def claim(self) -> bool:
        """True for exactly one caller: whoever creates the file owns what happens to the queued run."""
        try:
            with (self.folder / "claimed").open("x") as file:
                file.write(str(os.getpid()))
        except FileExistsError:
            return False
        return True

    @property
    def trainer_is_gone(self) -> bool:
        """Whether the process that took this run has ended before the run did."""
        status = self.status
        if status.state == QUEUED and (self.folder / "claimed").is_file():  # it ended in the moment of taking it
            owner = (self.folder / "claimed").read_text()
            return owner.isdigit() and not _alive(int(owner))
        return status.state == RUNNING and not _alive(status.process)

    def event_writer(self) -> Callable[[dict], None]:
        """A function that appends one event, with its time, and flushes it."""
        file = (self.folder / "events.jsonl").open("a", encoding="utf-8")

        def write(event: dict) -> None:
            file.write(json.dumps({"time": time.time(), **event}) + "\n")
            file.flush()

        return write


def _read_if_there(path: Path) -> Any:
    try:
        return read_json(path)
    except FileNotFoundError:
        return None


def _stamp(path: Path) -> str:
    try:
        stat = path.stat()
    except FileNotFoundError:
        return "none"
    return f"{stat.st_mtime_ns}.{stat.st_size}"


def _alive(process: int | None) -> bool:
    try:
        os.kill(process, 0)
    except (OSError, TypeError):
        return False
    return True


@lru_cache(maxsize=1024)  # a run's settings never change, and the page asks for them every second
def _read_config(path: Path) -> TrainConfig:
    values = read_json(path)
    if set(values) != set(TrainConfig().to_dict()):  # its model would not load either
        raise ValueError(f"{path} was written by another version.")
    return TrainConfig.from_dict(values)

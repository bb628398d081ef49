"""RunStore: one directory per training run. Trainer and page meet here and nowhere else.

<root>/<run id>/config.json      the TrainConfig
                status.json      state, message, times, process
                events.jsonl     one line per step
                stop             present once somebody pressed Stop
                model/           the classifier (finished runs)
                evaluation.json  metrics, known classes, seconds by phase, device
                test.json, test.safetensors   test texts and labels; their features, head logits, answers
                promotion.json   of a run that was made from another one by adding a class (ans/promoted_runs.py)
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ans.config import STARTER, TrainConfig
from ans.json_files import read_json, write_json

STATES = ("queued", "running", "finished", "stopped", "failed", "interrupted")
QUEUED, RUNNING, FINISHED, STOPPED, FAILED, INTERRUPTED = STATES
ENDED = (FINISHED, STOPPED, FAILED, INTERRUPTED)


def home() -> Path:
    """Where runs and caches live: `ANS_HOME`, else `~/.cache/ans`."""
    return Path(os.environ.get("ANS_HOME") or Path.home() / ".cache" / "ans")


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
        return Status(**read_json(self.folder / "status.json"))

    @property
    def evaluation(self) -> dict | None:
        """Metrics, known and held-out classes, seconds and device; None until the run has finished."""
        path = self.folder / "evaluation.json"
        return read_json(path) if path.is_file() else None

    @property
    def version(self) -> str:
        """A cheap text that changes whenever status or events change; what the page polls."""
        return "-".join(
            f"{path.stat().st_mtime_ns}.{path.stat().st_size}" if path.is_file() else "none"
            for path in (self.folder / "status.json", self.folder / "events.jsonl")
        )

    @property
    def promotion(self) -> dict | None:
        """How this run came from another by adding a class (see `ans.promoted_runs`); None if it was trained."""
        path = self.folder / "promotion.json"
        return read_json(path) if path.is_file() else None

    @property
    def owner(self) -> str | None:
        """The browser whose uploaded data this run was trained on; None for everybody's. See `RunStore.uploads`."""
        if (promotion := self.promotion) is not None:
            return promotion["owner"]
        path, uploads = Path(self.config.dataset), self.folder.parent.parent / "uploads"
        return path.relative_to(uploads).parts[0] if path.is_relative_to(uploads) and path != uploads else None

    @property
    def is_starter(self) -> bool:
        """Whether the app made this run by itself at its first start."""
        return self.id.startswith("starter-")

    @property
    def name(self) -> str:
        """What a person reads in a list: dataset, ratio, seed, encoder."""
        if (promotion := self.promotion) is not None:
            return promotion["name"]
        config = self.config
        classes = (
            f"{config.known_ratio:.0%} known"
            if config.known_classes is None
            else f"{len(config.known_classes)} classes"
        )
        stem = "Starter" if self.is_starter else time.strftime("%d %b %H:%M", time.localtime(self.status.created))
        return f"{stem} · {Path(config.dataset).stem} · {classes} · seed {config.seed} · {Path(config.encoder).name}"

    def events(self) -> list[dict]:
        """All events so far, oldest first; a line that is still being written is left out."""
        path = self.folder / "events.jsonl"
        lines = path.read_text(encoding="utf-8").split("\n")[:-1] if path.is_file() else []
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
        if self._claim():
            self.set_status(STOPPED, "Stopped before it began.")

    @property
    def stop_requested(self) -> bool:
        """Whether somebody pressed Stop."""
        return (self.folder / "stop").is_file()

    def load_classifier(self, device: str | None = None):
        """The trained OpenWorldClassifier.

        Raises:
            ValueError: the run has no model, or it is damaged.
        """
        from ans.classifier import OpenWorldClassifier

        return OpenWorldClassifier.load(self.folder / "model", device)

    def load_test(self) -> tuple[list[str], list[str], dict]:
        """Test texts, their label names, and arrays: features [N, d], logits [N, C], answers [N]."""
        from safetensors.numpy import load_file

        texts = read_json(self.folder / "test.json")
        return texts["texts"], texts["labels"], load_file(self.folder / "test.safetensors")

    def save_outcome(self, outcome) -> None:
        """Write model, test answers and evaluation of an `ans.experiment.Outcome`."""
        from safetensors.torch import save_file
        from torch import tensor

        outcome.classifier.save(self.folder / "model")
        judged, split = outcome.judged, outcome.split
        write_json(self.folder / "test.json", {"texts": split.test.texts, "labels": split.test.labels})
        arrays = {"features": judged.features, "logits": judged.logits, "answers": tensor(judged.answers)}
        save_file({name: value.contiguous() for name, value in arrays.items()}, self.folder / "test.safetensors")
        write_json(
            self.folder / "evaluation.json",
            {
                "metrics": judged.metrics.to_dict(),
                "known": split.known,
                "held_out": split.held_out,
                "num_known_classes": len(split.known),
                "seconds": outcome.seconds,
                "device": str(outcome.classifier.encoder.device),
            },
        )

    def _claim(self) -> bool:
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


class RunStore:
    """All runs below one directory."""

    def __init__(self, root: Path | None = None) -> None:
        self.root = root if root is not None else home() / "runs"
        self.root.mkdir(parents=True, exist_ok=True)

    @property
    def uploads(self) -> Path:
        """Uploaded data, beside the runs: one folder per browser, named as `Shared.browser` names it."""
        return self.root.parent / "uploads"

    def create(self, config: TrainConfig) -> Run:
        """A new queued run."""
        return self._make(f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(3)}", config)

    def starter(self) -> Run:
        """The run of `STARTER`: the one there is, or a new queued one if there is none that can still end well."""
        digest = hashlib.sha256(json.dumps(STARTER.to_dict(), sort_keys=True).encode()).hexdigest()[:10]
        run = self.get(f"starter-{digest}")
        if run is not None and run.status.state not in (QUEUED, RUNNING, FINISHED):
            shutil.rmtree(run.folder)
            run = None
        return run if run is not None else self._make(f"starter-{digest}", STARTER)

    def get(self, run_id: str | None) -> Run | None:
        """The run with this id, or None. An id that is no plain directory name is nobody's."""
        if not run_id or run_id.startswith(".") or Path(run_id).name != run_id:  # ".x" is one that is being made
            return None
        run = Run(self.root / run_id)
        try:
            return run if (run.folder / "status.json").is_file() and run.config is not None else None
        except (ValueError, TypeError, OSError):
            return None  # another version's, or damaged: no run of this version, and no reason to fail

    def all(self) -> list[Run]:
        """All runs, newest first."""
        runs = [run for folder in self.root.iterdir() if (run := self.get(folder.name)) is not None]
        return sorted(runs, key=lambda run: run.status.created, reverse=True)

    def finished(self) -> list[Run]:
        """Runs with a model, newest first."""
        return [run for run in self.all() if run.status.ended_well]

    def active(self) -> Run | None:
        """The run that is training, or the one that is next in the queue."""
        waiting = [run for run in reversed(self.all()) if run.status.state in (QUEUED, RUNNING)]
        return next((run for run in waiting if run.status.state == RUNNING), waiting[0] if waiting else None)

    def take_next(self) -> Run | None:
        """Claim the oldest queued run for this process and mark it running; None when the queue is empty."""
        for run in reversed(self.all()):
            if run.status.state == QUEUED and run._claim():
                run.set_status(RUNNING)
                return run
        return None

    def mark_interrupted(self) -> list[Run]:
        """Runs whose trainer is gone become `interrupted`; returns them."""
        lost = [run for run in self.all() if run.trainer_is_gone]
        for run in lost:
            run.set_status(INTERRUPTED, "The training process ended unexpectedly. Press Train to start it again.")
        return lost

    def _make(self, run_id: str, config: TrainConfig) -> Run:
        building = self.root / f".{run_id}.{secrets.token_hex(3)}"
        building.mkdir()
        write_json(building / "config.json", config.to_dict())
        write_json(building / "status.json", {"state": QUEUED, "created": time.time()})
        try:
            building.rename(self.root / run_id)
        except OSError:  # another process made the same starter in this moment: theirs is as good
            shutil.rmtree(building)
        return Run(self.root / run_id)


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

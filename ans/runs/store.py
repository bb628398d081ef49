"""RunStore: all runs below one directory."""

from __future__ import annotations

import hashlib
import json
import secrets
import shutil
import time
from pathlib import Path

from ans.config import STARTER, TrainConfig
from ans.json_files import write_json
from ans.paths import home
from ans.runs.run import FINISHED, INTERRUPTED, QUEUED, RUNNING, Run


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
        return self._make(_new_id(), config)

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

    def seen_by(self, browser: str | None) -> RunStore:
        """The same store as one browser may see it: everybody's runs and its own. None sees everybody's alone."""
        return _RunsOfBrowser(self.root, browser)

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
            if run.status.state == QUEUED and run.claim():
                run.set_status(RUNNING)
                return run
        return None

    def mark_interrupted(self) -> list[Run]:
        """Runs whose trainer is gone become `interrupted`; returns them."""
        lost = [run for run in self.all() if run.trainer_is_gone]
        for run in lost:
            run.set_status(INTERRUPTED, "The training process ended unexpectedly. Press Train to start it again.")
        return lost

    def new_folder(self) -> Path:
        """An empty folder to build a run in, which no list shows; `adopt` makes it a run."""
        building = self.root / f".{_new_id()}"
        building.mkdir()
        return building

    def adopt(self, building: Path) -> Run:
        """A folder of `new_folder` that now holds a whole run becomes one."""
        folder = self.root / building.name.removeprefix(".")
        building.rename(folder)
        return Run(folder)

    def delete(self, run: Run) -> None:
        """Remove a run with its model. The starter is trained anew at the app's next start.

        Raises:
            ValueError: it trains, or waits to; it has to be stopped first.
        """
        leaving = self.root / f".{run.id}.{secrets.token_hex(3)}"
        try:
            if run.status.state in (QUEUED, RUNNING):
                raise ValueError(
                    f"{run.name} is {run.status.state}; press Stop in the Train tab first, then delete it."
                )
            run.folder.rename(leaving)  # gone from all lists at once, however long the rest takes
        except FileNotFoundError:
            return  # another page deleted it in this moment
        shutil.rmtree(leaving, ignore_errors=True)

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


class _RunsOfBrowser(RunStore):
    """A store that hides the runs of other browsers."""

    def __init__(self, root: Path, browser: str | None) -> None:
        super().__init__(root)
        self.browser = browser

    def get(self, run_id: str | None) -> Run | None:
        run = super().get(run_id)
        return run if run is not None and run.owner in (None, self.browser) else None


def _new_id() -> str:
    return f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(3)}"

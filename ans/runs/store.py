"""RunStore: all runs below one directory."""

from __future__ import annotations

import secrets
import shutil
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol, TypeGuard, TypeVar

from ans.config import STARTER, TrainConfig
from ans.config_files import written_settings
from ans.durable import put_if_first, put_in_place, settle
from ans.json_files import DamagedFile, NewerFormat, write_json
from ans.paths import home
from ans.runs.damage import Unreadable, tell
from ans.runs.lease import give_back
from ans.runs.run import CONFIG_FILE, Run
from ans.runs.soundness import check
from ans.runs.status import FINISHED, GOING, INTERRUPTED, QUEUED, RUNNING, STATUS_FILE, STOPPED, Status
from ans.runs.taught import Learnt, write_learnt

STARTER_ID = f"starter-{STARTER.dataset}"  # whatever its settings are: links and programs name it
MOST_CONTINUED = 3  # times that a run is put back into the queue without being asked


class RunStore:
    """All runs below one directory. `preferred`: the run that answers newcomers, if it is not the starter."""

    def __init__(self, root: Path | None = None, preferred: str | None = None) -> None:
        self.root, self.preferred = root if root is not None else home() / "runs", preferred
        self.root.mkdir(parents=True, exist_ok=True)

    @property
    def uploads(self) -> Path:
        """Uploaded data, beside the runs: one folder per browser, named as `Shared.browser` names it."""
        return self.root.parent / "uploads"

    @property
    def corrections(self) -> Path:
        """What people told the page it got wrong, beside the runs: one folder per browser."""
        return self.root.parent / "corrections"

    def has_something_of(self, browser: str) -> bool:
        """Whether data, corrections or a run here are a browser's own."""
        if (self.uploads / browser).is_dir() or (self.corrections / browser).is_dir():
            return True
        with suppress(ValueError):  # a run was deleted in this moment
            return any(run.owner == browser for run in self.all())
        return False

    def create(
        self, config: TrainConfig, corrections: Mapping[str, str | None] | None = None, owner: str | None = None
    ) -> Run:
        """A new queued run. No other was created in the same second, so that their names differ.

        Args:
            corrections: texts with their right class, None for open, that it is to learn from. Such a run belongs to
                the browser `owner`, who made them.
        """
        created, taken = time.time(), {int(run.status.created) for run in self.all()}
        while int(created) in taken:
            created = int(created) + 1.0
        return self._make(_new_id(), config, created, corrections, owner)

    def starter(self) -> Run:
        """The starter there is, of whatever version, or a new queued one if there is none that can still end well."""
        for run in self.starters():
            if run.status.state in (QUEUED, RUNNING, FINISHED) and not run.trainer_is_gone:
                return run
        self.remove(STARTER_ID)  # it failed, or it can't be read
        return self._make(STARTER_ID, STARTER)

    def starters(self) -> list[Run]:
        """Runs that the app has made by itself: one, unless several versions of the app use this home at once."""
        return [run for run in self.all() if run.is_starter]

    def get(self, run_id: str | None) -> Run | None:
        """The run with this id, or None. An id that is no plain directory name is nobody's."""
        if not _is_id(run_id):
            return None
        found = self._look_at(run_id)
        return found if isinstance(found, Run) else None

    def why_not(self, run_id: str) -> Unreadable | None:
        """Why a run is in no list, though its folder is there; None for a run that can be used, and for no run."""
        if not _is_id(run_id):
            return None
        found = self._look_at(run_id)
        return found if isinstance(found, Unreadable) else None

    def unreadable(self) -> list[Unreadable]:
        """Runs that no list shows: a file of theirs is damaged, or a newer version made them. Newest id first."""
        found = [self._look_at(folder.name) for folder in self._folders()]
        return sorted((one for one in found if isinstance(one, Unreadable)), key=lambda one: one.id, reverse=True)

    def seen_by(self, browser: str | None) -> RunStore:
        """The same store as one browser may see it: everybody's runs and its own. None sees everybody's alone."""
        return _RunsOfBrowser(self, browser)

    def all(self) -> list[Run]:
        """All runs, newest first."""
        runs = [(run.status.created, run) for folder in self._folders() if (run := self.get(folder.name)) is not None]
        return [run for _, run in sorted(runs, key=lambda pair: pair[0], reverse=True)]

    def finished(self) -> list[Run]:
        """Runs with a model, newest first."""
        return [run for run in self.all() if run.status.ended_well]

    def active(self) -> Run | None:
        """The run that is training, or the one that is next in the queue."""
        return active_of(self.all())

    def take_next(self) -> Run | None:
        """Claim the oldest queued run for this process and mark it running; None when the queue is empty."""
        for run in reversed(self.all()):
            if run.status.state == QUEUED and run.claim():
                if run.status.state == QUEUED:
                    run.set_status(RUNNING)
                    return run
                give_back(run.folder)  # somebody stopped it in this moment
        return None

    def mark_interrupted(self, why: str = "The training process ended unexpectedly.") -> list[Run]:
        """Runs whose trainer is gone become `interrupted`; returns them. `why` is told to whoever looks at them."""
        lost = [run for run in self.all() if run.trainer_is_gone]
        for run in lost:
            if run.stop_requested:
                run.set_status(STOPPED, "Stopped.")
            else:
                run.set_status(INTERRUPTED, f"{why} Press Go on to continue it from its last pass.")
        return lost

    def go_on(self) -> list[Run]:
        """At the app's start: runs that the last one was training when it was killed are put back into the queue.

        One that was put back some times already, perhaps since it takes the whole machine down, becomes interrupted.
        """
        gone = [run for run in self.all() if run.trainer_is_gone and not run.stop_requested]
        lost = [run for run in gone if run.status.continued < MOST_CONTINUED]
        for run in lost:
            run.put_back()
        self.mark_interrupted("The app ended while this was trained.")
        return lost

    def new_folder(self) -> Path:
        """An empty folder to build a run in, which no list shows; `adopt` makes it a run."""
        building = self.root / f".{_new_id()}"
        building.mkdir()
        return building

    def adopt(self, building: Path) -> Run:
        """A folder of `new_folder` that now holds a whole run becomes one."""
        folder = self.root / building.name.removeprefix(".")
        put_in_place(building, folder)
        return Run(folder)

    def delete(self, run: Run) -> None:
        """Remove a run with its model. The starter comes back at the app's next start.

        Raises:
            ValueError: it trains, or waits to; it has to be stopped first.
        """
        try:
            state = run.status.state
        except DamagedFile:
            state = None
        if state in GOING:
            raise ValueError(f"{run.name} is {state}; press Stop in the Train tab first, then delete it.")
        self.remove(run.id)

    def remove(self, run_id: str) -> None:
        """Remove a run's folder, whatever is in it; nothing happens if there is none."""
        leaving = self.root / f".{run_id}.{secrets.token_hex(3)}"
        try:
            (self.root / run_id).rename(leaving)  # gone from all lists at once, however long the rest takes
        except FileNotFoundError:
            return  # another page deleted it in this moment
        settle(self.root)  # so that no power cut brings back a part of it
        shutil.rmtree(leaving, ignore_errors=True)

    def delete_unreadable(self, run_id: str) -> None:
        """Remove a run that no list shows.

        Raises:
            ValueError: there is none by this id.
        """
        if run_id not in {one.id for one in self.unreadable()}:
            raise ValueError("there is no such damaged run any more.")
        self.delete(Run(self.root / run_id))

    def _folders(self) -> list[Path]:
        try:
            return [folder for folder in self.root.iterdir() if not folder.name.startswith(".") and folder.is_dir()]
        except FileNotFoundError:  # somebody has moved the home away; what is trained meanwhile is kept in a new one
            return []

    def _look_at(self, run_id: str) -> Run | Unreadable | None:
        """A run that can be listed, why it can't be, or None where there is no run."""
        run = Run(self.root / run_id)
        if not (run.folder / STATUS_FILE).exists() and not (run.folder / CONFIG_FILE).exists():
            return None
        try:
            check(run)
        except FileNotFoundError as error:
            if not run.folder.is_dir():  # deleted in this moment
                return None
            reason = f"{Path(error.filename or '').name} is missing."
        except NewerFormat as error:
            tell(run_id, str(error))
            return Unreadable(run_id, str(error), newer=True)
        except DamagedFile as error:
            reason = str(error)
        else:
            if (reason := run.damage) is None:
                return run
        tell(run_id, reason)
        return Unreadable(run_id, reason)

    def _make(
        self,
        run_id: str,
        config: TrainConfig,
        created: float | None = None,
        corrections: Mapping[str, str | None] | None = None,
        owner: str | None = None,
    ) -> Run:
        building = self.root / f".{run_id}.{secrets.token_hex(3)}"
        building.mkdir(parents=True)
        try:
            write_json(building / CONFIG_FILE, written_settings(config))
            if corrections:
                write_learnt(building, [Learnt(text, label) for text, label in corrections.items()])
            if owner is not None:
                write_json(building / "owner.json", owner)
            Status(QUEUED, created=time.time() if created is None else created).write(building)
            put_if_first(building, self.root / run_id)  # only the starter's name may be taken
        finally:
            shutil.rmtree(building, ignore_errors=True)
        return Run(self.root / run_id)


class _RunsOfBrowser(RunStore):
    """A store that hides the runs of other browsers."""

    def __init__(self, store: RunStore, browser: str | None) -> None:
        self.root, self.preferred, self.browser = store.root, store.preferred, browser

    def get(self, run_id: str | None) -> Run | None:
        run = super().get(run_id)
        try:
            return run if run is not None and run.owner in (None, self.browser) else None
        except ValueError:  # deleted in this moment
            return None

    def why_not(self, run_id: str) -> Unreadable | None:
        """Only of runs that are known to be everybody's or this browser's own."""
        odd = super().why_not(run_id)
        return odd if odd is not None and self._is_theirs(run_id) else None

    def unreadable(self) -> list[Unreadable]:
        """As `why_not`."""
        return [odd for odd in super().unreadable() if self._is_theirs(odd.id)]

    def _is_theirs(self, run_id: str) -> bool:
        try:
            return Run(self.root / run_id).owner in (None, self.browser)
        except (DamagedFile, NewerFormat, FileNotFoundError):
            return self.browser is None  # whose it is can't be read: the server alone knows of it


class HasStatus(Protocol):
    """A run, or what a list has read of one."""

    @property
    def status(self) -> Status: ...


One = TypeVar("One", bound=HasStatus)


def first_of(finished: Sequence[Run], preferred: str | None = None) -> Run | None:
    """Of runs with a model, newest first: what answers before anybody has chosen. That is the preferred one, else the
    starter, else the newest."""
    by_rank = sorted(finished, key=lambda run: (run.id != preferred, not run.is_starter))
    return by_rank[0] if by_rank else None


def active_of(runs: Sequence[One]) -> One | None:
    """Of runs, newest first: the one that is training, or the one that is next in the queue."""
    waiting = [(run, run.status.state) for run in reversed(runs)]
    waiting = [(run, state) for run, state in waiting if state in GOING]
    return next((run for run, state in waiting if state == RUNNING), waiting[0][0] if waiting else None)


def _is_id(run_id: str | None) -> TypeGuard[str]:
    """Whether it is a plain name of a directory; ".x" is a run that is being made."""
    if not run_id or len(run_id.encode(errors="replace")) > 100:
        return False
    return not run_id.startswith(".") and Path(run_id).name == run_id


def _new_id() -> str:
    return f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(3)}"

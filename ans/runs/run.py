"""Run: one training run's directory, the only place where trainer and page meet.

<root>/<run id>/config.json      format, and every setting (ans/config_files.py)
                status.json      state, message, times, process (status.py)
                events.jsonl     one line per step (progress.py)
                trainer.lock     held by the process that trains it (lease.py)
                checkpoints/     how far phase 1 is, while it is trained (ans/model/checkpoints.py)
                stop             present once somebody pressed Stop
                name.json        the name a person gave it, if one did
                owner.json       the browser whose texts are in it, if it was uploaded or made from uploaded texts
                begun.json       the browser that started its training, if one did
                keys.json        hashes of the keys with which programs ask a private run (keys.py)
                promotion.json   how it was made from another run by adding a class (promotion.py)
                corrections.json what a person has corrected, which it learns like training texts (taught.py)
                taught.json      how it was made from another run by learning corrections (taught.py)
                model/           the classifier (finished runs; ans/model/files.py)
                evaluation.json  metrics, known classes, seconds by phase, device (evaluation.py)
                check.json       how its line does on held-out texts, what was found in the training texts (check.py)
                test.json, test.safetensors   test texts and labels; their features, head logits, answers
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ans.config import TrainConfig
from ans.config_files import ReadSettings, read_settings
from ans.durable import replacing
from ans.json_files import DamagedFile, parser, read_typed, write_json
from ans.runs.check import Check
from ans.runs.damage import remember, remembered
from ans.runs.evaluation import Evaluation
from ans.runs.files import stamp_of, written
from ans.runs.lease import give_back, is_held, take
from ans.runs.names import made_name, plain
from ans.runs.progress import EVENTS_FILE, Progress, event_writer
from ans.runs.promotion import Promotion
from ans.runs.status import DELETED, ENDED, INTERRUPTED, QUEUED, RUNNING, STOPPED, State, Status
from ans.runs.taught import Taught, read_learnt
from ans.runs.test_part import read_test_part

if TYPE_CHECKING:
    import numpy as np

CONFIG_FILE, LONGEST_NAME = "config.json", 80
DELETED_NOW = "this run has just been deleted; choose another model."


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
            ValueError: the run was deleted in this moment. Settings that can't be read are none of a run of the store.
        """
        try:
            return self.settings.config
        except FileNotFoundError as error:
            raise ValueError(DELETED_NOW) from error

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know about the settings, if another version wrote them."""
        return self.settings.notes

    @property
    def settings(self) -> ReadSettings:
        """The settings and what is to be said of them, whichever version wrote them.

        Raises:
            FileNotFoundError: there are none. DamagedFile: they can't be read. NewerFormat: a newer version wrote them.
        """
        return read_typed(self.folder / CONFIG_FILE, _parse_settings)

    @property
    def status(self) -> Status:
        """The newest status; one that says `deleted` if there is none any more.

        Raises:
            DamagedFile: it can't be read. A run of the store has no such status.
        """
        return _if_there(Status.read, self.folder) or Status(DELETED)

    @property
    def evaluation(self) -> Evaluation | None:
        """The numbers of its test part; None until the run has finished.

        Raises:
            ValueError: the run was deleted in this moment, or the file is damaged.
        """
        evaluation = _if_there(Evaluation.read, self.folder)
        if evaluation is None and self.status.state == DELETED:
            raise ValueError(DELETED_NOW)
        return evaluation

    @property
    def check(self) -> Check | None:
        """What it found out about itself; None where an earlier version trained it, or it can't be read."""
        try:
            return Check.read(self.folder)
        except DamagedFile:  # the numbers serve without it
            return None

    @property
    def progress(self) -> Progress:
        """Its events so far."""
        return Progress.read(self.folder)

    @property
    def damage(self) -> str | None:
        """Why this run could not be used when somebody last tried; None once its files have changed."""
        return remembered(self.folder, written(self.folder))

    def found_damaged(self, reason: str) -> None:
        """It looked whole and could not be used: it leaves all lists until its files change."""
        remember(self.folder, written(self.folder), reason)

    @property
    def version(self) -> str:
        """A cheap text that changes whenever status, events or numbers change; what the page polls."""
        files = ("status.json", "events.jsonl", "evaluation.json")
        return "-".join(str(stamp_of(f"{self.folder}/{name}")) for name in files)

    @property
    def owner(self) -> str | None:
        """The browser that uploaded this run, or data it has learnt from; None for everybody's.

        See `RunStore.uploads`.
        """
        if (uploader := self.text_of("owner.json")) is not None:
            return uploader
        path, uploads = Path(self.config.dataset), self.folder.parent.parent / "uploads"
        return path.relative_to(uploads).parts[0] if path.is_relative_to(uploads) and path != uploads else None

    @property
    def begun_by(self) -> str | None:
        """The browser that started its training; None if none did, or it is not known any more."""
        try:
            return self.text_of("begun.json")
        except DamagedFile:
            return None

    def note_begun(self, browser: str) -> None:
        """Remember which browser started its training."""
        write_json(self.folder / "begun.json", browser)

    @property
    def promotion(self) -> Promotion | None:
        """How this run came from another by adding a class; None if it was trained."""
        return _if_there(Promotion.read, self.folder)

    @property
    def taught(self) -> Taught | None:
        """How this run came from another by learning corrections; None if it did not."""
        return _if_there(Taught.read, self.folder)

    @property
    def learnt(self) -> dict[str, str | None]:
        """The corrections it has learnt, or will: the right class by the text, None for open."""
        taught = self.taught
        found = taught.corrections if taught is not None else _if_there(read_learnt, self.folder) or []
        return {one.text: one.label for one in found}

    @property
    def made_by_settings(self) -> bool:
        """Whether its settings say all that made it: no class was added, and no correction learnt."""
        return self.promotion is None and not self.learnt

    @property
    def is_starter(self) -> bool:
        """Whether the app made this run by itself at its first start."""
        return self.id.startswith("starter-")

    @property
    def given_name(self) -> str | None:
        """The name somebody gave it, or None."""
        try:
            return self.text_of("name.json")
        except DamagedFile:  # the name made of its settings serves as well
            return None

    @property
    def name(self) -> str:
        """What a person reads in a list: the name somebody gave it, else one made of its settings."""
        if (given := self.given_name) is not None:
            return given
        return made_name(self.config, self._known_classes(), self.is_starter, self.status.created)

    def _known_classes(self) -> int | None:
        """How many classes it knows; None before it has read its data, unless they were named."""
        try:
            return len(Evaluation.read(self.folder).known)
        except (FileNotFoundError, DamagedFile):
            named = self.config.known_classes
            return None if named is None else len(named)

    def rename(self, name: str) -> None:
        """Give the run a name of its own; an empty one brings back the name made of its settings.

        Raises:
            ValueError: the name is too long.
        """
        name = plain(name)
        if len(name) > LONGEST_NAME:
            raise ValueError(f"a run's name has at most {LONGEST_NAME} characters, got {len(name)}; shorten it.")
        if name:
            write_json(self.folder / "name.json", name)
        else:
            (self.folder / "name.json").unlink(missing_ok=True)

    def set_status(self, state: State, message: str = "") -> None:
        """Move to a state; times and process follow from it. An ended run stays ended."""
        now = time.time()
        try:
            old = self.status
        except DamagedFile:  # what was trained is worth more than when it began
            old = Status(RUNNING, created=now)
        if old.state in ENDED:
            return
        Status(
            state,
            message,
            old.created,
            started=old.started if old.started is not None else (now if state == RUNNING else None),
            ended=now if state in ENDED else None,
            process=os.getpid() if state == RUNNING else old.process,
            continued=old.continued,
        ).write(self.folder)
        if state in ENDED:
            give_back(self.folder)

    def request_stop(self, why: str = "") -> None:
        """Ask the trainer to stop at its next step; a run still in the queue is stopped at once.

        Args:
            why: what a person is told, if nobody pressed Stop.
        """
        if self.status.state in ENDED or self.stop_requested:
            return
        with replacing(self.folder / "stop") as file:
            file.write_text(why, encoding="utf-8")
        if self.claim():  # nobody trains it
            self.set_status(STOPPED, "Stopped before it began." if self.status.started is None else "Stopped.")
            give_back(self.folder)

    @property
    def checkpoints(self) -> Path:
        """Where a training that goes on keeps how far it is."""
        return self.folder / "checkpoints"

    def put_back(self) -> None:
        """Queue an interrupted training again; it goes on from its last pass.

        Raises:
            ValueError: it was not interrupted.
        """
        if not self.claim():
            raise ValueError(f"{self.name} is being trained already.")
        try:
            old = self.status
            if old.state not in (RUNNING, INTERRUPTED):
                raise ValueError(f"{self.name} is {old.state}; only an interrupted training goes on.")
            for left in ("stop", EVENTS_FILE):  # the events of the new attempt tell how far it is
                (self.folder / left).unlink(missing_ok=True)
            Status(QUEUED, created=old.created, continued=old.continued + 1).write(self.folder)
        finally:
            give_back(self.folder)

    @property
    def stop_requested(self) -> bool:
        """Whether somebody pressed Stop."""
        return (self.folder / "stop").is_file()

    @property
    def why_stopped(self) -> str:
        """What a person is told of a training that nobody stopped by hand; else ""."""
        try:
            return (self.folder / "stop").read_text(encoding="utf-8")[:200]
        except (OSError, UnicodeDecodeError):
            return ""

    def load_test(self) -> tuple[list[str], list[str], dict[str, np.ndarray]]:
        """Test texts, their label names, and arrays: features [N, V·d], logits [N, C], answers [N].

        Raises:
            ValueError: they are damaged, or not there, perhaps since the run was deleted in this moment.
        """
        try:
            return read_test_part(self.folder)
        except FileNotFoundError as error:
            raise ValueError("the test texts of this run are gone; choose another model.") from error
        except DamagedFile as error:
            self.found_damaged(str(error))
            raise DamagedFile(f"the test part of {self.name} can't be read: {error} Train it again.") from error

    def claim(self) -> bool:
        """Make this process the run's trainer until it has ended. False if another process is, or this one already.

        Raises:
            OSError: the disk is full or not writable, or the run was deleted in this moment.
        """
        return take(self.folder)

    @property
    def trainer_is_gone(self) -> bool:
        """Whether the process that trained this run has ended before the run did."""
        return self.status.state == RUNNING and not is_held(self.folder)

    def event_writer(self) -> Callable[[dict[str, Any]], None]:
        """A function that appends one event, with its time, and flushes it."""
        return event_writer(self.folder)

    def text_of(self, name: str) -> str | None:
        """The text in one of the run's small files, `name.json` or `owner.json`; None if it is not there.

        Raises:
            DamagedFile: it holds something else.
        """
        return _if_there(lambda folder: read_typed(folder / name, _TEXT), self.folder)


_TEXT = parser(str)


def _parse_settings(raw: bytes) -> ReadSettings:
    return read_settings(json.loads(raw))


def _if_there(read: Callable[[Path], Any], folder: Path) -> Any:
    try:
        return read(folder)
    except FileNotFoundError:
        return None

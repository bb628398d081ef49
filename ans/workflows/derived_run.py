"""A run that was not trained but made from another one in seconds: it appears in the store complete."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ans.config_files import written_settings
from ans.json_files import write_json
from ans.runs.run import CONFIG_FILE, Run
from ans.runs.status import FINISHED, Status
from ans.runs.store import RunStore

if TYPE_CHECKING:
    from ans.workflows.experiment import Outcome


class HowMade(Protocol):
    """What is written down about how the run came about."""

    @property
    def seconds(self) -> float:
        """That it took."""
        ...

    def write(self, folder: Path) -> None:
        """Into the run's folder."""
        ...


def put(store: RunStore, outcome: Outcome, how: HowMade, name: str, owner: str | None) -> Run:
    """Build the run beside its place, and make it one of the store's when it is whole."""
    from ans.workflows.experiment import save_outcome

    building = store.new_folder()
    try:
        write_json(building / CONFIG_FILE, written_settings(outcome.classifier.config))
        how.write(building)
        write_json(building / "name.json", name)
        if owner is not None:
            write_json(building / "owner.json", owner)
        save_outcome(Run(building), outcome)
        now = time.time()
        Status(FINISHED, created=now, started=now - how.seconds, ended=now).write(building)
        return store.adopt(building)
    finally:
        shutil.rmtree(building, ignore_errors=True)  # after `adopt` there is none by this name

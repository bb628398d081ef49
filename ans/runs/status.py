"""Where a run stands: `status.json`."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from ans.json_files import parser, read_typed, write_json

STATES = ("queued", "running", "finished", "stopped", "failed", "interrupted")
QUEUED, RUNNING, FINISHED, STOPPED, FAILED, INTERRUPTED = STATES
DELETED = "deleted"  # of a run that somebody deletes while it is read; no run of a store is in it
GOING = (QUEUED, RUNNING)
ENDED = (FINISHED, STOPPED, FAILED, INTERRUPTED, DELETED)
STATUS_FILE = "status.json"

State = Literal["queued", "running", "finished", "stopped", "failed", "interrupted", "deleted"]
Moment = Annotated[
    float, Field(ge=0, le=253402300799, allow_inf_nan=False)
]  # seconds since 1970, before the year 10000


@dataclass(frozen=True)
class Status:
    """Where a run stands. `state` ends in finished, stopped, failed or interrupted; times are seconds since 1970.

    `continued`: how often an interrupted training was put back into the queue.
    """

    state: State
    message: str = ""
    created: Moment = 0.0
    started: Moment | None = None
    ended: Moment | None = None
    process: Annotated[int, Field(ge=1, le=2**32)] | None = None
    continued: Annotated[int, Field(ge=0)] = 0

    @property
    def ended_well(self) -> bool:
        """Whether there is a model to use."""
        return self.state == FINISHED

    @property
    def seconds(self) -> float | None:
        """How long the training took; None if the file does not say."""
        return None if self.started is None or self.ended is None else max(0.0, self.ended - self.started)

    @classmethod
    def read(cls, folder: Path) -> Status:
        """The newest status of a run.

        Raises:
            FileNotFoundError: the folder has none. DamagedFile: it is no status.
        """
        return read_typed(folder / STATUS_FILE, _PARSE)

    def write(self, folder: Path) -> None:
        """Replace the run's status, at once and whole."""
        write_json(folder / STATUS_FILE, asdict(self))


_PARSE = parser(Status)

"""How a training tells of itself, and how it is asked to stop."""

from __future__ import annotations

import math
from collections.abc import Callable

Emit = Callable[[dict], None]
ShouldStop = Callable[[], bool]


class TrainingStopped(Exception):
    """Somebody asked the training to stop; nothing of this run is kept."""


def silent(event: dict) -> None:
    """The default listener of a training: nobody."""


def never() -> bool:
    """The default answer to `should_stop`."""
    return False


def stop_if(should_stop: ShouldStop) -> None:
    """Leave a training that somebody asked to stop.

    Raises:
        TrainingStopped: `should_stop` said so.
    """
    if should_stop():
        raise TrainingStopped("stopped on request")


def check_loss(loss: float, what: str, rates: str) -> None:
    """See that a training still learns something.

    Args:
        what: is being trained. rates: the settings that are most likely too large.

    Raises:
        ValueError: the loss is no number any more, and nothing of what follows would be.
    """
    if not math.isfinite(loss):
        raise ValueError(f"the loss of {what} is no number any more; choose a smaller {rates}, then train again.")

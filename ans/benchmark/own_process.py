"""Work that is measured in a process of its own: nothing of what ran before it counts."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

MIB = 1024 * 1024


def in_own_process(what: str, work: Callable[..., dict[str, float]], *given: Any) -> dict[str, float]:
    """What `work`, a function of a module, returns in a process that begins with nothing.

    Args:
        what: it is, for the sentence that says that it failed.

    Raises:
        ValueError: the process ended before it was done.
    """
    spawned = multiprocessing.get_context("spawn")
    here, there = spawned.Pipe()
    worker = spawned.Process(target=_report, args=(there, work, given))
    worker.start()
    there.close()
    try:
        return here.recv()
    except EOFError:
        raise ValueError(f"{what}; see above.") from None
    finally:
        worker.join()


def peak_memory(process: int) -> float:
    """The most memory a process ever had, in MiB; nan where there is no /proc."""
    try:
        told = (Path("/proc") / str(process) / "status").read_text()
    except OSError:
        return float("nan")
    return next((int(line.split()[1]) * 1024 / MIB for line in told.splitlines() if line.startswith("VmHWM")), 0.0)


def _report(there: Connection, work: Callable[..., dict[str, float]], given: tuple) -> None:
    there.send(work(*given))

"""The answers to a file's rows while they come: beside the output, so that a run that was cut off goes on there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

OWN = re.compile(rb'("([0-9a-f]{0,64}|[0-9a-f]{64}"\n?))?')  # what `task_name` names a task


def part_of(out: Path) -> Path:
    """Where the answers are kept until the output is whole."""
    return out.with_name(f"{out.name}.part")


def check_own(out: Path) -> None:
    """See that what stands where the answers are kept is what an earlier run has left there.

    Raises:
        ValueError: it is somebody's file, which must not be lost.
    """
    part, lock = part_of(out), _lock_of(out)
    if part.exists() and not _is_own(part):
        raise ValueError(f"{part} is needed for {out}, and holds something else; move it, or name another --out.")
    if lock.exists() and (not lock.is_file() or lock.stat().st_size):
        raise ValueError(f"{lock} is needed for {out}, and holds something else; move it, or name another --out.")


def _is_own(part: Path) -> bool:
    """Whether a file begins with the name of a task, perhaps cut off."""
    if not part.is_file():
        return False
    with part.open("rb") as file:
        return OWN.fullmatch(file.readline(100)) is not None


def _lock_of(out: Path) -> Path:
    return out.with_name(f".{out.name}.lock")


class KeptAnswers:
    """A line of JSON an answer, below one that says which task they belong to; `count` of them are whole."""

    def __init__(self, out: Path, task: str, at_once: int) -> None:
        """Take what an earlier run of the same task has left, else begin anew.

        Args:
            at_once: answers come so many at a time, but for the last; what is left of fewer was cut off, and goes.
        """
        self.path = part_of(out)
        self._first = f"{json.dumps(task)}\n".encode()
        self.count = self._left(at_once)

    def _left(self, at_once: int) -> int:
        with self.path.open("ab+") as file:
            file.seek(0)
            if file.readline() != self._first:
                file.truncate(0)
                file.write(self._first)
                return 0
            count = place = 0
            end = file.tell()
            for line in file:
                if not line.endswith(b"\n"):
                    break
                place += len(line)
                count += 1
                if not count % at_once:
                    end += place
                    place = 0
            file.truncate(end)
            return count // at_once * at_once

    def add(self, answers: Sequence[dict[str, Any]]) -> None:
        """Keep some more."""
        with self.path.open("ab") as file:
            file.write("".join(f"{json.dumps(one)}\n" for one in answers).encode())
        self.count += len(answers)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        with self.path.open("rb") as file:
            file.readline()
            yield from map(json.loads, file)

    def remove(self) -> None:
        """The output is whole, and they are needed no more."""
        self.path.unlink()


@contextmanager
def alone_at(out: Path) -> Iterator[None]:
    """No other run writes there, and nothing of somebody else's stands there.

    Raises:
        ValueError: one does, or there is something.
    """
    check_own(out)
    lock = FileLock(_lock_of(out))
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise ValueError(f"another run is writing {out}; wait until it has ended, or stop it.") from None
    try:
        yield
    finally:
        Path(lock.lock_file).unlink(missing_ok=True)
        lock.release()

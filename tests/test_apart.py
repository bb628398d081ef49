"""Work in a process of its own: its result comes back, and what it takes too much of ends it alone."""

from __future__ import annotations

import multiprocessing
import os
import sys
import time

import pytest

from ans.apart import GIB, apart
from ans.json_files import DamagedFile


def made(size: int) -> list[int]:
    return list(range(size))


def refusing(sentence: str) -> None:
    raise ValueError(sentence)


def damaged() -> None:
    raise DamagedFile("it is cut off.")


def broken() -> None:
    raise KeyError("label")


def full() -> None:
    raise OSError(28, "No space left on device")


def endless() -> None:
    while True:
        time.sleep(0.01)


def greedy() -> int:
    kept = [bytearray(64 << 20) for _ in range(64)]
    return len(kept)


def killed() -> None:
    os.kill(os.getpid(), 9)


def test_what_is_made_comes_back_from_another_process():
    assert apart(30, GIB, made, 100_000) == made(100_000)
    assert apart(30, GIB, os.getpid) != os.getpid()


def test_a_refusal_comes_back_as_it_is():
    with pytest.raises(ValueError, match="expected a table, got a poem"):
        apart(30, GIB, refusing, "expected a table, got a poem.")
    with pytest.raises(DamagedFile, match="it is cut off"):
        apart(30, GIB, damaged)
    with pytest.raises(OSError, match="No space left") as caught:
        apart(30, GIB, full)
    assert caught.value.errno == 28


def test_what_is_no_refusal_is_told_by_its_kind():
    with pytest.raises(RuntimeError, match="KeyError: 'label'"):
        apart(30, GIB, broken)


def test_what_does_not_end_is_ended_and_nothing_of_it_stays():
    others = multiprocessing.active_children()  # of other tests
    with pytest.raises(ValueError, match="takes longer than 1 seconds to read"):
        apart(1, GIB, endless)
    assert set(multiprocessing.active_children()) <= set(others)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux holds a process to such a limit")
def test_what_takes_too_much_memory_is_refused_with_the_limit():
    with pytest.raises(ValueError, match=r"takes more than 0\.5 GiB of memory"):
        apart(30, GIB // 2, greedy)
    assert apart(30, 8 * GIB, greedy) == 64


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal")
def test_a_process_that_the_system_ends_is_told_as_too_large():
    with pytest.raises(ValueError, match="takes more than 1 GiB of memory"):
        apart(30, GIB, killed)

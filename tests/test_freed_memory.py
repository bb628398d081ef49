"""What was freed goes back to the system: before a training's next phase, and of each thread of a server."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has /proc")
BEGIN = """
import os, threading, torch
from ans.freed_memory import give_back, keep_little

def mib():
    return int(open("/proc/self/statm").read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
"""
# Tensors of 4 MiB between small ones that stay, as a training leaves them.
PHASE = """
del (large := [torch.ones(7 << 20)])[:]  # from then on glibc keeps what is smaller
kept, freed = [], []
for _ in range(64):
    freed.append(torch.ones(1 << 20))
    kept.append(torch.ones(1 << 12))
full = mib()
del freed[:]
left = mib()
give_back()
print(full - left, left - mib())
"""
# Threads that stay, each of which in its turn holds 60 MiB in pieces, as of tables and texts, and keeps the last one.
THREADS = """
before, turn, held, done = mib(), threading.Lock(), threading.Barrier(9), threading.Event()

def work():
    with turn:
        pieces = [torch.ones(1 << 8) for _ in range(1000 * 60)]
        del pieces[: len(pieces) - 1]
    held.wait()
    done.wait()

threads = [threading.Thread(target=work) for _ in range(8)]
for thread in threads:
    thread.start()
held.wait()
print(mib() - before)
done.set()
for thread in threads:
    thread.join()
"""


def printed(program: str) -> list[float]:
    """The numbers that a program prints in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", BEGIN + program],
        capture_output=True, text=True, check=True, cwd=Path(__file__).parents[1],
    )  # fmt: skip
    return [float(word) for word in done.stdout.split()]


def test_what_the_c_library_keeps_of_freed_tensors_goes_back():
    by_itself, given_back = printed(PHASE)
    if by_itself > 128:
        pytest.skip("this C library gives back by itself")
    assert given_back > 200, "MiB, of 256 that were freed"


def test_the_threads_of_a_server_keep_little_each():
    (usual,), (little,) = printed(THREADS), printed("keep_little()\n" + THREADS)
    print(usual, little)
    assert little < usual / 2

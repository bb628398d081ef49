"""What the soak takes for growth, and that it reads the size of a process."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack

import pytest

from ans.stress.soak import Size, grown


def sizes(*memory: float) -> list[Size]:
    return [Size(one, 10, 20, 1) for one in memory]


def test_what_goes_up_and_down_has_not_grown_and_what_goes_on_growing_has():
    assert grown(sizes(500, 700, 520, 690, 510, 640)) == []
    assert grown(sizes(500, 510, 600, 650, 700, 800)) == ["memory from 510 to 700"]
    assert grown([Size(500, threads, 20, 1) for threads in (10, 20, 30, 40, 50, 60)]) == ["threads from 20 to 50"]
    assert grown(sizes(500)) == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has /proc")
def test_the_size_of_a_process_is_read():
    before = Size.of(os.getpid())
    assert before.memory > 10
    assert before.threads >= 1
    with ExitStack() as opened:
        for _ in range(5):
            opened.enter_context(open(os.devnull))
        assert Size.of(os.getpid()).files >= before.files + 5

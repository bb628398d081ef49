"""Another process of this machine that has done something and goes on living."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def another_process(does: str, argument: Path) -> Iterator[None]:
    """It has done this Python, whose `sys.argv[1]` is the argument, and is killed at the end."""
    code = f"import sys, pathlib; {does}; print(flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(argument)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"\n"
        yield
        process.kill()

"""The real app in a process of its own, with a home that goes with it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ans.local_page import answers, free_port
from ans.paths import ROOT
from ans.runs.store import RunStore

PATIENCE = 300  # seconds until the page answers and the starter is trained


@dataclass(frozen=True)
class Served:
    """A running app: where it answers, its run store, and the number of its process."""

    address: str
    store: RunStore
    process: int


@contextmanager
def served() -> Iterator[Served]:
    """An app, once its starter answers.

    Raises:
        RuntimeError: it does not start.
    """
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="ans-stress-") as home, open(Path(home) / "log", "w") as log:
        command = [sys.executable, "-m", "ans", "app", "--port", str(port), "--home", home]
        app, address = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log), f"http://127.0.0.1:{port}"
        store = RunStore(Path(home) / "runs")
        try:
            until = time.monotonic() + PATIENCE
            while not (store.finished() and answers(address)):
                if app.poll() is not None or time.monotonic() > until:
                    raise RuntimeError(f"the app does not start: {(Path(home) / 'log').read_text()[-500:]}")
                time.sleep(0.5)
            yield Served(address, store, app.pid)
        finally:
            app.terminate()
            app.wait()

"""The real app in a process of its own, with a home that goes with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from ans.local_page import answers, free_port
from ans.paths import ROOT
from ans.runs.store import RunStore

OWN_TEMPORARY = ("gradio", "ans", "pymp-", "tmp", "torchinductor")  # how the temporary files of app and Python begin
UNWATCHED = (".git", ".venv", "__pycache__", ".pytest_cache", ".ruff_cache", "node_modules")  # not the app's
PATIENCE = 300  # seconds until the page answers and the starter is trained


@dataclass(frozen=True)
class Served:
    """A running app: where it answers, its run store, and the number of its process.

    `folder`: holds its home, its folder for temporary files `tmp`, and what it prints, `log`.
    """

    address: str
    store: RunStore
    process: int
    folder: Path


@contextmanager
def served() -> Iterator[Served]:
    """An app, once its starter answers.

    Raises:
        RuntimeError: it does not start.
    """
    port = free_port()
    with (
        tempfile.TemporaryDirectory(prefix="ans-stress-", ignore_cleanup_errors=True) as name,
        open(Path(name) / "log", "w") as log,
    ):
        folder = Path(name)
        (folder / "tmp").mkdir()
        command = [sys.executable, "-m", "ans", "app", "--port", str(port), "--home", str(folder / "home")]
        env = {**os.environ, "TMPDIR": str(folder / "tmp")}
        app = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, env=env, start_new_session=True)
        address = f"http://127.0.0.1:{port}"
        store = RunStore(folder / "home" / "runs")
        try:
            until = time.monotonic() + PATIENCE
            while not (store.finished() and answers(address)):
                if app.poll() is not None or time.monotonic() > until:
                    raise RuntimeError(f"the app does not start: {(folder / 'log').read_text()[-500:]}")
                time.sleep(0.5)
            yield Served(address, store, app.pid, folder)
        finally:
            app.terminate()
            app.wait()
            with suppress(ProcessLookupError):  # processes of it that have not seen yet that it ended
                os.killpg(app.pid, signal.SIGKILL)


def files_beside(app: Served) -> set[str]:
    """The files outside of the home that the app could have written: where it was started, and for temporary files.

    What is being uploaded or read may be there for a while, in folders of their own.
    """
    tmp = app.folder / "tmp"
    mine = [path for path in tmp.iterdir() if not path.name.startswith(OWN_TEMPORARY)] if tmp.is_dir() else []
    return {str(path) for path in (*mine, *app.folder.iterdir(), *_files(ROOT))}


def _files(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in UNWATCHED]
        yield from (Path(place) / name for name in names)

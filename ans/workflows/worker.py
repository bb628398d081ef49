"""The training process: takes one run from the store, trains it, writes events, ends. And the page's hold on it.

One process per run: its memory goes back with it, and a crash takes nothing else along. The next one is started
before it is needed and has imported everything by the time somebody presses Train.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

from ans.paths import ROOT
from ans.runs.run import Run
from ans.runs.status import FAILED, FINISHED, STOPPED
from ans.runs.store import RunStore

POLL_SECONDS = 0.2


class WorkerSupervisor:
    """Keeps one warm training process alive for a store, in a background thread of the page's process."""

    def __init__(self, store: RunStore) -> None:
        self.store = store
        self._process: subprocess.Popen | None = None
        self._closing, self._starting = threading.Event(), threading.Lock()
        self._thread = threading.Thread(target=self._keep_one, name="worker-supervisor", daemon=True)

    def start(self) -> None:
        """Start the first process; from then on a new one follows each that ends."""
        self._thread.start()

    def close(self) -> None:
        """End the process and stop replacing it."""
        with self._starting:  # no process can slip in between
            self._closing.set()
            if self._process is not None:
                self._process.kill()
        self._thread.join()
        self.store.mark_interrupted()

    def _keep_one(self) -> None:
        while not self._closing.is_set():
            self.store.mark_interrupted()
            began = time.monotonic()
            # The pipe stays open as long as this process lives: its end tells the worker to go.
            with self._starting:
                if self._closing.is_set():
                    return
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "ans.workflows.worker", str(self.store.root)],
                    stdin=subprocess.PIPE,
                    cwd=ROOT,
                )
            self._process.wait()
            if time.monotonic() - began < 2:  # it can't even start: don't spin
                self._closing.wait(5)


def train_run(run: Run) -> None:
    """Train a claimed run to its end. Whatever happens, the status says how it ended and what to do."""
    from ans.events import TrainingStopped
    from ans.workflows.expected import pace_of
    from ans.workflows.experiment import run_experiment, save_outcome

    try:
        write = run.event_writer()
        write({"phase": "data", "pace": pace_of(RunStore(run.folder.parent), run.config)})
        outcome = run_experiment(run.config, write, lambda: run.stop_requested, run.learnt)
        save_outcome(run, outcome)
        run.set_status(FINISHED)
    except TrainingStopped:
        run.set_status(STOPPED, "Stopped. The models trained before are unchanged.")
    except ValueError as error:
        run.set_status(FAILED, str(error))
    except Exception as error:
        run.set_status(FAILED, f"The training broke off: {type(error).__name__}: {error}. The console has the details.")
        raise


def main() -> None:
    """`python -m ans.workflows.worker ROOT`: warm up, wait for a run, train it, exit; end with the starting process."""
    threading.Thread(target=_exit_with_parent, daemon=True).start()
    if hasattr(os, "nice"):  # not on Windows
        os.nice(5)  # typing in the page comes first
    logging.getLogger("ans.runs").setLevel(logging.ERROR)  # the page's process tells of damaged runs
    store = RunStore(Path(sys.argv[1]))
    import ans.workflows.experiment  # noqa: F401  torch and transformers, before anybody waits for them

    while (run := store.take_next()) is None:
        time.sleep(POLL_SECONDS)
    train_run(run)


def _exit_with_parent() -> None:
    # Not through sys.stdin: a thread that reads there holds a lock the interpreter wants when it ends.
    while os.read(0, 1024):
        pass
    os._exit(0)


if __name__ == "__main__":
    main()

"""The training process: takes one run from the store, trains it, writes events, ends. And the page's hold on it.

One process per run: its memory goes back with it, and a crash takes nothing else along. The next one is started
before it is needed and has imported everything by the time somebody presses Train.
"""

from __future__ import annotations

import logging
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

from ans.durable import remedy
from ans.paths import ROOT
from ans.runs.run import Run
from ans.runs.status import FAILED, FINISHED, RUNNING, STOPPED
from ans.runs.store import RunStore

log = logging.getLogger("ans.workflows")
POLL_SECONDS, RETRY_SECONDS = 0.2, 5


class WorkerSupervisor:
    """Keeps one warm training process alive for a store, in a background thread of the page's process."""

    def __init__(self, store: RunStore, most_seconds: float | None = None) -> None:
        """most_seconds: how long a training may take; then it is stopped."""
        self.store, self._most_seconds = store, most_seconds
        self._process: subprocess.Popen | None = None
        self._closing, self._starting = threading.Event(), threading.Lock()
        self._trouble: str | None = None
        self._since: dict[str, float] = {}  # when a run was first seen to be trained, by a clock that nobody sets
        self._thread = threading.Thread(target=self._keep_one, name="worker-supervisor", daemon=True)

    @property
    def trouble(self) -> str | None:
        """Why nothing can be trained now, for a person; None while all is well."""
        return self._trouble

    def start(self) -> None:
        """Start the first process; from then on a new one follows each that ends."""
        self._thread.start()

    def close(self) -> None:
        """End the process and stop replacing it."""
        with self._starting:  # no process can slip in between
            self._closing.set()
            if self._process is not None:
                self._process.kill()
        if self._thread.ident is not None:  # it was started
            self._thread.join()
        with suppress(OSError):  # the next start marks it
            self.store.mark_interrupted("The app was closed while this was trained.")

    def _keep_one(self) -> None:
        ended = 0
        while not self._closing.is_set():
            began = time.monotonic()
            try:
                self.store.mark_interrupted(_why_it_ended(ended))
                ended = self._run_one()
            except Exception as error:  # whatever it is, such as a full disk, it may be over soon
                self._tell(remedy(error) or f"the training process can't be started ({error}).")
                self._closing.wait(RETRY_SECONDS)
                continue
            if ended and time.monotonic() - began < 2:  # it can't even start: don't spin
                self._tell(f"the training process ends as soon as it starts (exit status {ended}); see the console.")
                self._closing.wait(RETRY_SECONDS)
            else:
                self._trouble = None

    def _run_one(self) -> int:
        """Start a worker, wait for its end, and return its exit status, negative for a signal."""
        with self._starting:
            if self._closing.is_set():
                return 0
            # The pipe stays open as long as this process lives: its end tells the worker to go.
            self._process = subprocess.Popen(
                [sys.executable, "-m", "ans.workflows.worker", str(self.store.root)], stdin=subprocess.PIPE, cwd=ROOT
            )
        while True:
            try:
                return self._process.wait(RETRY_SECONDS)
            except subprocess.TimeoutExpired:  # it has stayed: what kept the last one from starting is over
                self._trouble = None
                try:
                    self._stop_what_takes_too_long()
                except Exception as error:  # such as a full disk; the process goes on, and is looked at again
                    log.warning("Whether a training takes too long could not be seen now: %s", remedy(error) or error)

    def _stop_what_takes_too_long(self) -> None:
        if self._most_seconds is None:
            return
        now, running = time.monotonic(), [run for run in self.store.all() if run.status.state == RUNNING]
        self._since = {run.id: self._since.get(run.id, now) for run in running}
        for run in running:
            if now - self._since[run.id] > self._most_seconds:
                run.request_stop(f"Stopped: a training may take {self._most_seconds / 60:.0f} minutes on this server.")

    def _tell(self, reason: str) -> None:
        trouble = f"Nothing can be trained now: {reason} It is tried again every {RETRY_SECONDS} seconds."
        if trouble != self._trouble:
            log.warning(trouble)
        self._trouble = trouble


def _why_it_ended(status: int) -> str:
    """What a person is told of a worker that ended with this exit status while it trained."""
    if status == -9:  # SIGKILL
        return "The system ended the training process, most likely since the memory was used up."
    return "The training process ended unexpectedly."


def train_run(run: Run) -> None:
    """Train a claimed run to its end, from where it was cut off. The status says how it ended and what to do."""
    from ans.events import TrainingStopped
    from ans.model.checkpoints import Checkpoints
    from ans.workflows.expected import pace_of
    from ans.workflows.experiment import run_experiment, save_outcome

    try:
        write = run.event_writer()
        write({"phase": "data", "pace": pace_of(RunStore(run.folder.parent), run.config)})
        outcome = run_experiment(
            run.config, write, lambda: run.stop_requested, run.learnt, Checkpoints(run.checkpoints)
        )
        save_outcome(run, outcome)
        run.set_status(FINISHED)
    except TrainingStopped:
        run.set_status(STOPPED, run.why_stopped or "Stopped. The models trained before are unchanged.")
    except Exception as error:
        shutil.rmtree(run.checkpoints, ignore_errors=True)  # makes room for what is said below
        if (reason := remedy(error)) is not None:
            run.set_status(FAILED, f"The training broke off: {reason}")
        elif isinstance(error, ValueError):
            run.set_status(FAILED, str(error))
        else:
            name = type(error).__name__
            run.set_status(FAILED, f"The training broke off: {name}: {error}. The console has the details.")
            raise
    finally:
        shutil.rmtree(run.checkpoints, ignore_errors=True)


def main() -> None:
    """`python -m ans.workflows.worker ROOT`: warm up, wait for a run, train it, exit; end with the starting process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the page, which then ends this
    threading.Thread(target=_exit_with_parent, daemon=True).start()
    if hasattr(os, "nice"):  # not on Windows
        os.nice(5)  # typing in the page comes first
    logging.getLogger("ans.runs").setLevel(logging.ERROR)  # the page's process tells of damaged runs
    store = RunStore(Path(sys.argv[1]))
    from ans.workflows.experiment import warm_up

    warm_up()
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

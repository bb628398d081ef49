"""`python -m ans stress kills`: the app is killed at random instants while it trains and writes; is anything lost?

Each time one of page and worker, or both, is killed or asked to end. After the next start nothing may be missing,
half written or left over; at the end every training must have ended, and every model must answer.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from ans.config import TrainConfig
from ans.data.tables import read_table
from ans.data.uploads import Uploads
from ans.paths import ROOT
from ans.runs.run import Run
from ans.runs.status import ENDED, FINISHED, RUNNING
from ans.runs.store import RunStore
from ans.runs.sweep import ROOMS
from ans.stress.stand_in import BROWSER, LINES, STARTED

LONGEST_LIFE = 9.0  # seconds; the worker takes some to start, and a training about as many
WAITING = 2  # trainings that are queued at any time
PATIENCE = 300  # seconds in which what is queued at the end must be trained
# Small enough to end now and then, and with all phases: some passes of tuning, folds, heads.
TRAINING = TrainConfig(
    known_ratio=0.1, texts_per_class=10, trainable_layers=1, device="cpu", epochs=3, patience=3, head_steps=20, folds=1
)


@dataclass
class Tally:
    """What was found, each kind as sentences. `phases`: where trainings were at the kills."""

    kills: int = 0
    phases: dict[str, int] = field(default_factory=dict)
    finished: int = 0
    gone_on: int = 0
    lost: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    half_read: list[str] = field(default_factory=list)
    left_over: list[str] = field(default_factory=list)

    @property
    def well(self) -> bool:
        """Whether nothing was lost, stuck, half read or left over."""
        return not (self.lost or self.stuck or self.half_read or self.left_over)

    def __str__(self) -> str:
        found = [*self.lost, *self.stuck, *self.half_read, *self.left_over]
        return "\n".join(
            [
                f"{self.kills} kills, {self.finished} trainings finished, {self.gone_on} went on after a kill.",
                f"Killed during: {', '.join(f'{phase} {count}' for phase, count in sorted(self.phases.items()))}.",
                f"{len(self.lost)} finished runs lost, {len(self.stuck)} stuck, {len(self.half_read)} half files read, "
                f"{len(self.left_over)} leftovers after the next start.",
                *found[:20],
            ]
        )


def kills(times: int, seed: int = 0) -> Tally:
    """Kill the app this often, and look after each start.

    Raises:
        RuntimeError: it does not start again.
    """
    draw, tally = random.Random(seed), Tally()
    with tempfile.TemporaryDirectory(prefix="ans-stress-") as folder:
        home = Path(folder)
        finished: set[str] = set()
        store = RunStore(home / "runs")
        for number in range(times):
            while len([run for run in store.all() if run.status.state not in ENDED]) < WAITING:
                store.create(TRAINING.with_(seed=draw.randrange(1000)))
            app = _start(home)
            finished |= _look(home, finished, tally)
            _go(app)
            phase = _kill_something(app, store, draw)
            tally.kills += 1
            tally.phases[phase] = tally.phases.get(phase, 0) + 1
            print(f"\rkilled {number + 1} of {times}", end="", file=sys.stderr, flush=True)
        print(file=sys.stderr)
        app = _start(home)
        finished |= _look(home, finished, tally)
        _go(app)
        tally.stuck += _wait_for_all(store)
        app.kill()
        app.wait()
        app = _start(home)
        finished |= _look(home, finished, tally)
        app.kill()
        app.wait()
        tally.finished = len(finished)
        tally.gone_on = sum(run.status.continued > 0 for run in store.all())
        tally.lost += _that_do_not_answer(store)
    return tally


def _start(home: Path) -> subprocess.Popen:
    app = subprocess.Popen(
        [sys.executable, "-m", "ans.stress.stand_in", str(home)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert app.stdout is not None
    if app.stdout.readline().strip() != STARTED:
        raise RuntimeError(f"the app does not start again (exit status {app.wait()}).")
    return app


def _go(app: subprocess.Popen) -> None:
    assert app.stdin is not None
    app.stdin.write("\n")
    app.stdin.flush()


def _kill_something(app: subprocess.Popen, store: RunStore, draw: random.Random) -> str:
    """Let the app live for a random time, then end page or worker or both; at the end the page is gone in any case.

    Returns:
        The phase in which that met a training: "none" without one, "start" before its first phase.
    """
    time.sleep(draw.uniform(0, LONGEST_LIFE))
    how, victim = draw.choice((signal.SIGTERM, signal.SIGKILL)), draw.choice(("page", "worker", "both"))
    met = next((run for run in store.all() if run.status.state == RUNNING), None)
    worker = None if met is None else met.status.process
    phase = "none" if met is None else next((event.phase for event in reversed(met.progress.events)), "start")
    if victim != "page" and worker is not None:
        _signal(worker, how)
    if victim == "worker":
        time.sleep(draw.uniform(0, 1))
    app.send_signal(how)
    app.wait()
    return phase


def _signal(process: int, how: signal.Signals) -> None:
    with suppress(ProcessLookupError):  # it had just ended
        os.kill(process, how)


def _look(home: Path, before: set[str], tally: Tally) -> set[str]:
    """See that nothing is missing, half written or left over; returns the ids of the finished runs."""
    store = RunStore(home / "runs")
    now = {run.id for run in store.finished()}
    tally.lost += [f"finished run {run_id} is gone" for run_id in before - now]
    tally.half_read += [f"{odd.id}: {odd.reason}" for odd in store.unreadable()]
    for path in Uploads(store.uploads).all(BROWSER):
        if (count := len(read_table(path))) != LINES:
            tally.half_read.append(f"{path.name} has {count} of {LINES} rows")
    tally.left_over += [str(path.relative_to(home)) for room in ROOMS for path in (home / room).rglob(".*")]
    return now


def _wait_for_all(store: RunStore) -> list[str]:
    """Wait until every training has ended; returns those that have not."""
    deadline = time.monotonic() + PATIENCE
    while going := [run for run in store.all() if run.status.state not in ENDED]:
        if time.monotonic() > deadline:
            return [f"{run.id} is still {run.status.state}" for run in going]
        time.sleep(0.2)
    return []


def _that_do_not_answer(store: RunStore) -> list[str]:
    from ans.serving.models import load_classifier

    def answers(run: Run) -> bool:
        try:
            return load_classifier(run, "cpu").explain("wake me up at seven").text == "wake me up at seven"
        except ValueError:
            return False

    return [f"{run.id} does not answer" for run in store.all() if run.status.state == FINISHED and not answers(run)]

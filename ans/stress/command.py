"""`python -m ans stress`: from parsed arguments to what was found, on stdout."""

from __future__ import annotations

import argparse

from ans.config import TrainConfig

WHICH = {
    "kills": "page and training process are killed at random instants: is anything lost, stuck, half read, left over?",
    "fuzz": "anything is sent to a running app: does every answer make sense, and does the app go on as before?",
    "soak": "people type and trainings run for long: do memory, threads, files and processes stay as many?",
    "load": "many pages type at once, a key a second each: how long do they wait for a verdict?",
}
CLIENTS = [1, 5, 20, 50]
ENDLESS = TrainConfig(known_ratio=0.25, epochs=1000, patience=1000)  # until it is stopped


def stress(given: argparse.Namespace) -> None:
    """Do one kind of harm and print what came of it.

    Raises:
        ValueError: a number is out of its bounds. RuntimeError: something was lost, or went wrong.
    """
    for name in ("times", "seconds", "cases", "minutes"):
        if getattr(given, name) < 1:
            raise ValueError(f"--{name} must be at least 1, got {getattr(given, name)}.")
    if min(given.clients) < 1:
        raise ValueError(f"--clients must be at least 1, got {min(given.clients)}.")
    if given.which == "load":
        _load(given)
        return
    if given.which in ("fuzz", "soak"):
        {"fuzz": _fuzz, "soak": _soak}[given.which](given)
        return
    from ans.stress.kills import kills

    tally = kills(given.times, given.seed)
    print(tally)
    if not tally.well:
        raise RuntimeError("the app did not hold; see above.")


def _fuzz(given: argparse.Namespace) -> None:
    from ans.stress.fuzz import fuzz
    from ans.stress.served import served

    with served() as app:
        before = [run.id for run in app.store.finished()]
        held = fuzz(app.address, given.cases, given.seed)
        lost = set(before) - {run.id for run in app.store.finished()}
    print(held)
    if held.wrong or lost:
        raise RuntimeError(f"{len(held.wrong)} answers went wrong, {len(lost)} runs were lost.")


def _soak(given: argparse.Namespace) -> None:
    from ans.stress.served import served
    from ans.stress.soak import HEAD, soak

    print(HEAD)
    with served() as app:
        grown = soak(app, given.minutes, given.seed, lambda line: print(line, flush=True))
    if grown:
        raise RuntimeError(f"the app grows: {', '.join(grown)}.")


def _load(given: argparse.Namespace) -> None:
    from ans.stress.load import HEAD, load
    from ans.stress.served import served

    errors: list[str] = []
    with served() as app:
        load(app.address, 1, 5)  # the first query loads the model
        print(HEAD)
        for clients in given.clients:
            run = app.store.create(ENDLESS) if given.training else None
            waits = load(app.address, clients, given.seconds, given.seed)
            if run is not None:
                run.request_stop()
            print(waits.row(clients), flush=True)
            errors += waits.errors
    if errors:
        raise RuntimeError(f"{len(errors)} requests went wrong; the first: {errors[0]}")

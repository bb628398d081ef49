"""`python -m ans stress`: from parsed arguments to what was found, on stdout."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ans.config import TrainConfig
from ans.json_files import json_text
from ans.terminal import Progress

if TYPE_CHECKING:
    from ans.stress.folders import Given

WHICH = {
    "kills": "page and training process are killed at random instants: is anything lost, stuck, half read, left over?",
    "fuzz": "anything is sent to a running app, and damaged model folders are loaded: does every answer make sense?",
    "soak": "people type and trainings run for long: do memory, threads, files and processes stay as many?",
    "load": "many pages type at once, a key a second each: how long do they wait for a verdict?",
}
CLIENTS = {"load": [1, 5, 20, 50], "soak": [5]}  # pages, where --clients does not say
MOST_MEMORY = 3072  # MiB of the app's process, whatever is sent, and of one that loads folders
STARTING, LONGEST_FOLDER = 300, 1  # seconds until folders are loaded, and for each of them at an average
FOLDERS, TOGETHER = 0.1, 1000  # the share of the cases that are folders, and how many are given in one process
ENDLESS = TrainConfig(known_ratio=0.25, epochs=1000, patience=1000)  # until it is stopped


def stress(given: argparse.Namespace) -> None:
    """Do one kind of harm and print what came of it, with --json as one object when it is over.

    Raises:
        ValueError: a number is out of its bounds. RuntimeError: something was lost, or went wrong.
    """
    for name in ("times", "seconds", "cases", "minutes"):
        if getattr(given, name) < 1:
            raise ValueError(f"--{name} must be at least 1, got {getattr(given, name)}.")
    if given.clients and min(given.clients) < 1:
        raise ValueError(f"--clients must be at least 1, got {min(given.clients)}.")
    if given.clients and len(given.clients) > 1 and given.which == "soak":
        raise ValueError(f"--clients of soak is one number, got {len(given.clients)} of them.")
    {"kills": _kills, "fuzz": _fuzz, "soak": _soak, "load": _load}[given.which](given)


def _tell(given: argparse.Namespace, line: object) -> None:
    """What a person reads as it comes, where no program waits for the whole."""
    if not given.json:
        print(line, flush=True)


def _told(given: argparse.Namespace, found: Mapping[str, Any]) -> None:
    if given.json:
        print(json_text({"stress": given.which, **found}))


def _kills(given: argparse.Namespace) -> None:
    from ans.stress.kills import kills

    tally = kills(given.times, given.seed)
    _tell(given, tally)
    _told(given, {**asdict(tally), "well": tally.well})
    if not tally.well:
        raise RuntimeError("the app did not hold; see above.")


def _fuzz(given: argparse.Namespace) -> None:
    from ans.benchmark.own_process import peak_memory
    from ans.stress.app_log import first_traceback, tracebacks
    from ans.stress.fuzz import fuzz
    from ans.stress.served import files_beside, served

    folders = math.ceil(FOLDERS * given.cases)
    with Progress(given.quiet) as progress, served() as app:
        before, beside = [run.id for run in app.store.finished()], files_beside(app)
        held = fuzz(app.address, max(1, given.cases - folders), given.seed, each=progress)
        progress.finish()
        lost = sorted(set(before) - {run.id for run in app.store.finished()})
        left, memory = sorted(files_beside(app) - beside), peak_memory(app.process)
        log = (app.folder / "log").read_text(errors="replace")
    held.wrong += [f"{path} was written, outside of the home" for path in left]
    if memory > MOST_MEMORY:
        held.wrong.append(f"the app took {memory:,.0f} MiB, more than {MOST_MEMORY:,}")
    if tracebacks(log):
        held.wrong.append(f"the log has {tracebacks(log)} tracebacks; the first ends with {first_traceback(log)}")
    _tell(given, held)
    _tell(given, f"The app took {memory:,.0f} MiB at most.")
    with Progress(given.quiet) as progress:
        loaded = _folders(folders, given.seed, progress)
        progress.finish()
    held.wrong += loaded.wrong
    _tell(given, loaded)
    counted = {"sent": held.sent, "statuses": held.statuses, "outcomes": held.outcomes, "folders": loaded.outcomes}
    well = not (held.wrong or lost)
    _told(given, {**counted, "wrong": held.wrong, "memory_mib": round(memory), "lost": lost, "well": well})
    if not well:
        raise RuntimeError(f"{len(held.wrong)} answers went wrong, {len(lost)} runs were lost.")


def _folders(cases: int, seed: int, told: Callable[[dict], None]) -> Given:
    """So many folders, a group after the other in processes that have no more memory than the app may."""
    from ans.apart import apart
    from ans.stress.folders import Given, given_folders

    found = Given()
    for first in range(0, cases, TOGETHER):
        numbers = range(first, min(first + TOGETHER, cases))
        told({"phase": "folders", "step": first, "steps": cases})
        try:
            seconds = LONGEST_FOLDER * len(numbers) + STARTING
            found.add(apart(seconds, MOST_MEMORY << 20, given_folders, numbers, seed))
        except (ValueError, RuntimeError) as error:
            found.wrong.append(f"the folders of models {numbers.start} to {numbers.stop}: {error}")
    return found


def _soak(given: argparse.Namespace) -> None:
    from ans.stress.served import served
    from ans.stress.soak import HEAD, Round, soak

    rounds: list[Round] = []

    def each(one: Round) -> None:
        rounds.append(one)
        _tell(given, one.row())

    _tell(given, HEAD)
    with served() as app:
        grown = soak(app, given.minutes, (given.clients or CLIENTS["soak"])[0], given.seed, each)
    _told(given, {"rounds": [asdict(one) for one in rounds], "grown": grown, "well": not grown})
    if grown:
        raise RuntimeError(f"the app grows: {', '.join(grown)}.")


def _load(given: argparse.Namespace) -> None:
    from ans.stress.load import HEAD, load
    from ans.stress.served import served

    errors: list[str] = []
    rows: list[dict] = []
    with served() as app:
        load(app.address, 1, 5)  # the first query loads the model
        _tell(given, HEAD)
        for clients in given.clients or CLIENTS["load"]:
            run = app.store.create(ENDLESS) if given.training else None
            waits = load(app.address, clients, given.seconds, given.seed)
            if run is not None:
                run.request_stop()
            _tell(given, waits.row(clients))
            errors += waits.errors
            found = {"verdicts": _milliseconds(waits.verdicts), "polls": _milliseconds(waits.polls)}
            rows.append({"clients": clients, **found, "errors": len(waits.errors)})
    _told(given, {"rows": rows, "errors": errors[:20], "well": not errors})
    if errors:
        raise RuntimeError(f"{len(errors)} requests went wrong; the first: {errors[0]}")


def _milliseconds(waits: Sequence[float]) -> dict[str, float | None]:
    """The middle and the 95th of a hundred, and how many there are."""
    ordered = sorted(waits)
    p50, p95 = (round(1000 * ordered[int(share * (len(ordered) - 1))], 1) if ordered else None for share in (0.5, 0.95))
    return {"p50_ms": p50, "p95_ms": p95, "count": len(ordered)}

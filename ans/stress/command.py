"""`python -m ans stress`: from parsed arguments to what was found, on stdout."""

from __future__ import annotations

import argparse

WHICH = {
    "kills": "page and training process are killed at random instants: is anything lost, stuck, half read, left over?",
}
TIMES = 20


def stress(given: argparse.Namespace) -> None:
    """Do one kind of harm and print what came of it.

    Raises:
        ValueError: a number is out of its bounds. RuntimeError: something was lost.
    """
    if given.times < 1:
        raise ValueError(f"--times must be at least 1, got {given.times}.")
    from ans.stress.kills import kills

    tally = kills(given.times, given.seed)
    print(tally)
    if not tally.well:
        raise RuntimeError("the app did not hold; see above.")

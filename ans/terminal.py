"""What a command shows of its progress and results: bars and tables by rich, plain lines where nobody watches.

NO_COLOR takes the colours away, `quiet` all that is no result and no error.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable
from types import TracebackType
from typing import Any, TextIO

LOG_EVERY = 30.0  # seconds between two lines in a log


class Progress:
    """Listens to events (`phase`, `step`, `steps`, loss …): a bar for each phase on stderr, or a line in a log."""

    def __init__(self, quiet: bool = False) -> None:
        self._quiet, self._phase, self._started = quiet, "", 0.0
        self._first, self._said = 0, 0.0
        self._bars, self._task = None, None

    def __enter__(self) -> Progress:
        if not self._quiet and sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
            from rich.progress import Progress as Bars

            self._bars = Bars(
                TextColumn("{task.description:<8}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
                TimeRemainingColumn(), TextColumn("[dim]{task.fields[also]}"), console=Console(stderr=True),
            )  # fmt: skip
            self._bars.start()
        return self

    def __call__(self, event: dict) -> None:
        if self._quiet:
            return
        if event["phase"] != self._phase:
            self.finish()
            self._phase, self._started = event["phase"], time.perf_counter()
            self._first, self._said = event.get("step", 0), self._started
            if self._bars is None:
                print(f"{self._phase} …", file=sys.stderr, flush=True)
            else:
                self._task = self._bars.add_task(
                    self._phase, total=event.get("steps", 1), completed=self._first, also=""
                )
        if self._bars is not None and self._task is not None:
            shown = ", ".join(f"{name} {event[name]:.3f}" for name in ("loss", "dev_accuracy") if name in event)
            more: dict[str, Any] = {"also": shown} if shown else {}
            self._bars.update(self._task, completed=event.get("step", 0), **more)
        elif "step" in event and (now := time.perf_counter()) > self._said + LOG_EVERY:
            self._said = now
            self._log(event["step"], event["steps"], now)

    def _log(self, step: int, steps: int, now: float) -> None:
        """How far a long phase is, and how long the rest takes at the pace so far."""
        left = (steps - step) * (now - self._started) / max(1, step - self._first)
        print(
            f"{self._phase}: {step:,} of {steps:,} ({step / max(1, steps):.0%}), {in_words(left)} left",
            file=sys.stderr,
            flush=True,
        )

    def finish(self) -> None:
        """The phase is over, be it before its last step: its bar is full."""
        if not self._phase or self._quiet:
            return
        if self._bars is None:
            print(f"{self._phase}: 100% in {time.perf_counter() - self._started:.1f} s", file=sys.stderr, flush=True)
        elif self._task is not None:
            total = next(task.total for task in self._bars.tasks if task.id == self._task)
            self._bars.update(self._task, completed=total)
        self._phase, self._task = "", None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        """Leave the bars as they stand."""
        if self._bars is not None:
            self._bars.stop()


def open_what_is_closed() -> None:
    """Open what somebody has closed of stdin, stdout and stderr (`>&-`): what goes there is kept nowhere.

    Else the next file that is opened would take its number, and get what is printed. `sys.stdin` stays None: that no
    texts can come is an error, which whoever reads it tells.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # the lowest number that is free, so this one
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115


def in_words(seconds: float) -> str:
    """About how long: `40 s`, `12 min`, `3.5 h`."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 90 * 60 else f"{seconds / 3600:.1f} h"


def print_table(rows: Iterable[tuple[str, str]]) -> None:
    """Names and what belongs to them, on stdout; without colours and at any length where nobody watches."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    given = list(rows)
    if not sys.stdout.isatty():
        width = max(len(name) for name, _ in given)
        for name, value in given:
            print(f"{name:<{width}}  {value}")
        return
    table = Table.grid(padding=(0, 2))
    for name, value in given:
        table.add_row(Text(name, style="dim"), Text(value))
    Console().print(table)


def stderr(quiet: bool = False) -> TextIO:
    """Where a progress bar of tqdm goes."""
    return open(os.devnull, "w", encoding="utf-8") if quiet else sys.stderr


def note(sentence: str, quiet: bool = False) -> None:
    """Something to know beside the result, on stderr."""
    if not quiet:
        print(sentence, file=sys.stderr, flush=True)

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


class Progress:
    """Listens to events (`phase`, `step`, `steps`, loss …): a bar for each phase on stderr, or a line in a log."""

    def __init__(self, quiet: bool = False) -> None:
        self._quiet, self._phase, self._started = quiet, "", 0.0
        self._bars, self._task = None, None

    def __enter__(self) -> Progress:
        if not self._quiet and sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
            from rich.progress import Progress as Bars

            self._bars = Bars(
                TextColumn("{task.description:<8}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
                TextColumn("[dim]{task.fields[also]}"), console=Console(stderr=True),
            )  # fmt: skip
            self._bars.start()
        return self

    def __call__(self, event: dict) -> None:
        if self._quiet:
            return
        if event["phase"] != self._phase:
            self.finish()
            self._phase, self._started = event["phase"], time.perf_counter()
            if self._bars is None:
                print(f"{self._phase} …", file=sys.stderr, flush=True)
            else:
                self._task = self._bars.add_task(self._phase, total=event.get("steps", 1), also="")
        if self._bars is not None and self._task is not None:
            shown = ", ".join(f"{name} {event[name]:.3f}" for name in ("loss", "dev_accuracy") if name in event)
            more: dict[str, Any] = {"also": shown} if shown else {}
            self._bars.update(self._task, completed=event.get("step", 0), **more)

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

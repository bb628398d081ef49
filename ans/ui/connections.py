"""Connections to the server, looked after: who opens many, or asks nothing, leaves room for others.

The server (uvicorn) closes a connection that rests between two requests, but waits for ever for the first one, and
knows no number of connections that would be too many for one address.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from contextlib import suppress
from typing import Any

from ans.ui.addresses import address_of

log = logging.getLogger("ans.ui")
LOOK_SECONDS = 5.0
IDLE_SECONDS = 20.0  # without a request, or with one whose headers don't come to their end


class Connections:
    """The open connections of a uvicorn server.

    Args:
        server: the server, which runs. most: connections of one address; None for as many as it likes.
    """

    def __init__(self, server: Any, most: int | None) -> None:
        self._server, self._most = server, most
        self._idle_since: dict[Any, float] = {}
        self._trouble = ""

    def watch(self) -> None:
        """Look again and again, in a thread, as long as the process lives."""
        threading.Thread(target=self._watch, name="connections", daemon=True).start()

    def look(self, now: float) -> int:
        """Close what has been idle for too long by `now`, in seconds, and what is too much; returns how many."""
        with suppress(RuntimeError):  # one came or went in this moment; the next look finds the same
            here = list(self._server.server_state.connections)
            idle = [one for one in here if one.cycle is None or one.cycle.response_complete]
            self._idle_since = {one: self._idle_since.get(one, now) for one in idle}
            ended = [one for one, since in self._idle_since.items() if now - since > IDLE_SECONDS]
            ended += self._too_many([one for one in here if one not in ended])
            for one in ended:
                one.loop.call_soon_threadsafe(one.transport.abort)
            return len(ended)
        return 0

    def _too_many(self, here: list[Any]) -> list[Any]:
        if self._most is None:
            return []
        seen: Counter[str] = Counter()
        over = []
        for one in sorted(here, key=lambda one: one in self._idle_since):  # idle ones go first
            address = address_of({"headers": [], "client": one.client}, 0)
            seen[address] += 1
            if seen[address] > self._most:
                over.append(one)
        return over

    def _watch(self) -> None:
        while True:
            time.sleep(LOOK_SECONDS)
            try:
                self.look(time.monotonic())
            except Exception as error:  # whatever it is: who opens many connections must not stay unwatched
                self._tell(f"Connections could not be looked at now: {type(error).__name__}: {error}")

    def _tell(self, trouble: str) -> None:
        """Once, however often it comes again."""
        if trouble != self._trouble:
            log.warning(trouble)
        self._trouble = trouble


def allow_many_files() -> None:
    """Let this process have as many open files, and so connections, as the system lets it."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        most = 65_536 if hard == resource.RLIM_INFINITY else min(hard, 65_536)
        if soft != resource.RLIM_INFINITY and soft < most:
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))

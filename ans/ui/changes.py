"""What every open page asks each second: has anything changed? A plain route, answered from memory, without Gradio.

A poll through Gradio's events costs a hundred times as much, so a page only makes one when this says that it should.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import threading
import time
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ans.runs.files import stamp_of
from ans.runs.store import RunStore

ADDRESS = "/ans/changes"
LOOK_SECONDS = 0.5  # the files of all runs are looked at so often at most, however many pages ask
_STATE = ("status.json", "name.json", "owner.json", "evaluation.json")
_STEPS = "events.jsonl"


class StoreChanges:
    """A short text that changes whenever a page over this store has something to redraw.

    It tells nothing of whose runs there are. `trouble`: why nothing can be trained now, which pages show as well.
    """

    def __init__(self, store: RunStore, trouble: Callable[[], str | None] = lambda: None) -> None:
        self._root, self._trouble = store.root, trouble
        self._server = secrets.token_hex(4)  # a page that was opened on another server's life begins anew
        self._lock, self._looked, self._now = threading.Lock(), -1.0, ("", "")

    def now(self, closely: bool) -> str:
        """The text. `closely`: it also changes with each step of a training."""
        with self._lock:
            if time.monotonic() - self._looked > LOOK_SECONDS:
                self._now, self._looked = self._look(), time.monotonic()
            return f"{self._server}.{self._now[closely]}"

    @property
    def route(self) -> Route:
        """`GET /ans/changes?since=TEXT&closely=1`: 204 while the text is the same, else 200 with the new one."""

        async def changes(request: Request) -> Response:
            now = self.now(request.query_params.get("closely") == "1")
            if request.query_params.get("since") == now:
                return Response(status_code=204)
            return Response(now, media_type="text/plain", headers={"Cache-Control": "no-store"})

        return Route(ADDRESS, changes)

    def _folders(self) -> list[str]:
        try:
            return sorted(entry.path for entry in os.scandir(self._root) if not entry.name.startswith("."))
        except OSError:  # the home was moved away
            return []

    def _look(self) -> tuple[str, str]:
        state, steps, trained = hashlib.sha256(repr(self._trouble()).encode()), hashlib.sha256(), False
        for folder in self._folders():
            stamps = [stamp_of(f"{folder}/{name}") for name in _STATE]
            trained = trained or stamps[-1] is not None
            state.update(repr((folder, stamps)).encode())
            steps.update(repr(stamp_of(f"{folder}/{_STEPS}")).encode())
        quick = state.hexdigest()[:16]
        closely = f"{quick}{steps.hexdigest()[:16]}"
        return (quick if trained else closely), closely  # without a model every page shows how far the first one is

"""Where the answers of Gradio's queue wait for the streams of their pages, so that none goes before it is given.

Workaround, seen with Gradio 6.31.0, no upstream issue known. Gradio keeps a place for the answers of 2,000 sessions,
drops the one that was made first however much it is in use, and makes one for each request of a program. A page whose
place goes while it waits is told that it is not found, and its click is lost; what it waited for is never struck off,
so that its later streams do not end, nor what was under way for a stream that was cut off. And a stream that is asked
for under a name that nobody has, as by a page that outlived its server, is a traceback in the log. All this can go when
tests/ui/test_workarounds.py says so.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import gradio as gr
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

MOST = 2000  # sessions with a place for answers


class WaitingAnswers(OrderedDict[str, Any]):
    """The places of at most so many sessions. Those that were used longest ago go first, and what they waited for with
    them; never one whose event waits for its turn or is under way, of which the queue itself has a bound."""

    def __init__(self, queue: Any, most: int) -> None:
        super().__init__()
        self.queue, self.most = queue, most

    def __getitem__(self, session: str) -> Any:
        place = super().__getitem__(session)
        self.move_to_end(session)
        return place

    def __setitem__(self, session: str, place: Any) -> None:
        super().__setitem__(session, place)
        self.move_to_end(session)
        if len(self) > self.most:
            # Of copies: a handler that warns its page uses its place from another thread.
            busy = {event.session_hash for event in list(self.queue.event_ids_to_events.values())}
            for old in [one for one in list(self) if one not in busy and one != session][: len(self) - self.most]:
                del self[old]
                self.queue.pending_event_ids_session.pop(old, None)

    def __delitem__(self, session: str) -> None:
        if session in self:  # two streams of a page that is left take it away twice
            super().__delitem__(session)


class WaitedFor(dict[str, set[str]]):
    """The events whose answers a session has not been given yet. Of one that waits for none, none."""

    def __missing__(self, session: str) -> set[str]:
        return set()


def keep_answers(blocks: gr.Blocks, most: int = MOST) -> None:
    """Let a page that has a queue keep its answers so."""
    queue: Any = blocks._queue
    queue.pending_messages_per_session = WaitingAnswers(queue, most)
    queue.pending_event_ids_session = WaitedFor()
    clean = queue.clean_events

    async def clean_all(*, session_hash: str | None = None, event_id: str | None = None) -> None:
        """A stream was cut off. The answer of what is under way for it is never given, so nobody waits for it."""
        await clean(session_hash=session_hash, event_id=event_id)
        if session_hash is not None:
            queue.pending_event_ids_session.pop(session_hash, None)

    queue.clean_events = clean_all


class EndedStreams:
    """ASGI middleware: after the message that its session is not known, a stream ends like any other."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        try:
            await self._app(scope, receive, send)
        except RuntimeError as error:  # of Starlette: the answer had begun when Gradio raised that
            if not isinstance(error.__cause__, HTTPException):
                raise
            await send({"type": "http.response.body", "body": b"", "more_body": False})

"""What Gradio remembers of each open page, made cheap: a page that opens, or a request of a program, costs little.

Workaround, seen with Gradio 6.31.0, no upstream issue known. Gradio writes down the settings of every component for
each session, and again for each value that changes, for links to a page's state (`gr.DeepLinkButton`) that this page
has none of: some 70 ms and a megabyte for a session, which every request without one makes anew. It can go when
tests/ui/test_workarounds.py says so.
"""

from __future__ import annotations

from copy import copy
from datetime import datetime, timedelta
from typing import Any

import gradio as gr
from gradio import route_utils
from gradio.state_holder import SessionState, StateHolder

MOST_SESSIONS, IDLE = 20_000, timedelta(hours=2)
LONGEST_NAME = 100  # characters; a page's name of itself has some ten, a program's 36


class LightSession(SessionState):
    """The values of a page's states and the components that were changed for it, without their written settings."""

    def __init__(self, blocks: gr.Blocks) -> None:
        self.blocks_config = copy(blocks.default_config)
        self.config_values: dict[int, dict] = {}
        self.state_data: dict[int, Any] = {}
        self._state_ttl: dict[int, tuple] = {}
        self.is_closed = False
        self.STATE_TTL_WHEN_CLOSED = 3600  # seconds, as Gradio's

    def __setitem__(self, key: int, value: Any) -> None:
        if isinstance(self.blocks_config.blocks.get(key), gr.State):
            state: Any = self.blocks_config.blocks[key]
            self._state_ttl[key] = (state.time_to_live, datetime.now())
            self.state_data[key] = value
        else:
            self.blocks_config.blocks[key] = value

    def _update_config(self, key: int) -> None:
        pass

    def _update_value_in_config(self, key: int, value: Any) -> None:
        pass


class Sessions(StateHolder):
    """The sessions of all open pages; those that were used longest ago go first. Of one that was not used for `IDLE`
    nothing is kept: Gradio forgets a page when it hears that it was closed, which a program need not let it hear. Of a
    call that names no session, which Gradio names by the call itself, nothing is kept at all."""

    def __getitem__(self, session_id: str) -> SessionState:
        """What is remembered of a session, which from now on is one.

        Raises:
            ValueError: its name is so long that it is no page's or program's. Gradio asks here before it keeps the name
                anywhere.
        """
        if len(session_id) > LONGEST_NAME:
            raise ValueError(f"a session's name has at most {LONGEST_NAME} characters, got {len(session_id):,}.")
        if session_id in self.blocks._queue.event_ids_to_events:
            return LightSession(self.blocks)
        if session_id not in self.session_data:
            self._forget_idle()
            self.session_data[session_id] = LightSession(self.blocks)
        return super().__getitem__(session_id)

    def _forget_idle(self) -> None:
        with self.lock:
            while self.session_data:
                oldest = next(iter(self.session_data))
                if datetime.now() - self.time_last_used.get(oldest, datetime.min) < IDLE:
                    return
                self.session_data.pop(oldest)
                self.time_last_used.pop(oldest, None)


def keep_lightly(blocks: gr.Blocks) -> None:
    """Let a page that was launched keep its sessions so."""
    blocks.state_session_capacity = MOST_SESSIONS
    sessions = Sessions()
    sessions.set_blocks(blocks)
    blocks.app.state_holder = sessions
    setattr(route_utils, "SessionState", LightSession)  # noqa: B010  of a request that names no session

"""Gradio's queue, shared fairly: no address fills it, and those who wait take turns.

Workaround, seen with Gradio 6.31.0, no upstream issue known: the queue is first come, first served, and has one bound
for all. It can go when tests/ui/test_workarounds.py says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import gradio as gr

CROWDED = 48  # events that wait; then each address has one, so that there is room for who comes next


def share_fairly(blocks: gr.Blocks, most: int | None, address: Callable[[Any], str]) -> None:
    """Let each address have so many events waiting or under way, and put what it has just asked behind others' turns.

    Args:
        address: of the request that an event came with.
    """
    queue: Any = blocks._queue
    push = queue.push

    async def pushed(body: Any, request: Any, username: str | None) -> tuple:
        here = address(request)
        waiting = [event for one in queue.event_queue_per_concurrency_id.values() for event in one.queue]
        working = [event for job in queue.active_jobs if job is not None for event in job]
        mine = sum(address(event.request) == here for event in (*waiting, *working))
        if most is not None and mine >= (most if len(waiting) < CROWDED else 1):
            return False, _full(mine), "queue_full"
        answer = await push(body=body, request=request, username=username)
        for one in queue.event_queue_per_concurrency_id.values():
            one.queue.sort(key=_turns(address))  # a stable sort: equal turns stay first come, first served
        return answer

    queue.push = pushed


def _full(waiting: int) -> str:
    if waiting == 1:
        return "This address has a request waiting already; wait for its answer."
    return f"This address has {waiting} requests waiting already; wait for their answers."


def _turns(address: Callable[[Any], str]) -> Callable[[Any], int]:
    """The how-manieth event of its address each one is, counted as they are sorted."""
    seen: Counter[str] = Counter()

    def turn(event: Any) -> int:
        seen[address(event.request)] += 1
        return seen[address(event.request)]

    return turn

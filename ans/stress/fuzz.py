"""`python -m ans stress fuzz`: whatever anybody sends, over HTTP to a running app; does it hold?

Each case is one request: to a plain route or an operation of the API, to an event of the page or an endpoint of
gradio_client with any values, an upload of a table or zip, or a page with any `?run=` and `?text=`. It is sent by one
of a few pages that are open, which know the runs that are there and what they have uploaded. No answer and no outcome
of an event may be an error without a sentence, nothing may be lost, and the app must answer as before afterwards.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from ans.stress.drawn import CHANGING, KINDS, Sent, Visit, request, written

TOGETHER = 4  # pages, each with a request at a time
LONGEST_WAIT = 60.0  # seconds for one answer
LONGEST_EVENT = 240.0  # seconds for the outcome of an event, which may wait for others
FOLLOWED = 0.7  # share of the events that wait for their turn, of which the outcome is read


@dataclass
class Held:
    """What was sent, by kind, the statuses that came back, how events ended, and what went wrong."""

    sent: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in sorted(self.sent.items()))
        codes = ", ".join(f"{count:,} × {status}" for status, count in sorted(self.statuses.items()))
        ends = ", ".join(f"{count:,} {how}" for how, count in sorted(self.outcomes.items()))
        return "\n".join(
            [f"{self.sent.total():,} requests ({kinds}) were answered {codes}; events ended: {ends}.", *self.wrong[:20]]
        )


def fuzz(
    address: str, cases: int, seed: int = 0, changes: bool = True, each: Callable[[dict], None] = lambda _: None
) -> Held:
    """Send so many requests to a running app.

    Args:
        changes: whether trainings may be started and runs be changed, too. each: is told how many were sent.

    Raises:
        OSError: nobody answers there.
    """
    return asyncio.run(_all(address.rstrip("/"), cases, seed, changes, each))


async def _all(address: str, cases: int, seed: int, changes: bool, each: Callable[[dict], None]) -> Held:
    held, timeout = Held(), aiohttp.ClientTimeout(total=LONGEST_WAIT)
    async with aiohttp.ClientSession(timeout=timeout, connector=aiohttp.TCPConnector(force_close=True)) as http:
        async with http.get(f"{address}/config") as reply:
            config = await reply.json()
        left = iter(range(cases))

        async def one_page(number: int) -> None:
            draw = random.Random(f"{seed} {number}")
            visit = await _opened(http, address, config, f"page{number}", changes, held)
            for sent in left:
                each({"phase": "requests", "step": sent, "steps": cases})
                kind = draw.choices(list(KINDS), list(KINDS.values()))[0]
                held.sent[kind] += 1
                follows = draw.random() < FOLLOWED
                await _one(http, address, request(kind, draw, visit), visit, held, follows)

        await asyncio.gather(*(one_page(number) for number in range(TOGETHER)))
        async with http.get(f"{address}/") as reply:
            if reply.status != 200:
                held.wrong.append(f"at the end the page answers {reply.status}")
    return held


async def _opened(
    http: aiohttp.ClientSession, address: str, config: dict, session: str, changes: bool, held: Held
) -> Visit:
    """A page that has opened: it has a name, and its menus list what is there."""
    events = [one for one in config["dependencies"] if one["backend_fn"]]
    may = [one for one in events if changes or not one["api_name"].startswith(CHANGING)]
    visit = Visit(session, may, {one["id"]: one for one in config["components"]}, changes)
    for event in events:
        if any(name == "load" for _, name in event["targets"]):
            values = [visit.who if visit.parts[one]["type"] == "browserstate" else None for one in event["inputs"]]
            told = written({"data": values, "fn_index": event["id"], "session_hash": session, "event_data": {}})
            waits = event.get("queue", True)
            path = "/gradio_api/queue/join" if waits else "/gradio_api/run/predict"
            async with http.post(f"{address}{path}", **told) as reply:
                done = await reply.json()
            if waits:
                done = (await _outcome(http, address, session, done["event_id"])).get("output", {})
            if "data" not in done:
                held.wrong.append(f"the page does not open: {event['api_name']} answers {str(done)[:200]}")
                continue
            for number, value in zip(event["outputs"], done["data"], strict=True):
                part = visit.parts[number]
                if part["type"] == "browserstate" and isinstance(value, str):
                    visit.who = value
                elif part["props"].get("elem_id") == "model" and isinstance(value, dict):
                    visit.runs = [run for _, run in value.get("choices") or ()]
    return visit


async def _one(http: aiohttp.ClientSession, address: str, sent: Sent, visit: Visit, held: Held, follows: bool) -> None:
    method, path, body = sent
    about = f"{method} {path} {str(body)[:300]}"
    try:
        async with http.request(method, f"{address}{path}", **body) as reply:
            status, said = reply.status, (await reply.content.read(4000)).decode(errors="replace")
        held.statuses[status] += 1
        if status >= 500 and (status not in (500, 503) or not _is_sentence(said)):
            held.wrong.append(f"{status} to {about}: {said[:200]!r}")
        if "Traceback" in said:
            held.wrong.append(f"a traceback to {about}: {said[-200:]!r}")
        if status == 200 and path == "/gradio_api/upload":
            visit.uploaded = [*visit.uploaded, *json.loads(said)][-6:]
        if status == 200 and follows and path.startswith("/gradio_api/queue/join"):
            session = json.loads(body["data"])["session_hash"]
            if session == visit.session:  # the others are of pages that are left
                end = await _outcome(http, address, session, json.loads(said)["event_id"])
                _judge(end, about, held)
    except aiohttp.ClientOSError as error:
        if not path.endswith("/upload"):
            held.wrong.append(f"{type(error).__name__} to {about}")
        held.statuses[0] += 1  # an upload is refused while it arrives, and what was said of it gets lost
    except (TimeoutError, aiohttp.ClientError) as error:
        held.wrong.append(f"{type(error).__name__} to {about}")


async def _outcome(http: aiohttp.ClientSession, address: str, session: str, event_id: str) -> dict[str, Any]:
    """How an event ended, as Gradio tells a page of this session; {} where it does not tell.

    Raises:
        TimeoutError: it does not end. aiohttp.ClientError: nobody tells.
    """
    found, timeout = {}, aiohttp.ClientTimeout(total=LONGEST_EVENT)
    async with http.get(f"{address}/gradio_api/queue/data?session_hash={session}", timeout=timeout) as reply:
        async for line in _lines(reply):
            if line.startswith(b"data: "):
                told = json.loads(line[6:])
                if told.get("event_id") == event_id and told["msg"] == "process_completed":
                    found = told
    return found


async def _lines(reply: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    """The lines of an answer; aiohttp's own may not be as long as a map's."""
    rest = b""
    async for part in reply.content.iter_any():
        *whole, rest = (rest + part).split(b"\n")
        for line in whole:
            yield line


def _judge(end: dict[str, Any], about: str, held: Held) -> None:
    """Whether an event that ended without success says why."""
    output = end.get("output") or {}
    if end.get("success"):
        held.outcomes["well"] += 1
        return
    held.outcomes["with a sentence" if output.get("error") else "without a word"] += 1
    if not output.get("error") or "Traceback" in str(output["error"]):
        held.wrong.append(f"the outcome {str(end)[:200]} of {about}")


def _is_sentence(said: str) -> bool:
    """Whether the answer says what is wrong: an error of Gradio's events does so with status 500."""
    try:
        told = json.loads(said)
    except ValueError:
        return False
    return bool(isinstance(told, dict) and (told.get("error") or told.get("detail")))

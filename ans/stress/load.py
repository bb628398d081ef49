"""`python -m ans stress load`: many pages at once, each typing; how long do they wait for a verdict?

Each client does what an open page does, over HTTP and in a process of its own: it opens, asks each second whether
anything has changed, and types a key each second, which is one query, with its star on the small map. The pages open
one after the other, and type once all are open.
"""

from __future__ import annotations

import asyncio
import json
import random
import statistics
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

import aiohttp

TEXTS = (
    "wake me up at seven tomorrow", "my card was swallowed by the machine", "what is the boiling point of helium",
    "book me a flight to oslo on monday", "how many moons has jupiter", "i would like two days off next week",
)  # fmt: skip
AT_ONE_TIME = 5  # pages that open
AT_HAND = 20  # small maps that a page keeps, as in assets/page/ask.js
LONGEST_WAIT = 60.0  # seconds for one answer; then it counts as an error


@dataclass
class Waits:
    """Seconds that were waited for pages to open, for verdicts and for polls, and what went wrong."""

    openings: list[float] = field(default_factory=list)
    verdicts: list[float] = field(default_factory=list)
    polls: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def row(self, clients: int) -> str:
        """A line of the Markdown table."""
        waited = " | ".join(_middle(waits) for waits in (self.verdicts, self.polls, self.openings))
        return f"| {clients} | {waited} | {len(self.errors)} |"


HEAD = (
    "| clients | verdict p50 / p95, ms (count) | poll p50 / p95, ms (count) | opening p50 / p95, ms (count) "
    "| errors |\n"
    "| --- | --- | --- | --- | --- |"
)


def load(address: str, clients: int, seconds: float, seed: int = 0) -> Waits:
    """Let so many pages type for so long at a running app.

    Raises:
        OSError: nobody answers there.
    """
    return asyncio.run(_all(address.rstrip("/"), clients, seconds, seed))


async def _all(address: str, clients: int, seconds: float, seed: int) -> Waits:
    waits, draw = Waits(), random.Random(seed)
    limits = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=limits, timeout=aiohttp.ClientTimeout(total=None)) as http:
        async with http.get(f"{address}/config") as reply:
            config = await reply.json()
        pages = [_Page(http, address, config, waits, random.Random(draw.random())) for _ in range(clients)]
        for some in range(0, clients, AT_ONE_TIME):
            await asyncio.gather(*(page.open() for page in pages[some : some + AT_ONE_TIME]))
        await asyncio.gather(*(page.live(seconds) for page in pages))
    return waits


class _Page:
    """One open page."""

    def __init__(self, http: aiohttp.ClientSession, address: str, config: dict, waits: Waits, draw: random.Random):
        self.http, self.address, self.waits, self.draw = http, address, waits, draw
        self.session, self.known, self.model = uuid.uuid4().hex[:10], "", None
        named = {one["props"].get("elem_id"): one["id"] for one in config["components"]}
        self.menu, self.typed = named["model"], 0
        self.maps: list[str] = []  # stamps of those it has
        events = config["dependencies"]
        self.opening = next(one for one in events if "load" in _triggers(one) and self.menu in one["outputs"])

    async def open(self) -> None:
        """What a page does when it opens: one event of Gradio's, which tells the model."""
        started = time.monotonic()
        opened = await self._event(self.opening, [None] * len(self.opening["inputs"]))
        if opened is None:
            return
        self.waits.openings.append(time.monotonic() - started)
        menu = opened[self.opening["outputs"].index(self.menu)]
        self.model = menu.get("value") if isinstance(menu, dict) else None

    async def live(self, seconds: float) -> None:
        """Type and poll until the time is up."""
        await asyncio.sleep(self.draw.random())  # people don't type in the same moment
        until = time.monotonic() + seconds
        await asyncio.gather(self._each_second(self._type, until), self._each_second(self._poll, until))

    async def _each_second(self, act: Any, until: float) -> None:
        while time.monotonic() < until:
            started = time.monotonic()
            await act()
            await asyncio.sleep(max(0.0, started + 1 - time.monotonic()))

    async def _type(self) -> None:
        text, self.typed = self.draw.choice(TEXTS), self.typed + 1
        text = f"{text[: self.draw.randint(4, len(text))]} {self.session[:3]} {self.typed}"  # nobody has asked this yet
        started = time.monotonic()
        card = await self._ask("verdict", {"text": text, "patient": True, "at_hand": self.maps})
        if card is None:
            return
        self.waits.verdicts.append(time.monotonic() - started)
        if card["state"] != "answer":
            self.waits.errors.append(f"verdict: {card}")
            return
        star = card["star"]
        if "stamp" not in star:  # nobody has asked for the map of this class before
            asked = {"text": text, "label": star["label"], "at_hand": self.maps}
            star = await self._ask("small-map", asked)
        if star is not None and "figure" in star:
            self.maps = [*self.maps, star["stamp"]][-AT_HAND:]

    async def _ask(self, name: str, asked: dict) -> dict | None:
        """What a plain route of the page answers; None if it failed."""
        asked = {**asked, "run": self.model, "who": None}
        try:
            async with asyncio.timeout(LONGEST_WAIT), self.http.post(f"{self.address}/ans/{name}", json=asked) as reply:
                if reply.status == 200:
                    return await reply.json()
                self.waits.errors.append(f"{name}: status {reply.status}, {(await reply.text())[:200]}")
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            self.waits.errors.append(f"{name}: {error!r}")
        return None

    async def _poll(self) -> None:
        started = time.monotonic()
        asked = {"since": self.known}
        try:
            async with self.http.get(f"{self.address}/ans/changes", params=asked) as reply:
                if reply.status == 200:
                    self.known = await reply.text()
        except aiohttp.ClientError as error:
            self.waits.errors.append(f"poll: {error!r}")
            return
        self.waits.polls.append(time.monotonic() - started)

    async def _event(self, event: dict, data: list) -> list | None:
        """What an event of the page gives at last, for each output; None if it failed."""
        body = {"data": data, "fn_index": event["id"], "session_hash": self.session, "event_data": None}
        try:
            async with asyncio.timeout(LONGEST_WAIT):
                return await self._through_queue(body)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            self.waits.errors.append(f"event {event['id']}: {error!r}")
            return None

    async def _through_queue(self, body: dict) -> list:
        asked = {"session_hash": self.session}
        async with self.http.post(f"{self.address}/gradio_api/queue/join", json=body) as reply:
            if reply.status != 200:
                raise ValueError(f"status {reply.status}: {(await reply.text())[:200]}")
            event = (await reply.json())["event_id"]
        async with self.http.get(f"{self.address}/gradio_api/queue/data", params=asked) as stream:
            async for line in stream.content:
                if not line.startswith(b"data:"):
                    continue
                message = json.loads(line[5:])
                if message.get("event_id") not in (event, None):
                    continue
                output = message.get("output") or {}
                if message["msg"] == "process_completed":
                    if not message["success"]:
                        raise ValueError(str(output.get("error"))[:200])
                    return output["data"]
        raise ValueError("the stream ended before the answer.")


def _triggers(event: dict) -> set[str]:
    return {name for _, name in event["targets"]}


def _middle(waits: list[float]) -> str:
    if len(waits) < 2:
        return "–"
    ordered = sorted(1000 * wait for wait in waits)
    return f"{statistics.median(ordered):.0f} / {ordered[int(0.95 * (len(ordered) - 1))]:.0f} ({len(ordered)})"

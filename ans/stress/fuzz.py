"""`python -m ans stress fuzz`: whatever anybody sends, over HTTP to a running app; does it hold?

Each case is one request: to a plain route or an operation of the API, to an event of the page or an endpoint of
gradio_client with any values, an upload of a broken table or zip, or a page with any `?run=` and `?text=`. No answer
may be a server error without a sentence, nothing may be lost, and the app must answer as before afterwards.
"""

from __future__ import annotations

import asyncio
import io
import json
import random
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import aiohttp

TOGETHER = 4  # requests at a time
LONGEST_WAIT = 60.0  # seconds for one answer
TEXTS = (
    "", " ", "wake me up at seven", "<img src=x onerror=alert(1)>", "${7*7} {{7*7}}", "=cmd|' /C calc'!A0", "\x00",
    "\ud83d",
    "\u202egnp.exe", "ａｂｃ", "ا" * 50, "a" * 3000, "../../etc/passwd", "%2e%2e%2f", "null", "None", "-1", "1e999",
    "'; --",
    "\r\nSet-Cookie: a=b", "🙂" * 200, "\u0000\uffff", "a\nb\tc", "{}", "[]", "starter", "assistant", "msp",
)  # fmt: skip
ODD = (
    None, True, False, 0, -1, 1, 2**63, -(2**70), 0.5, 1e308, float("inf"), float("nan"), [], {}, [None], ["a", 1],
    {"a": {"b": []}}, {"__type__": "update", "value": 1}, {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}},
    {"path": "http://127.0.0.1:1/", "meta": {"_type": "gradio.FileData"}}, {"text": None}, "a" * 100_000,
)  # fmt: skip
# What the API takes, by the names of its operations and of their fields.
OPERATIONS = {
    "classify": ("text", "model_id", "key"),
    "classify_batch": ("texts", "model_id", "key"),
    "list_models": ("key",),
    "train_status": ("model_id", "key"),
    "teach": ("corrections", "model_id", "key"),
    "train": ("dataset", "rows", "settings", "name"),
    "nothing": ("text",),
}
NEEDED = ("text", "texts", "corrections", "rows")
SETTINGS = (
    "epochs",
    "seed",
    "known_ratio",
    "known_classes",
    "no_class",
    "encoder",
    "data_dir",
    "prompt",
    "device",
    "x",
)
ENDPOINTS = ("classify", "classify_batch", "start", "poll", "../classify", "", "classify%00")


@dataclass
class Held:
    """What was sent, by kind, the statuses that came back, and what went wrong."""

    sent: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in sorted(self.sent.items()))
        codes = ", ".join(f"{count:,} × {status}" for status, count in sorted(self.statuses.items()))
        return "\n".join([f"{self.sent.total():,} requests ({kinds}) were answered {codes}.", *self.wrong[:20]])


def fuzz(address: str, cases: int, seed: int = 0, trains: bool = True) -> Held:
    """Send so many requests to a running app.

    Args:
        trains: whether trainings may be started, too.

    Raises:
        OSError: nobody answers there.
    """
    return asyncio.run(_all(address.rstrip("/"), cases, random.Random(seed), trains))


async def _all(address: str, cases: int, draw: random.Random, trains: bool) -> Held:
    held, timeout = Held(), aiohttp.ClientTimeout(total=LONGEST_WAIT)
    async with aiohttp.ClientSession(timeout=timeout, connector=aiohttp.TCPConnector(force_close=True)) as http:
        async with http.get(f"{address}/config") as reply:
            config = await reply.json()
        events = [one for one in config["dependencies"] if one["backend_fn"]]
        if not trains:
            events = [one for one in events if not one["api_name"].startswith(("start", "go_on", "train", "teach"))]
        left = iter(range(cases))

        async def some() -> None:
            for _ in left:
                await _one(http, address, events, draw, held)

        await asyncio.gather(*(some() for _ in range(TOGETHER)))
        async with http.get(f"{address}/") as reply:
            if reply.status != 200:
                held.wrong.append(f"at the end the page answers {reply.status}")
    return held


async def _one(http: aiohttp.ClientSession, address: str, events: list[dict], draw: random.Random, held: Held) -> None:
    kinds = {"route": 20, "api": 20, "event": 40, "program": 10, "upload": 10, "page": 10}
    kind = draw.choices(list(kinds), list(kinds.values()))[0]
    make = {"route": _route, "api": _api, "event": _event, "program": _program, "upload": _upload, "page": _page}[kind]
    method, path, body = make(draw, events)
    held.sent[kind] += 1
    about = f"{method} {path} {str(body)[:200]}"
    try:
        async with http.request(method, f"{address}{path}", **body) as reply:
            held.statuses[reply.status] += 1
            said = (await reply.content.read(4000)).decode(errors="replace")
            if reply.status >= 500 and (reply.status not in (500, 503) or not _is_sentence(said)):
                held.wrong.append(f"{reply.status} to {about}: {said[:200]!r}")
            if "Traceback" in said:
                held.wrong.append(f"a traceback to {about}: {said[-200:]!r}")
    except (TimeoutError, aiohttp.ClientError) as error:
        held.wrong.append(f"{type(error).__name__} to {about}")


def _is_sentence(said: str) -> bool:
    """Whether the answer says what is wrong: an error of Gradio's events does so with status 500."""
    try:
        told = json.loads(said)
    except ValueError:
        return False
    return bool(isinstance(told, dict) and (told.get("error") or told.get("detail")))


def anything(draw: random.Random, depth: int = 0) -> Any:
    """Any JSON value, more often an odd one than not."""
    kind = draw.random()
    if kind < 0.4:
        return draw.choice(ODD)
    if kind < 0.85 or depth > 2:
        return draw.choice(TEXTS)
    if kind < 0.93:
        return [anything(draw, depth + 1) for _ in range(draw.randrange(4))]
    return {draw.choice(TEXTS): anything(draw, depth + 1) for _ in range(draw.randrange(4))}


Sent = tuple[str, str, dict[str, Any]]


def _written(value: Any) -> dict[str, Any]:
    """A body of JSON as Python writes it, also with what is no JSON, such as NaN and halves of characters."""
    return {"data": json.dumps(value).encode(), "headers": {"Content-Type": "application/json"}}


def _route(draw: random.Random, events: list[dict]) -> Sent:
    if draw.random() < 0.2:
        return "GET", f"/ans/changes?since={quote(draw.choice(TEXTS), errors='replace')}", {}
    path = draw.choice(("/ans/verdict", "/ans/small-map"))
    if draw.random() < 0.2:
        return "POST", path, {"data": bytes(draw.randrange(256) for _ in range(draw.randrange(200)))}
    asked = {
        name: anything(draw) for name in ("run", "who", "tried", "label", "at_hand", "patient") if draw.random() < 0.6
    }
    return "POST", path, _written({"text": draw.choice((*TEXTS, anything(draw))), **asked})


def _api(draw: random.Random, events: list[dict]) -> Sent:
    learns = any(one["api_name"] == "train" for one in events)  # else nothing may be started
    name = draw.choice([name for name in OPERATIONS if learns or name not in ("train", "teach")])
    if draw.random() < 0.1:
        return "POST", f"/ans/api/{name}", {"data": bytes(draw.randrange(256) for _ in range(draw.randrange(200)))}
    likely: dict[str, Any] = {
        "texts": [draw.choice(TEXTS) for _ in range(draw.randrange(20))],
        "rows": _rows(draw),
        "corrections": _rows(draw),
        "settings": {draw.choice(SETTINGS): anything(draw) for _ in range(draw.randrange(4))},
    }
    # A body whose types all fit gets further than one that is odd in many places.
    asked = {
        field: likely.get(field, draw.choice(TEXTS)) if draw.random() < 0.85 else anything(draw)
        for field in OPERATIONS[name]
        if field in NEEDED or draw.random() < 0.4
    }
    if draw.random() < 0.1:
        asked[draw.choice(TEXTS)] = anything(draw)
    sent = _written(asked if draw.random() < 0.9 else anything(draw))
    if draw.random() < 0.2:
        sent["headers"]["Authorization"] = f"Bearer {draw.choice(('ans_x', 'ans_', '', 'x' * 5000))}"
    return "POST", f"/ans/api/{name}", sent


def _rows(draw: random.Random) -> list:
    labels = (None, "oos", *TEXTS[:4])
    return [
        {"text": draw.choice(TEXTS), "label": draw.choice(labels)} if draw.random() < 0.9 else anything(draw)
        for _ in range(draw.randrange(8))
    ]


def _event(draw: random.Random, events: list[dict]) -> Sent:
    event = draw.choice(events)
    count = max(0, len(event["inputs"]) + draw.choice((0, 0, 0, 0, -1, 1)))
    body = {
        "data": [anything(draw) for _ in range(count)],
        "fn_index": event["id"] if draw.random() < 0.98 else draw.choice((-1, 10**9)),
        "session_hash": draw.choice(("a", "b", "c" * 10)),
        "event_data": anything(draw) if draw.random() < 0.5 else {},
    }
    path = "/gradio_api/queue/join" if event.get("queue", True) else "/gradio_api/run/predict"
    return "POST", f"{path}?{event['api_name']}", _written(body)


def _program(draw: random.Random, events: list[dict]) -> Sent:
    path = f"/gradio_api/call/{draw.choice(('', 'v2/'))}{draw.choice(ENDPOINTS)}"
    data = anything(draw) if draw.random() < 0.3 else [anything(draw) for _ in range(draw.randrange(5))]
    return "POST", path, _written({"data": data} if draw.random() < 0.9 else anything(draw))


def _upload(draw: random.Random, events: list[dict]) -> Sent:
    form = aiohttp.FormData()
    name = draw.choice(("a.csv", "a.tsv", "a.jsonl", "a.json", "a.zip", "a.exe", "../a.csv", "a%00.csv", ".csv"))
    content = _zip(draw) if name.endswith(".zip") else _table(draw)
    form.add_field("files", content, filename=name, content_type=draw.choice(("text/csv", "a/b")))
    return "POST", "/gradio_api/upload", {"data": form}


def _table(draw: random.Random) -> bytes:
    cells = [draw.choice((*TEXTS, '"', '""', ",", ";", "\t", "text", "label")) for _ in range(draw.randrange(40))]
    written = draw.choice((",", "\t", ";", "\n", "\r")).join(cells)
    return written.encode(draw.choice(("utf-8", "utf-16", "cp1252")), errors="replace")


def _zip(draw: random.Random) -> bytes:
    packed = io.BytesIO()
    names = ("a/config.json", "../x", "/x", "a/b/../../x", "a/model/model.json")
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in draw.sample(names, draw.randrange(len(names))):
            archive.writestr(name, _table(draw))
    whole = packed.getvalue()
    return whole[: draw.randrange(len(whole) + 1)] if draw.random() < 0.3 else whole


def _page(draw: random.Random, events: list[dict]) -> Sent:
    asked = "&".join(f"{name}={quote(draw.choice(TEXTS), errors='replace')}" for name in ("run", "text", "x"))
    return "GET", f"/?{asked}", {}

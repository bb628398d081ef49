"""What `python -m ans stress fuzz` sends: requests that are drawn, some nearly right and some odd all through."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import aiohttp

from ans.stress.drawn_files import run_zip, table
from ans.stress.drawn_values import TEXTS, anything, corrections

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
    "epochs", "seed", "known_ratio", "known_classes", "no_class", "encoder", "data_dir", "prompt", "device", "x",
)  # fmt: skip
ENDPOINTS = ("classify", "classify_batch", "start", "poll", "../classify", "", "classify%00")
# Events that change what others see: which they are called on the page, at their beginnings.
CHANGING = (
    "start", "go_on", "train", "teach", "act", "add", "kept", "taken_back", "make_known", "remove", "correct", "store",
)  # fmt: skip
# What the parts of the page tell with an event. Nothing here deletes a run: one that is gone at the end was lost.
TOLD = {
    "action": ("open", "download", "rename", "correct", "new", "remove", "key"), "open": (True, False),
    "order": ("score", "given"), "page": (0, 1, 10**6), "row": (0, 1, -1), "on": (True, False), "tab": ("Map", "Ask"),
    "count": (0, 50, 10**9), "picked": (["alarm_set", "card_lost"], []),
}  # fmt: skip
KINDS = {"route": 20, "api": 20, "event": 40, "program": 10, "upload": 10, "page": 10}  # how often, of 110
Sent = tuple[str, str, dict[str, Any]]  # method, path, and what aiohttp takes beside them


@dataclass
class Visit:
    """One page that is open: the session, what it shows as its name, what it knows and what it has uploaded.

    `events`: of the page, as /config lists them. `parts`: its components by their ids. `changes`: whether what others
    see may be changed.
    """

    session: str
    events: Sequence[dict]
    parts: Mapping[int, dict]
    changes: bool
    who: str | None = None
    runs: Sequence[str] = ()
    labels: Sequence[str] = ("alarm_set", "card_lost", "OPEN")
    uploaded: list[str] = field(default_factory=list)


def request(kind: str, draw: random.Random, visit: Visit) -> Sent:
    """A request of one of `KINDS`."""
    make = {"route": _route, "api": _api, "event": _event, "program": _program, "upload": _upload, "page": _page}
    return make[kind](draw, visit)


def written(value: Any) -> dict[str, Any]:
    """A body of JSON as Python writes it, also with what is no JSON, such as NaN and halves of characters."""
    return {"data": json.dumps(value).encode(), "headers": {"Content-Type": "application/json"}}


def _run(draw: random.Random, visit: Visit) -> Any:
    return draw.choice(visit.runs) if visit.runs and draw.random() < 0.7 else anything(draw)


def _route(draw: random.Random, visit: Visit) -> Sent:
    if draw.random() < 0.2:
        return "GET", f"/ans/changes?since={quote(draw.choice(TEXTS), errors='replace')}", {}
    if draw.random() < 0.05:  # of a page that outlived its server
        stream = draw.choice(("queue/data?session_hash=", "call/classify/", "call/v2/classify/"))
        return "GET", f"/gradio_api/{stream}gone{draw.randrange(10)}", {}
    path = draw.choice(("/ans/verdict", "/ans/small-map"))
    if draw.random() < 0.2:
        return "POST", path, {"data": draw.randbytes(draw.randrange(200))}
    asked: dict[str, Any] = {
        name: anything(draw) for name in ("who", "tried", "at_hand", "patient") if draw.random() < 0.4
    }
    if draw.random() < 0.5:  # else it says that the model is loading, if it is
        asked["patient"] = True
    asked["label"] = draw.choice(visit.labels) if draw.random() < 0.7 else anything(draw)
    text = draw.choice(TEXTS) if draw.random() < 0.7 else anything(draw)
    return "POST", path, written({"text": text, "run": _run(draw, visit), **asked})


def _api(draw: random.Random, visit: Visit) -> Sent:
    name = draw.choice([name for name in OPERATIONS if visit.changes or name not in ("train", "teach")])
    if draw.random() < 0.1:
        return "POST", f"/ans/api/{name}", {"data": draw.randbytes(draw.randrange(200))}
    likely: dict[str, Any] = {
        "texts": [draw.choice(TEXTS) for _ in range(draw.randrange(20))],
        "rows": corrections(draw),
        "corrections": corrections(draw, visit.labels),
        "settings": {draw.choice(SETTINGS): anything(draw) for _ in range(draw.randrange(4))},
        "model_id": _run(draw, visit),
    }
    # A body whose types all fit gets further than one that is odd in many places.
    asked = {
        name: likely.get(name, draw.choice(TEXTS)) if draw.random() < 0.85 else anything(draw)
        for name in OPERATIONS[name]
        if name in NEEDED or draw.random() < 0.4
    }
    if draw.random() < 0.1:
        asked[draw.choice(TEXTS)] = anything(draw)
    sent = written(asked if draw.random() < 0.9 else anything(draw))
    if draw.random() < 0.2:
        sent["headers"]["Authorization"] = f"Bearer {draw.choice(('ans_x', 'ans_', '', 'x' * 5000))}"
    return "POST", f"/ans/api/{name}", sent


def _event(draw: random.Random, visit: Visit) -> Sent:
    event = draw.choice(visit.events)
    if draw.random() < 0.6:  # as a page would send it, but for a value or two
        odd = draw.choice((0.0, 0.0, 0.1))
        data = [anything(draw) if draw.random() < odd else _fitting(draw, visit, one) for one in event["inputs"]]
        about: Any = _told(draw, visit)
    else:
        count = max(0, len(event["inputs"]) + draw.choice((0, 0, 0, 0, -1, 1)))
        data = [anything(draw) for _ in range(count)]
        about = anything(draw) if draw.random() < 0.5 else {}
    body = {
        "data": data,
        "fn_index": event["id"] if draw.random() < 0.98 else draw.choice((-1, 10**9)),
        "session_hash": visit.session if draw.random() < 0.9 else draw.choice(("a", "b", "c" * 10)),
        "event_data": about,
    }
    path = "/gradio_api/queue/join" if event.get("queue", True) else "/gradio_api/run/predict"
    return "POST", f"{path}?{event['api_name']}", written(body)


def _fitting(draw: random.Random, visit: Visit, number: int) -> Any:
    """A value that this component of the page could have."""
    kind, props = visit.parts[number]["type"], visit.parts[number]["props"]
    if kind in ("file", "uploadbutton"):
        path = draw.choice(visit.uploaded) if visit.uploaded else None
        return path and {"path": path, "orig_name": path.rpartition("/")[2], "meta": {"_type": "gradio.FileData"}}
    if kind == "browserstate":
        return draw.choice((visit.who, visit.who, visit.who, *visit.runs, None))
    if kind in ("dropdown", "radio", "checkboxgroup"):
        offered = [one[1] for one in props.get("choices", ())] or [*visit.runs, *visit.runs, *visit.labels, "text"]
        if kind == "checkboxgroup" or props.get("multiselect"):
            return draw.sample(offered, min(len(offered), draw.randrange(4)))
        return draw.choice(offered)
    if kind in ("slider", "number"):
        usual = props.get("value") or 0
        return draw.choice((usual, usual, props.get("minimum"), props.get("maximum"), 0, 1, -1, 0.5))
    if kind == "checkbox":
        return draw.random() < 0.5
    return draw.choice(TEXTS) if kind in ("textbox", "api") else None


def _told(draw: random.Random, visit: Visit) -> dict:
    """What a part of the page could tell with an event."""
    of_labels = {name: (*visit.labels, *TEXTS[:8]) for name in ("label", "x", "y", "about", "text", "name", "value")}
    known = {**TOLD, **of_labels, "id": (*visit.runs, 0, 1)}
    told = {name: draw.choice(values) if draw.random() < 0.9 else anything(draw) for name, values in known.items()}
    return {name: value for name, value in told.items() if draw.random() < 0.9}


def _program(draw: random.Random, visit: Visit) -> Sent:
    path = f"/gradio_api/call/{draw.choice(('', 'v2/'))}{draw.choice(ENDPOINTS)}"
    data = anything(draw) if draw.random() < 0.3 else [anything(draw) for _ in range(draw.randrange(5))]
    return "POST", path, written({"data": data} if draw.random() < 0.9 else anything(draw))


def _upload(draw: random.Random, visit: Visit) -> Sent:
    form = aiohttp.FormData()
    name = draw.choice(("a.csv", "a.tsv", "a.jsonl", "a.json", "a.zip", "a.zip", "a.exe", "../a.csv", "a%00.csv"))
    content = run_zip(draw) if name.endswith(".zip") else table(draw)
    form.add_field("files", content, filename=name, content_type=draw.choice(("text/csv", "a/b")))
    return "POST", "/gradio_api/upload", {"data": form}


def _page(draw: random.Random, visit: Visit) -> Sent:
    chosen = {"run": draw.choice((*visit.runs, *TEXTS)), "text": draw.choice(TEXTS), "x": draw.choice(TEXTS)}
    return "GET", "/?" + "&".join(f"{name}={quote(value, errors='replace')}" for name, value in chosen.items()), {}

"""Values that `python -m ans stress fuzz` draws: texts, and whatever else JSON can hold."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

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


def corrections(draw: random.Random, known: Sequence[str] = ()) -> list:
    """Rows of a text and its label, some of them of the classes that are `known`."""
    labels = (None, "oos", *TEXTS[:4], *known)
    return [
        {"text": draw.choice(TEXTS), "label": draw.choice(labels)} if draw.random() < 0.9 else anything(draw)
        for _ in range(draw.randrange(8))
    ]

"""A server with the guard before it, for the tests that ask it as strangers do."""

from __future__ import annotations

from starlette.testclient import TestClient

from ans.ui.limits import API, EVENTS, MIB, TYPING, UPLOADED, UPLOADS, Limits

TINY = Limits(
    rates={TYPING: "2/minute", EVENTS: "2/minute", API: "1/minute", UPLOADS: "2/minute", UPLOADED: "4/hour"},
    upload=2 * MIB,
    kept=6 * MIB,
)


def sent(client: TestClient, name: str = "a.csv", size: int = 10):
    return client.post("/gradio_api/upload", files={"files": (name, b"x" * size)})

"""Bodies of requests, read within bounds of bytes and of time: who sends slowly holds nothing for long."""

from __future__ import annotations

import time

import anyio
from starlette.types import Message, Receive

GONE: Message = {"type": "http.disconnect"}


class TooLong(Exception):
    """The body has more bytes than it may."""


class TooSlow(Exception):
    """The body did not come in time, or its sender has gone."""


def bounded(receive: Receive, most: int, seconds: float) -> Receive:
    """The messages of a request; its body is broken off beyond so many bytes, or so many seconds from now."""
    got, until, whole = 0, time.monotonic() + seconds, False

    async def within() -> Message:
        nonlocal got, whole
        if whole:  # what follows the body tells that the client goes, which may take as long as the answer
            return await receive()
        message = GONE
        with anyio.move_on_after(max(0.0, until - time.monotonic())):
            message = await receive()
        got += len(message.get("body", b""))
        whole = message["type"] == "http.request" and not message.get("more_body")
        return message if got <= most else GONE

    return within


async def whole(receive: Receive, most: int, seconds: float) -> bytes:
    """The whole body of a request.

    Raises:
        TooLong: it has more bytes. TooSlow: it does not come in this time.
    """
    body, next_part = bytearray(), bounded(receive, most + 1, seconds)
    while True:
        message = await next_part()
        body += message.get("body", b"")
        if len(body) > most:
            raise TooLong
        if message["type"] == "http.disconnect":
            raise TooSlow
        if not message.get("more_body"):
            return bytes(body)


def after(first: bytes, receive: Receive) -> Receive:
    """A whole body that was read already, then what follows it."""
    waiting: list[Message] = [{"type": "http.request", "body": first}]

    async def messages() -> Message:
        return waiting.pop() if waiting else await receive()

    return messages

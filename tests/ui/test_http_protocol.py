"""Requests whose heads never end, by a real socket at a real server."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from ans.local_page import free_port
from ans.ui.http_protocol import LONGEST_HEAD, TOO_LONG, read_by_it

POST = b"POST / HTTP/1.1\r\nHost: here\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"


class Told(uvicorn.Server):
    """A server that says when it is up."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    async def length(request: Request) -> PlainTextResponse:
        return PlainTextResponse(f"{len(await request.body())} bytes")

    read_by_it()
    port = free_port()
    app = Starlette(routes=[Route("/", length, methods=["GET", "POST"])])
    server = Told(uvicorn.Config(app, port=port, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    assert server.up.wait(60)
    yield port
    server.should_exit = True
    thread.join()


def sent(port: int, *parts: bytes) -> str:
    """What the server says to these parts. It has to answer, or to close the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
        with suppress(ConnectionError):  # it may close before all is sent
            for part in parts:
                client.sendall(part)
        said = b""
        with suppress(ConnectionError):
            while b"\r\n\r\n" not in said or b"bytes" not in said:
                if not (more := client.recv(1 << 16)):
                    break
                said += more
        return said.decode()


def flood(beginning: bytes, part: bytes) -> list[bytes]:
    """Far more than may be there, without an end."""
    return [beginning, *[part] * (100 * LONGEST_HEAD // len(part))]


@pytest.mark.parametrize(
    "parts",
    [
        flood(POST + b"X-Long: ", b"a" * 8192),
        flood(POST, b"X: y\r\n" * 2048),
        flood(b"POST /", b"a" * 8192),
        flood(CHUNKED + b"1\r\na\r\n0\r\n", b"X: y\r\n" * 2048),
        flood(CHUNKED + b"1;", b"a" * 8192),
    ],
    ids=["one header", "many headers", "an address", "what follows the body", "what is said of a part"],
)
def test_a_head_without_an_end_closes_the_connection(port, parts):
    said = sent(port, *parts)
    assert "bytes" not in said
    assert not said or TOO_LONG in said or "400" in said.partition("\r\n")[0]


def test_what_browsers_send_is_read(port):
    assert sent(port, POST + b"Content-Length: 5\r\n\r\nhello").endswith("5 bytes")
    cookie = b"Cookie: " + b"a" * 30_000 + b"\r\n"
    assert sent(port, POST + cookie + b"Content-Length: 1\r\n\r\n", b"a").endswith("1 bytes")


def test_a_body_may_be_long_and_come_in_many_parts(port):
    body = b"a" * (20 * LONGEST_HEAD)
    assert sent(port, POST + b"Content-Length: %d\r\n\r\n" % len(body), body).endswith(f"{len(body)} bytes")
    parts = b"1\r\na\r\n" * (2 * LONGEST_HEAD)
    assert sent(port, CHUNKED, parts, b"0\r\n\r\n").endswith(f"{2 * LONGEST_HEAD} bytes")


def test_one_connection_may_ask_again_and_again(port):
    asked = POST + b"X: " + b"a" * 40_000 + b"\r\nContent-Length: 1\r\n\r\na"
    with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
        for _ in range(10):
            client.sendall(asked)
            said = b""
            while not said.endswith(b"1 bytes"):
                said += client.recv(1 << 16)

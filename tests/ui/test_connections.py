"""Connections that ask nothing are closed, and no address has more than its part; whoever asks is left alone."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Iterator

import pytest
import uvicorn

from ans.ui import connections
from ans.ui.connections import IDLE_SECONDS, Connections


@pytest.fixture
def server() -> Iterator[tuple[uvicorn.Server, int]]:
    """A real server whose answer to /slow takes until it is let go."""
    go = threading.Event()

    async def app(scope, receive, send) -> None:
        assert scope["type"] == "http"
        await send({"type": "http.response.start", "status": 200, "headers": []})
        if scope["path"] == "/slow":
            import anyio

            while not go.is_set():
                await anyio.sleep(0.01)
        await send({"type": "http.response.body", "body": b"here"})

    listening = socket.create_server(("127.0.0.1", 0))
    running = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=running.run, args=([listening],), daemon=True)
    thread.start()
    yield running, listening.getsockname()[1]
    go.set()
    running.should_exit = True
    thread.join()


def connected(running: uvicorn.Server, port: int, more: int, sent: bytes) -> list[socket.socket]:
    """So many connections, which have sent this, once the server has them."""
    count = more + len(running.server_state.connections)
    made = [socket.create_connection(("127.0.0.1", port)) for _ in range(more)]
    for one in made:
        one.sendall(sent)
    while len(running.server_state.connections) < count:
        threading.Event().wait(0.01)
    return made


def is_closed(one: socket.socket) -> bool:
    one.settimeout(10)
    try:
        return one.recv(1) == b""
    except ConnectionResetError:
        return True


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\nHost: me\r\nX-Slow: "])
def test_who_asks_nothing_or_never_ends_asking_is_closed_after_a_while(server, sent):
    running, port = server
    (one,) = connected(running, port, 1, sent)
    looked_after = Connections(running, None)
    assert looked_after.look(now=100.0) == 0
    assert looked_after.look(now=100.0 + IDLE_SECONDS) == 0
    assert looked_after.look(now=101.0 + IDLE_SECONDS) == 1
    assert is_closed(one)


def test_who_waits_for_an_answer_is_left_alone_however_long_it_takes(server):
    running, port = server
    (one,) = connected(running, port, 1, b"GET /slow HTTP/1.1\r\nHost: me\r\n\r\n")
    assert one.recv(12) == b"HTTP/1.1 200"
    looked_after = Connections(running, None)
    assert [looked_after.look(now) for now in (0.0, 1e6)] == [0, 0]


def test_an_address_has_so_many_connections_and_keeps_those_that_wait_for_an_answer(server):
    running, port = server
    waiting = connected(running, port, 3, b"GET /slow HTTP/1.1\r\nHost: me\r\n\r\n")
    assert all(one.recv(12) == b"HTTP/1.1 200" for one in waiting)
    idle = connected(running, port, 5, b"")
    assert Connections(running, 3).look(now=0.0) == 5
    assert all(is_closed(one) for one in idle)
    asking = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    asking.request("GET", "/")
    assert asking.getresponse().read() == b"here", "the server still answers"


def test_whatever_goes_wrong_in_a_look_the_next_one_comes_and_the_log_says_so_once(server, monkeypatch, caplog):
    monkeypatch.setattr(connections, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(connections, "IDLE_SECONDS", 0.0)
    running, port = server
    looked_after, real, failed = Connections(running, None), Connections.look, []

    def broken(self: Connections, now: float) -> int:
        if len(failed) < 3:
            failed.append(now)
            raise AttributeError("a connection of another kind")
        return real(self, now)

    monkeypatch.setattr(Connections, "look", broken)
    (one,) = connected(running, port, 1, b"")
    looked_after.watch()
    assert is_closed(one)
    told = [record.getMessage() for record in caplog.records if record.name == "ans.ui"]
    assert told == ["Connections could not be looked at now: AttributeError: a connection of another kind"]

"""A proxy that lets nothing through and writes down who wanted out."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

NAMES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")


@contextmanager
def recording_proxy() -> Iterator[tuple[dict[str, str], list[str]]]:
    """The variables that send a process's requests here, and the first line of each that came."""
    asked: list[str] = []
    listening = socket.create_server(("127.0.0.1", 0))

    def record() -> None:
        while True:
            try:
                one, _ = listening.accept()
            except OSError:  # closed
                return
            with one:
                one.settimeout(5)
                try:
                    asked.append(one.recv(200).split(b"\r\n")[0].decode("latin-1"))
                except OSError:
                    asked.append("(nothing)")

    thread = threading.Thread(target=record, daemon=True)
    thread.start()
    try:
        yield dict.fromkeys(NAMES, f"http://127.0.0.1:{listening.getsockname()[1]}"), asked
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()

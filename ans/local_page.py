"""A page on this machine, as whoever starts one for a while sees it: where it can listen, and whether it answers."""

from __future__ import annotations

import socket
import urllib.request


def free_port() -> int:
    """A port that nobody listens at now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(address: str) -> bool:
    """Whether a page answers there."""
    try:
        with urllib.request.urlopen(address, timeout=5) as reply:
            return reply.status == 200
    except OSError:
        return False

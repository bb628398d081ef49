"""Which sites may have a visitor's browser ask this server: pages of other sites can send requests in their name."""

from __future__ import annotations

import ipaddress
from typing import Any
from urllib.parse import urlsplit

from gradio.route_utils import CustomCORSMiddleware
from starlette.datastructures import Headers
from starlette.types import Scope

NOT_THIS_MACHINE = (
    "This server is for its own machine, and was asked as {!r}. Behind proxies of your own, say how many there are "
    "with ANS_PROXIES; to serve others, use --host."
)
ANOTHER_SITE = "Another site's page has asked this; open this server's own page."


class WithoutCookies(CustomCORSMiddleware):
    """Gradio's answer to pages of other sites, which may ask, but never with the login that a browser has here.

    Workaround, seen with Gradio 6.31.0, no upstream issue known: it lets every site read answers in a visitor's name.
    It can go when tests/ui/test_origins.py says so.
    """

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        for headers in (self.preflight_headers, self.simple_headers):
            headers.pop("Access-Control-Allow-Credentials")


def refusal(scope: Scope, local: bool, asks_login: bool) -> str | None:
    """Why a request is refused for the sake of whose browser sends it; None if it is not.

    Args:
        local: only this machine is served. Then a name that leads here is not enough: any site can make one up.
        asks_login: the browser may be logged in, so another site's page must change nothing.
    """
    headers = Headers(scope=scope)
    host = headers.get("host", "")
    if local and not _is_here(_name(host)):
        return NOT_THIS_MACHINE.format(_name(host)[:80])
    origin = headers.get("origin")
    if origin is None or scope["method"] not in ("POST", "PUT", "PATCH", "DELETE"):
        return None
    own = {host, headers.get("x-forwarded-host", host)}
    if local and not _is_here(_name(urlsplit(origin).netloc)):
        return ANOTHER_SITE
    if asks_login and urlsplit(origin).netloc not in own:
        return ANOTHER_SITE
    return None


def _name(place: str) -> str:
    """The host of HOST:PORT."""
    try:
        return urlsplit(f"//{place}").hostname or ""
    except ValueError:
        return place


def _is_here(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")

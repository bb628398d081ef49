"""Stands before all routes of the server: who asks too much is told to wait, what nobody needs is not there, and the
answers carry the headers that keep browsers from harm."""

from __future__ import annotations

import logging
import os
import re
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ans.data.tables import PACKED_TOO
from ans.ui.addresses import address_of
from ans.ui.ask.routes import SMALL_MAP, VERDICT
from ans.ui.limits import API, EVENTS, LOGINS, MIB, PAGES, TYPING, UPLOADED, UPLOADS, Limits, Rates

log = logging.getLogger("ans.ui")
EVENT_PATHS = ("/gradio_api/queue/join", "/gradio_api/run/predict")
UPLOAD_PATH = "/gradio_api/upload"
# Of Gradio's server: what is for its development, its hosted services, and features that this page has none of.
UNUSED = re.compile(
    r"/gradio_api/(dev|vibe-|process_recording|proxy=|stream/|custom_component|component_server|run-history|profiling"
    r"|api/|runs|deep_link)|/(monitoring|gradio_api/deep_link|openapi\.json|docs|redoc)\b"
)
NAMED = re.compile(r"/gradio_api/(?:call/v2|call|run)/([^/]+)")
FILE_NAME = re.compile(rb'filename="((?:[^"\\]|\\.)*)"')
KINDS = frozenset(PACKED_TOO)
LONGEST_BODY = 4 * MIB  # of any other request: many texts, a thousand of them for the API
MOST_PARTS = 50_000  # lists and objects in one: the server looks at each, and meanwhile at nobody else
BUSY = "Too much is asked from this address at once; try again in {} s."


class Guard:
    """ASGI middleware.

    Args:
        limits: what one visitor may ask, counted in `rates`.
        public: names of the endpoints for programs. uploaded: where Gradio keeps what was uploaded.
        frames: which sites may show this page in a frame.
        proxies: how many proxies stand before this server, each of which appends an address to X-Forwarded-For.
    """

    def __init__(
        self,
        app: ASGIApp,
        public: frozenset[str],
        uploaded: Path,
        limits: Limits,
        rates: Rates,
        frames: str,
        proxies: int,
    ) -> None:
        self._app, self._limits, self._rates, self._proxies = app, limits, rates, proxies
        self._public, self._uploaded = public | {"predict"}, uploaded
        self._headers = [
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"same-origin"),
            (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
            (b"content-security-policy", policy(frames).encode()),
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or let it through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *self._headers]
            await send(message)

        path, posts = path_of(scope), scope["method"] == "POST"
        refused = self._refusal(scope, path, posts)
        if refused is not None:
            await refused(scope, receive, sent)
        elif posts and path == UPLOAD_PATH:
            await self._upload(scope, receive, sent)
        elif posts and path.startswith("/gradio_api/"):
            whole = await _read(receive, LONGEST_BODY)
            if whole is None or whole.count(b"[") + whole.count(b"{") > MOST_PARTS:
                await _no(413, f"A request has at most {LONGEST_BODY // MIB} MiB, and not so many lists in it.")(
                    scope, receive, sent
                )
                return
            await self._events(scope, _after({"type": "http.request", "body": whole}, receive), sent)
        else:
            await self._app(scope, _bounded(receive, LONGEST_BODY), sent)

    async def _events(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Gradio's own routes raise whatever a request that it can't read leads to, which would be a traceback."""
        begun = False

        async def sent(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, sent)
        except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
            if begun:
                raise
            log.warning("A request to %s was refused: %s", path_of(scope), type(error).__name__)
            told = "What was sent is nothing that this page sends. The page's footer has the API."
            await _no(422, told)(scope, receive, sent)

    def _refusal(self, scope: Scope, path: str, posts: bool) -> JSONResponse | None:
        named = NAMED.match(path)
        if UNUSED.match(path) or (named is not None and named[1] not in self._public):
            return _no(404, "There is no such address here.")
        if path.startswith("/ans/") and not is_let_in(scope):
            return _no(401, "Log in first.")
        if posts and path != UPLOAD_PATH and _length(scope) > LONGEST_BODY:
            return _no(413, f"A request has at most {LONGEST_BODY // MIB} MiB.")
        kind = _kind(path, posts, named)
        return None if kind is None else self._too_often(kind, scope)

    def _too_often(self, kind: str, scope: Scope, cost: int = 1) -> JSONResponse | None:
        wait = self._rates.wait(kind, address_of(scope, self._proxies), cost)
        return _no(429, BUSY.format(wait), wait) if wait else None

    async def _upload(self, scope: Scope, receive: Receive, send: Send) -> None:
        most, length = self._limits.upload, _length(scope)
        if not self._limits.uploading:
            refused = _no(403, "Uploads are turned off on this server; run the app on your own machine.")
        elif not length:
            refused = _no(411, "An upload tells its length.")
        elif length > most + MIB:  # the form around the file is small
            refused = _no(413, f"A file has at most {most // MIB} MiB here.")
        elif self._limits.kept is not None and _size(self._uploaded) + length > self._limits.kept:
            refused = _no(413, "This server holds as many uploads as it may; try again in some hours.")
        else:
            refused = self._too_often(UPLOADS, scope) or self._too_often(UPLOADED, scope, max(1, length // MIB))
        if refused is not None:
            await refused(scope, receive, send)
            return
        first = await receive()  # of a form with one file, its name stands in the first lines
        names = FILE_NAME.findall(first.get("body", b"")[:4096])
        if not names or any(Path(os.fsdecode(name)).suffix.lower() not in KINDS for name in names):
            told = f"Expected a file whose name ends in {', '.join(sorted(KINDS))}."
            await _no(415, told)(scope, receive, send)
            return
        await self._events(scope, _bounded(_after(first, receive), most + MIB), send)


def policy(frames: str) -> str:
    """The content security policy. Gradio writes scripts and styles into its page, and components make functions from
    text, so `unsafe-inline` and `unsafe-eval` stay; but nothing comes from, or goes to, another server."""
    return (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' blob: data:; worker-src 'self' blob:; "
        f"object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors {frames}"
    )


def path_of(scope: Scope) -> str:
    """The path below the prefix that a proxy puts before it, without a slash at its end."""
    path = scope["path"].removeprefix(scope.get("root_path") or "")
    return re.sub("/+", "/", "/" + path).rstrip("/") or "/"


def is_let_in(scope: Scope) -> bool:
    """Whether the person has logged in, where that is asked for."""
    app: Any = scope["app"]
    if getattr(app, "auth", None) is None:
        return True
    cookies, kind = Request(scope).cookies, f"access-token-{app.cookie_id}"
    unsecure = f"access-token-unsecure-{app.cookie_id}"
    return app.tokens.get(cookies.get(kind) or cookies.get(unsecure)) is not None


def _kind(path: str, posts: bool, named: re.Match | None) -> str | None:
    if path in ("/", "/config"):
        return PAGES
    if not posts:
        return None
    if path == "/login":
        return LOGINS
    if path in (VERDICT, SMALL_MAP):
        return TYPING
    if path in EVENT_PATHS:
        return EVENTS
    return API if named is not None else None


def _no(status: int, sentence: str, wait: int = 0) -> JSONResponse:
    headers = {"Retry-After": str(wait)} if wait else None
    return JSONResponse({"error": sentence, "detail": sentence}, status, headers)


def _length(scope: Scope) -> int:
    told = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    return int(told) if told.isdigit() else 0


def _size(folder: Path) -> int:
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.stat(os.path.join(place, name)).st_size
            except OSError:  # swept in this moment
                continue
    return total


async def _read(receive: Receive, most: int) -> bytes | None:
    """The whole body of a request; None if it has more bytes."""
    whole = bytearray()
    while True:
        message = await receive()
        whole += message.get("body", b"")
        if len(whole) > most:
            return None
        if not message.get("more_body"):
            return bytes(whole)


def _bounded(receive: Receive, most: int) -> Receive:
    """The body of a request, broken off beyond so many bytes."""
    got = 0

    async def bounded() -> Message:
        nonlocal got
        message = await receive()
        got += len(message.get("body", b""))
        return message if got <= most else {"type": "http.disconnect"}

    return bounded


def _after(first: Message, receive: Receive) -> Receive:
    """A message that was looked at already, then the others."""
    waiting = [first]

    async def after() -> Message:
        return waiting.pop() if waiting else await receive()

    return after

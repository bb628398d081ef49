"""Stands before all routes of the server: who asks too much is told to wait, what nobody needs is not there, and the
answers carry the headers that keep browsers from harm."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ans.ui import origins, upload_gate
from ans.ui.addresses import PROGRAMS, TOOLS, address_of
from ans.ui.ask.routes import SMALL_MAP, VERDICT
from ans.ui.bodies import TooLong, TooSlow, after, bounded, whole
from ans.ui.limits import API, EVENTS, LOGINS, MIB, PAGES, TYPING, UPLOADED, UPLOADS, Limits, Rates
from ans.ui.refused import refused_answer

log = logging.getLogger("ans.ui")
EVENT_PATHS = ("/gradio_api/queue/join", "/gradio_api/run/predict")
# Of Gradio's server: what is for its development, its hosted services, and features that this page has none of.
UNUSED = re.compile(
    r"/gradio_api/(dev|vibe-|process_recording|proxy=|stream/|custom_component|component_server|run-history|profiling"
    r"|api/|runs|deep_link)|/(monitoring|gradio_api/deep_link|openapi\.json|docs|redoc)\b"
)
NAMED = re.compile(r"/gradio_api/(?:call/v2|call|run)/([^/]+)")
LONGEST_BODY = 4 * MIB  # of any other request: many texts, a thousand of them for the API
MOST_PARTS = 50_000  # lists and objects in one: the server looks at each, and meanwhile at nobody else
BODY_SECONDS = 60.0  # for one to arrive
SLOW = "What was sent did not arrive in time."
PAGE_PATHS = ("/", "/config")
NOT_KEPT = (b"cache-control", b"no-store")  # they say where the page is, as its reader has told it
BUSY = "Too much is asked from this address at once; try again in {} s."


class Guard:
    """ASGI middleware.

    Args:
        limits: what one visitor may ask, counted in `rates`.
        public: names of the endpoints for programs. own: paths of the plain routes.
        uploaded: where Gradio keeps what was uploaded.
        frames: which sites may show this page in a frame.
        proxies: how many proxies stand before this server, each of which appends an address to X-Forwarded-For.
        tools: whether the operations are there as tools, too.
        local: whether only this machine is served.
    """

    def __init__(
        self,
        app: ASGIApp,
        public: frozenset[str],
        own: frozenset[str],
        uploaded: Path,
        limits: Limits,
        rates: Rates,
        frames: str,
        proxies: int,
        tools: bool = False,
        local: bool = False,
    ) -> None:
        self._local = local
        self._app, self._limits, self._rates, self._proxies = app, limits, rates, proxies
        self._public, self._own, self._tools = public | {"predict"}, own, tools
        self._uploads = upload_gate.UploadGate(uploaded, limits)
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

        asked = scope["path"]
        if any(asked == one or asked.startswith(f"{one}/") for one in self._own):
            # A proxy has taken the prefix off; were that /ans, as our own paths begin, it would be taken off again.
            scope = {**scope, "path": f"{scope.get('root_path') or ''}{asked}"}
        path, posts = path_of(scope), scope["method"] == "POST"
        headers = [*self._headers, *([NOT_KEPT] if path in PAGE_PATHS else [])]

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *headers]
            await send(message)

        refused = self._refusal(scope, path, posts)
        if refused is not None:
            await refused(scope, receive, sent)
        elif posts and path == upload_gate.PATH:
            await self._upload(scope, receive, sent)
        elif posts and path.startswith(("/gradio_api/", f"{PROGRAMS}/")):
            # What a program sent and can't be read is told by its route; what else goes wrong there is a fault of ours.
            await self._asked(self._app if path.startswith(PROGRAMS) else self._events, scope, receive, sent)
        else:
            await self._app(scope, bounded(receive, LONGEST_BODY, BODY_SECONDS), sent)

    async def _asked(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body = await whole(receive, LONGEST_BODY, BODY_SECONDS)
            if body.count(b"[") + body.count(b"{") > MOST_PARTS:
                raise TooLong
        except TooLong:
            refused = refused_answer(
                413, f"A request has at most {LONGEST_BODY // MIB} MiB, and not so many lists in it."
            )
            await refused(scope, receive, send)
        except TooSlow:
            await refused_answer(408, SLOW)(scope, receive, send)
        else:
            await app(scope, after(body, receive), send)

    async def _upload(self, scope: Scope, receive: Receive, send: Send) -> None:
        length, refused = _length(scope), self._too_often(UPLOADS, scope)
        if refused is None and (told := await self._uploads.refusal(length)) is not None:
            refused = refused_answer(*told)
        refused = refused or self._too_often(UPLOADED, scope, max(1, length // MIB))
        if refused is not None:
            await refused(scope, receive, send)
        else:
            await self._uploads(self._events, scope, receive, send, length)

    async def _events(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Gradio's own routes raise whatever a request that it can't read leads to, which would be a traceback."""
        begun = False

        async def sent(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, sent)
        except ClientDisconnect:  # or what it sent was broken off
            if not begun:
                await refused_answer(408, SLOW)(scope, receive, send)
        except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
            if begun:
                raise
            log.warning("A request to %s was refused: %s", path_of(scope), type(error).__name__)
            told = "What was sent is nothing that this page sends. The page's footer has the API."
            await refused_answer(422, told)(scope, receive, sent)

    def _refusal(self, scope: Scope, path: str, posts: bool) -> JSONResponse | None:
        if (why := origins.refusal(scope, self._local, asks_login(scope))) is not None:
            return refused_answer(403, why)
        named = NAMED.match(path)
        of_tools = path == TOOLS or path.startswith(f"{TOOLS}/")
        if UNUSED.match(path) or (named is not None and named[1] not in self._public) or (of_tools and not self._tools):
            return refused_answer(404, "There is no such address here.")
        if (path.startswith("/ans/") or of_tools) and not is_let_in(scope):
            return refused_answer(401, "Log in first.")
        if posts and path != upload_gate.PATH and _length(scope) > LONGEST_BODY:
            return refused_answer(413, f"A request has at most {LONGEST_BODY // MIB} MiB.")
        kind = _kind(path, posts, named)
        return None if kind is None else self._too_often(kind, scope)

    def _too_often(self, kind: str, scope: Scope, cost: int = 1) -> JSONResponse | None:
        wait = self._rates.wait(kind, address_of(scope, self._proxies), cost)
        if not wait:
            return None
        answer = refused_answer(429, BUSY.format(wait), wait)
        if kind == PAGES:  # a person is there: all pages of an office open again at once when the server has restarted
            answer.headers["Refresh"] = str(wait)
        return answer


def policy(frames: str) -> str:
    """The content security policy. Gradio writes scripts and styles into its page, and components make functions from
    text, so `unsafe-inline` and `unsafe-eval` stay; but nothing comes from, or goes to, another server."""
    return (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' blob: data:; worker-src 'self' blob:; "
        f"object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors {frames}"
    )


def path_of(scope: Scope) -> str:
    """The path below the prefix that a proxy may have left before it, without a slash at its end."""
    path, prefix = scope["path"], scope.get("root_path") or ""
    if path == prefix or path.startswith(f"{prefix}/"):
        path = path[len(prefix) :]
    return re.sub("/+", "/", "/" + path).rstrip("/") or "/"


def asks_login(scope: Scope) -> bool:
    """Whether this server is only for who logs in."""
    return getattr(scope["app"], "auth", None) is not None


def is_let_in(scope: Scope) -> bool:
    """Whether the person has logged in, where that is asked for."""
    app: Any = scope["app"]
    if not asks_login(scope):
        return True
    cookies, kind = Request(scope).cookies, f"access-token-{app.cookie_id}"
    unsecure = f"access-token-unsecure-{app.cookie_id}"
    return app.tokens.get(cookies.get(kind) or cookies.get(unsecure)) is not None


def _kind(path: str, posts: bool, named: re.Match | None) -> str | None:
    if path in PAGE_PATHS:
        return PAGES
    if not posts:
        return None
    if path == "/login":
        return LOGINS
    if path in (VERDICT, SMALL_MAP):
        return TYPING
    if path in EVENT_PATHS:
        return EVENTS
    return API if named is not None or path == TOOLS or path.startswith(f"{PROGRAMS}/") else None


def _length(scope: Scope) -> int:
    told = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    return int(told) if told.isdigit() else 0

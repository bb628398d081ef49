"""How this server is run, and what becomes of a browser that arrives."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import gradio as gr
from starlette.requests import Request
from starlette.types import Scope

from ans.ui.addresses import address_of
from ans.ui.environment import FRAMES
from ans.ui.held import Held
from ans.ui.identities import Identities
from ans.ui.limits import NAMES, OWN, Limits, Rates


@dataclass(frozen=True)
class Server:
    """How this server is run.

    `restricted`: strangers can reach the page, so nobody may name paths or hub models. `trouble`: tells why nothing can
    be trained now, such as `WorkerSupervisor.trouble`. `limits`: what one visitor may ask. `identities`: reads the
    names that browsers show; without, a name is its own proof. `proxies`, `frames`: see `Guard`. `keeping`: what
    people should know of how long runs are kept.
    """

    restricted: bool = False
    trouble: Callable[[], str | None] = lambda: None
    limits: Limits = OWN
    identities: Identities | None = None
    proxies: int = 0
    frames: str = FRAMES
    keeping: str = ""

    @cached_property
    def rates(self) -> Rates:
        """What each address has done lately."""
        return Rates(self.limits)

    @cached_property
    def held(self) -> Held:
        """What open pages hold in memory."""
        return Held(self.limits.held)

    def name(self, shown: str | None) -> str | None:
        """The name of a browser, by what it shows; None if it has none that is true."""
        return shown if self.identities is None else self.identities.name(shown)

    def welcome(self, shown: str | None, request: gr.Request, knows: Callable[[str], bool]) -> str | None:
        """What a browser that opens the page shows as its name from now on; None if its address asks for too many.

        Args:
            shown: what it shows now, perhaps of an earlier version. knows: whether anything here is of that name.
        """
        if self.identities is None:
            return shown or secrets.token_hex(16)
        known = self.identities.token_of(shown, knows)
        if known is None and self.rates.wait(NAMES, self.address(request)):
            gr.Warning("Too many new visitors come from your address; what you bring will not be kept.")
            return None
        return known or self.identities.new()

    def address(self, request: gr.Request) -> str:
        """Where the request behind an event comes from."""
        return self.address_of_request(getattr(request, "request", None))

    def address_of_request(self, request: Request | None) -> str:
        """The same of a request to the server; None in tests without one."""
        scope: Scope = {"headers": [], "client": None} if request is None else request.scope
        return address_of(scope, self.proxies)

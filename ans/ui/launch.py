"""What `Blocks.launch` needs for this page: look, plain routes, the guard before all, and nothing that tells tales."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradio import routes as gradio_routes
from gradio.utils import get_upload_folder
from starlette.middleware import Middleware

from ans.ui.changes import StoreChanges
from ans.ui.guard import Guard
from ans.ui.http_protocol import read_by_it
from ans.ui.origins import WithoutCookies
from ans.ui.page_component import PAGE_SCRIPTS
from ans.ui.server import Server
from ans.ui.theme import look
from ans.ui.upload_gate import sweep
from ans.ui.waiting_answers import EndedStreams
from ans.ui.wiring import LenientBlocks

if TYPE_CHECKING:
    from ans.ui.api.tools import Tools


def launch_options(
    demo: LenientBlocks, changes: StoreChanges, server: Server | None = None, tools: Tools | None = None
) -> dict[str, Any]:
    """Keywords for `demo.launch`. server: how it is run; None as on one's own machine. tools: see `--mcp`."""
    server = server or Server()
    read_by_it()
    setattr(gradio_routes, "CustomCORSMiddleware", WithoutCookies)  # noqa: B010
    public = frozenset(str(event.api_name) for event in demo.fns.values() if event.api_visibility == "public")
    if server.limits.kept is not None:  # on one's own machine other apps may keep their files there, too
        sweep(Path(get_upload_folder()))
    routes = [changes.route, *demo.plain_routes, *([] if tools is None else tools.routes)]
    guard = Middleware(
        Guard, public=public, own=frozenset(route.path for route in routes), uploaded=Path(get_upload_folder()),
        limits=server.limits, rates=server.rates, frames=server.frames, proxies=server.proxies,
        tools=tools is not None, local=not server.restricted and not server.proxies,
    )  # fmt: skip
    return {
        **look(),
        "head": "".join(f"<script>{path.read_text(encoding='utf-8')}</script>" for path in PAGE_SCRIPTS),
        "run_history": False,
        "enable_monitoring": False,
        "footer_links": ["api", "settings"],
        "max_file_size": server.limits.upload,
        "quiet": True,
        "ssr_mode": False,
        "mcp_server": False,  # Gradio's own; ans/ui/api/tools.py tells why not
        "app_kwargs": {
            "openapi_url": None,
            "routes": routes,
            "middleware": [guard, Middleware(EndedStreams)],
            **({} if tools is None else {"lifespan": tools.lifespan}),
        },
    }

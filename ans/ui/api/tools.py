"""The operations as tools of the Model Context Protocol, for assistants: `python app.py --mcp`, at /gradio_api/mcp.

Gradio has a server of its own for that, which is not used: its extra `gradio[mcp]` wants pydantic below 2.13 and mcp
below 2, and its tools give the repr of a Python dict as a text. Here each tool has a schema of what it takes and of
what it gives, and the answer is structured. It is one POST with a JSON answer; no session, no stream is kept.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from mcp import types
from mcp.server import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from pydantic import ValidationError
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from ans import __version__
from ans.ui.addresses import TOOLS
from ans.ui.api.operations import OPERATIONS, Desk, Operation
from ans.ui.api.wrong_bodies import what_is_wrong
from ans.ui.refused import Refused

CHANGING = ("train", "teach")
INSTRUCTIONS = (
    "Texts are answered with one of a model's known classes, or with open when they belong to none. Begin with "
    "list_models or classify; train makes a model of rows of text and label, teach corrects one. A private model needs "
    "the key that train or teach gave."
)


class Tools:
    """The server of the tools. `routes` and `lifespan` are for the page's server."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._named = {operation.name: operation for operation in OPERATIONS}
        server = Server(
            "ans", version=__version__, title="Open-world text classification", instructions=INSTRUCTIONS,
            on_list_tools=self._list, on_call_tool=self._call,
        )  # fmt: skip
        self._manager = StreamableHTTPSessionManager(server, json_response=True, stateless=True)
        self.routes = [Route(path, self, methods=["POST"]) for path in (TOOLS, f"{TOOLS}/")]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request. The guard before all routes has refused those of other sites' pages (`ans.ui.origins`)."""
        await self._manager.handle_request(scope, receive, send)

    @asynccontextmanager
    async def lifespan(self, app: object) -> AsyncIterator[None]:
        """As long as the page's server runs."""
        async with self._manager.run():
            yield

    async def _list(self, context: Any, params: types.PaginatedRequestParams | None) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[_tool(operation) for operation in OPERATIONS])

    async def _call(self, context: Any, params: types.CallToolRequestParams) -> types.CallToolResult:
        try:
            operation = self._named.get(params.name)
            if operation is None:
                raise Refused(f"There is no tool {params.name[:80]!r}; there are {', '.join(self._named)}.", 404)
            asked = operation.takes.model_validate(params.arguments or {})
            said = await self._desk.answer(operation, asked, context.request)
        except ValidationError as error:
            return _failed(what_is_wrong(error.errors()))
        except Refused as refused:
            return _failed(refused)
        text = types.TextContent(type="text", text=said.model_dump_json())
        return types.CallToolResult(content=[text], structured_content=said.model_dump(mode="json"))


def _tool(operation: Operation) -> types.Tool:
    return types.Tool(
        name=operation.name,
        description=operation.about,
        input_schema=operation.takes.model_json_schema(),
        output_schema=operation.gives.model_json_schema(mode="serialization"),
        annotations=types.ToolAnnotations(
            read_only_hint=operation.name not in CHANGING, destructive_hint=False, open_world_hint=False
        ),
    )


def _failed(refused: Refused) -> types.CallToolResult:
    return types.CallToolResult(content=[types.TextContent(type="text", text=str(refused))], is_error=True)

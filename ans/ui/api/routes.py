"""`POST /ans/api/NAME`: each operation as one request of JSON that is answered with JSON, and the schema of them all.

Plain FastAPI routes beside Gradio's server. Gradio's own way, /gradio_api/call/NAME, takes two requests, the answer
comes as a stream of events, and its /gradio_api/info knows no more of a value than "any". Here the answer comes at
once, an error is an HTTP status with a sentence, and openapi.json has all types. The page that draws such a schema
(/docs) loads its scripts from another server, so it is off.
"""

from __future__ import annotations

from collections.abc import Callable

from fastapi import FastAPI, Security
from fastapi.exceptions import RequestValidationError
from fastapi.security import HTTPBearer
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount

from ans import __version__
from ans.ui.addresses import PROGRAMS
from ans.ui.api.operations import OPERATIONS, Desk, Operation
from ans.ui.api.schema import Problem
from ans.ui.api.wrong_bodies import what_is_wrong
from ans.ui.refused import Refused, refused_answer

WHY = {
    400: "The body is no JSON.",
    401: "The key opens no such model; or the server wants a login first.",
    403: "This server lets nobody do this.",
    404: "There is no such model, or it is private and no key was shown.",
    413: "Too much in one request.",
    422: "A value is wrong.",
    429: "Too much is asked from this address; Retry-After tells the seconds.",
    503: "The server can't now; try again later.",
}


def mounted(desk: Desk) -> Mount:
    """The routes and their schema, as one part of the page's server."""
    app = FastAPI(
        title="Open-world text classification",
        version=__version__,
        description="Classify texts into known classes or open, train models and correct them.",
        docs_url=None,
        redoc_url=None,
    )
    app.add_exception_handler(Refused, _told)
    app.add_exception_handler(RequestValidationError, _told)
    app.add_exception_handler(HTTPException, _told)
    problems: dict = {status: {"model": Problem, "description": why} for status, why in WHY.items()}
    for operation in OPERATIONS:
        app.add_api_route(
            f"/{operation.name}", _endpoint(desk, operation), methods=["POST"], response_model=operation.gives,
            operation_id=operation.name, description=operation.about, responses=problems,
        )  # fmt: skip
    return Mount(PROGRAMS, app=app)


def _endpoint(desk: Desk, operation: Operation) -> Callable:
    key = Security(HTTPBearer(auto_error=False, description="the key of a private model"))

    async def endpoint(request: Request, body, shown=key):
        return await desk.answer(operation, body, request)

    endpoint.__annotations__ = {"request": Request, "body": operation.takes}
    return endpoint


async def _told(request: Request, error: Exception) -> JSONResponse:
    if isinstance(error, RequestValidationError):
        error = what_is_wrong(error.errors())
    if isinstance(error, HTTPException):
        names = ", ".join(operation.name for operation in OPERATIONS)
        words = {404: f"There is no such address; POST to {PROGRAMS}/ and one of {names}.", 405: "Send a POST request."}
        error = Refused(words.get(error.status_code, "What was sent is no JSON."), error.status_code)
    if not isinstance(error, Refused):
        raise error
    answer = refused_answer(error.status, str(error), error.wait)
    answer.headers["Cache-Control"] = "no-store"
    if error.status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer

"""The verdict of what is typed, and the small map that follows it: plain routes of the page's server, without Gradio.

Through Gradio's events a key costs several times what the model takes, and waits for every other event. These need no
session. Who asks is looked up like in every handler. The page's side is assets/page/ask.js.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import orjson
from anyio import CapacityLimiter, to_thread
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ans.conventions import LONGEST, with_whole_characters
from ans.durable import MACHINE_ERRORS, remedy
from ans.ui import verdict_card
from ans.ui.ask import small_map
from ans.ui.shared import Shared
from ans.ui.wording import as_sentence

VERDICT, SMALL_MAP = "/ans/verdict", "/ans/small-map"
VERDICTS_AT_ONCE, MAPS_AT_ONCE = 128, 64
LONGEST_BODY = 16 * LONGEST  # bytes: a character has at most twelve in JSON


def routes(shared: Shared) -> list[Route]:
    """`POST /ans/verdict` and `POST /ans/small-map`, which take and give JSON objects."""
    return [
        _route(VERDICT, VERDICTS_AT_ONCE, lambda asked: verdict(shared, asked)),
        _route(SMALL_MAP, MAPS_AT_ONCE, lambda asked: move(shared, asked)),
    ]


def verdict(shared: Shared, asked: dict) -> dict:
    """The verdict card for `text` by the model `run`, for the browser `who`; `tried`: see `Serving.answer`. Its `star`:
    see `small_map.star_of`, with the maps that the page has `at_hand`.

    With `patient` the answer waits until the model is loaded; without, a card says that it is loading.
    """
    visitor, tried, run = shared.visitor(asked.get("who")), _tried(asked.get("tried")), asked.get("run")
    cards = verdict_card.verdicts(shared.serving, visitor, asked["text"], run, tried)
    card = next(cards)
    if asked.get("patient"):
        card = next(cards, card)
    return {**card, "star": small_map.star_of(shared.maps, run or "", card, _at_hand(asked))}


def move(shared: Shared, asked: dict) -> dict:
    """The star of `text` on the map of the class `label` of the model `run`, as `small_map.star`."""
    run = asked.get("run")
    if shared.visitor(asked.get("who")).find(run) is None:
        run = None
    return small_map.star(shared.maps, run, asked["text"][:LONGEST], str(asked.get("label")), _at_hand(asked))


def _route(path: str, at_one_time: int, answer: Callable[[dict], dict]) -> Route:
    # Threads for this kind of work alone, so that none waits for another; one that waits to be joined costs nothing.
    threads = CapacityLimiter(at_one_time)

    async def ask(request: Request) -> Response:
        try:
            asked = await _body(request)
        except ValueError as error:
            return JSONResponse({"error": as_sentence(error)}, 422)
        except ClientDisconnect:  # nobody waits for an answer
            return Response(status_code=400)
        try:
            said = await to_thread.run_sync(answer, asked, limiter=threads)
        except MACHINE_ERRORS as error:
            if (reason := remedy(error)) is None:
                raise
            return JSONResponse({"error": as_sentence(reason)}, 503)
        return Response(orjson.dumps(said), media_type="application/json", headers={"Cache-Control": "no-store"})

    return Route(path, ask, methods=["POST"])


async def _body(request: Request) -> dict:
    """The object that was sent.

    Raises:
        ValueError: it is none, or too long.
    """
    sent = bytearray()
    async for chunk in request.stream():
        sent += chunk
        if len(sent) > LONGEST_BODY:
            raise ValueError(f"a question has at most {LONGEST_BODY:,} bytes; shorten the text.")
    try:
        asked = with_whole_characters(json.loads(bytes(sent)))
    except (ValueError, RecursionError) as error:
        raise ValueError("expected a JSON object with a text, got something else.") from error
    if not isinstance(asked, dict):
        raise ValueError(f"expected a JSON object with a text, got {type(asked).__name__}.")
    if not isinstance(asked.get("text"), str):
        raise ValueError(f"the text must be a string, got {type(asked.get('text')).__name__}.")
    return asked


def _at_hand(asked: dict) -> list[Any]:
    """Stamps of the small maps that a page has."""
    stamps = asked.get("at_hand")
    return stamps if isinstance(stamps, list) else []


def _tried(share: Any) -> float | None:
    """A share of refused known texts, or None for the model's own line."""
    return float(share) if isinstance(share, int | float) and 0 <= share <= 1 else None

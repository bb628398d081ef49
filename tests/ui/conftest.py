"""What most tests of the page begin with."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.dependencies import models
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from ans.runs.run import Run
from ans.runs.store import RunStore
from ans.ui.guard import Guard
from ans.ui.limits import OWN, Limits, Rates
from tests.finished_runs import finished_run


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    """No run yet."""
    return RunStore(tmp_path / "runs")


@pytest.fixture
def run(store, classifier, small_split, small_config) -> Run:
    """A finished run of everybody's, with a model that answers."""
    return finished_run(store, small_config, classifier, small_split)


@pytest.fixture
def uploads(tmp_path):
    return tmp_path / "uploads"


@pytest.fixture
def guarded(uploads):
    """A client of a server with these limits: `guarded(limits, proxies=0)`."""

    async def said(request: Request) -> PlainTextResponse:
        return PlainTextResponse(
            str(len(await request.body())), headers={"x-routed": "/" + request.path_params["path"]}
        )

    def client(limits: Limits = OWN, proxies: int = 0, tools: bool = False, **options) -> TestClient:
        guard = Middleware(
            Guard, limits=limits, rates=Rates(limits), public=frozenset({"classify"}), uploaded=uploads,
            frames="'self'", proxies=proxies, tools=tools, own=frozenset({"/ans/verdict", "/ans/api"}),
        )  # fmt: skip
        app = Starlette(routes=[Route("/{path:path}", said, methods=["GET", "POST"])], middleware=[guard])
        return TestClient(app, **options)

    return client


@pytest.fixture(autouse=True)
def forgotten_pages():
    """FastAPI keeps the functions of each app that was ever made, and so each page of these tests with all models that
    it had loaded; a server makes one."""
    yield
    for kept in vars(models).values():
        if hasattr(kept, "cache_clear"):
            kept.cache_clear()

"""Pages of other sites get nothing done or told in the name of who visits them."""

from __future__ import annotations

import pytest
from gradio.route_utils import CustomCORSMiddleware
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from ans.ui.origins import WithoutCookies, refusal

HERE, ELSEWHERE = "127.0.0.1:7860", "evil.example:7860"


def refused(host: str, origin: str | None = None, method: str = "POST", local: bool = True, login: bool = False) -> str:
    headers = [(b"host", host.encode())] + ([] if origin is None else [(b"origin", origin.encode())])
    return refusal({"type": "http", "method": method, "headers": headers}, local, login) or ""


@pytest.mark.parametrize("host", [HERE, "localhost", "localhost:1", "[::1]:7860", "127.0.0.2:80", "app.localhost:80"])
def test_a_server_for_its_own_machine_answers_to_the_machines_own_names(host):
    assert refused(host) == refused(host, method="GET") == refused(host, f"http://{host}") == ""


@pytest.mark.parametrize(
    "host", [ELSEWHERE, "", "localhost.evil.example", "127.0.0.1.evil.example", "192.0.2.7", "[::1"]
)
def test_it_answers_to_no_name_that_another_site_has_made_to_lead_here(host):
    for method in ("GET", "POST"):
        assert refused(host, method=method).startswith("This server is for its own machine, and was asked as ")
    assert refused(host, local=False) == ""


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "file://", "http://localhost.evil.example"])
def test_another_sites_page_changes_nothing_on_ones_own_machine_nor_with_ones_login(origin):
    assert refused(HERE, origin).startswith("Another site's page has asked this")
    assert refused("app.example", origin, local=False, login=True).startswith("Another site's page has asked this")
    assert refused("app.example", "https://app.example", local=False, login=True) == ""
    assert refused("app.example", origin, local=False) == "", "programs of other pages may ask a public server"


def test_no_other_site_is_answered_with_a_visitors_cookies():
    """Gradio's own would let it."""

    def answer(kind: type, method: str) -> dict:
        app = Starlette(routes=[Route("/", lambda _: PlainTextResponse("x"))], middleware=[Middleware(kind)])
        asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST", "Host": "app.example"}
        return dict(TestClient(app).request(method, "/", headers=asked).headers)

    for method in ("GET", "OPTIONS"):
        assert answer(CustomCORSMiddleware, method)["access-control-allow-credentials"] == "true"
        assert "access-control-allow-credentials" not in answer(WithoutCookies, method)

"""The guard before all routes, asked as strangers ask: over HTTP, with the app behind it that the page has."""

from __future__ import annotations

import contextlib
from dataclasses import replace

import anyio
import pytest
from anyio.from_thread import start_blocking_portal
from starlette.requests import ClientDisconnect
from starlette.types import Message

from ans.ui import guard, upload_gate
from ans.ui.addresses import address_of
from ans.ui.guard import LONGEST_BODY, MOST_PARTS, path_of
from ans.ui.limits import MIB, NAMES, OWN, PAGES, PUBLIC, REACHABLE, TYPING, UPLOADED, Limits, Rates
from tests.ui.guarded_server import TINY


def test_every_answer_has_headers_that_keep_browsers_from_harm(guarded):
    for path in ("/", "/config", "/gradio_api/dev/reload"):
        headers = guarded().get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        policy = headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "object-src 'none'" in policy
        assert policy.endswith("frame-ancestors 'self'")
        assert "http:" not in policy, "no other server is named"


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/dev/reload", "/gradio_api/vibe-edit", "/gradio_api/vibe-code/", "/gradio_api/process_recording",
        "/gradio_api/proxy=http://example.org", "/gradio_api/call/start", "/gradio_api/call/v2/poll", "/monitoring",
        "/gradio_api/run/start", "/gradio_api/api/predict", "/gradio_api/run-history/records",
        "/gradio_api//dev/reload",
        "/gradio_api/deep_link", "/gradio_api/stream/x", "/docs", "/openapi.json", "/gradio_api/call/start/",
        "/gradio_api/mcp", "/gradio_api/mcp/", "/gradio_api//mcp/sse", "/gradio_api/mcp/http",
    ],
)  # fmt: skip
def test_what_the_page_does_not_need_is_not_there(guarded, path):
    assert guarded().get(path).status_code == 404
    assert guarded().post(path, json={}).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/call/classify",
        "/gradio_api/call/v2/classify",
        "/gradio_api/run/predict",
        "/",
        "/ans/verdict",
        "/ans/api/classify",
        "/ans/api/openapi.json",
    ],
)
def test_what_the_page_and_programs_need_is_there(guarded, path):
    assert guarded().post(path, json={}).status_code == 200


def test_tools_are_there_when_they_are_asked_for_and_count_as_requests_of_programs(guarded):
    client = guarded(TINY, tools=True)
    assert client.post("/gradio_api/mcp/", json={}).status_code == 200
    for path in ("/gradio_api/mcp", "/ans/api/classify", "/gradio_api/call/classify"):
        assert client.post(path, json={}).status_code == 429, "one rate for all that programs ask"


def test_a_page_that_is_opened_too_often_is_opened_again_by_the_browser_itself(guarded):
    client = guarded(replace(PUBLIC, rates={PAGES: "1/minute"}))
    assert client.get("/").status_code != 429
    refused = client.get("/")
    assert refused.status_code == 429
    assert refused.headers["refresh"] == refused.headers["retry-after"]


def test_an_address_that_asks_too_often_is_told_when_to_try_again_and_no_other_address_is(guarded):
    client = guarded(TINY, proxies=1)
    theirs, mine = {"X-Forwarded-For": "10.0.0.1"}, {"X-Forwarded-For": "10.0.0.2"}
    for path in ("/ans/verdict", "/gradio_api/queue/join"):
        answers = [client.post(path, json={}, headers=theirs) for _ in range(4)]
        assert [one.status_code for one in answers] == [200, 200, 429, 429]
        assert 1 <= int(answers[-1].headers["retry-after"]) <= 60
        assert answers[-1].json()["error"].startswith("Too much is asked from this address")
        assert client.post(path, json={}, headers=mine).status_code == 200
    assert client.post("/gradio_api/call/classify", json={}, headers=theirs).status_code == 200, "a kind of its own"


def test_an_address_is_what_our_own_proxy_has_seen_whatever_a_client_writes():
    def seen(proxies: int, *told: str, client: str = "192.0.2.7") -> str:
        headers = [(b"x-forwarded-for", one.encode()) for one in told]
        return address_of({"headers": headers, "client": (client, 1)}, proxies)

    assert seen(0, "10.0.0.1") == "192.0.2.7"
    assert seen(1, "1.2.3.4, 10.0.0.1") == "10.0.0.1"
    assert seen(1, "1.2.3.4", "10.0.0.1") == "10.0.0.1"
    assert seen(2, "1.2.3.4, 10.0.0.1, 10.0.0.2") == "10.0.0.1"
    assert seen(1) == "192.0.2.7"
    assert seen(0, client="2001:db8:1:2:aaaa::1") == seen(0, client="2001:db8:1:2:bbbb::9")
    assert seen(0, client="2001:db8:1:2::1") != seen(0, client="2001:db8:1:3::1")
    assert address_of({"headers": [], "client": None}, 0) == "unknown"
    assert seen(1, "192.0.2.9:4711") == seen(1, "192.0.2.9:4712") == "192.0.2.9", "a proxy that writes ports"
    assert seen(1, "[2001:db8:1:2::1]:80") == seen(0, client="2001:db8:1:2::7")
    assert seen(0, client="::ffff:192.0.2.7") == "192.0.2.7", "not one address for all"


def test_a_request_of_endless_lists_is_refused_before_anybody_looks_at_each(guarded):
    for path in ("/gradio_api/run/predict", "/ans/api/train"):
        refused = guarded().post(path, content=b'{"data":[' + b"[]," * MOST_PARTS + b"0]}")
        assert refused.status_code == 413
        assert "not so many lists" in refused.json()["error"]
    assert guarded().post("/gradio_api/run/predict", json={"data": ["a" * 100_000]}).status_code == 200


@pytest.mark.parametrize("path", ["/gradio_api/queue/join", "/gradio_api/upload", "/ans/verdict"])
def test_a_body_that_does_not_come_to_its_end_holds_nothing_for_long(guarded, monkeypatch, path):
    for module in (guard, upload_gate):
        monkeypatch.setattr(module, "BODY_SECONDS" if module is guard else "SECONDS", 0.05)
    app = guarded().app
    told: list[Message] = []

    async def never() -> Message:
        while True:
            await anyio.sleep(60)

    async def send(message: Message) -> None:
        told.append(message)

    kind = b"multipart/form-data; boundary=b"
    headers = [(b"content-length", b"100"), (b"content-type", kind), (b"host", b"me")]
    scope = {
        "type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "",
        "headers": headers, "client": ("10.0.0.1", 1), "server": ("me", 80), "scheme": "http", "http_version": "1.1",
    }  # fmt: skip

    async def ask() -> None:
        with anyio.fail_after(30), contextlib.suppress(ClientDisconnect):
            await app(scope, never, send)

    with start_blocking_portal() as portal:  # a loop of its own: a browser of other tests may hold this thread's
        portal.call(ask)
    if path != "/ans/verdict":  # which is a stand-in here; the real one answers for itself
        assert told[0]["status"] == 408


def test_the_page_itself_is_kept_by_no_cache_since_it_says_where_its_reader_has_found_it(guarded):
    assert guarded().get("/").headers["cache-control"] == "no-store"
    assert guarded().get("/config").headers["cache-control"] == "no-store"


def test_a_body_without_an_end_is_broken_off(guarded):
    def endless():
        for _ in range(3 * LONGEST_BODY // MIB):
            yield b"x" * MIB

    client = guarded(raise_server_exceptions=False)
    assert client.post("/ans/verdict", content=b"x" * 1000).text == "1000"
    assert client.post("/ans/verdict", content=endless()).status_code >= 400
    assert client.post("/ans/verdict", content=b"x" * (LONGEST_BODY + 1)).status_code == 413


def test_a_path_is_the_same_behind_a_prefix_whether_a_proxy_takes_it_off_or_not():
    assert path_of({"path": "/space/gradio_api/upload", "root_path": "/space"}) == "/gradio_api/upload"
    assert path_of({"path": "/gradio_api/upload", "root_path": "/space"}) == "/gradio_api/upload"
    assert path_of({"path": "//gradio_api///upload/", "root_path": ""}) == "/gradio_api/upload"
    assert path_of({"path": "/", "root_path": ""}) == "/"
    assert path_of({"path": "/space", "root_path": "/space"}) == "/"
    assert path_of({"path": "/ans/verdict", "root_path": "/a"}) == "/ans/verdict"  # no part of a name is a prefix


@pytest.mark.parametrize("prefix", ["", "/space", "/a", "/ans", "https://example.org/space"])
@pytest.mark.parametrize("path", ["/ans/verdict", "/ans/api/classify", "/gradio_api/info"])
def test_every_route_is_found_behind_every_prefix_that_a_proxy_takes_off(guarded, prefix, path):
    assert guarded(root_path=prefix).get(path).headers["x-routed"] == path


@pytest.mark.parametrize("path", ["/ans/verdict", "/ans/api/classify", "/gradio_api/mcp"])
def test_plain_routes_are_for_who_has_logged_in_where_that_is_asked_for(guarded, path):
    client = guarded(tools=True)
    app = client.app
    app.auth, app.cookie_id, app.tokens = {"ada": "secret"}, "x", {"token": "ada"}  # as Gradio's app has them
    assert client.post(path, json={}).status_code == 401
    assert client.post(path, json={}, cookies={"access-token-x": "wrong"}).status_code == 401
    client.cookies.set("access-token-x", "token")
    assert client.post(path, json={}).status_code == 200


def test_ones_own_machine_has_no_rates_and_strangers_have_strict_ones():
    assert not OWN.rates
    assert Rates(OWN).wait(TYPING, "here") == 0
    assert set(PUBLIC.rates) == set(REACHABLE.rates)
    for limits in (PUBLIC, REACHABLE):
        rates = Rates(limits)
        assert rates.wait(NAMES, "here") == 0
    assert PUBLIC.upload < REACHABLE.upload


def test_a_file_beyond_what_a_window_holds_is_refused_and_does_not_count():
    rates = Rates(Limits(rates={UPLOADED: "4/hour"}))
    assert rates.wait(UPLOADED, "here", 5) > 0
    assert rates.wait(UPLOADED, "here", 4) == 0

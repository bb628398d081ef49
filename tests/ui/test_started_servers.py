"""Two servers as people start them, asked from outside: one for strangers (`--public`), one for a team (`--auth`)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import httpx
import pytest

from ans.runs.store import RunStore
from ans.stress.app_log import tracebacks
from ans.ui.api.operations import OPERATIONS
from ans.ui.limits import PUBLIC
from tests.browser.running_app import running_app

FRAMES = "'self' https://intranet.example.org"
TABLE = b"text,label\n" + b"".join(b"a private text %d,class %d\n" % (i, i % 3) for i in range(30))
EVENT = {"data": [], "fn_index": 0, "session_hash": "x"}
ASKED = {"text": "i lost my card"}


class Started(NamedTuple):
    """A server, its home, and a client of it."""

    client: httpx.Client
    home: Path


def client_of(url: str) -> httpx.Client:
    """A browser that has never been there."""
    return httpx.Client(base_url=url, trust_env=False, timeout=60)


@pytest.fixture(scope="module")
def public(tmp_path_factory) -> Iterator[Started]:
    home = tmp_path_factory.mktemp("public")
    variables = {"ANS_PUBLIC": "1", "ANS_FRAMES": FRAMES, "GRADIO_TEMP_DIR": str(home / "served")}
    with running_app(home, variables=variables) as url, client_of(url) as client:
        yield Started(client, home)


@pytest.fixture(scope="module")
def team(tmp_path_factory) -> Iterator[Started]:
    home = tmp_path_factory.mktemp("team")
    (home / "logins").write_text("ada:lovelace\n")
    variables = {"ANS_AUTH": str(home / "logins"), "GRADIO_TEMP_DIR": str(home / "served")}
    with running_app(home, variables=variables) as url, client_of(url) as client:
        yield Started(client, home)


def uploaded(client: httpx.Client) -> Path:
    """Where the server keeps what a browser has just sent."""
    sent = client.post("/gradio_api/upload", files={"files": ("mine.csv", TABLE)}).raise_for_status()
    return Path(sent.json()[0])


def file_of(client: httpx.Client, path: Path | str) -> httpx.Response:
    return client.get(f"/gradio_api/file={quote(str(path))}")


def test_strangers_get_the_strict_limits_and_headers_that_were_asked_for(public):
    client = public.client
    policy = client.get("/").raise_for_status().headers["content-security-policy"]
    assert policy.endswith(f"frame-ancestors {FRAMES}")
    with ThreadPoolExecutor(8) as many:
        answers = list(many.map(lambda _: client.post("/ans/verdict", json={"text": ""}), range(160)))
    said = [answer.status_code for answer in answers]
    assert set(said) == {200, 429}
    assert said.count(200) >= 40, "as many as a second has"
    refused = answers[said.index(429)]
    assert refused.json()["error"].startswith("Too much is asked from this address")
    assert refused.headers["retry-after"] == "1"
    assert client.get("/ans/changes").status_code == 200, "what is asked otherwise has a rate of its own"


def test_strangers_train_one_at_a_time_and_nothing_large(public):
    def train(**settings: int) -> httpx.Response:
        return public.client.post("/ans/api/train", json={"dataset": "assistant", "settings": settings})

    endless = train(epochs=1000)
    assert endless.status_code == 413
    assert f"at most {PUBLIC.work:,} are trained here" in endless.json()["error"]
    assert train(epochs=1).status_code == 200
    second = train(epochs=1, seed=1)
    assert second.status_code == 429
    assert second.json()["error"].startswith("A training that was started from your address has not ended yet")
    assert len(RunStore(public.home / "runs").all()) == 2, "the starter, and the one"


def test_a_session_whose_name_no_page_has_is_refused_and_the_log_stays_clean(public):
    for route in ("queue/join", "run/predict"):
        said = public.client.post(f"/gradio_api/{route}", json=EVENT | {"session_hash": "x" * 3_000_000})
        assert said.status_code == 422
        assert "nothing that this page sends" in said.json()["error"]
    assert tracebacks((public.home / "log").read_text()) == 0


def test_the_description_of_the_api_names_what_programs_ask_and_nothing_else(public):
    described = public.client.get("/gradio_api/openapi.json").raise_for_status().json()["paths"]
    names = {path.rsplit("/", 1)[-1] for path in described if "/call/" in path or "/run/" in path}
    assert {name for name in names if name != "{event_id}"} == {one.name for one in OPERATIONS}
    assert all(path.startswith(("/gradio_api/call/", "/gradio_api/run/", "/gradio_api/upload")) for path in described)


def test_no_file_of_the_home_is_handed_out_by_any_address(public):
    (run,) = (one for one in RunStore(public.home / "runs").all() if one.is_starter)
    own = public.home / "uploads" / "somebody" / "mine.csv"
    own.parent.mkdir(parents=True)
    own.write_bytes(TABLE)
    kept = [public.home / "secret", public.home / "log", own, run.folder, *run.folder.iterdir()]
    assert len(kept) > 8
    served = public.home / "served"
    served.mkdir(exist_ok=True)
    for path in kept:
        around = served / ".." / path.relative_to(public.home)
        for written in (path, around, str(around).replace("..", "%2e%2e"), f"/proc/self/root{path}"):
            assert file_of(public.client, written).status_code in (403, 404), written


def test_what_was_uploaded_is_found_by_its_name_alone_which_no_list_and_no_guess_gives(public):
    path = uploaded(public.client)
    assert path.read_bytes() == TABLE
    with client_of(str(public.client.base_url)) as another:
        for around in (path.parent, path.parent.parent, f"{path.parent}/", f"{path.parent.parent}/*"):
            assert file_of(another, around).status_code in (403, 404)
        assert hashlib.sha256(TABLE).hexdigest() not in str(path), "who knows a text can't ask whether it was uploaded"
        assert len(path.parent.name) == 64
        answer = file_of(another, path)
    assert answer.headers["content-disposition"].startswith("attachment"), "nothing of it runs in a page"


PRIVATE = [
    ("POST", "/gradio_api/queue/join", EVENT), ("POST", "/gradio_api/run/predict", EVENT),
    ("POST", "/gradio_api/call/classify", {"data": ["hi"]}), ("GET", "/gradio_api/queue/data?session_hash=x", None),
    ("GET", "/gradio_api/info", None), ("GET", "/gradio_api/openapi.json", None), ("GET", "/config", None),
    ("GET", "/ans/changes", None), ("POST", "/ans/verdict", ASKED), ("POST", "/ans/api/classify", ASKED),
    ("POST", "/ans/small-map", {**ASKED, "label": "a"}), ("GET", "/ans/api/openapi.json", None),
]  # fmt: skip


def test_who_has_not_logged_in_gets_nothing_and_who_has_gets_everything(team):
    def asked(client: httpx.Client, method: str, path: str, body: object) -> int:
        with client.stream(method, path, json=body) as answer:  # one is a stream without an end
            return answer.status_code

    client = team.client
    for one in PRIVATE:
        assert asked(client, *one) == 401, one
    assert client.post("/gradio_api/upload", files={"files": ("mine.csv", TABLE)}).status_code == 401
    assert client.post("/login", data={"username": "ada", "password": "wrong"}).status_code == 400
    assert asked(client, *PRIVATE[0]) == 401

    with client_of(str(client.base_url)) as ada:
        assert ada.post("/login", data={"username": "ada", "password": "lovelace"}).status_code == 200
        for one in PRIVATE:
            assert asked(ada, *one) != 401, one
        assert ada.get("/config").status_code == ada.get("/ans/changes").status_code == 200
        (run,) = RunStore(team.home / "runs").all()
        assert ada.post("/ans/verdict", json={**ASKED, "run": run.id, "patient": True}).json()["label"] == "card_lost"
        assert ada.post("/ans/api/classify", json=ASKED).json()["label"] == "card_lost"
        path = uploaded(ada)
        assert file_of(ada, path).content == TABLE
        assert file_of(client, path).status_code == 401

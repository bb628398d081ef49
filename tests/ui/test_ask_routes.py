"""The plain routes of Ask: the verdict of a text and its place on the small map, asked as a page or a stranger asks."""

from __future__ import annotations

import errno
import json
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from ans.conventions import LONGEST
from ans.json_files import write_json
from ans.model.trained_model import TrainedModel
from ans.runs.store import RunStore
from ans.ui import verdict_card
from ans.ui.ask import routes, small_map
from tests.browser.waiting import until
from tests.finished_runs import finished_run
from tests.ui.tabs import ME, OTHER, laid_out


@pytest.fixture(scope="module")
def trained(classifier, small_split, small_config, tmp_path_factory) -> RunStore:
    """One finished run, which each test has a copy of."""
    store = RunStore(tmp_path_factory.mktemp("trained") / "runs")
    finished_run(store, small_config, classifier, small_split)
    return store


@pytest.fixture
def store(trained, tmp_path) -> RunStore:
    shutil.copytree(trained.root, tmp_path / "runs")
    return RunStore(tmp_path / "runs")


@pytest.fixture
def client(store) -> TestClient:
    return TestClient(Starlette(routes=routes.routes(laid_out(lambda shared: shared, store))))


def asked(client: TestClient, path: str, **asked: object) -> dict:
    reply = client.post(path, json=asked)
    assert reply.status_code == 200, reply.text
    return reply.json()


def test_a_page_is_told_that_the_model_is_loading_and_the_answer_if_it_waits(client, store):
    run = store.finished()[0].id
    loading = asked(client, routes.VERDICT, text="i lost my card", run=run)
    assert loading == verdict_card.LOADING | {"star": None}
    answer = asked(client, routes.VERDICT, text="i lost my card", run=run, patient=True)
    assert (answer["label"], answer["open"]) == ("card_lost", False)
    again = asked(client, routes.VERDICT, text="i lost my card", run=run)
    assert again["label"] == "card_lost", "it is loaded by now"
    assert asked(client, routes.VERDICT, text="  ", run=run) == verdict_card.EMPTY | {"star": None}
    assert asked(client, routes.VERDICT, text="hello", run=None)["title"] == "There is no model yet"


def test_a_line_that_is_tried_answers_and_what_is_no_share_is_none(client, store):
    run, text = store.finished()[0].id, "i lost my card"
    asked(client, routes.VERDICT, text=text, run=run, patient=True)
    own = asked(client, routes.VERDICT, text=text, run=run)["candidates"]
    assert asked(client, routes.VERDICT, text=text, run=run, tried=0.5)["candidates"] != own
    for odd in (-1, 7, "much", [], None, float("nan")):
        reply = client.post(routes.VERDICT, content=json.dumps({"text": text, "run": run, "tried": odd}))
        assert reply.json()["candidates"] == own


def test_a_map_is_sent_once_and_then_only_where_the_star_is(client, store):
    run = store.finished()[0].id
    drawn = asked(client, routes.SMALL_MAP, text="i lost my card", label="card_lost", run=run)
    assert len(drawn["figure"]) > 1000
    at_hand = [drawn["stamp"]]
    moved = asked(client, routes.SMALL_MAP, text="i lost my bank card", label="card_lost", run=run, at_hand=at_hand)
    assert (moved["stamp"], "figure" in moved) == (drawn["stamp"], False)
    assert moved["spot"][:2] != drawn["spot"][:2]
    other = asked(client, routes.SMALL_MAP, text="i lost my card", label="flight_book", run=run, at_hand=at_hand)
    assert other["stamp"] != drawn["stamp"]
    assert "flight_book" in other["figure"]
    for wrong in ({"run": "gone", "label": "card_lost"}, {"run": run, "label": "no such class"}):
        assert asked(client, routes.SMALL_MAP, text="hello", **wrong) == {"spot": [], "stamp": None}


def test_a_verdict_brings_its_star_and_the_map_that_the_page_has_not_once_that_is_made(client, store):
    run, text = store.finished()[0].id, "i lost my card"
    first = asked(client, routes.VERDICT, text=text, run=run, patient=True)["star"]
    assert first == {"label": "card_lost"}, "no verdict waits for a map to be made"
    drawn = asked(client, routes.SMALL_MAP, text=text, run=run, label=first["label"])
    assert asked(client, routes.VERDICT, text=text, run=run)["star"] == {"label": "card_lost", **drawn}
    star = asked(client, routes.VERDICT, text=text, run=run, at_hand=[drawn["stamp"]])["star"]
    assert star == {"label": "card_lost", "spot": drawn["spot"], "stamp": drawn["stamp"]}
    for without in ({"text": " ", "run": run}, {"text": text, "run": "gone"}):
        assert asked(client, routes.VERDICT, **without)["star"] is None


@pytest.mark.parametrize("path", [routes.VERDICT, routes.SMALL_MAP])
@pytest.mark.parametrize(
    "body",
    [
        "",
        "null",
        "[]",
        '"text"',
        "{",
        "[" * 10_000,
        "{}",
        '{"text": 5}',
        '{"text": null}',
        '{"text": ["a"]}',
        b"\xff\xfe",
    ],
)
def test_what_is_no_question_is_refused_in_a_sentence(client, path, body):
    reply = client.post(path, content=body)
    assert reply.status_code == 422
    assert reply.json()["error"].endswith(".")


@pytest.mark.parametrize("odd", [5, [], {"a": 1}, True, "../../etc", "x" * 5000, "\ud800"])
def test_whatever_is_sent_as_run_browser_class_or_map_does_no_harm(client, store, odd):
    run = store.finished()[0].id
    for name in ("run", "who", "tried", "label", "at_hand"):
        sent = json.dumps({"text": "hello", "run": run, "label": "card_lost", name: odd})
        for path in (routes.VERDICT, routes.SMALL_MAP):
            assert client.post(path, content=sent).status_code == 200


def test_a_text_is_cut_and_an_endless_one_refused_before_it_is_read(client, store):
    run = store.finished()[0].id
    said = asked(client, routes.VERDICT, text="x" * 3 * LONGEST, run=run, patient=True)
    assert len(said["text"]) == LONGEST
    assert client.post(routes.VERDICT, json={"text": "x" * routes.LONGEST_BODY, "run": run}).status_code == 422


def test_a_private_model_answers_its_browser_alone(client, store):
    run = store.finished()[0]
    write_json(run.folder / "owner.json", OTHER)
    theirs = asked(client, routes.VERDICT, text="i lost my card", run=run.id, who=OTHER, patient=True)
    assert theirs["label"] == "card_lost"
    for who in (ME, None, "", "*"):
        said = asked(client, routes.VERDICT, text="i lost my card", run=run.id, who=who, patient=True)
        assert said["state"] == "failed"
        assert said == asked(client, routes.VERDICT, text="i lost my card", run=run.id[::-1], who=who) | {
            "reason": said["reason"]
        }
        assert asked(client, routes.SMALL_MAP, text="hi", label="card_lost", run=run.id, who=who)["spot"] == []


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (MemoryError(), "The memory is used up; choose fewer texts, "),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 8 bytes"), "The memory is "),
        (OSError(errno.ENOSPC, "No space left on device"), "The disk is full; delete runs in the Runs tab, "),
        (RuntimeError("CUDA error: unspecified launch failure"), "The GPU does not work any more; "),
        (SystemError("error return without exception set"), "The memory is used up; choose fewer texts, "),
    ],
)
def test_where_the_machine_is_short_of_something_a_page_is_told_so_and_answered_afterwards(
    client, store, monkeypatch, error, told
):
    run, text = store.finished()[0].id, "i lost my card"

    def short(*_: object) -> None:
        raise error

    monkeypatch.setattr(TrainedModel, "answered", short)
    reply = client.post(routes.VERDICT, json={"text": text, "run": run, "patient": True})
    assert reply.status_code == 503
    assert reply.json()["error"].startswith(told)
    monkeypatch.undo()
    assert asked(client, routes.VERDICT, text=text, run=run, patient=True)["label"] == "card_lost"
    assert store.unreadable() == []


def test_an_error_that_is_no_shortage_is_not_told_as_one(client, store, monkeypatch):
    def wrong(*_: object) -> None:
        raise RuntimeError("a fault of this project")

    monkeypatch.setattr(TrainedModel, "answered", wrong)
    with pytest.raises(RuntimeError, match="a fault of this project"):
        client.post(routes.VERDICT, json={"text": "hi", "run": store.finished()[0].id, "patient": True})


def test_a_verdict_waits_for_no_small_map_however_many_are_asked_for(store, monkeypatch):
    held, let_go = [], threading.Event()

    def star(*_: object) -> dict:
        held.append(1)
        let_go.wait(60)
        return {}

    monkeypatch.setattr(small_map, "star", star)
    asking = {"text": "i lost my card", "run": store.finished()[0].id}
    of_server = Starlette(routes=routes.routes(laid_out(lambda shared: shared, store)))
    with TestClient(of_server) as client, ThreadPoolExecutor(routes.MAPS_AT_ONCE + 7) as pages:
        try:
            maps = [
                pages.submit(client.post, routes.SMALL_MAP, json={**asking, "label": "card_lost"})
                for _ in range(routes.MAPS_AT_ONCE + 6)
            ]
            until(lambda: len(held) == routes.MAPS_AT_ONCE, "all threads for small maps are taken")
            verdict = pages.submit(client.post, routes.VERDICT, json={**asking, "patient": True})
            assert verdict.result(60).json()["label"] == "card_lost"
            assert not any(one.done() for one in maps)
        finally:
            let_go.set()
        assert all(one.result(60).status_code == 200 for one in maps)


@pytest.mark.parametrize("path", [routes.VERDICT, routes.SMALL_MAP])
def test_half_a_character_is_answered_as_a_question_mark_by_a_model_and_on_its_map(client, store, path):
    said = {"text": "lost \ud83d", "run": store.finished()[0].id, "label": "card_lost", "at_hand": ["\udc00"]}
    reply = client.post(path, content=json.dumps(said | {"patient": True}))
    assert reply.status_code == 200, reply.text
    assert "lost ?" in reply.text

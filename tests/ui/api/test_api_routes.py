"""The plain routes of the API: one request each, typed, every bad value a sentence with the right status."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from ans.conventions import Prediction
from ans.model.trained_model import TrainedModel
from ans.runs.keys import make_key
from ans.runs.store import RunStore
from ans.ui.addresses import PROGRAMS
from ans.ui.api.operations import OPERATIONS, Desk
from ans.ui.api.routes import mounted
from ans.ui.api.schema import SETTINGS, Answer
from ans.ui.limits import Limits
from ans.ui.refused import Refused
from tests.finished_runs import finished_run
from tests.full_disk import full_disk
from tests.ui.tabs import ME, laid_out

KNOWN = "i lost my card"


@pytest.fixture(scope="module")
def store(classifier, small_split, small_config, tmp_path_factory) -> RunStore:
    store = RunStore(tmp_path_factory.mktemp("routes") / "runs")
    finished_run(store, small_config, classifier, small_split)
    return store


@pytest.fixture(scope="module")
def client(store) -> TestClient:
    return TestClient(Starlette(routes=[laid_out(lambda shared: mounted(Desk(shared)), store)]))


def told(client: TestClient, name: str, status: int, body: object = None, **more) -> str:
    """The sentence that a request is refused with."""
    given = {"content": more.pop("content")} if "content" in more else {"json": body}
    reply = client.post(f"{PROGRAMS}/{name}", **given, **more)
    assert reply.status_code == status, reply.text
    said = reply.json()
    assert said["error"] == said["detail"]
    assert said["error"].endswith((".", "key."))
    return said["error"]


def test_one_request_asks_and_is_answered(client, store):
    reply = client.post(f"{PROGRAMS}/classify", json={"text": KNOWN})
    assert reply.status_code == 200
    assert (reply.json()["label"], reply.json()["model_id"]) == ("card_lost", store.finished()[0].id)
    reply = client.post(f"{PROGRAMS}/classify_batch", json={"texts": [KNOWN, "how deep is the sea"]})
    assert [one["label"] for one in reply.json()["answers"]] == ["card_lost", None]


def test_an_answer_has_what_a_prediction_has():
    plain = Prediction("hi", None, -1.0, between=("a", "open")).to_dict()
    assert set(Answer.model_fields) == set(plain)
    assert Answer.model_validate(plain).model_dump() == plain


def test_the_schema_names_each_operation_with_types_and_each_setting_with_its_bounds(client):
    schema = client.get(f"{PROGRAMS}/openapi.json").json()
    assert set(schema["paths"]) == {f"/{operation.name}" for operation in OPERATIONS}
    parts = schema["components"]["schemas"]
    for path in schema["paths"].values():
        (post,) = path.values()
        given = post["requestBody"]["content"]["application/json"]["schema"]["$ref"].rsplit("/")[-1]
        answered = post["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].rsplit("/")[-1]
        assert parts[given]["additionalProperties"] is False
        assert all(one.keys() & {"type", "anyOf", "$ref", "items"} for one in parts[answered]["properties"].values())
        assert len(post["description"]) > 40
        assert post["responses"]["422"]["content"]["application/json"]["schema"]["$ref"].endswith("Problem")
    settings = parts["Train"]["properties"]["settings"]["anyOf"][0]["properties"]
    assert set(settings) == {spec.name for spec in SETTINGS}
    assert settings["epochs"] | {"description": ""} == {
        "type": "integer", "minimum": 1, "maximum": 1000, "default": 5, "description": "",
    }  # fmt: skip
    assert settings["negatives"]["enum"][0] == "ans"
    assert "securitySchemes" in schema["components"]


@pytest.mark.parametrize(
    ("name", "body", "status", "sentence"),
    [
        ("classify", {}, 422, "The text is missing."),
        ("classify", {"text": 3}, 422, "The text must be a string, got int."),
        ("classify", {"text": "a" * 2001}, 413,
         "The text has 2,001 characters, and at most 2,000 are read; shorten it."),
        ("classify", {"text": "a", "modelid": "b"}, 422,
         "There is no field 'modelid'; /ans/api/openapi.json tells which there are."),
        ("classify", [], 422, "Expected a JSON object, got list."),
        ("classify", {"text": "a", "key": "k"}, 422, "A key is for one model; send its model_id too."),
        ("classify_batch", {"texts": "a"}, 422, "Texts must be a list, got str."),
        ("classify_batch", {"texts": ["a", 3]}, 422, "Text 2 must be a string, got int."),
        ("classify_batch", {"texts": ["a"] * 1001}, 413,
         "A request has at most 1,000 texts, got 1,001; send them in several requests."),
        ("train", {}, 422, "Name a dataset, or send rows of text and label: one of the two."),
        ("train", {"rows": [{"text": "a"}]}, 422, "The label of row 1 is missing."),
        ("train", {"rows": [{"text": "a", "label": "b"}, 3]}, 422, "Row 2 must be an object, got int."),
        ("train", {"rows": []}, 422, "No row has both a text and a label."),
        ("train", {"rows": [{"text": "a", "label": "b"}]}, 422,
         "A training needs at least two classes, and 1 was found (only “b”)."),
        ("train", {"dataset": "none-such"}, 422,
         "There is no dataset 'none-such'; name assistant, clinc, banking, stackoverflow, or a path on this machine."),
        ("train", {"dataset": "assistant", "settings": {"epochs": 0}}, 422,
         "Epochs must be a whole number between 1 and 1000, got 0."),
        ("train", {"dataset": "assistant", "settings": {"epoch": 1}}, 422,
         "There is no setting 'epoch'; /ans/api/openapi.json lists all of them."),
        ("train", {"dataset": "assistant", "name": "x" * 81}, 422, "A model's name has at most 80 characters, got 81."),
        ("teach", {"corrections": []}, 422,
         "There is no correction to learn from; give at least one text with its right class, or open."),
        ("teach", {"corrections": [{"text": "a", "label": "b" * 201}]}, 422,
         "The label of correction 1 has 201 characters, and a class's name has at most 200."),
        ("train_status", {}, 422, "model_id is missing."),
        ("nothing", {}, 404, "There is no such address; POST to /ans/api/ and one of classify, classify_batch, "
         "list_models, train, train_status, teach."),
    ],
)  # fmt: skip
def test_a_bad_value_is_one_sentence_with_its_status(client, store, name, body, status, sentence):
    before = len(store.all())
    assert told(client, name, status, body) == sentence
    assert len(store.all()) == before


def test_what_is_no_json_is_told_as_such(client):
    kind = {"Content-Type": "application/json"}
    for content in (b"{nope", b"\xff\xfe", b"[" * 40_000, b'{"text": "a"'):
        assert told(client, "classify", 400, content=content, headers=kind) == "What was sent is no JSON."
    assert told(client, "classify", 400, content=b'{"text": "a"}', headers={"Content-Type": "text/plain"}) == (
        "Expected a JSON object, sent as Content-Type: application/json."
    )
    assert told(client, "classify", 422, content=b'{"text": "\\ud800"}', headers=kind) == (
        "The text holds half a character (a lone surrogate); send it as UTF-8."
    )
    assert client.get(f"{PROGRAMS}/classify").status_code == 405


def test_a_private_model_is_opened_by_a_key_in_the_header_or_in_the_body_and_by_nothing_else(
    client, store, classifier, small_split, small_config
):
    run = finished_run(store, small_config, classifier, small_split)
    (run.folder / "owner.json").write_text(f'"{ME}"')
    key, body = make_key(run.folder), {"text": KNOWN, "model_id": run.id}
    for given in ({"json": body, "headers": {"Authorization": f"Bearer {key}"}}, {"json": {**body, "key": key}}):
        assert client.post(f"{PROGRAMS}/classify", **given).json()["label"] == "card_lost"
    assert told(client, "classify", 404, body).startswith(f"No trained model {run.id!r} answers to this")
    for of_run in (run.id, "gone"):  # alike, so that nobody finds out which ids there are
        assert told(client, "classify", 401, {**body, "model_id": of_run, "key": "wrong"}).startswith("No trained")
        assert told(client, "train_status", 404, {"model_id": of_run}).startswith("No trained")
    shown = {"Authorization": "Bearer ans_wrong"}
    others = client.post(f"{PROGRAMS}/classify", json={"text": KNOWN}, headers={"Authorization": "Bearer hf_x"})
    assert others.status_code == 200, "a token for what stands before this server"
    reply = client.post(f"{PROGRAMS}/classify", json=body, headers=shown)
    assert (reply.status_code, reply.headers["www-authenticate"]) == (401, "Bearer")
    store.delete(run)


def test_an_address_has_only_so_many_requests_under_way(store):
    desk = laid_out(Desk, store)
    object.__setattr__(desk.shared.server, "limits", Limits(waiting=2))
    with desk._one_more("here"), desk._one_more("here"):
        with pytest.raises(Refused, match="2 requests waiting already") as caught, desk._one_more("here"):
            pass
        assert caught.value.status == 429
        with desk._one_more("elsewhere"):
            pass
    with desk._one_more("here"):
        pass
    assert not desk._under_way


def test_without_any_model_programs_are_told_to_wait(tmp_path):
    client = TestClient(Starlette(routes=[laid_out(lambda one: mounted(Desk(one)), RunStore(tmp_path / "runs"))]))
    reply = client.post(f"{PROGRAMS}/classify", json={"text": KNOWN})
    assert (reply.status_code, reply.headers["retry-after"]) == (503, "5")
    assert client.post(f"{PROGRAMS}/list_models", json={}).json() == {"models": []}


def test_a_program_is_told_of_a_full_disk_and_of_too_little_memory_and_is_answered_afterwards(
    client, store, monkeypatch
):
    before = [run.id for run in store.all()]
    with full_disk():
        assert told(client, "train", 503, {"dataset": "assistant"}).startswith("The disk is full, or files may not be")
    assert [run.id for run in store.all()] == before
    for text, error in (
        ("how is this", MemoryError()),
        ("how is that", RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB")),
    ):

        def short(*_: object, error: Exception = error) -> None:
            raise error

        monkeypatch.setattr(TrainedModel, "answered", short)
        assert told(client, "classify", 503, {"text": text}).startswith("The memory is used up; choose fewer")
        monkeypatch.undo()
        assert client.post(f"{PROGRAMS}/classify", json={"text": text}).status_code == 200

"""The whole page's server with its doors for programs, over HTTP: plain requests, gradio_client, a client of MCP."""

from __future__ import annotations

import json
import shutil
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from anyio.from_thread import start_blocking_portal
from gradio_client import Client as GradioClient
from mcp.client import Client

from ans.runs.store import RunStore
from ans.serving.models import Serving
from ans.ui import page
from ans.ui.addresses import PROGRAMS, TOOLS
from ans.ui.api.operations import OPERATIONS
from ans.ui.api.tools import Tools
from ans.ui.changes import StoreChanges
from ans.ui.launch import launch_options

FIXTURE = Path(__file__).resolve().parent.parent.parent / "fixtures" / "first_format"
NAMES = [operation.name for operation in OPERATIONS]
KNOWN = "i lost my card"
PETS = [{"text": f"{word} {i}", "label": word} for word in ("cat", "dog") for i in range(3)]


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> Iterator[str]:
    """Its address. It trains nothing: what is queued waits."""
    (source,) = (folder for folder in FIXTURE.iterdir() if folder.is_dir())
    root = tmp_path_factory.mktemp("served") / "runs"
    shutil.copytree(source, root / "starter-1")
    store = RunStore(root)
    blocks = page.build(Serving(store))
    tools = Tools(blocks.desk)
    _, address, _ = blocks.launch(prevent_thread_lock=True, **launch_options(blocks, StoreChanges(store), tools=tools))
    yield address.rstrip("/")
    blocks.close()


def posted(address: str, body: object, **headers: str) -> tuple[int, dict]:
    kind = {"Content-Type": "application/json", **headers}
    request = urllib.request.Request(address, json.dumps(body).encode(), kind)
    try:
        with urllib.request.urlopen(request, timeout=60) as reply:
            return reply.status, json.load(reply)
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read() or b"{}")


def called(served: str, *calls: tuple[str, dict]) -> list:
    """What the tools answer; first of all the list of them."""

    async def talk() -> list:
        async with Client(f"{served}{TOOLS}") as client:
            listed = (await client.list_tools()).tools
            return [listed, *[await client.call_tool(name, given) for name, given in calls]]

    with start_blocking_portal() as portal:  # a loop of its own: a browser of other tests may hold this thread's
        return portal.call(talk)


def test_all_doors_give_the_same_answer(served):
    status, plain = posted(f"{served}{PROGRAMS}/classify", {"text": KNOWN})
    assert (status, plain["label"], plain["model_id"]) == (200, "card_lost", "starter-1")
    client = GradioClient(served, verbose=False)
    assert client.predict(text=KNOWN, api_name="/classify") == plain
    _, tool = called(served, ("classify", {"text": KNOWN}))
    assert tool.structured_content == plain
    assert json.loads(tool.content[0].text) == plain, "for clients that read the text"


def test_programs_find_every_operation_behind_every_door(served):
    with urllib.request.urlopen(f"{served}{PROGRAMS}/openapi.json", timeout=60) as reply:
        assert [path.strip("/") for path in json.load(reply)["paths"]] == NAMES
    client = GradioClient(served, verbose=False)
    named = client.view_api(return_format="dict", print_info=False)["named_endpoints"]
    assert [name.strip("/") for name in named] == NAMES
    (tools,) = called(served)
    assert [tool.name for tool in tools] == NAMES
    for tool in tools:
        assert len(tool.description) > 40
        assert tool.input_schema["type"] == tool.output_schema["type"] == "object"
        assert all(one.keys() - {"default", "title"} for one in tool.input_schema["properties"].values()), "typed"
    assert [tool.name for tool in tools if not tool.annotations.read_only_hint] == ["train", "teach"]


def test_a_tool_tells_what_is_wrong_in_one_sentence(served):
    _, *told = called(
        served, ("classify", {"text": 3}), ("classify", {"text": "a", "model_id": "b"}), ("train", {}), ("nope", {})
    )
    assert all(one.is_error and one.structured_content is None for one in told)
    sentences = [one.content[0].text for one in told]
    assert sentences[0] == "The text must be a string, got int."
    assert sentences[1].startswith("No trained model 'b' answers to this")
    assert sentences[2] == "Name a dataset, or send rows of text and label: one of the two."
    assert sentences[3].startswith("There is no tool 'nope'; there are classify,")


def test_an_assistant_queues_a_training_and_asks_for_it(served):
    _, made = called(served, ("train", {"rows": PETS, "name": "pets"}))
    told = made.structured_content
    assert told["state"] == "queued"
    _, stands = called(served, ("train_status", {"model_id": told["model_id"], "key": told["key"]}))
    assert stands.structured_content["name"] == "pets"
    client = GradioClient(served, verbose=False)
    again = client.predict(rows=PETS, api_name="/train")
    assert client.predict(model_id=again["model_id"], key=again["key"], api_name="/train_status")["place"] >= 1


def test_the_page_of_another_site_calls_no_tool_on_ones_own_machine(served):
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    ours = {"Accept": "application/json, text/event-stream"}
    assert posted(f"{served}{TOOLS}", call, **ours)[0] == 200
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(
            urllib.request.Request(
                f"{served}{TOOLS}", json.dumps(call).encode(),
                {"Content-Type": "application/json", "Origin": "https://example.org", **ours},
            )
        )  # fmt: skip


def test_only_one_answer_comes_of_a_request_so_that_none_holds_the_server(served):
    with pytest.raises(urllib.error.HTTPError, match="405"):
        urllib.request.urlopen(urllib.request.Request(f"{served}{TOOLS}", headers={"Accept": "text/event-stream"}))

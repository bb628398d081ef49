"""What *Use this model* shows of a run and does with its keys, and for whom it does nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ans.json_files import write_json
from ans.runs.keys import keys_of, opens
from ans.runs.run import Run
from ans.runs.store import RunStore
from ans.serving.cost import BATCH
from ans.ui import use_model
from tests.ui.tabs import ME, OTHER, event, laid_out

FIXTURE = Path(__file__).resolve().parent.parent / "fixtures" / "first_format"
ADDRESS = "https://host:7860/demo"


@pytest.fixture
def store(tmp_path) -> RunStore:
    """A finished run that is everybody's, and one of this browser."""
    (source,) = (folder for folder in FIXTURE.iterdir() if folder.is_dir())
    for name in ("public", "mine"):
        shutil.copytree(source, tmp_path / "runs" / name)
    write_json(tmp_path / "runs" / "mine" / "owner.json", ME)
    return RunStore(tmp_path / "runs")


@pytest.fixture
def part(store) -> use_model.UseModel:
    return laid_out(use_model.build, store)


@pytest.fixture(params=[False, True], ids=["own machine", "strangers"])
def anywhere(request, store) -> use_model.UseModel:
    """The same on one's own machine, and where strangers come."""
    return laid_out(use_model.build, store, restricted=request.param)


def opened(part: use_model.UseModel, who: str | None, run_id: object, address: str = ADDRESS) -> dict:
    return part.opened(event(id=run_id, address=address, asked=7), who)[part.view]


def done(part: use_model.UseModel, action: str, who: str | None, run_id: object, **more) -> dict:
    """The card, or the update with a note."""
    return part.act(event(id=run_id, action=action, address=ADDRESS, asked=7, **more), who)[part.view]


def test_everybodys_run_needs_no_key_and_gets_none(anywhere, store):
    card = opened(anywhere, OTHER, "public")
    assert (card["id"], card["private"], card["keys"], card["fresh"], card["asked"]) == ("public", False, [], "", 7)
    assert not any(snippet["needs_key"] for snippet in card["snippets"])
    assert done(anywhere, "make key", ME, "public")["note"] == "This model is everybody's, so it needs no key."
    assert keys_of(store.get("public").folder) == []


def test_a_key_is_shown_when_it_is_made_and_never_again(anywhere, store):
    made = done(anywhere, "make key", ME, "mine")
    key, folder = made["fresh"], store.get("mine").folder
    assert opens(folder, key)
    assert key not in str({**made, "fresh": ""})
    again = opened(anywhere, ME, "mine")
    assert key not in str(again)
    assert [one["id"] for one in again["keys"]] == [key[:10]]
    second = done(anywhere, "make key", ME, "mine")["fresh"]
    left = done(anywhere, "revoke key", ME, "mine", key=key[:10])
    assert ([one["id"] for one in left["keys"]], left["fresh"]) == ([second[:10]], "")
    assert (opens(folder, key), opens(folder, second)) == (False, True)
    assert done(anywhere, "revoke key", ME, "mine", key=key[:10])["note"].startswith("There is no such key any more")


@pytest.mark.parametrize("who", [OTHER, None])
def test_another_browser_is_told_nothing_of_a_private_run_and_makes_or_revokes_no_key(anywhere, store, who):
    key = done(anywhere, "make key", ME, "mine")["fresh"]
    for run_id in ("mine", "gone"):
        told = opened(anywhere, who, run_id)
        assert (told["asked"], told["failed"].replace(run_id, "ID").split(";")[0]) == (7, "No trained model 'ID'")
        assert "id" not in told
        for action in ("make key", "revoke key", "download"):
            assert done(anywhere, action, who, run_id, key=key[:10])["note"].startswith("No trained model")
        cost = anywhere.measured(event(id=run_id), who)[anywhere.view]["cost"]
        assert set(cost) == {"id", "failed"}
    assert len(keys_of(store.get("mine").folder)) == 1


@pytest.mark.parametrize(
    "address", ["", "javascript:alert(1)", 'http://a/";import os#', "http://a'$(id)", "http://a/b c", "ftp://a/"]
)
def test_what_is_no_address_gets_into_no_code(part, address):
    card = opened(part, ME, "mine", address)
    (curl,) = [snippet["code"] for snippet in card["snippets"] if snippet["name"] == "curl"]
    assert curl.startswith(f"curl -sS '{use_model.HERE}/ans/api/classify' ")


def test_only_an_address_of_this_machine_is_told_to_be_one(part):
    told = {address: opened(part, ME, "mine", address)["local"] for address in (ADDRESS, "http://127.0.0.1:7/", "x")}
    assert told == {ADDRESS: False, "http://127.0.0.1:7/": True, "x": True}


def test_what_a_request_costs_is_measured_and_one_of_many_texts_costs_less_than_one_alone(part):
    cost = part.measured(event(id="public"), OTHER)[part.view]["cost"]
    assert (cost["id"], cost["texts"], cost["busy"]) == ("public", BATCH, False)
    assert 0 < cost["one"] < cost["together"]
    assert part.measured(event(id="public"), OTHER)[part.view]["cost"] == cost  # measured once


def test_while_something_trains_the_cost_says_so_and_is_measured_again_afterwards(part, store):
    run = store.create(store.get("public").config)
    assert part.costs.of("public").busy
    run.set_status("stopped")
    assert not part.costs.of("public").busy


def test_the_zip_is_packed_for_whoever_may_see_the_run(part):
    changes = part.act(event(id="mine", action="download"), ME)
    assert Path(changes[part.file]).name == f"{use_model.zip_name(Run(part.shared.store.root / 'mine'))}.zip"
    shutil.rmtree(changes[part.packed])
    assert part.act(event(id="mine", action="make key"), ME)[part.file] is None  # it is not saved again

"""Teach it in the page: what a correction needs, whose it is, and what learning does to the model in use."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
import torch

from ans.data.corrections import Correction
from ans.model.threads import computing_with
from ans.model.trained_model import TrainedModel
from ans.ui.ask import teach
from ans.ui.ask.teach import Teach
from ans.ui.limits import Limits
from tests.ui.tabs import ME, OTHER, event, laid_out


@pytest.fixture
def part(store, run) -> Teach:
    return laid_out(lambda shared: teach.layout(shared, below_verdict=True), store)


def drawn(part: Teach, changes: dict) -> dict:
    value = changes[part.view]
    return json.loads(value) if isinstance(value, str) else value


def act(part: Teach, typed: str, run_id: str, who: str, **values) -> dict:
    return part.act(typed, run_id, who, event(**values))


def test_a_correction_joins_the_list_of_its_browser_alone_and_can_be_removed(part, run, small_split):
    known = small_split.known
    value = drawn(part, act(part, "do fish sleep", run.id, ME, action="correct", label=f"  {known[0]} "))
    assert [(one["text"], one["says"], one["answered"]) for one in value["corrections"]] == [
        ("do fish sleep", known[0], "OPEN")
    ]
    assert value["differs"]
    assert drawn(part, part.shown(run.id, OTHER))["corrections"] == []
    after = act(part, "", run.id, ME, action="remove", text="do fish sleep")
    assert drawn(part, after)["corrections"] == []
    assert not drawn(part, after)["differs"]
    assert not after[part.download]["visible"]


def test_no_cell_of_the_corrections_to_download_is_a_formula(part, run):
    for text, label in (("=1+1", "@sum"), ("+cmd", "-2")):
        after = act(part, text, run.id, ME, action="correct", label=label)
    assert after[part.download]["visible"]
    file = Path(part.offer(run.id, ME)[part.file])
    cells = [cell for line in file.read_text().splitlines() for cell in line.split("\t")]
    assert {"'=1+1", "'@sum", "'+cmd", "'-2"} <= set(cells)
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


@pytest.mark.parametrize("said", ["OPEN", "Out of scope"])
def test_a_typed_spelling_of_no_class_is_open_and_makes_no_class_of_that_name(part, run, small_split, said):
    known = small_split.test.texts[small_split.test.labels.index(small_split.known[0])]
    act(part, known, run.id, ME, action="correct", label=said)
    learnt = act(part, "", run.id, ME, action="learn")
    assert drawn(part, learnt)["classes"] == small_split.known
    assert drawn(part, learnt)["result"]["numbers"][1] == ["Corrected texts, right", "0 % of 1", "100 % of 1"]


@pytest.mark.parametrize(
    ("text", "values", "said"),
    [
        ("  ", {"label": "alarm_set"}, "There is no text to correct; type a message first."),
        ("do fish sleep", {"label": " "}, "Choose the right class, or OPEN"),
        ("do fish sleep", {"open": True}, "That is what the model answers already: OPEN."),
        ("do fish sleep", {"label": "m" * 300}, "1 to 200 characters"),
    ],
)
def test_what_is_no_correction_is_said_in_place_and_nothing_is_kept(part, run, text, values, said):
    value = drawn(part, act(part, text, run.id, ME, action="correct", **values))
    assert said in value["refused"]
    assert value["corrections"] == []


def test_learning_brings_the_new_model_into_use_and_back_leads_to_the_one_before(part, run, store, small_split):
    act(part, "do fish sleep", run.id, ME, action="correct", label=small_split.known[0])
    learnt = act(part, "", run.id, ME, action="learn")
    new = learnt[part.shared.model]["value"]
    assert new != run.id
    assert store.get(new).owner == ME
    value = drawn(part, learnt)
    assert value["result"]["numbers"][1] == ["Corrected texts, right", "0 % of 1", "100 % of 1"]
    assert value["result"]["origin"] == run.name
    assert value["corrections"][0]["learnt"]
    assert not value["differs"]
    back = act(part, "", new, ME, action="back")
    assert back[part.shared.model]["value"] == run.id
    assert drawn(part, back)["differs"]


@pytest.mark.parametrize(("restricted", "cores"), [(True, 1), (False, 2)])
def test_a_learning_takes_all_cores_only_where_no_stranger_waits_for_an_answer(
    store, run, small_split, monkeypatch, restricted, cores
):
    part = laid_out(lambda shared: teach.layout(shared, below_verdict=True), store, restricted)
    act(part, "do fish sleep", run.id, ME, action="correct", label=small_split.known[0])
    taken, learn = [], TrainedModel.teach
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(TrainedModel, "teach", lambda *given: taken.append(torch.get_num_threads()) or learn(*given))
    with computing_with(1):  # as `Serving.warm` has it
        act(part, "", run.id, ME, action="learn")
        assert torch.get_num_threads() == 1
    assert taken == [cores]


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (Limits(training=False), "Trainings are turned off on this server; run the app on your own machine to train."),
        (Limits(runs=0), "At most 0 runs are kept for one browser here; delete some in Runs first."),
        (Limits(taught=(9, 0)), "At most 9 texts and 0 new classes are taught at a time here, got 1 and 1; teach less"),
    ],
)
def test_what_this_server_does_not_allow_is_said_where_one_wants_to_learn_and_no_model_is_made(
    store, run, limits, said
):
    part = laid_out(lambda shared: teach.layout(shared, below_verdict=True), store, limits=limits)
    act(part, "do fish sleep", run.id, ME, action="correct", label="gardening")
    value = drawn(part, act(part, "", run.id, ME, action="learn"))
    assert value["refused"].startswith(said)
    assert [one["text"] for one in value["corrections"]] == ["do fish sleep"]
    assert len(store.all()) == 1


def test_a_strangers_model_can_neither_be_corrected_nor_taught(part, run, store):
    act(part, "do fish sleep", run.id, ME, action="correct", label="gardening")
    new = act(part, "", run.id, ME, action="learn")[part.shared.model]["value"]
    value = drawn(part, act(part, "do fish sleep", new, OTHER, action="correct", open=True))
    assert value == {"classes": [], "corrections": []}
    assert store.get(new).learnt == {"do fish sleep": "gardening"}


def test_without_corrections_there_is_nothing_to_learn(part, run, store):
    assert "no correction to learn from" in drawn(part, act(part, "", run.id, ME, action="learn"))["refused"]
    assert len(store.all()) == 1


def test_many_texts_are_corrected_at_once_where_the_model_says_otherwise(part, run, small_split):
    part.correct(["do fish sleep", "who wrote hamlet", " "], small_split.known[0], run.id, ME)
    found = part.shared.visitor(ME).corrections.of(ME, run.config.dataset)
    assert {one.text for one in found} == {"do fish sleep", "who wrote hamlet"}
    assert found[0] == Correction(found[0].text, small_split.known[0], None)

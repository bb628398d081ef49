"""What the Discover tab says and draws, without a browser."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import gradio as gr
import numpy as np
import pytest

from ans.plots.discovery import group_map
from ans.runs.promotion import Promotion
from ans.runs.store import RunStore
from ans.serving.discovery import REST, Cluster, Discovery
from ans.serving.models import Serving
from ans.ui import page
from ans.ui.discover import cards
from ans.ui.discover.findings import MOST_REMEMBERED, Findings
from ans.ui.discover.handlers import DiscoverTab
from ans.ui.discover.tab import layout
from ans.ui.limits import Limits
from tests.ui.tabs import ME, event, laid_out

NUMBERS = {"accuracy": 90.0, "f1": 80.0, "f1_known": 79.0, "f1_open": 95.0, "auroc": 96.0}
ABOUT = Promotion(
    parent="a", label="gym", browser="mine", texts=["a"] * 8, kept_back=["b"] * 4, agreeing=10, true_label="gym_hours",
    before=NUMBERS, after=NUMBERS | {"accuracy": 88.5}, seconds=1.4, test_texts=(500, 6),
)  # fmt: skip


def card(**changes) -> dict:
    return cards.promoted(SimpleNamespace(name="a run + gym", promotion=replace(ABOUT, **changes)))


@pytest.fixture
def found() -> Discovery:
    places = np.array([[0, 0], [1, 0], [0, 1], [5, 5]], dtype=float)
    return Discovery(["a", "b", "c", "<b>d</b>"], None, places, [Cluster("x", ["k"], [0, 1]), Cluster("y", [], [2])])


def test_the_numbers_stand_before_and_after_with_their_change():
    shown = card()
    assert [row[:2] for row in shown["numbers"]] == [
        ["", "Accuracy"], ["Before", "90.0"], ["After", "88.5"], ["Change", "−1.5"]
    ]  # fmt: skip
    assert "In the test it stands for gym_hours, as 10 of the group's 12 texts do." in shown["note"]
    assert "6 of them of this class: they count as open before, as known after." in shown["note"]


@pytest.mark.parametrize(("kept_back", "why"), [([], "your texts carry no labels"), (["b"], "most of these texts are")])
def test_without_a_truth_there_are_no_numbers_and_the_reason_is_said(kept_back, why):
    shown = card(before=None, after=None, true_label=None, kept_back=kept_back)
    assert shown["numbers"] is None
    assert f"There are no numbers: {why}" in shown["note"]


def test_each_state_says_where_a_person_stands(found):
    states = [cards.start(), cards.found(found, 9, own=True), cards.looked_at(found, 0), card()]
    now = [[step["name"] for step in state["phases"] if step["state"] == "now"] for state in states]
    assert now == [["Find groups"], ["Look at one"], ["Name it"], ["Ask it"]]
    assert cards.failed("No groups", ValueError("too few; bring more."), cards.FIND)["detail"] == "Too few; bring more."


def test_the_list_and_the_map_give_a_group_the_same_colour_and_leave_the_rest_grey(found):
    listed = cards.group_list(found, 1)
    assert listed["rest"] == "1 text is in no group."
    traces = group_map(found.places, found.texts, found.assignment, ["x", "y"], 1, "key").to_dict()["data"]
    assert [trace["name"] for trace in traces] == ["in no group", "x", "y"]  # the chosen one above all others
    assert [trace["marker"]["color"] for trace in traces[1:]] == [group["colour"] for group in listed["groups"]]
    assert sum(len(trace["x"]) for trace in traces) == 4


@pytest.fixture
def tab(tmp_path) -> DiscoverTab:
    return laid_out(layout, RunStore(tmp_path / "runs"))


def test_an_edit_of_a_group_takes_the_name_along_that_was_typed_for_it(tab, found):
    now = Findings("run", found=found, chosen=0)
    dropped = tab.keep(now, [0], "my name")[tab.findings]
    assert dropped.found.clusters[dropped.chosen].name == "my name"
    assert dropped.found.clusters[dropped.chosen].rows == [0]
    kept = tab.keep(now, [0], " ")[tab.findings]
    assert kept.found.clusters[kept.chosen].name == found.clusters[0].name


def test_groups_that_the_server_has_forgotten_are_told(tab):
    with pytest.raises(gr.Error, match="Find groups again"):
        tab.keep(Findings("run"), [0], "name")
    with pytest.raises(gr.Error, match="Choose the group to merge with first"):
        tab.join(Findings("run"), None, "name")


def test_a_click_on_what_is_no_group_or_on_the_chosen_one_changes_nothing(tab, found):
    now = Findings("run", found=found, chosen=0)
    for group in (REST, 0, 99, -2, [1], "x", None):
        assert tab.look_at(now, event(id=group)) == gr.skip()
    changed = tab.look_at(now, event(id=1))
    assert changed[tab.findings].chosen == 1
    assert changed[tab.name]["value"] == "y"


def test_a_model_that_is_gone_leaves_the_tab_without_one_and_cannot_be_taken_back(tab):
    changed = tab.opened("gone", Findings("before"), ME)
    assert changed[tab.card] == cards.NO_MODEL
    with pytest.raises(gr.Error, match="added in this browser"):
        tab.take_back("gone", Findings(), ME)


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (Limits(training=False), "Trainings are turned off on this server"),
        (Limits(runs=0), "At most 0 runs are kept for one browser here"),
    ],
)
def test_a_class_that_this_server_does_not_let_anybody_add_makes_no_model(store, run, found, limits, said):
    tab = laid_out(layout, store, limits=limits)
    *_, last = tab.make_known(Findings(run.id, found=found, chosen=0), "gym", [0, 1], ME)
    assert last[tab.card]["detail"].startswith(said)
    assert len(store.all()) == 1


def test_groups_that_were_found_while_another_model_was_chosen_are_kept_with_their_own(store, found):
    made = page.build(Serving(store))
    looks = [event._id for event in made.fns.values() if event.fn is not None and event.fn.__name__ == "look_for"]
    then = {event.trigger_after: event.fn.__name__ for event in made.fns.values() if event.fn is not None}
    assert len(looks) == 2
    assert all(then[look] == "opened" for look in looks)
    tab = laid_out(layout, store)
    changed = tab.opened("another", Findings("asked", found=found), ME)
    assert changed[tab.findings].found is None
    assert changed[tab.findings].at("asked").found is found


def test_what_was_found_with_a_model_is_there_again_after_another_was_in_use(found):
    first = Findings("first", True, 9, found, chosen=1)
    there = first.at("second")
    assert (there.run_id, there.found) == ("second", None)
    assert there.at("first") == first
    assert there.at(None).at("third").at("first") == first  # where nothing was found there is nothing to remember


def test_the_groups_of_the_last_few_models_are_kept_and_no_more(found):
    now = Findings("0", found=found)
    for i in range(1, MOST_REMEMBERED + 2):
        now = Findings(str(i), found=found, others=now.at(str(i)).others)
    assert [one.run_id for one in now.others] == ["1", "2", "3"]
    assert now.at("0").found is None
    assert now.at("1").found is found

"""What fills in the Train tab's form: the last visit's values, the paper's setting, those it began with."""

from __future__ import annotations

import gradio as gr
import pytest

from ans.ui.train import TrainTab
from tests.ui.tabs import ME, OTHER, laid_out, train_layout


def by_name(tab: TrainTab, changes: dict) -> dict:
    """What a handler puts into the form, by the names of its parts."""
    names = {part: name for name, part in tab.filling.parts.items()}
    return {names.get(part, "known_of"): value for part, value in changes.items()}


def test_what_stood_in_the_form_on_the_last_visit_stands_there_again(store):
    tab = laid_out(train_layout, store)
    kept = {name: part.value for name, part in tab.filling.parts.items()}
    kept |= {"dataset": "clinc", "ratio": -1.0, "other": 0.3, "seed": 7, "gamma": 3, "known": ["a", "b"], "seeds": 3}
    back = by_name(tab, tab.filling.back(kept, ME))
    assert (back["dataset"], back["ratio"], back["seed"], back["gamma"], back["seeds"]) == ("clinc", -1.0, 7, 3, 3)
    assert (back["other"]["value"], back["other"]["visible"]) == (0.3, True)
    assert (back["known"]["value"], back["known"]["visible"], back["known_of"]) == (["a", "b"], True, "clinc")


def test_all_classes_come_back_though_a_browser_writes_1_for_it(store):
    tab = laid_out(train_layout, store)
    assert by_name(tab, tab.filling.back({"ratio": 1}, ME))["ratio"] == 1.0


@pytest.mark.parametrize(
    "odd",
    [
        None, "text", [1], {"ratio": 0.33}, {"ratio": True}, {"gamma": "3"}, {"open_texts": 1}, {"known": "a"},
        {"known": [1]}, {"seeds": 100}, {"seed": -1}, {"nothing": 1}, {"dataset": None}, {"negatives": "magic"},
    ],
)  # fmt: skip
def test_what_the_form_can_not_hold_does_not_come_back(store, odd):
    tab = laid_out(train_layout, store)
    assert tab.filling.back(odd, ME) == gr.skip()


def test_among_strangers_no_path_comes_back_and_nowhere_the_data_of_another_browser(store):
    theirs = store.uploads / OTHER / "theirs.tsv"
    theirs.parent.mkdir(parents=True)
    theirs.write_text("text\tlabel\n")
    for restricted in (True, False):
        tab = laid_out(train_layout, store, restricted)
        assert tab.filling.back({"dataset": str(theirs)}, ME) == gr.skip()
        own = by_name(tab, tab.filling.back({"dataset": str(theirs)}, OTHER))
        assert own["dataset"] == str(theirs)
    tab = laid_out(train_layout, store, restricted=True)
    assert tab.filling.back({"dataset": "/etc/passwd", "encoder": "someone/model"}, ME) == gr.skip()


def test_the_papers_setting_is_its_task_and_reset_is_what_the_form_began_with(store):
    tab = laid_out(train_layout, store)
    begun = {name: part.value for name, part in tab.filling.parts.items()}
    paper, first = by_name(tab, tab.filling.fill_paper()), by_name(tab, tab.filling.fill_first())
    for filled, dataset, ratio in ((paper, "clinc", 0.25), (first, begun["dataset"], begun["ratio"])):
        assert (filled["dataset"], filled["ratio"]) == (dataset, ratio)
        assert (filled["known"]["value"], filled["known_of"]) == ([], None)
        rest = set(begun) - {"dataset", "ratio", "other", "known"}
        assert {name: filled[name] for name in rest} == {name: begun[name] for name in rest}

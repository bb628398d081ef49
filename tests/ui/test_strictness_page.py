"""The slider in Ask and in Evaluate: what it shows, what Keep and Reset do, and who may use them."""

from __future__ import annotations

import gradio as gr
import pytest

from ans.runs.store import RunStore
from ans.ui import strictness
from ans.ui.strictness import Strictness
from tests.ui.tabs import ME, laid_out


def part_of(store: RunStore, restricted: bool = False) -> Strictness:
    return laid_out(lambda shared: strictness.layout(shared, each_class=True), store, restricted)


def test_the_slider_stands_where_the_models_own_line_is_and_every_class_is_listed(store, run, classifier):
    part = part_of(store)
    shown = part.shown(run.id, ME)
    assert shown[part.slider]["value"] == round(100 * classifier.calibration.refused)
    assert [row["name"] for row in shown[part.effect]["rows"]] == [
        "Held-out known texts refused",
        "Open test texts let in",
    ]
    assert {row["name"] for row in shown[part.effect]["classes"]} == set(classifier.labels)
    assert not shown[part.keep]["interactive"]
    assert not shown[part.reset]["interactive"]


def test_a_moved_slider_shows_its_line_and_changes_nothing(store, run):
    part, before = part_of(store), run.evaluation
    few, many = (part.moved(run.id, percent, ME) for percent in (2, 40))
    counts = [changes[part.effect]["rows"][0]["count"] for changes in (few, many)]
    assert counts[0] < counts[1]
    assert many[part.tried] == 0.4
    assert many[part.keep]["interactive"]
    assert run.evaluation == before


def test_keep_changes_the_run_and_reset_takes_it_back(store, run):
    part, before = part_of(store), run.evaluation
    (kept,) = part.kept(0.4, run.id, ME)
    assert run.evaluation.metrics != before.metrics
    assert kept[part.shared.kept][0] == run.id
    assert kept[part.reset]["interactive"]
    assert kept[part.tried] is None
    (reset,) = part.taken_back(None, run.id, ME)
    assert run.evaluation == before
    assert not reset[part.reset]["interactive"]


def test_reset_of_a_line_that_is_only_tried_goes_back_to_the_one_in_use(store, run):
    part, before = part_of(store), run.evaluation
    (reset,) = part.taken_back(0.4, run.id, ME)
    assert reset[part.tried] is None
    assert run.evaluation == before


def test_where_strangers_come_everybodys_line_can_be_tried_and_not_kept(store, run):
    part = part_of(store, restricted=True)
    assert not part.shown(run.id, ME)[part.keep]["visible"]
    assert not part.moved(run.id, 40, ME)[part.keep]["interactive"]
    for action in (part.kept(0.4, run.id, ME), part.taken_back(None, run.id, ME)):
        with pytest.raises(gr.Error, match="nobody may change its line"):
            list(action)


def test_without_a_model_there_is_nothing_to_choose(store):
    part = part_of(store)
    assert not part.shown(None, ME)[part.slider]["interactive"]

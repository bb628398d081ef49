"""No button stays dead for an event that got lost: a tab opened again draws them from the server's own state."""

from __future__ import annotations

import inspect
import json
import time

import gradio as gr
import pytest

from ans.runs.status import FINISHED, RUNNING
from ans.serving.comparison.job import Job
from ans.serving.models import Serving
from ans.ui import page, strictness
from ans.ui.compare import tab as compare
from ans.ui.map import radius
from tests.ui.tabs import ME, laid_out, run_of


def test_compare_frees_its_buttons_when_nothing_is_fitted_and_leaves_them_while_something_is(store):
    tab, chosen = laid_out(compare.layout, store), ([], [], [], "f1", ME)
    turn = tab.comparisons.one_at_a_time
    with turn:
        job = Job(tab.comparisons, [])
        assert tab.reopened(job, *chosen) == gr.skip()
    assert job.ended(60)
    for one in (job, None):
        changes, buttons = tab.reopened(one, *chosen), (tab.compare, tab.ablation, tab.stop)
        assert [changes[button]["interactive"] for button in buttons] == [True, True, False]


def test_a_comparison_leaves_its_job_with_the_page_before_it_can_end(store):
    tab = laid_out(compare.layout, store)
    run = run_of(store, None, RUNNING, FINISHED)
    changes = list(tab.fit([run.id], ["msp"], [], "f1", ME))
    assert changes[0][tab.compare]["interactive"] is False
    jobs = [one[tab.job] for one in changes if tab.job in one]
    assert all(job.ended(60) for job in jobs)


@pytest.fixture
def form(store) -> radius.RadiusForm:
    return laid_out(lambda shared: radius.layout(shared, gr.State(None)), store)


RUNNING_CARD = json.dumps({"state": "running"})


def test_the_radius_frees_its_button_whether_or_not_its_end_was_heard(store, form):
    run, asked = run_of(store, None, RUNNING, FINISHED), radius.Asked()
    asked.begin()
    assert form.reopened(run.id, ME, asked, RUNNING_CARD) == gr.skip()
    asked.end()
    changes = form.reopened(run.id, ME, asked, RUNNING_CARD)
    assert changes[form.train]["interactive"] is True
    assert changes[form.card]["state"] != "running"
    for other in (json.dumps({"state": "finished"}), None, "", "None", "[1]", "[[["):
        assert form.reopened(run.id, ME, None, other) == {form.train: gr.update(interactive=True)}


def test_heads_that_wait_for_their_turn_are_not_lost_when_the_tab_is_opened_again(store, form, monkeypatch):
    run, now = run_of(store, None, RUNNING, FINISHED), time.monotonic()
    asked = form.wait()[form.asked]
    assert form.reopened(run.id, ME, asked, RUNNING_CARD) == gr.skip()
    monkeypatch.setattr(radius.time, "monotonic", lambda: now + radius.LONGEST_WAIT + 5)
    assert form.reopened(run.id, ME, asked, RUNNING_CARD)[form.train]["interactive"] is True, "the queue had no place"
    asked.begin()
    assert form.reopened(run.id, ME, asked, RUNNING_CARD) == gr.skip()


@pytest.mark.parametrize("run_id", ["gone", None])
def test_heads_that_are_trained_tell_their_end_on_the_server_even_where_they_fail(form, run_id):
    for asked in (form.wait()[form.asked], None):
        first, *_, last = form.start(run_id, ME, asked, 1.0, 2.0, 1.0, "ans")
        assert last[form.card]["state"] == "failed"
        assert asked in (None, first[form.asked])
        assert not first[form.asked].goes_on


def test_a_line_that_is_tried_stays_and_else_the_slider_comes_back(store):
    part = laid_out(lambda shared: strictness.layout(shared, each_class=False), store)
    assert part.reopened(0.1, None, ME) == gr.skip()
    assert part.slider in part.reopened(None, None, ME)


def test_each_of_these_tabs_looks_again_when_it_is_opened(store):
    serving = Serving(store)
    made = page.build(serving)
    opened = {
        event.fn.__name__
        for event in made.fns.values()
        for target, what in event.targets
        if what == "select" and isinstance(made.blocks[target], gr.Tab)
    }
    assert {"look", "reopened", "checked"} <= opened
    handlers = [
        getattr(inspect.unwrap(event.fn), "__self__", None).__class__.__name__
        for event in made.fns.values()
        if event.fn is not None and event.fn.__name__ == "reopened"
    ]
    assert sorted(handlers) == ["CompareTab", "RadiusForm", "Strictness", "Strictness"]

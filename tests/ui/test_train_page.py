"""The Train tab's form and buttons, without a page."""

from __future__ import annotations

from pathlib import Path

import gradio as gr
import pytest

from ans.config import TrainConfig, setting
from ans.runs.status import QUEUED, RUNNING, STOPPED
from ans.runs.store import RunStore
from ans.ui import train, train_form
from ans.ui.access import Trainings, Visitor
from tests.ui.tabs import ME, OTHER, laid_out, names, run_of


def form(**changes) -> tuple:
    """The form's values as it opens, some of them changed."""
    values = {"dataset": "assistant", "ratio": 0.75, "other": 0.4, "seed": 0, "encoder": "minilm", "open_texts": False}
    values |= {name: setting(name)["default"] for name in train_form.NAMES}
    return tuple((values | changes).values())


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "runs")


@pytest.fixture
def alone(store) -> Visitor:
    return Visitor(ME, False, store, Trainings())


@pytest.fixture
def among_strangers(store) -> Visitor:
    return Visitor(ME, True, store, Trainings())


def test_the_form_as_it_opens_gives_the_default_config(alone):
    assert train_form.form_config(form(), alone) == TrainConfig()


def test_every_value_of_the_form_reaches_the_config(alone):
    values = form(ratio=-1.0, seed=3, open_texts=True, gamma=3, fixed_radius=" 8 ", negatives="noise")
    config = train_form.form_config(values, alone)
    assert config == TrainConfig(
        known_ratio=0.4, seed=3, open_texts="train", gamma=3.0, fixed_radius=8.0, negatives="noise"
    )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"gamma": 0.5}, "Gamma must be a number between 1 and 1000, got 0.5."),
        ({"fixed_radius": "wide"}, "fixed_radius must be a number between 1e-06 and 1000000, got 'wide'."),
        ({"epochs": None}, "Epochs must have a value, got nothing; leave it out for 5."),
    ],
)
def test_a_wrong_value_is_told_in_the_page(alone, changes, sentence):
    with pytest.raises(gr.Error) as caught:
        train_form.form_config(form(**changes), alone)
    assert caught.value.message == sentence


@pytest.mark.parametrize("changes", [{"dataset": "/etc/passwd"}, {"encoder": "someone/model"}])
def test_where_strangers_can_reach_the_page_nobody_may_name_a_path(alone, among_strangers, changes):
    with pytest.raises(gr.Error, match="only the listed datasets and encoders"):
        train_form.form_config(form(**changes), among_strangers)
    assert train_form.form_config(form(**changes), alone)


def test_classes_picked_by_hand_reach_the_config(alone):
    assert train_form.form_config(form(), alone, known=("a", "b")).known_classes == ("a", "b")


def test_uploaded_data_can_be_chosen_and_trained_on_by_their_browser_alone(store):
    path = store.uploads / ME / "mine.tsv"
    path.parent.mkdir(parents=True)
    path.write_text("text\tlabel\n")
    for restricted in (True, False):
        me, other = (Visitor(browser, restricted, store, Trainings()) for browser in (ME, OTHER))
        assert str(path) in dict(train_form.dataset_choices(me)).values()
        assert str(path) not in dict(train_form.dataset_choices(other)).values()
        assert train_form.form_config(form(dataset=str(path)), me).dataset == str(path)
        with pytest.raises(gr.Error, match="These data belong to another browser"):
            train_form.form_config(form(dataset=str(path)), other)


def test_the_train_button_queues_a_run_and_the_page_watches_it(store):
    tab = laid_out(train.layout, store)
    changes = tab.start(["a", "b"], ME, *form())
    (run,) = store.all()
    assert (run.status.state, run.config.known_classes) == (QUEUED, ("a", "b"))
    assert changes[tab.watched] == changes[tab.shared.mine] == run.id
    assert changes[tab.run]["state"] == QUEUED
    assert changes[tab.stop]["interactive"] is True


def test_among_strangers_the_train_button_says_when_one_has_to_wait(store):
    tab = laid_out(train.layout, store, restricted=True)
    tab.start([], ME, *form())
    with pytest.raises(gr.Error, match="Your last training has not ended yet"):
        tab.start([], ME, *form())
    tab.start([], OTHER, *form())
    assert len(store.all()) == 2


def test_among_strangers_the_stop_button_ends_trainings_of_its_own_browser_alone(store):
    tab = laid_out(train.layout, store, restricted=True)
    run_id = tab.start([], ME, *form())[tab.watched]
    for who in (OTHER, None):
        tab.end(run_id, who)
        assert store.get(run_id).status.state == QUEUED
    assert tab.end(run_id, ME) == {tab.stop: gr.update(interactive=False)}
    assert store.get(run_id).status.state == STOPPED
    tab.end("gone", ME)


def test_the_stop_button_can_be_pressed_only_by_who_may_stop_a_training_that_goes_on(store):
    tab = laid_out(train.layout, store, restricted=True)
    run = store.get(tab.start([], ME, *form())[tab.watched])

    def stoppable(who: str) -> bool:
        return tab.showing(run, tab.shared.visitor(who))[tab.stop]["interactive"]

    assert store.take_next().id == run.id  # a trainer has it: pressing Stop does not end it at once
    assert stoppable(ME)
    assert not stoppable(OTHER)
    run.request_stop()
    assert run.status.state == RUNNING
    assert not stoppable(ME)


def test_a_run_that_is_deleted_while_its_card_is_drawn_is_shown_as_deleted(store):
    tab, run = laid_out(train.layout, store), run_of(store, None, STOPPED)
    store.delete(run)
    run.folder.mkdir()
    (run.folder / "config.json").write_text("{}")
    (run.folder / "name.json").write_text('"mine"')
    assert tab.showing(run, tab.shared.visitor(ME))[tab.run]["title"] == "Deleted"


def test_classes_picked_by_hand_leave_the_form_with_their_dataset_only(store):
    tab = laid_out(train.layout, store)
    assert tab.other_dataset("clinc", "clinc") == gr.skip()
    assert names(tab.other_dataset("banking", "clinc"), vars(tab) | vars(tab.form)) == {"known", "known_of"}


def test_all_classes_of_ones_own_data_are_known_to_begin_with_and_open_texts_may_teach(store):
    tab = laid_out(train.layout, store)
    assert tab.chosen_dataset("mine.tsv") == {tab.form.ratio: 1.0}
    assert tab.chosen_dataset("assistant") == {tab.form.ratio: 0.75}
    assert tab.offer_open_texts("mine.tsv")[tab.form.open_texts]["visible"]
    assert not tab.offer_open_texts("clinc")[tab.form.open_texts]["visible"]

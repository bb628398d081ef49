"""The Train tab's form and buttons, without a page."""

from __future__ import annotations

import gradio as gr
import pytest

from ans.config import TrainConfig, setting
from ans.runs.status import FINISHED, INTERRUPTED, QUEUED, RUNNING, STOPPED
from ans.ui import train_form
from ans.ui.access import Trainings, Visitor
from ans.ui.wording import as_markdown
from tests.ui.tabs import ME, OTHER, event, laid_out, names, run_of, train_layout


def form(**changes) -> tuple:
    """The form's values as it opens, some of them changed."""
    values = {"dataset": "assistant", "ratio": 0.75, "other": 0.4, "seed": 0, "encoder": "minilm", "open_texts": False}
    values |= {name: setting(name)["default"] for name in train_form.NAMES}
    return tuple((values | changes).values())


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


def test_a_prompt_reaches_the_config_with_the_space_at_its_end_and_an_empty_one_is_the_encoders_own(alone):
    assert train_form.form_config(form(prompt="query: "), alone).prompt == "query: "
    assert train_form.form_config(form(prompt="7"), alone).prompt == "7"
    assert train_form.form_config(form(prompt=""), alone).prompt is None


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
    tab = laid_out(train_layout, store)
    changes = tab.start(False, ["a", "b"], ME, 1, *form())
    (run,) = store.all()
    assert (run.status.state, run.config.known_classes) == (QUEUED, ("a", "b"))
    assert changes[tab.watched] == changes[tab.shared.mine] == run.id
    assert changes[tab.run]["state"] == QUEUED
    assert changes[tab.stop]["interactive"] is True


def test_among_strangers_the_train_button_says_when_one_has_to_wait(store):
    tab = laid_out(train_layout, store, restricted=True)
    tab.start(False, [], ME, 1, *form())
    assert tab.start(False, [], ME, 1, *form())[tab.again] == gr.update(visible=True)
    for start, values in ((tab.start_again, form()), (tab.start, form(seed=1))):
        with pytest.raises(gr.Error, match="Your last training has not ended yet"):
            start(False, [], ME, 1, *values)
    tab.start(False, [], OTHER, 1, *form())
    assert len(store.all()) == 2


def test_among_strangers_the_stop_button_ends_trainings_of_its_own_browser_alone(store):
    tab = laid_out(train_layout, store, restricted=True)
    run_id = tab.start(False, [], ME, 1, *form())[tab.watched]
    for who in (OTHER, None):
        tab.end(run_id, who)
        assert store.get(run_id).status.state == QUEUED
    assert tab.end(run_id, ME) == {tab.stop: gr.update(interactive=False)}
    assert store.get(run_id).status.state == STOPPED
    tab.end("gone", ME)


def test_the_stop_button_can_be_pressed_only_by_who_may_stop_a_training_that_goes_on(store):
    tab = laid_out(train_layout, store, restricted=True)
    run = store.get(tab.start(False, [], ME, 1, *form())[tab.watched])

    def stoppable(who: str) -> bool:
        return tab.showing(run, tab.shared.visitor(who))[tab.stop]["interactive"]

    assert store.take_next().id == run.id  # a trainer has it: pressing Stop does not end it at once
    assert stoppable(ME)
    assert not stoppable(OTHER)
    run.request_stop()
    assert run.status.state == RUNNING
    assert not stoppable(ME)


def test_a_run_that_is_deleted_while_its_card_is_drawn_is_shown_as_deleted(store):
    tab, run = laid_out(train_layout, store), run_of(store, None, STOPPED)
    store.delete(run)
    run.folder.mkdir()
    (run.folder / "config.json").write_text("{}")
    (run.folder / "name.json").write_text('"mine"')
    assert tab.showing(run, tab.shared.visitor(ME))[tab.run]["title"] == "Deleted"


def test_classes_picked_by_hand_leave_the_form_with_their_dataset_only(store):
    tab = laid_out(train_layout, store)
    assert tab.other_dataset("clinc", "clinc") == gr.skip()
    assert names(tab.other_dataset("banking", "clinc"), vars(tab) | vars(tab.form)) == {"known", "known_of"}


def test_all_classes_of_ones_own_data_are_known_to_begin_with_and_open_texts_may_teach(store):
    tab = laid_out(train_layout, store)
    assert tab.chosen_dataset("mine.tsv") == {tab.form.ratio: 1.0}
    assert tab.chosen_dataset("assistant") == {tab.form.ratio: 0.25}  # not the setting of the starter again
    assert tab.offer_open_texts("mine.tsv")[tab.form.open_texts]["visible"]
    assert not tab.offer_open_texts("clinc")[tab.form.open_texts]["visible"]


def test_train_pressed_twice_says_so_and_queues_a_twin_only_where_it_is_asked_for(store):
    tab = laid_out(train_layout, store)
    tab.start(False, [], ME, 1, *form())
    pressed = tab.start(False, [], ME, 1, *form())
    (run,) = store.all()
    assert pressed == {
        tab.note: gr.update(
            value=f"**{as_markdown(run.name)}** waits to be trained with these very settings. "
            "It is not queued a second time.",
            visible=True,
        ),
        tab.again: gr.update(visible=True),
    }
    asked = tab.start_again(False, [], ME, 1, *form())
    assert len(store.all()) == 2
    assert asked[tab.again] == gr.update(visible=False)


def test_a_training_that_is_told_to_stop_or_has_ended_is_no_twin(store):
    tab = laid_out(train_layout, store)
    tab.start(False, [], ME, 1, *form())
    store.take_next().request_stop()
    assert tab.start(False, [], ME, 1, *form())[tab.note]["value"].startswith("Queued:")
    assert len(store.all()) == 2


def test_another_setting_waits_behind_the_one_that_is_trained_which_stays_in_view(store):
    tab = laid_out(train_layout, store)
    first = tab.start(False, [], ME, 1, *form())[tab.watched]
    store.take_next()
    changes = tab.start(False, [], ME, 1, *form(seed=1))
    second = next(run for run in store.all() if run.id != first)
    assert (changes[tab.watched], changes[tab.shared.mine]) == (first, second.id)
    assert changes[tab.run]["state"] == RUNNING
    assert [(one["id"], one["running"], one["may_drop"]) for one in changes[tab.run]["queue"]] == [
        (second.id, False, True)
    ]
    assert changes[tab.note]["value"] == (
        f"Queued: **{as_markdown(second.name)}**, behind **{as_markdown(store.get(first).name)}**."
    )


def test_several_seeds_are_queued_one_after_the_other_and_those_in_the_queue_are_not_queued_again(store):
    tab = laid_out(train_layout, store)
    tab.start(False, [], ME, 1, *form(seed=4))
    tab.start(False, [], ME, 3, *form(seed=3))
    assert [run.config.seed for run in reversed(store.all())] == [4, 3, 5]
    assert tab.start(False, [], ME, 3, *form(seed=3))[tab.again] == gr.update(visible=True)
    with pytest.raises(gr.Error, match="Seed must be a whole number"):
        tab.start(False, [], ME, 3, *form(seed=2**31 - 2))
    assert len(store.all()) == 3


def test_among_strangers_everybody_has_one_seed_at_a_time(store):
    tab = laid_out(train_layout, store, restricted=True)
    assert not tab.form.seeds.visible
    tab.start(False, [], ME, 5, *form())
    assert len(store.all()) == 1


def test_a_waiting_run_can_be_shown_and_taken_out_of_the_queue_by_who_may_stop_it(store):
    tab = laid_out(train_layout, store, restricted=True)
    run = store.get(tab.start(False, [], OTHER, 1, *form())[tab.watched])
    assert tab.act(event(to="watch", id=run.id), ME)[tab.watched] == run.id
    tab.act(event(to="drop", id=run.id), ME)
    assert run.status.state == QUEUED
    tab.act(event(to="drop", id=run.id), OTHER)
    assert run.status.state == STOPPED


def test_the_buttons_of_a_trained_run_open_a_tab_with_its_model_and_no_button_reaches_anothers(store):
    tab, mine, theirs = laid_out(train_layout, store), run_of(store, ME, FINISHED), run_of(store, OTHER, FINISHED)
    for place in ("ask", "evaluate", "map", "compare"):
        changes = tab.act(event(to=place, id=mine.id), ME)
        assert changes[tab.shared.model]["value"] == mine.id
        assert changes[tab.shared.tabs].selected == place
        with pytest.raises(gr.Error, match="There is no such run any more"):
            tab.act(event(to=place, id=theirs.id), ME)
    with pytest.raises(gr.Error):
        tab.act(event(to="ask", id=run_of(store, ME).id), ME)
    assert tab.act(event(to="runs", id=mine.id), ME) == gr.skip()


def test_an_interrupted_training_goes_on_at_a_click_of_whoever_may_stop_it(store):
    run = run_of(store, None, RUNNING, INTERRUPTED)
    tab = laid_out(train_layout, store)
    card = tab.showing(run, tab.shared.visitor(ME))[tab.run]
    assert card["go"] == [{"to": "go on", "name": "Go on"}]
    changes = tab.act(event(to="go on", id=run.id), ME)
    assert (run.status.state, changes[tab.run]["state"], "go" in changes[tab.run]) == (QUEUED, QUEUED, False)
    with pytest.raises(gr.Error, match="only an interrupted training goes on"):
        tab.act(event(to="go on", id=run.id), ME)
    assert run.status.state == QUEUED


def test_among_strangers_nobody_lets_a_training_of_another_go_on(store):
    run = run_of(store, None, RUNNING, INTERRUPTED)
    tab = laid_out(train_layout, store, restricted=True)
    assert "go" not in tab.showing(run, tab.shared.visitor(OTHER))[tab.run]
    tab.act(event(to="go on", id=run.id), OTHER)
    assert run.status.state == INTERRUPTED

"""What a poll reads, when it redraws, and which run and model a page then shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from types import SimpleNamespace

import gradio as gr
import pytest

from ans.config import TrainConfig
from ans.runs.run import Run
from ans.runs.status import FAILED, FINISHED, RUNNING, STOPPED
from ans.runs.store import RunStore
from ans.serving.models import Serving
from ans.ui import page, polling
from ans.ui.server import Server
from tests.ui.tabs import ME, OTHER, event, run_of


@pytest.fixture
def run(store) -> Run:
    return store.create(TrainConfig(dataset="clinc", known_ratio=0.25))


def snapshot(store: RunStore, run: Run) -> polling.Snapshot:
    found = polling.listed(store)
    return polling.Snapshot.take(found, polling.with_id(found, run.id))


def laid_out(store: RunStore, restricted: bool = False, trouble: Callable[[], str | None] = lambda: None) -> page.Page:
    with gr.Blocks():
        return page.layout(Serving(store), Server(restricted, trouble))


def test_an_open_page_says_why_nothing_can_be_trained_and_stops_saying_so_once_it_can(store, run):
    reasons = ["The disk is full.", "The disk is full.", None]
    page = laid_out(store, trouble=lambda: reasons.pop(0))
    told = page.poll(run.id, None, None, ME, event())
    assert (told[page.notice]["value"], told[page.notice]["visible"]) == ("The disk is full.", True)
    assert page.notice not in page.poll(run.id, told[page.seen], None, ME, event())
    over = page.poll(run.id, told[page.seen], None, ME, event())
    assert (over[page.notice]["value"], over[page.notice]["visible"]) == ("", False)


def test_a_snapshot_changes_exactly_when_there_is_something_to_redraw(store, run):
    before = snapshot(store, run)
    assert snapshot(store, run) == before
    run.set_status(RUNNING)
    running = snapshot(store, run)
    assert running != before
    run.event_writer()({"phase": "data"})
    assert snapshot(store, run) != running
    run.rename("mine")
    assert dict(snapshot(store, run).names) == {run.id: "mine"}


def test_a_page_follows_a_new_training_only_when_its_own_has_ended(store, run):
    def watched() -> str:
        found = polling.listed(store)
        return polling.newer_active(found, polling.with_id(found, run.id)).id

    other = store.create(TrainConfig())
    assert watched() == run.id
    run.set_status(FINISHED)
    assert watched() == other.id
    other.set_status(FAILED, "no.")
    assert watched() == run.id
    assert polling.newer_active(polling.listed(store), None) is None


def test_a_new_page_shows_what_trains_else_its_own_last_run_else_the_newest(store, run):
    def first(mine: str | None) -> str | None:
        found = polling.first_watched(polling.listed(store), mine)
        return None if found is None else found.id

    newest = store.create(TrainConfig())
    assert first(None) == run.id  # the queue begins with the oldest
    newest.set_status(RUNNING)
    assert first(run.id) == newest.id
    for one in (run, newest):
        one.set_status(FAILED)
    assert first(run.id) == run.id
    assert first("gone") == newest.id
    assert polling.first_watched([], run.id) is None


def test_the_model_in_use_is_the_one_just_trained_else_the_chosen_else_the_first():
    def snapshot(watched: str | None, *ready: str) -> polling.Snapshot:
        return polling.Snapshot(watched, "", "", ready)

    assert polling.model_in_use(snapshot("new", "new", "old"), snapshot("new", "old"), "old", "old") == "new"
    before = snapshot("new", "new", "old")
    assert polling.model_in_use(snapshot("new", "x", "new", "old"), before, "old", "new") == "old"
    assert polling.model_in_use(snapshot("old", "new", "old"), None, None, "old") == "old"
    assert polling.model_in_use(snapshot("gone", "new"), snapshot("gone", "new"), "gone", "new") == "new"
    assert polling.model_in_use(snapshot(None), None, None, None) is None


def test_newcomers_get_the_starter_and_not_what_a_stranger_trained_last(store):
    def first(browser: str | None) -> str | None:
        return polling.first_model(polling.listed(store), browser)

    assert first(ME) is None
    stranger = run_of(store, None, FINISHED)
    assert first(ME) == stranger.id  # better than nothing, while the starter is trained
    starter = store.starter()
    assert first(ME) == stranger.id
    starter.set_status(FINISHED)
    newest = run_of(store, None, FINISHED)
    own = run_of(store, ME, FINISHED)
    assert (first(None), first(OTHER), first(ME)) == (starter.id, starter.id, own.id)
    assert polling.first_model(polling.listed(store), OTHER, newest.id) == newest.id  # what the server prefers
    assert polling.first_model(polling.listed(store), ME, newest.id) == own.id
    assert polling.first_model(polling.listed(store), OTHER, "gone") == starter.id
    laid = laid_out(store, restricted=True)
    nothing_asked = SimpleNamespace(query_params={})
    assert laid.opened(None, None, OTHER, nothing_asked)[laid.shared.model]["value"] == starter.id
    assert (
        laid.opened(newest.id, None, OTHER, nothing_asked)[laid.shared.model]["value"] == newest.id
    )  # theirs, of last time


def test_a_list_reads_the_status_and_the_name_of_each_run_once():
    class Counted(SimpleNamespace):
        @property
        def status(self):
            reads[self.id, "status"] += 1
            return SimpleNamespace(state=RUNNING, ended_well=False)

        @property
        def name(self):
            reads[self.id, "name"] += 1
            return self.id

    reads = Counter()
    runs = [Counted(id=str(number), version="1") for number in range(5)]
    found = polling.listed(SimpleNamespace(all=lambda: runs))
    now = polling.Snapshot.take(found, polling.newer_active(found, polling.first_watched(found, "3")))
    polling.model_in_use(now, now, "2", None)
    assert set(reads.values()) == {1}
    assert len(reads) == 10


def test_one_poll_lists_the_runs_once_whether_or_not_there_is_something_to_redraw(store, monkeypatch):
    ready, waiting = run_of(store, None, FINISHED), run_of(store, None)
    laid, lists = laid_out(store), Counter()
    listing = RunStore.all
    monkeypatch.setattr(RunStore, "all", lambda self: lists.update(["all"]) or listing(self))
    drawn = laid.poll(None, None, None, ME, event())
    assert lists.pop("all") == 2, "and once those of others, for the place of the one that waits"
    assert drawn[laid.train.watched] == waiting.id
    assert drawn[laid.shared.model]["value"] == ready.id
    assert {row["id"] for row in drawn[laid.runs.view]["rows"]} == {ready.id, waiting.id}
    assert laid.poll(waiting.id, drawn[laid.seen], ready.id, ME, event()) == gr.skip()
    assert lists.pop("all") == 2
    waiting.set_status(RUNNING)
    assert laid.poll(waiting.id, drawn[laid.seen], ready.id, ME, event())[laid.train.run]["title"] == "Training"
    assert lists.pop("all") == 1


def test_a_run_that_waits_behind_trainings_nobody_else_may_see_is_told_its_place_whenever_that_changes(store):
    theirs = [run_of(store, OTHER, RUNNING), run_of(store, OTHER), run_of(store, OTHER)]
    mine, laid = run_of(store, ME), laid_out(store, restricted=True)
    run_of(store, OTHER)  # behind it

    def told() -> tuple[str, str]:
        return drawn[laid.train.run]["title"], drawn[laid.train.run]["detail"].split(". ")[0]

    drawn = laid.opened(mine.id, None, ME, SimpleNamespace(query_params={}))
    assert told() == ("Fourth in the queue", "It begins when the 3 trainings before it have ended")
    assert [one["id"] for one in drawn[laid.train.run]["queue"]] == []
    for ended, said in (
        (theirs[1], ("Third in the queue", "It begins when the 2 trainings before it have ended")),
        (theirs[0], ("Second in the queue", "It begins when the training before it has ended")),
        (theirs[2], ("Waiting for the training process", "It begins in a moment")),
    ):
        ended.set_status(STOPPED)
        drawn = laid.poll(mine.id, drawn[laid.seen], None, ME, event())
        assert told() == said
        assert laid.poll(mine.id, drawn[laid.seen], None, ME, event()) == gr.skip()


def test_a_poll_redraws_what_has_changed_and_leaves_alone_what_a_person_is_choosing(store):
    ready, waiting = run_of(store, None, FINISHED), run_of(store, None)
    laid = laid_out(store)
    before = laid.poll(None, None, None, ME, event())[laid.seen]
    waiting.set_status(RUNNING)
    drawn = laid.poll(waiting.id, before, ready.id, ME, event())
    assert drawn[laid.train.run]["title"] == "Training"
    assert laid.shared.model not in drawn
    assert laid.ask.verdict not in drawn
    waiting.rename("mine")
    menu = laid.poll(waiting.id, drawn[laid.seen], ready.id, ME, event())[laid.shared.model]
    assert "value" not in menu


def test_the_page_turns_to_what_was_trained_but_not_under_the_eyes_of_who_looks_into_another_model(store):
    ready, training = run_of(store, None, FINISHED), run_of(store, None, RUNNING)
    laid = laid_out(store)
    before = laid.poll(training.id, None, ready.id, ME, event())[laid.seen]
    training.set_status(FINISHED)
    for tab, value in (("Ask", training.id), ("Train", training.id), ("Map", None), ("Evaluate", None)):
        menu = laid.poll(training.id, before, ready.id, ME, event(tab=tab))[laid.shared.model]
        assert menu.get("value") == value, tab
        assert training.id in [run for _, run in menu["choices"]]


def test_what_was_said_of_pressing_train_goes_when_the_training_has_ended(store):
    training = run_of(store, None, RUNNING)
    laid = laid_out(store)
    drawn = laid.poll(training.id, None, None, ME, event())
    assert laid.train.note not in drawn
    training.set_status(FINISHED)
    ended = laid.poll(training.id, drawn[laid.seen], None, ME, event())
    assert not ended[laid.train.note]["visible"]
    assert not ended[laid.train.again]["visible"]


@pytest.mark.filterwarnings("ignore:The link names a model")  # what gr.Warning is where there is no page
def test_a_run_of_another_browser_is_neither_watched_nor_listed_nor_reached_by_a_link(store, monkeypatch):
    monkeypatch.setattr("ans.ui.ask.tab.examples", lambda serving, run_id: [run_id])  # these runs have no test texts
    monkeypatch.setattr(Serving, "samples", lambda self, run_id: {"secret class": [run_id]})
    open_to_all, secret, waiting = run_of(store, None, FINISHED), run_of(store, OTHER, FINISHED), run_of(store, None)
    laid = laid_out(store, restricted=True)
    link = SimpleNamespace(query_params={"run": secret.id, "text": "hello"})
    for who in (ME, None):
        drawn = laid.opened(secret.id, None, who, link)
        assert secret.id not in str(list(drawn.values()))
        assert drawn[laid.shared.model]["value"] == open_to_all.id
        assert drawn[laid.train.watched] == waiting.id
        assert secret.id not in str(list(laid.poll(secret.id, None, secret.id, who, event()).values()))
        assert secret.id not in str(list(laid.ask.introduce(secret.id, who).values()))
        assert laid.ask.introduce(secret.id, who)[laid.ask.classes] == {"classes": []}
    own = laid.ask.introduce(secret.id, OTHER)
    assert own[laid.ask.chips] == [secret.id]
    assert own[laid.ask.classes] == {"classes": [{"name": "secret class", "texts": [secret.id]}]}
    assert laid.opened(None, None, OTHER, link)[laid.shared.model]["value"] == secret.id


def test_a_page_that_has_no_name_gets_one_and_a_link_fills_in_its_text(store):
    laid = laid_out(store)
    drawn = laid.opened(None, None, None, SimpleNamespace(query_params={"text": "hello"}))
    assert len(drawn[laid.shared.browser]) == 32
    assert drawn[laid.ask.query] == "hello"
    again = laid.opened(None, None, ME, SimpleNamespace(query_params={}))
    assert again[laid.shared.browser] == ME
    assert laid.ask.query not in again
    assert again[laid.ask.verdict]["title"] == "There is no model yet"


@pytest.mark.parametrize(
    ("started", "using", "first"),
    [
        ("b", None, "b"),
        ("b", ["a", "b"], "a"),  # chosen since the training was started
        ("c", ["a", "b"], "c"),  # started since
        (None, ["a", None], "a"),
        ("b", "nonsense", "b"),
        ("b", ["a"], "b"),
        (None, None, None),
    ],
)
def test_after_a_reload_answers_what_was_chosen_last_or_trained_since_then(started, using, first):
    assert polling.last_used(started, using)[0] == first

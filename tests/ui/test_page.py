"""The page's handlers without a browser: the form, the wording of a verdict, what is shown while there is no model."""

from __future__ import annotations

import asyncio
import inspect
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import gradio as gr
import pytest
from gradio.block_function import BlockFunction
from gradio.blocks import Block

from ans.conventions import LONGEST, Candidate, Prediction
from ans.runs.run import Run
from ans.runs.status import FAILED
from ans.runs.store import RunStore
from ans.serving.models import Serving
from ans.ui import page, verdict_card
from ans.ui.access import Trainings, Visitor
from ans.ui.ask import link
from ans.ui.map.tab import layout as map_layout
from ans.ui.sessions import LightSession
from ans.ui.wiring import FORGOTTEN
from ans.ui.wording import as_sentence
from tests.ui.tabs import event, laid_out


def test_a_link_asks_for_a_run_and_a_text_and_an_endless_text_is_cut():
    request = SimpleNamespace(query_params={"run": "r", "text": "x" * 9999})
    assert link.link_of(request) == link.Link("r", "x" * LONGEST)
    assert link.link_of(SimpleNamespace(query_params={})) == link.Link(None, "")


def verdict(label: str | None, *logits: float) -> str:
    candidates = [Candidate(name, logit) for name, logit in zip("abc", logits, strict=False)]
    return verdict_card.reason(Prediction("text", label, logits[0], candidates))


def test_the_reason_says_which_classes_accept_the_text_and_what_was_needed():
    assert verdict(None, -3.14, -5.0) == "No class accepts this. Closest: a (−3.1; 0 needed)"
    assert verdict("a", 2.0, -1.0) == "One class accepts this: a (+2.0; 0 needed)"
    assert verdict(None, -0.04, -5.0) == "No class accepts this. Closest: a (−0.04; 0 needed)"
    assert verdict("b", 2.0, 1.0) == "2 classes accept this; of all classes b fits best."
    assert verdict("b", 2.0, -1.0) == "a accepts this; of all classes b fits best."


def test_an_open_answer_that_wavers_to_another_class_than_the_closest_says_so():
    said = Prediction("text", None, -0.1, [Candidate("a", -0.1), Candidate("b", -0.7)], between=("open", "b"))
    assert verdict_card.reason(said) == (
        "No class accepts this. Closest: a (−0.1; 0 needed); of all classes b would fit best"
    )


def test_an_unsure_answer_says_what_to_ask_back_and_a_sure_one_does_not():
    def card(*between: str) -> str:
        return verdict_card.answer(
            Prediction("text", "card_lost", 0.1, [Candidate("card_lost", 0.1)], between=between), 1
        )["ask_back"]

    back = "Better ask back: “Is this about card lost, or something else?”"
    assert card() == ""
    assert card("card_lost", "open") == f"Between card_lost and OPEN. {back}"
    assert card("open", "card_lost") == f"Between OPEN and card_lost. {back}"
    assert card("card_lost", "pin") == "Between card_lost and pin. Better ask back: “Is this about card lost, or pin?”"


def test_while_there_is_no_model_the_card_says_what_is_going_on(tmp_path: Path):
    store = RunStore(tmp_path)
    serving = Serving(store)
    assert verdict_card.waiting(serving)["reason"] == "Start a training in the Train tab."
    run = store.starter()
    assert verdict_card.waiting(serving)["title"] == "The starter model is being trained"
    run.set_status(FAILED, "no room left.")
    assert (
        verdict_card.waiting(serving)["reason"]
        == "The last training ended as failed: no room left. Start one in Train."
    )
    assert list(verdict_card.verdicts(serving, Visitor(None, False, store, Trainings()), "hello", None)) == [
        verdict_card.waiting(serving)
    ]


def test_a_model_that_is_gone_is_told_instead_of_an_answer(tmp_path: Path):
    store = RunStore(tmp_path)
    visitor = Visitor(None, False, store, Trainings())
    shown = list(verdict_card.verdicts(Serving(store), visitor, "hello", "gone"))
    assert shown[-1]["state"] == "failed"
    assert shown[-1]["reason"] == "No trained model 'gone'; choose one from the list, or train one."


def test_no_handler_takes_a_model_that_this_pages_list_does_not_hold(tmp_path: Path):
    """The list holds what its browser may see, so the id of another browser's run, sent by hand, reaches no handler."""
    built = page.build(Serving(RunStore(tmp_path / "runs")))
    model = next(block for block in built.blocks.values() if block.elem_id == "model")
    takers = [event for event in built.fns.values() if model in event.inputs and event.name != "poll"]
    assert len(takers) >= 5
    for taker in takers:
        with pytest.raises(gr.Error, match="not in the list of choices"):
            taken_in(built, taker, model)


def taken_in(built: gr.Blocks, handler: BlockFunction, model: Block, forgotten: bool = False) -> list:
    """What a handler is given of a page that has opened, or was forgotten since, and sends this model."""
    session = LightSession(built)
    if not forgotten:
        session[next(key for key, block in built.blocks.items() if isinstance(block, gr.State))] = None
    sent = ["somebody's-run" if component is model else None for component in handler.inputs]
    coming = built.preprocess_data(handler, sent, session)
    with ThreadPoolExecutor(1) as elsewhere:  # a browser of other tests may have its event loop in this thread
        return elsewhere.submit(asyncio.run, coming).result()


def test_a_page_that_the_server_has_forgotten_may_ask_and_is_told_to_open_again(store: RunStore, run: Run):
    built = page.build(Serving(store))
    (poll,) = (event for event in built.fns.values() if event.name == "poll")
    model, seen, changes = poll.inputs[2], poll.inputs[1], next(one for one in poll.outputs if one.elem_id == "changes")
    given = taken_in(built, poll, model, forgotten=True)
    assert given == [None, None, "somebody's-run", None]
    told = poll.fn(*given, event(tab="Ask"))
    assert told[changes] == "gone"
    assert told[model]["value"] == run.id, "what it sends is not believed"
    assert poll.fn(told[poll.inputs[0]], told[seen], run.id, None, event(tab="Ask")) == gr.skip(), (
        "a page that is known goes on"
    )


def test_a_click_in_a_page_that_the_server_has_forgotten_is_told_that_it_opens_again(store: RunStore, run: Run):
    built = page.build(Serving(store))
    model = next(block for block in built.blocks.values() if block.elem_id == "model")
    private = [one for one in built.fns.values() if one.api_visibility != "public"]
    clicks = [one for one in private if model in one.inputs and one.preprocess]
    told = set()
    for click in clicks:
        with pytest.raises(gr.Error) as refused:
            taken_in(built, click, model, forgotten=True)
        told.add(str(refused.value.message))
    assert told == {as_sentence(FORGOTTEN)}


def test_every_handler_that_yields_is_queued_and_ends_with_a_yield_that_changes_nothing(tmp_path: Path):
    """Past the queue only the first yield reaches the page; and the last one is sent twice."""
    built = page.build(Serving(RunStore(tmp_path / "runs")))
    yielding = [event for event in built.fns.values() if inspect.isgeneratorfunction(event.fn)]
    assert len(yielding) > 10
    assert [event.name for event in yielding if event.queue is False] == []
    assert [event.name for event in yielding if event.fn.__globals__["__name__"] != "ans.ui.wiring"] == []
    look_for = next(event for event in yielding if event.name == "look_for")
    told, last = look_for.fn(None, None, "", "", None, None, None, None, 0, None)
    assert [card["title"] for card in told.values()] == ["There is no trained model yet"]
    assert last == gr.skip()


def test_the_map_takes_a_text_over_from_ask_once_and_then_keeps_what_is_typed_there(tmp_path: Path):
    tab = laid_out(map_layout, RunStore(tmp_path / "runs"))

    def opened(taken, typed: str, here: str) -> tuple[str, str]:
        changes = tab.opened(None, None, taken, typed, here)
        return changes[tab.text], changes[tab.taken]

    assert opened(None, "ask", "") == ("ask", "ask")
    assert opened("ask", "ask", "mine") == ("mine", "ask")
    assert opened("ask", "new", "mine") == ("new", "new")
    assert opened("ask", "", "mine") == ("mine", "")

"""Many texts without a page: buttons follow the batch on the server, rows come page by page, corrections are kept."""

from __future__ import annotations

from pathlib import Path

import gradio as gr
import pytest

from ans.data.corrections import Correction
from ans.data.lines import Lines
from ans.runs.status import FINISHED, RUNNING
from ans.serving.batch import LOOKED_SECONDS, Batch, Pass, Verdict
from ans.ui.ask import many_texts
from ans.ui.ask.many_texts import ManyTab
from ans.ui.ask.shown_rows import ROWS, START, Place
from ans.ui.limits import UPLOADED, Limits
from tests.ui.tabs import ME, OTHER, event, laid_out, run_of

VIEW = ("all", "", START)


@pytest.fixture
def tab(store) -> ManyTab:
    return laid_out(many_texts.layout, store)


def classified(run_id: str, count: int = 250) -> Batch:
    """A batch that ended: every third text is OPEN."""
    texts = [f"text {i:03}" for i in range(count)]
    batch = Batch(Lines(texts, [""] * count), Pass(texts, run_id, "One"))
    batch.first.verdicts = [
        Verdict(text, None if i % 3 == 0 else "alarm", 1.0, "alarm") for i, text in enumerate(texts)
    ]
    ended(batch.first, "done")
    return batch


def ended(one: Pass, state: str) -> None:
    one.state = state
    one._ended.set()


def buttons(tab: ManyTab, changes: dict) -> tuple[bool, bool, bool]:
    """Can Classify be pressed, can Stop, and is the batch watched?"""
    return changes[tab.classify]["interactive"], changes[tab.stop]["interactive"], changes[tab.watch].active


def test_buttons_are_drawn_from_the_batch_alone_so_the_next_look_frees_them_whatever_was_lost(tab):
    batch = classified("a-run")
    going = Batch(batch.lines, Pass(batch.lines.texts, "a-run", "One"))
    assert buttons(tab, tab.look(going, ME)) == (False, True, True)
    for state in ("done", "stopped", "failed"):
        ended(going.first, state)
        for _ in range(2):  # the first of these may get lost
            assert buttons(tab, tab.look(going, ME)) == (True, False, False)
    assert tab.look(None, ME) == gr.skip()


def test_whoever_disables_the_buttons_starts_the_watch_that_frees_them(tab, store, monkeypatch):
    run = run_of(store, None, RUNNING, FINISHED)
    monkeypatch.setattr(Pass, "begin", lambda self, load: None)  # it never gets its turn
    changes = tab.start("one\ntwo", None, None, None, None, run.id, ME, None)
    assert buttons(tab, changes) == (False, True, True)
    batch = changes[tab.batch]
    assert batch.first.state == "waiting"
    again = tab.start("three", None, None, None, None, run.id, ME, batch)
    assert batch.first._stop.is_set()
    assert again[tab.batch].lines.texts == ["three"]


def test_a_model_that_is_gone_ends_in_a_card_that_says_so_with_free_buttons(tab, store):
    run = run_of(store, None, RUNNING, FINISHED)  # it has no model
    batch = tab.start("one", None, None, None, None, run.id, ME, None)[tab.batch]
    assert batch.first.wait(60)
    changes = tab.look(batch, ME)
    assert changes[tab.card]["title"] == "These could not be classified"
    assert buttons(tab, changes) == (True, False, False)


def shared_by_strangers(store, limits: Limits) -> ManyTab:
    tab = laid_out(many_texts.layout, store, restricted=True, limits=limits)
    tab.shared.trainings.came_from(ME, "192.0.2.1")
    tab.shared.trainings.came_from(OTHER, "192.0.2.1")
    return tab


def test_one_list_of_an_address_at_a_time_also_for_a_second_model_beside(store, monkeypatch):
    monkeypatch.setattr(Pass, "begin", lambda self, load: None)
    tab, run = shared_by_strangers(store, Limits(passes=1)), run_of(store, None, RUNNING, FINISHED)
    first = tab.start("one\ntwo", None, None, None, None, run.id, ME, None)[tab.batch]
    with pytest.raises(gr.Error, match="of your address are being classified already"):
        tab.start("three", None, None, None, None, run.id, OTHER, None)
    done = classified(run.id)
    tab.shared.server.held.admit(done, 1, "192.0.2.1")
    with pytest.raises(gr.Error, match="of your address are being classified already"):
        tab.beside(run.id, done, OTHER, *VIEW)
    ended(first.first, "done")
    tab.beside(run.id, done, OTHER, *VIEW)
    assert done.second is not None
    with pytest.raises(gr.Error, match="of your address are being classified already"):
        tab.start("three", None, None, None, None, run.id, ME, None)


def test_after_a_reload_what_the_page_of_before_had_begun_is_stopped_for_what_it_begins_now(store, monkeypatch):
    monkeypatch.setattr(Pass, "begin", lambda self, load: None)
    tab, run = shared_by_strangers(store, Limits(passes=1)), run_of(store, None, RUNNING, FINISHED)
    left = tab.start("one\ntwo", None, None, None, None, run.id, ME, None)[tab.batch]
    left.first._seen -= LOOKED_SECONDS + 1
    with pytest.raises(gr.Error, match="of your address are being classified already"):
        tab.start("three", None, None, None, None, run.id, OTHER, None)
    assert not left.first.was_stopped, "it is somebody else's"
    tab.start("three", None, None, None, None, run.id, ME, None)
    assert left.first.was_stopped


def test_who_stopped_nothing_is_not_told_so(tab):
    for stop, said in ((True, "You stopped it;"), (False, "It stopped, as nobody looked at this page for minutes;")):
        batch = classified("a-run")
        batch.first.verdicts = batch.first.verdicts[:100]
        batch.first.state = "stopped"
        if stop:
            batch.stop()
        assert f"{said} the other 150 were not classified." in tab.look(batch, ME)[tab.card]["detail"]


def test_a_file_is_made_when_it_is_asked_for_and_counts_among_what_an_address_may_upload(store):
    tab = shared_by_strangers(store, Limits(rates={UPLOADED: "2/hour"}))
    batch = classified("a-run")
    for _ in range(2):
        made = Path(tab.table.offer(batch, *VIEW, ME)[tab.table.file])
        assert len(made.read_text(encoding="utf-8-sig").splitlines()) == 251
    with pytest.raises(gr.Error, match=r"^'?Your address has had as many files as it may; try again in \d+ s"):
        tab.table.offer(batch, *VIEW, ME)
    assert tab.table.download not in tab.look(batch, ME), "nobody has asked for one"


def test_of_a_file_with_several_columns_the_one_with_the_texts_can_be_chosen(tab, store, tmp_path):
    run, path = run_of(store, None, RUNNING, FINISHED), tmp_path / "mine.csv"
    path.write_text("Nr;Nachricht;Von\n1;wo ist mein Paket;Eva\n2;Rechnung fehlt noch;Ali\n")
    offered = tab.own.brought(str(path))[tab.own.column]
    assert (offered["choices"], offered["value"], offered["visible"]) == (["Nr", "Nachricht", "Von"], "Nachricht", True)
    assert tab.start("", str(path), None, None, "Von", run.id, ME, None)[tab.batch].lines.texts == ["Eva", "Ali"]
    path.write_bytes(b"%PDF-1.7")
    refused = tab.own.brought(str(path))
    assert refused[tab.own.card]["detail"].startswith("mine.csv looks like a PDF document")
    assert refused[tab.own.column]["visible"] is False
    assert tab.own.brought(None)[tab.own.column]["visible"] is False


def test_the_card_says_what_share_is_open(tab):
    assert tab.look(classified("a-run"), ME)[tab.card]["detail"] == "84 (34%) are OPEN, 166 belong to a known class."


def test_the_card_says_how_many_texts_an_encoder_of_english_alone_could_not_read(tab, store):
    batch = classified(run_of(store, None, RUNNING, FINISHED).id)
    assert "warning" not in tab.look(batch, ME)[tab.card]
    batch.first.verdicts[:2] = [
        Verdict(text, None, -1.0, "alarm") for text in ("我的卡在哪里", "wo ist mein Paket geblieben")
    ]
    warning = tab.look(batch, ME)[tab.card]["warning"]
    assert warning.startswith("Only English so far")
    assert "2 of these texts seem to be in another language" in warning


def test_rows_come_page_by_page_and_a_page_that_is_not_there_is_the_last(tab):
    table, batch = tab.table, classified("a-run")
    first = tab.look(batch, ME)[table.rows]
    assert (first["start"], len(first["rows"]), first["total"]) == (0, ROWS, 250)
    for page, start, count in ((1, 100, 100), (2, 200, 50), (99, 200, 50), (-1, 0, 100)):
        turned = table.turn(batch, *VIEW, event(page=page))
        assert (turned[table.rows]["start"], len(turned[table.rows]["rows"])) == (start, count)
        assert turned[table.place].page == start // ROWS
    assert table.turn(batch, *VIEW, event(page="x")) == gr.skip()


def test_a_bar_filters_and_the_pressed_one_shows_all_again_and_a_heading_sorts_up_down_and_back(tab):
    table, batch = tab.table, classified("a-run")
    pressed = table.choose_class(batch, "all", "", Place(page=2), event(label=""))
    assert (pressed[table.rows]["total"], pressed[table.bars]["pressed"], pressed[table.rows]["label"]) == (
        84,
        "",
        "OPEN",
    )
    again = table.choose_class(batch, "all", "", pressed[table.place], event(label=""))
    assert (again[table.rows]["total"], again[table.bars]["pressed"]) == (250, None)
    place, seen = START, []
    for _ in range(3):
        place = table.sort(batch, "all", "", place, event(order="answer"))[table.place]
        seen.append((place.order, place.down))
    assert seen == [("answer", False), ("answer", True), ("given", False)]
    assert table.sort(batch, "all", "", START, event(order="__class__")) == gr.skip()
    cleared = table.clear(batch, Place("alarm", "score"))
    assert (cleared[table.rows]["total"], cleared[table.kind], cleared[table.place].order) == (250, "all", "score")


def test_what_is_selected_stays_so_on_other_pages_and_all_means_all_that_are_filtered(tab):
    table, batch = tab.table, classified("a-run")
    table.select(batch, *VIEW, event(row=7, on=True))
    table.select(batch, *VIEW, event(row=9000, on=True))
    assert table.select(batch, *VIEW, event(row=[7], on=True)) == gr.skip()
    assert table.turn(batch, *VIEW, event(page=2))[table.rows]["chosen"] == 1
    every = table.select(batch, "open", "", START, event(row=None, on=True))[table.rows]
    assert (every["chosen"], every["every"]) == (85, True)
    assert table.select(batch, *VIEW, event(row=7, on=False))[table.rows]["chosen"] == 84
    assert table.select(batch, *VIEW, event(row=None, on=False))[table.rows]["chosen"] == 0
    assert table.choose_one(batch, *VIEW, event(row=3))[table.rows]["chosen"] == 1
    assert table.choose_one(batch, *VIEW, event(row="x")) == gr.skip()


def test_selected_rows_are_corrected_for_this_browser_and_the_models_data(tab, store):
    run = run_of(store, None, RUNNING, FINISHED)
    table, batch = tab.table, classified(run.id)
    with pytest.raises(gr.Error, match="Select the texts first"):
        table.correct_chosen(batch, "alarm", ME, *VIEW)
    batch.chosen = {0, 1, 3}  # OPEN, alarm, OPEN
    with pytest.raises(gr.Error, match="Choose the right answer first"):
        table.correct_chosen(batch, " ", ME, *VIEW)
    with pytest.raises(gr.Error, match="This browser has no name yet"):
        table.correct_chosen(batch, "alarm", None, *VIEW)
    changes = table.correct_chosen(batch, "alarm", ME, *VIEW)
    assert (batch.chosen, batch.right) == (set(), {0: "alarm", 3: "alarm"})
    assert changes[table.rows]["rows"][0]["right"] == "alarm"
    batch.chosen = {1}
    table.correct_chosen(batch, "open", ME, *VIEW)
    batch.chosen = {2}
    table.correct_chosen(batch, "a  new class", ME, *VIEW)
    corrections = tab.shared.visitor(ME).corrections
    assert corrections.of(ME, run.config.dataset) == [
        Correction("text 002", "a new class", "alarm"), Correction("text 001", None, "alarm"),
        Correction("text 003", "alarm", None), Correction("text 000", "alarm", None),
    ]  # fmt: skip
    assert corrections.of(OTHER, run.config.dataset) == []
    batch.chosen = {0}
    with pytest.raises(gr.Error, match="The answer is OPEN already"):
        table.correct_chosen(batch, "OPEN", ME, *VIEW)


def test_a_second_model_answers_beside_and_what_changed_can_be_filtered(tab, store, monkeypatch):
    run, second = (run_of(store, None, RUNNING, FINISHED) for _ in range(2))
    private = run_of(store, OTHER, RUNNING, FINISHED)
    batch = classified(run.id, 6)
    monkeypatch.setattr(Pass, "begin", lambda self, load: None)
    with pytest.raises(gr.Error, match="No trained model"):
        tab.beside(private.id, batch, ME, *VIEW)
    assert buttons(tab, tab.beside(second.id, batch, ME, *VIEW)) == (False, True, True)
    assert batch.second is not None
    batch.second.verdicts = [Verdict(text, "alarm", 1.0, "alarm") for text in batch.lines.texts]
    ended(batch.second, "done")
    changes = tab.look(batch, ME, *VIEW)
    assert "The second model gives 2 of 6 another answer." in changes[tab.card]["detail"]
    assert changes[tab.table.kind]["choices"][-1] == ("Changed (2)", "changed")
    shown = tab.table.show(batch, "changed", "", START)[tab.table.rows]
    assert [(row["answer"], row["other"], row["changed"]) for row in shown["rows"]] == [("OPEN", "alarm", True)] * 2
    assert private.id not in dict(changes[tab.table.second]["choices"]).values()
    without = tab.beside("", batch, ME, "changed", "", START)
    assert (batch.second, without[tab.table.kind]["value"]) == (None, "all")


def test_open_texts_go_to_discover_if_they_are_enough(tab):
    assert len(tab.open_texts(classified("a-run"))) == 84
    for batch in (classified("a-run", 9), None):
        with pytest.raises(gr.Error, match="Groups can be found among 30 to 10,000 different OPEN texts"):
            tab.open_texts(batch)

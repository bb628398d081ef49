"""The Data tab's handlers without a page: looking into a dataset, choosing its classes, bringing one's own."""

from __future__ import annotations

from pathlib import Path

import gradio as gr
import pytest

from ans.runs.store import RunStore
from ans.ui.data import browse, tab, upload
from tests.ui.tabs import ME, OTHER, event, laid_out, train_layout

DRAW = (0.75, 0.4, 0)  # ratio, the other ratio, seed


def laid(store: RunStore, restricted: bool = False) -> browse.BrowseTab:
    return laid_out(lambda shared: browse.layout(shared, train_layout(shared)), store, restricted)


@pytest.fixture
def own(store, small_corpus_file) -> str:
    """An upload of the browser `ME`."""
    path = store.uploads / ME / "mine.tsv"
    path.parent.mkdir(parents=True)
    path.write_text(small_corpus_file.read_text(encoding="utf-8"), encoding="utf-8")
    return str(path)


def test_a_dataset_is_shown_busy_first_and_at_once_when_it_was_read_before(store):
    page = laid(store)
    first, last = page.show("assistant", *DRAW, ME)
    assert first[page.facts]["state"] == "busy"
    assert (first[page.search], first[page.picks], first[page.drawn]) == ("", None, ("assistant", *DRAW))
    assert last[page.facts]["title"] == "assistant"
    assert last[page.draw_note].startswith("48 of 64 classes are known")
    assert page.search not in last  # what somebody types while the texts are read stays
    (again,) = page.show("assistant", *DRAW, ME)
    assert again[page.facts]["title"] == "assistant"
    assert again[page.search] == ""


def test_an_empty_name_is_the_bundled_dataset_and_one_that_cannot_be_read_says_why(store):
    page = laid(store)
    assert list(page.show("", *DRAW, ME))[-1][page.facts]["title"] == "assistant"
    *_, failed = page.show("/no/such/file.tsv", *DRAW, ME)
    assert failed[page.facts]["state"] == "failed"
    assert failed[page.classes]["classes"] == []


def test_who_comes_back_finds_what_was_picked_and_a_changed_choice_is_drawn_again(store):
    page = laid(store)
    assert list(page.come_back("assistant", *DRAW, ME, ("assistant", *DRAW))) == [gr.skip()]
    first, *_ = page.come_back("assistant", *DRAW, ME, ("assistant", 0.5, 0.4, 0))
    assert first[page.picks] is None


@pytest.mark.parametrize("restricted", [True, False])
def test_nobody_reads_searches_picks_or_takes_the_data_of_another_browser(store, own, restricted):
    page, asked = laid(store, restricted), ("search", "card")
    assert list(page.show(own, *DRAW, ME))[-1][page.facts]["title"] == "mine"
    (shown,) = page.show(own, *DRAW, OTHER)
    assert shown[page.facts]["state"] == "failed"
    assert shown[page.owned]["visible"] is False
    for changes in (
        page.searched(own, 0, OTHER, "card", ("", "")),
        page.class_chosen(own, 0, OTHER, event(label="card_lost")),
        page.turned(own, 0, OTHER, ("class", "card_lost"), 0),
        page.grown(own, 0, OTHER, asked, 0, event(count=200)),
    ):
        assert changes[page.texts]["rows"] == []
        assert "your own uploads" in changes[page.texts]["empty"]
    with pytest.raises(gr.Error, match="your own uploads"):
        page.pick(own, 0, OTHER, event(picked=["card_lost"]))
    with pytest.raises(gr.Error, match="your own uploads"):
        page.take(own, *DRAW, None, OTHER)
    with pytest.raises(gr.Error, match="none of the data this browser has uploaded"):
        page.remove(own, "assistant", OTHER)
    assert Path(own).is_file()


def test_where_strangers_come_no_path_is_looked_at_not_even_whether_it_is_there(store, monkeypatch):
    page = laid(store, restricted=True)
    monkeypatch.setattr("ans.data.listing._stamp", lambda dataset: pytest.fail(f"{dataset} was looked at"))
    (shown,) = page.show("/etc/passwd", *DRAW, ME)
    assert shown[page.facts]["detail"].startswith("On this server only the listed datasets")


def test_boxes_that_are_ticked_decide_what_is_known_in_train(store):
    page = laid(store)
    picked = page.pick("assistant", 0, ME, event(picked=["alarm_set"]))
    assert picked[page.draw_note].endswith("A training needs at least two.")
    with pytest.raises(gr.Error, match="At least two known classes"):
        page.take("assistant", 0.01, 0.4, 0, None, ME)
    changes = page.take("assistant", -1.0, 0.3, 7, ["alarm_set", "card_lost"], ME)
    form = page.train.form
    assert [changes[one] for one in (form.ratio, form.other, form.seed)] == [-1.0, 0.3, 7]
    assert changes[form.known]["value"] == ["alarm_set", "card_lost"]
    assert changes[form.known]["visible"] is True
    assert changes[page.train.known_of] == "assistant"
    drawn = page.take("assistant", *DRAW, None, ME)
    assert (drawn[form.known]["value"], drawn[form.known]["visible"]) == ([], False)
    assert drawn[page.train.known_of] is None


def test_texts_that_cannot_be_trained_on_are_not_taken_to_train(store, tmp_path):
    path = tmp_path / "loose.txt"
    path.write_text("hello there\ngood morning\n")
    with pytest.raises(gr.Error, match="These texts can be explored, not trained on"):
        laid(store).take(str(path), *DRAW, None, ME)


def test_a_class_shows_samples_and_a_search_its_finds_and_an_emptied_search_leaves_the_class(store):
    page = laid(store)
    chosen = page.class_chosen("assistant", 0, ME, event(label="card_lost"))
    assert {row["tag"] for row in chosen[page.texts]["rows"]} == {"card_lost"}
    assert chosen[page.search] == ""
    assert page.searched("assistant", 0, ME, "", chosen[page.asked]) == gr.skip()
    turned = page.turned("assistant", 0, ME, chosen[page.asked], chosen[page.turn])
    assert turned[page.turn] == 1
    assert turned[page.texts]["rows"] != chosen[page.texts]["rows"]
    found = page.searched("assistant", 0, ME, "card", chosen[page.asked])
    assert found[page.asked] == ("search", "card")
    more = page.grown("assistant", 0, ME, found[page.asked], 0, event(count=200))
    assert len(more[page.texts]["rows"]) > len(found[page.texts]["rows"])
    assert page.searched("assistant", 0, ME, " ", found[page.asked])[page.texts]["rows"] == []


def test_deleted_data_leave_every_choice_and_train_too_if_they_were_chosen_there(store, own):
    page = laid(store)
    changes = page.remove(own, own, ME)
    for dropdown in (page.dataset, page.train.form.dataset):
        assert changes[dropdown]["value"] == "assistant"
        assert own not in dict(changes[dropdown]["choices"]).values()


def test_a_file_is_understood_kept_and_then_chosen_for_its_browser(store, small_corpus_file):
    page = laid_out(lambda shared: tab.build(shared, train_layout(shared)), store)
    mine = page.upload
    opened = mine.opened(str(small_corpus_file))
    assert [opened[one]["value"] for one in mine.columns] == ["text", "label", upload.NONE]
    checked = mine.checked(opened[mine.table], "text", "label", upload.NONE)
    assert checked[mine.report]["title"] == "Ready to train"
    assert checked[mine.keep]["interactive"] is True
    kept = mine.store(ME, "mine", checked[mine.understood])
    assert kept[mine.table] is kept[mine.understood] is kept[mine.file] is None
    chosen = page.kept(kept[mine.kept], ME)
    assert chosen[page.browse.dataset]["value"] == kept[mine.kept]
    assert chosen[page.browse.ratio] == 1.0
    assert "value" not in chosen[page.browse.train.form.dataset]
    for who, sees in ((ME, True), (OTHER, False)):
        for offered in page.offer(who).values():
            assert (kept[mine.kept] in dict(offered["choices"]).values()) is sees


def test_a_file_that_cannot_be_used_and_columns_that_cannot_be_say_so_and_nothing_is_kept(store, tmp_path):
    mine, path = laid_out(upload.layout, store), tmp_path / "empty.csv"
    path.write_text("")
    failed = mine.opened(str(path))
    assert failed[mine.report]["title"] == "This file can't be used"
    assert failed[mine.table] is None
    assert mine.opened(None)[mine.report] == upload.NOTHING
    path.write_text("text,label\na,b\n")
    table = mine.opened(str(path))[mine.table]
    again = mine.checked(table, "label", "label", upload.NONE)
    assert again[mine.report]["title"] == "Choose other columns"
    assert again[mine.keep]["interactive"] is False
    assert mine.report not in mine.checked(None, None, None, None)
    with pytest.raises(gr.Error, match="There is nothing to save"):
        mine.store(ME, "mine", None)
    with pytest.raises(gr.Error, match="This browser has no name yet"):
        mine.store(None, "mine", mine.checked(table, "text", "label", upload.NONE)[mine.understood])


def test_labels_spelt_like_no_class_are_proposed_confirmed_with_one_click_and_may_be_classes(store, tmp_path):
    mine, path = laid_out(upload.layout, store), tmp_path / "mine.csv"
    rows = [f"{label} {i},{label}" for label in ("a", "b", "OOS", "none") for i in range(5)]
    path.write_text("text,label\n" + "\n".join(rows) + "\n")
    table = mine.opened(str(path))[mine.table]
    chosen = (table, "text", "label", upload.NONE, False)
    found = mine.checked(*chosen)
    assert (found[mine.no_class]["choices"], found[mine.no_class]["value"]) == (["OOS", "none"], ["OOS", "none"])
    assert found[mine.confirm]["visible"]
    assert found[mine.report]["title"].endswith("first look at the lines with a ?")
    doubts = [finding["text"] for finding in found[mine.report]["findings"] if finding["kind"] == "doubt"]
    assert doubts == [
        "10 texts of no class, by the names OOS (5), none (5): for testing, unless training is told to learn from "
        "them. Confirm it, or say which are classes."
    ]
    assert set(found[mine.understood].counts) == {"a", "b"}
    confirmed = mine.checked(*chosen, mine.say(["OOS", "none"])[mine.said])
    assert (confirmed[mine.report]["title"], confirmed[mine.confirm]["visible"]) == ("Ready to train", False)
    one = mine.checked(*chosen, mine.say(["OOS"])[mine.said])
    assert set(one[mine.understood].counts) == {"a", "b", "none (class)"}
    path.write_text("text,label\nx,a\ny,b\n")
    assert not mine.checked(mine.opened(str(path))[mine.table], "text", "label", upload.NONE)[mine.no_class]["visible"]


def test_names_that_are_probably_one_class_are_shown_and_joined_with_one_click(store, tmp_path):
    mine, path = laid_out(upload.layout, store), tmp_path / "mine.csv"
    rows = [f"{label} {i},{label}" for label in ("Billing", "billing", "order") for i in range(5)]
    path.write_text("text,label\n" + "\n".join([*rows, "one more,billing"]) + "\n")
    table = mine.opened(str(path))[mine.table]
    found = mine.checked(table, "text", "label", upload.NONE)
    assert found[mine.join]["visible"]
    assert ["billing = Billing"] in [finding.get("examples") for finding in found[mine.report]["findings"]]
    joined = mine.checked(table, "text", "label", upload.NONE, True)
    assert joined[mine.understood].counts == {"billing": 11, "order": 5}
    assert joined[mine.report]["title"] == "Ready to train"


def test_the_report_says_how_many_rows_were_read_kept_and_left_out_and_which(store, tmp_path):
    mine, path = laid_out(upload.layout, store), tmp_path / "mine.csv"
    rows = [f"{label} {i},{label}" for label in ("a", "b") for i in range(5)]
    path.write_text("text,label\n" + "\n".join([*rows, "a 0,a", ",b", "lost"]) + "\n")
    table = mine.opened(str(path))[mine.table]
    told = mine.checked(table, "text", "label", upload.NONE)[mine.report]
    assert told["facts"][:3] == [("Rows read", "13"), ("Kept", "10"), ("Left out", "3")]
    assert [finding["text"] for finding in told["findings"] if "left out" in finding["text"]] == [
        "1 row with fewer cells than the header: left out, line 14.",
        "1 row without a text: left out, line 13.",
        "1 row repeating another: left out, line 12.",
    ]


def test_columns_with_names_in_another_language_are_offered_the_likeliest_first_and_told(store, tmp_path):
    mine, path = laid_out(upload.layout, store), tmp_path / "anfragen.csv"
    rows = [f"{i};wo bleibt nun mein Vorgang {i};{('Rechnung', 'Versand')[i % 2]}" for i in range(20)]
    path.write_text("Nr;Meldung;Sorte\n" + "\n".join(rows) + "\n")
    opened = mine.opened(str(path))
    assert [opened[one]["value"] for one in mine.columns] == ["Meldung", "Sorte", upload.NONE]
    assert opened[mine.label]["choices"] == [upload.NONE, "Nr", "Meldung", "Sorte"]
    found = mine.checked(opened[mine.table], "Meldung", "Sorte", upload.NONE)
    assert found[mine.report]["title"] == "Ready to train"
    told = [finding["text"] for finding in found[mine.report]["findings"]]
    assert told[1:3] == [
        "“Meldung” was taken for the text: it has the longest cells.",
        "“Sorte” was taken for the label: it has few values. Choose another column if that is wrong.",
    ]
    other = mine.checked(opened[mine.table], "Nr", "Sorte", upload.NONE)
    assert not any("“Nr”" in finding["text"] for finding in other[mine.report]["findings"])


@pytest.mark.parametrize("name", ["noise.csv", "noise.tsv", "noise.txt", "noise.jsonl"])
def test_bytes_that_are_no_text_are_refused_whatever_the_file_is_called(store, tmp_path, name):
    mine, path = laid_out(upload.layout, store), tmp_path / name
    path.write_bytes(bytes(range(256)) * 20)
    refused = mine.opened(str(path))
    assert refused[mine.report]["detail"].startswith(f"{name} holds bytes that are no text")
    assert (refused[mine.table], refused[mine.mapping]["visible"]) == (None, False)


@pytest.mark.parametrize("told", [{}, {"count": [1], "picked": 5, "label": None}])
def test_an_event_that_tells_something_else_or_nothing_does_no_harm(store, told):
    page = laid(store)
    asked = ("class", "card_lost")
    assert page.grown("assistant", 0, ME, asked, 0, event(**told))[page.texts]["rows"]
    assert page.pick("assistant", 0, ME, event(**told))[page.picks] == []
    assert page.texts in page.class_chosen("assistant", 0, ME, event(**told))

"""No two runs of a list have the same name, whatever made their names equal."""

from __future__ import annotations

from ans.config import TrainConfig
from ans.runs.names import distinct
from ans.runs.status import FINISHED
from ans.runs.store import RunStore
from ans.ui.access import Trainings, Visitor
from ans.ui.polling import listed


def test_of_equal_names_the_oldest_keeps_its_name_and_the_others_get_numbers_no_other_run_has():
    assert distinct(["mine", "other", "mine (2)", "mine", "mine"]) == [
        "mine (4)", "other", "mine (2)", "mine (3)", "mine",
    ]  # fmt: skip
    assert distinct([]) == []


def test_runs_that_are_created_in_one_second_with_one_setting_have_names_of_their_own(tmp_path):
    store = RunStore(tmp_path)
    made = [store.create(TrainConfig()) for _ in range(4)]
    assert len({run.name for run in made}) == 4
    assert [run.id for run in store.all()] == [run.id for run in reversed(made)]


def test_two_runs_that_people_called_alike_are_told_apart_in_every_list(tmp_path):
    store = RunStore(tmp_path)
    for _ in range(2):
        run = store.create(TrainConfig())
        run.rename("mine")
        run.set_status(FINISHED)
    assert [one.name for one in listed(store)] == ["mine (2)", "mine"]
    assert [name for name, _ in Visitor(None, False, store, Trainings()).models()] == ["mine (2)", "mine"]


def test_a_name_has_no_character_that_hides_or_turns_others_and_keeps_those_of_every_script(tmp_path):
    run = RunStore(tmp_path).create(TrainConfig())
    run.rename("cards\u202egnp.exe\x00\u200b \n bank\u2028\u2066s")
    assert run.name == "cardsgnp.exe bank s"
    for name in ("Störungen №\u00a07".replace("\u00a0", " "), "票据分类", "می\u200cخواهم", "👩\u200d🔧 repairs"):
        run.rename(name)
        assert run.name == name

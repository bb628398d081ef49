"""Who may see, use, stop, change and undo what, and what is told who may not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ans.config import TrainConfig
from ans.json_files import write_json
from ans.runs.run import Run
from ans.runs.status import FINISHED, RUNNING
from ans.runs.store import RunStore
from ans.ui.access import MOST_WAITING, Trainings, Visitor
from ans.ui.limits import OWN, PUBLIC, Limits
from tests.ui.tabs import ME, OTHER, run_of

PROMOTION = {
    "parent": "a run", "label": "gym", "texts": ["a"], "kept_back": [], "true_label": None, "agreeing": None,
    "before": None, "after": None, "seconds": 1.0, "test_texts": [500, 0],
}  # fmt: skip


class People:
    """Visitors of one server."""

    def __init__(self, store: RunStore, restricted: bool, limits: Limits = OWN) -> None:
        self.store, self.restricted, self.trainings, self.limits = store, restricted, Trainings(), limits

    def __getitem__(self, browser: str | None) -> Visitor:
        return Visitor(browser, self.restricted, self.store, self.trainings, self.limits)

    def start(self, browser: str | None) -> Run:
        run = self.store.create(TrainConfig())
        self[browser].note_start(run)
        return run


def refused(ask, run_id) -> str:
    with pytest.raises(ValueError) as caught:  # noqa: PT011, the sentence is what is compared
        ask(run_id)
    return str(caught.value).replace(str(run_id), "ID")


@pytest.mark.parametrize("restricted", [True, False])
def test_another_browsers_run_is_told_like_one_that_is_gone(store, restricted):
    mine, people = run_of(store, ME, RUNNING, FINISHED), People(store, restricted)
    assert people[ME].run(mine.id).id == people[ME].trained(mine.id).id == mine.id
    assert people[ME].find(mine.id) is not None
    for stranger in (people[OTHER], people[None]):
        assert stranger.find(mine.id) is None
        assert refused(stranger.run, mine.id) == refused(stranger.run, "gone")
        assert refused(stranger.trained, mine.id) == refused(stranger.trained, "gone")
        assert mine.id not in dict(stranger.models()).values()
        assert not any(may(mine) for may in (stranger.may_see, stranger.may_change, stranger.may_stop))


@pytest.mark.parametrize("odd", [None, "", 7, ["a"], {"id": "a"}, "../runs", ".x", "a/b"])
def test_whatever_a_browser_sends_as_an_id_finds_nothing_and_breaks_nothing(store, odd):
    visitor = People(store, True)[ME]
    assert visitor.find(odd) is None
    for ask in (visitor.run, visitor.trained):
        with pytest.raises(ValueError, match=r"^there is no|^no trained model"):
            ask(odd)


def test_a_browser_sees_exactly_the_runs_that_its_lists_hold(store):
    for browser in (None, ME, OTHER):
        run_of(store, browser)
    for who in (None, ME, OTHER):
        visitor = People(store, True)[who]
        assert [run.id for run in store.all() if visitor.may_see(run)] == [run.id for run in visitor.runs.all()]


def test_among_strangers_nobody_changes_what_is_everybodys_and_each_what_is_their_own(store):
    everybodys, mine = run_of(store, None), run_of(store, ME)
    assert not People(store, True)[ME].may_change(everybodys)
    assert People(store, True)[ME].may_change(mine)
    assert People(store, False)[ME].may_change(everybodys)
    assert People(store, False)[ME].may_change(mine)
    assert not People(store, False)[OTHER].may_change(mine)


def test_only_the_browser_that_added_a_class_takes_it_back_and_one_without_a_name_never(store):
    run = run_of(store, None)
    people = People(store, False)
    assert not people[ME].may_undo(run)  # it was trained
    write_json(run.folder / "promotion.json", PROMOTION | {"browser": ME})
    assert people[ME].may_undo(run)
    assert not people[OTHER].may_undo(run)
    write_json(run.folder / "promotion.json", PROMOTION | {"browser": None})
    assert not people[None].may_undo(run)


def test_among_strangers_a_training_is_stopped_by_the_browser_that_started_it(store):
    people = People(store, restricted=True)
    run = people.start(ME)
    assert people[ME].may_stop(run)
    assert people[ME].started(run.id)
    assert not people[OTHER].may_stop(run)
    assert not people[None].may_stop(run)
    assert not people[None].may_stop(store.create(TrainConfig()))  # the starter, which no browser began


def test_on_ones_own_machine_every_training_that_one_sees_is_ones_own(store):
    people = People(store, restricted=False)
    assert people[OTHER].may_stop(people.start(ME))
    assert not people[OTHER].may_stop(run_of(store, ME))
    for _ in range(2 * MOST_WAITING):
        people.start(OTHER)
    people[OTHER].check_may_start([])


def test_among_strangers_a_browser_trains_one_at_a_time(store):
    people = People(store, restricted=True)
    run = people.start(ME)
    with pytest.raises(ValueError, match="has not ended yet; wait for it, or stop it"):
        people[ME].check_may_start([])
    people[OTHER].check_may_start([])
    run.set_status(RUNNING)
    run.set_status(FINISHED)
    people[ME].check_may_start([])


def test_among_strangers_only_some_trainings_wait(store):
    people = People(store, restricted=True)
    for number in range(MOST_WAITING):
        people["one more"].check_may_start([])
        people.start(str(number))
    with pytest.raises(ValueError, match=f"{MOST_WAITING} trainings are waiting already"):
        people["one more"].check_may_start([])


def test_among_strangers_one_address_has_so_many_trainings_whatever_its_browsers_are_called(store):
    people = People(store, restricted=True, limits=PUBLIC)
    for browser, address in ((ME, "10.0.0.1"), (OTHER, "10.0.0.1"), ("elsewhere", "10.0.0.2")):
        people.trainings.came_from(browser, address)
    store.starter()  # which no browser began
    people.start(ME)
    with pytest.raises(ValueError, match="started from your address has not ended"):
        people[OTHER].check_may_start([])
    people["elsewhere"].check_may_start([])


def test_a_training_stays_its_addresss_wherever_its_browser_goes(store):
    people = People(store, restricted=True, limits=PUBLIC)
    for browser in (ME, OTHER):
        people.trainings.came_from(browser, "10.0.0.1")
    people.start(ME)
    people.trainings.came_from(ME, "10.0.0.2")
    with pytest.raises(ValueError, match="started from your address has not ended"):
        people[OTHER].check_may_start([])


def test_after_the_server_was_started_again_a_training_is_still_of_who_began_it(store):
    run = People(store, restricted=True).start(ME)
    people = People(store, restricted=True)
    assert people[ME].may_stop(run)
    assert not people[OTHER].may_stop(run)
    with pytest.raises(ValueError, match="your last training has not ended yet"):
        people[ME].check_may_start([])
    (run.folder / "begun.json").write_text("{")
    assert not people[ME].may_stop(run)


def test_among_strangers_who_has_no_name_trains_nothing(store):
    with pytest.raises(ValueError, match="no name yet; reload the page"):
        People(store, restricted=True)[None].check_may_start([])


def test_a_training_that_is_too_large_for_strangers_is_refused_with_its_size(store):
    people = People(store, restricted=True, limits=replace(PUBLIC, work=1_000_000))
    people[ME].check_may_start([TrainConfig(known_ratio=0.1, epochs=1)])
    with pytest.raises(ValueError, match=r"in 1,000 epochs are too much .* at most 1,000,000 are trained here"):
        people[ME].check_may_start([TrainConfig(known_ratio=0.1, epochs=1000)])
    People(store, restricted=True)[ME].check_may_start([TrainConfig(epochs=1000)])


def test_where_trainings_are_turned_off_nobody_starts_one(store):
    people = People(store, restricted=False, limits=Limits(training=False))
    for asked in (lambda: people[ME].check_may_start([]), people[ME].check_may_make):
        with pytest.raises(ValueError, match="turned off on this server"):
            asked()


def test_more_corrections_or_new_classes_than_may_be_taught_at_a_time_are_refused_with_both_numbers(store):
    taught = People(store, restricted=True, limits=replace(PUBLIC, taught=(3, 1)))[ME].check_taught
    taught(["dog", "dog", None], ["cat"])
    taught(["cat", "dog", None], ["cat"])
    said = "at most 3 texts and 1 new classes are taught at a time here, got {}; teach less"
    for labels, got in ((["dog", None, None, "cat"], "4 and 1"), (["dog", "cow"], "2 and 2")):
        with pytest.raises(ValueError, match=said.format(got)):
            taught(labels, ["cat"])
    People(store, restricted=False)[ME].check_taught(["dog"] * 1000, ["cat"])


def test_uploaded_data_are_their_browsers_alone_and_paths_only_for_who_is_alone(tmp_path: Path, store):
    path = tmp_path / "uploads" / ME / "mine.tsv"
    path.parent.mkdir(parents=True)
    path.write_text("text\tlabel\n")
    for restricted in (True, False):
        me, other = People(store, restricted)[ME], People(store, restricted)[OTHER]
        assert me.may_use(str(path))
        assert me.owns(str(path))
        assert not me.is_of_another(str(path))
        for spelled in (str(path), f" {path} ", f"{tmp_path}/uploads/{OTHER}/../{ME}/mine.tsv", str(path.parent)):
            assert not other.may_use(spelled)
            assert other.is_of_another(spelled)
        assert all(other.may_use(name) for name in ("assistant", "clinc", "", None))
    assert not People(store, True)[ME].may_use(str(path.parent))
    assert not People(store, True)[ME].may_use("/etc/passwd")
    assert People(store, False)[ME].may_use("/my/own.tsv")


def test_among_strangers_a_browser_keeps_so_many_runs_and_others_runs_take_none_of_its_room(store):
    people = People(store, restricted=True, limits=replace(PUBLIC, runs=2))
    mine = [run_of(store, ME, RUNNING, FINISHED) for _ in range(2)]
    with pytest.raises(ValueError, match=r"^at most 2 runs are kept for one browser here; delete some in Runs first"):
        people[ME].check_room()
    with pytest.raises(ValueError, match="at most 2 runs are kept"):
        people[ME].check_may_start([])
    people[OTHER].check_room()
    store.delete(mine[0])
    people[ME].check_room()
    People(store, restricted=True)[ME].check_room()

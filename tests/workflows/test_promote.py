"""A run with one more class: finished, evaluated, owned, and taken back; the run it came from stays as it is."""

from __future__ import annotations

import pytest

from ans.data.corpora import OpenWorldSplit
from ans.data.tables import LabelledTexts
from ans.runs.run import Run
from ans.runs.store import RunStore
from ans.serving.models import load_classifier
from ans.workflows.promote import Group, promote, undo
from tests.assistant_texts import training_texts_of
from tests.finished_runs import finished_run

TRUE = "password_reset"


@pytest.fixture(scope="module")
def held_out() -> list[str]:
    """Texts of a class the model has never seen; they stand in the run's test part."""
    return training_texts_of(TRUE)[:30]


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> RunStore:
    return RunStore(tmp_path_factory.mktemp("promoted") / "runs")


@pytest.fixture(scope="module")
def parent(store, classifier, small_split, small_config, held_out) -> Run:
    test = LabelledTexts(small_split.test.texts + held_out, small_split.test.labels + [TRUE] * len(held_out))
    split = OpenWorldSplit("assistant", small_split.known, [TRUE], small_split.train, small_split.dev, test)
    return finished_run(store, small_config, classifier, split)


@pytest.fixture(scope="module")
def group(held_out, small_split) -> Group:
    """Twenty of the thirty, and one text of another kind, under a name the dataset does not have."""
    stranger = small_split.test.texts[small_split.test.labels.index("oos")]
    return Group("lost password", [*held_out[:20], stranger], [TRUE] * 20 + ["oos"])


@pytest.fixture(scope="module")
def promoted(store, parent, classifier, group) -> Run:
    return promote(store, parent, classifier, group, browser="mine", private=False)


def test_the_new_run_is_finished_and_answers_with_the_new_class(store, parent, promoted, held_out):
    assert promoted.id in [run.id for run in store.finished()]
    assert promoted.name == f"{parent.name} + lost password"
    assert promoted.evaluation.known == [*parent.evaluation.known, "lost password"]
    assert promoted.evaluation.held_out == []
    answers = [answer.label for answer in load_classifier(promoted, "cpu").explain(held_out)]
    assert answers.count("lost password") > 15


def test_the_run_it_came_from_stays_as_it_was(parent, promoted, held_out):
    assert parent.promotion is None
    assert parent.load_test()[1].count(TRUE) == len(held_out)
    assert "lost password" not in load_classifier(parent, "cpu").labels


def test_what_the_class_learnt_from_measures_nothing(parent, promoted):
    about = promoted.promotion
    texts, labels, arrays = promoted.load_test()
    assert set(about.texts).isdisjoint(texts)
    assert (len(about.texts), len(about.kept_back)) == (14, 7)
    assert len(texts) == len(arrays["answers"]) == about.test_texts[0] == len(parent.load_test()[0]) - 14
    assert set(about.kept_back) - {"do fish sleep"} <= set(texts)  # that one was never in the test part
    assert about.test_texts[1] == labels.count("lost password") >= 10


def test_the_true_name_of_most_texts_is_the_class_in_the_test(promoted):
    about = promoted.promotion
    assert (about.true_label, about.agreeing) == (TRUE, 20)
    assert TRUE not in promoted.load_test()[1]
    metrics = promoted.evaluation.metrics
    assert about.after == metrics.headline()
    assert about.after["accuracy"] > about.before["accuracy"] - 10
    assert about.before["f1_open"] > 50


def test_a_class_from_uploaded_texts_belongs_to_the_browser_and_has_no_numbers(store, parent, classifier, held_out):
    run = promote(store, parent, classifier, Group("gym", held_out[:8], None), browser="mine", private=True)
    assert (run.owner, parent.owner) == ("mine", None)
    about = run.promotion
    assert (about.before, about.after, about.kept_back) == (None, None, [])
    assert len(about.texts) == 8


def test_a_group_of_out_of_scope_texts_stands_for_no_class_of_the_test(store, parent, classifier, small_split):
    outside = [t for t, name in zip(small_split.test.texts, small_split.test.labels, strict=True) if name == "oos"]
    run = promote(store, parent, classifier, Group("odd", outside[:9], ["oos"] * 9), browser="mine", private=False)
    assert (run.promotion.true_label, run.promotion.before) == (None, None)


def test_taking_it_back_gives_the_parent_and_removes_the_run(store, parent, classifier, group):
    run = promote(store, parent, classifier, group, browser="mine", private=False)
    with pytest.raises(ValueError, match="added in this browser"):
        undo(store, run, "another")
    assert undo(store, run, "mine") == parent.id
    assert store.get(run.id) is None
    assert not run.folder.exists()
    with pytest.raises(ValueError, match="added in this browser"):
        undo(store, parent, "mine")


def test_a_refused_class_leaves_nothing_behind(store, parent, classifier, held_out):
    before = sorted(store.root.iterdir())
    for refused in (
        Group("card_lost", held_out, [TRUE] * len(held_out)),
        Group("oos", held_out, [TRUE] * len(held_out)),
        Group("gym", held_out[:4], [TRUE] * 4),
    ):
        with pytest.raises(
            ValueError, match=r"known class already|another class|stands for|at least 5 different texts"
        ):
            promote(store, parent, classifier, refused, browser="mine", private=False)
    assert sorted(store.root.iterdir()) == before


@pytest.mark.parametrize("nobody", [None, ""])
def test_a_private_run_needs_an_owner_and_one_without_a_name_takes_nothing_back(
    store, parent, classifier, held_out, group, nobody
):
    runs = {run.id for run in store.all()}
    with pytest.raises(ValueError, match="this browser has no name yet"):
        promote(store, parent, classifier, Group("gym", held_out[:8], None), browser=nobody, private=True)
    assert {run.id for run in store.all()} == runs
    run = promote(store, parent, classifier, group, browser=nobody, private=False)
    with pytest.raises(ValueError, match="added in this browser"):
        undo(store, run, nobody)
    store.delete(run)

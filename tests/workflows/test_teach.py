"""A run that has learnt corrections: finished, evaluated, its browser's alone; the run it came from stays as it was."""

from __future__ import annotations

import json

import pytest

from ans.__main__ import main
from ans.config import TrainConfig
from ans.data.corpora import OpenWorldSplit, load_corpus, make_open_world_split
from ans.data.corrections import Correction, learning
from ans.runs.run import Run
from ans.runs.store import RunStore
from ans.serving.models import load_classifier
from ans.ui.run_results import same_but_seed
from ans.workflows.teach import origin_of, teach
from tests.assistant_texts import training_texts_of
from tests.finished_runs import finished_run

ME = "a" * 32
HELD_OUT = "password_reset"


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> RunStore:
    return RunStore(tmp_path_factory.mktemp("taught") / "runs")


@pytest.fixture(scope="module")
def origin(store, classifier, small_split, small_config) -> Run:
    return finished_run(store, small_config, classifier, small_split)


@pytest.fixture(scope="module")
def corrections(small_split) -> list[Correction]:
    """A text of the test part, one of a class the model has never seen, and one that is open."""
    return [
        Correction(small_split.test.texts[0], small_split.known[0], None),
        Correction(training_texts_of(HELD_OUT)[0], HELD_OUT, None),
        Correction("do the fish in the pond ever sleep", None, small_split.known[1]),
    ]


@pytest.fixture(scope="module")
def taught(store, origin, classifier, corrections) -> Run:
    return teach(store, origin, classifier, corrections, ME)


def test_the_new_run_is_finished_answers_as_corrected_and_says_what_has_changed(taught, corrections):
    model, about = load_classifier(taught, "cpu"), taught.taught
    assert taught.status.ended_well
    assert [one.label for one in model.explain([one.text for one in corrections])] == [one.label for one in corrections]
    assert (about.after.corrected.texts, about.after.corrected.of) == (3, 3)
    assert about.before.corrected.texts < 3
    assert taught.learnt == {one.text: one.label for one in corrections}
    assert about.before.known_right.of == about.after.known_right.of


def test_corrected_texts_measure_nothing_before_or_after(taught, origin, small_split):
    texts = taught.load_test()[0]
    assert small_split.test.texts[0] not in texts
    assert len(texts) == len(origin.load_test()[0]) - 1


def test_it_belongs_to_its_browser_and_the_origin_stays_as_it_was(store, taught, origin, classifier):
    assert taught.owner == ME
    assert taught.id not in [run.id for run in store.seen_by("b" * 32).all()]
    assert origin.taught is None
    assert origin.evaluation.known == classifier.labels


def test_a_taught_run_is_taught_again_from_its_origin_so_that_the_list_is_the_truth(store, taught, origin, classifier):
    assert origin_of(store, taught).id == origin.id
    assert origin_of(store, origin).id == origin.id
    again = teach(store, origin_of(store, taught), classifier, [Correction("stop it", None, None)], ME)
    assert list(again.learnt) == ["stop it"]
    assert again.name == f"{origin.name} + 1 correction"
    assert taught.name == f"{origin.name} + 3 corrections".replace("4 classes", "5 classes")  # one of them is new


def test_a_taught_run_is_no_training_with_another_seed_though_it_has_the_settings_of_its_origin(taught, origin):
    assert origin.made_by_settings
    assert not taught.made_by_settings
    assert [run.id for run in same_but_seed(origin, [taught, origin])] == [origin.id]


def test_a_later_training_takes_corrections_in_and_is_not_tested_on_them(small_split):
    said = {
        small_split.train.texts[0]: None,
        small_split.test.texts[0]: small_split.known[0],
        "fresh ferns": "gardening",
    }
    split: OpenWorldSplit = learning(small_split, said)
    assert split.known == sorted([*small_split.known, "gardening"])
    assert split.open_train.texts == [small_split.train.texts[0]]
    assert small_split.train.texts[0] not in split.train.texts
    assert small_split.test.texts[0] not in split.test.texts
    assert dict(zip(split.train.texts, split.train.labels, strict=True))["fresh ferns"] == "gardening"


def test_a_run_that_is_queued_with_corrections_keeps_them_and_belongs_to_who_made_them(tmp_path):
    run = RunStore(tmp_path / "runs").create(TrainConfig(), {"ring me": "alarm_set", "fish": None}, ME)
    again = RunStore(tmp_path / "runs").get(run.id)
    assert again.learnt == {"ring me": "alarm_set", "fish": None}
    assert again.owner == ME


@pytest.fixture
def saved(classifier, tmp_path):
    classifier.save(tmp_path / "model")
    return tmp_path / "model"


def test_the_command_line_teaches_a_saved_model_and_saves_it_beside(saved, classifier, tmp_path, capsys):
    table = tmp_path / "corrections.tsv"
    table.write_text("text\tlabel\nwater the ferns\tgardening\nthe ferns want water\tgardening\nfish sleep\topen\n")
    assert main(["teach", str(saved), str(table), "--device", "cpu", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["corrections"], said["right_after"], said["new_classes"]) == (3, 3, ["gardening"])
    assert said["out"] == f"{saved}-taught"
    assert main(["predict", said["out"], "water the ferns", "--device", "cpu"]) == 0
    assert json.loads(capsys.readouterr().out)["label"] == "gardening"


@pytest.mark.parametrize("spelt", ["model", "below/../model"])
def test_a_model_that_is_taught_in_its_own_place_is_said_to_be_replaced(saved, tmp_path, capsys, spelt):
    (tmp_path / "below").mkdir()
    table = tmp_path / "corrections.tsv"
    table.write_text("text\tlabel\nfish sleep\topen\n")
    assert main(["teach", str(saved), str(table), "--device", "cpu", "--out", str(tmp_path / "other")]) == 0
    assert capsys.readouterr().out.endswith(f"other; the one in {saved} is as it was.\n")
    assert main(["teach", str(saved), str(table), "--device", "cpu", "--out", str(tmp_path / spelt)]) == 0
    assert capsys.readouterr().out.endswith(
        f"The model is in {tmp_path / spelt}; it replaces the one that was there.\n"
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("text\tlabel\n", "corrections.tsv"),
        (None, "found none"),
        ("text\tlabel\n\tx\n", "no row with both"),
        ("lost my card now\nwhere is it\n", "expected lines such as “where is my parcel,delivery” below a first line"),
    ],
)
def test_a_table_without_corrections_is_told_in_a_sentence(saved, tmp_path, content, said, capsys):
    table = tmp_path / "corrections.tsv"
    if content is not None:
        table.write_text(content)
    assert main(["teach", str(saved), str(table)]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert said in error
    assert not (tmp_path / "model-taught").exists()


def test_train_takes_corrections_from_a_table(tmp_path, capsys):
    table, out = tmp_path / "corrections.tsv", tmp_path / "out"
    table.write_text("text\tlabel\nwater the ferns\tgardening\nthe ferns want water\tgardening\n")
    corpus = load_corpus("assistant")
    known = make_open_world_split(corpus, TrainConfig(known_ratio=0.06)).known
    options = ["--trainable-layers", "0", "--epochs", "1", "--head-steps", "10", "--device", "cpu"]
    command = ["train", "--corrections", str(table), "--known-classes", ",".join(known), "--out", str(out), *options]
    assert main(command) == 0
    assert json.loads((out / "model.json").read_text())["labels"] == sorted([*known, "gardening"])

"""Runs and models of earlier versions stay what they were: same answers and numbers, whatever today's defaults."""

from __future__ import annotations

import json
import shutil
from dataclasses import fields
from pathlib import Path

import pytest

from ans.config import STARTER, TrainConfig
from ans.config_files import FORMAT, read_settings, written_settings
from ans.evaluation.mistakes import read_answers
from ans.json_files import NewerFormat
from ans.model.trained_model import TrainedModel
from ans.runs.store import RunStore
from ans.serving.models import Serving, load_classifier

FIXTURE = Path(__file__).resolve().parent.parent / "fixtures" / "first_format"
EXPECTED = json.loads((FIXTURE / "expected.json").read_text(encoding="utf-8"))
CALIBRATED = FIXTURE.parent / "third_format"  # a model of ten texts a class, whose line was checked
(RUN,) = (folder.name for folder in FIXTURE.iterdir() if folder.is_dir())


@pytest.fixture
def store(tmp_path) -> RunStore:
    """A home with a run that the first format wrote, before settings had a format number."""
    shutil.copytree(FIXTURE / RUN, tmp_path / "runs" / RUN)
    return RunStore(tmp_path / "runs")


def change_settings(store: RunStore, change) -> None:
    """In both places where a run keeps them."""
    for path in (store.root / RUN / "config.json", store.root / RUN / "model" / "model.json"):
        values = json.loads(path.read_text())
        change(values.get("config", values))
        path.write_text(json.dumps(values))


def assert_the_same_answers(model: TrainedModel) -> None:
    for answer in EXPECTED["answers"]:
        got = model.explain(answer["text"])
        assert got.label == answer["label"]
        assert got.score == pytest.approx(answer["score"], abs=1e-4)
        assert [c.label for c in got.candidates] == [c["label"] for c in answer["candidates"]]
        assert [n.text for n in got.neighbours] == [n["text"] for n in answer["neighbours"]]


def test_a_run_of_the_first_format_is_listed_asked_evaluated_and_deleted(store):
    (run,) = store.all()
    assert run.name == "Help desk, before the move"
    assert run.evaluation.metrics.to_dict() == EXPECTED["metrics"]
    assert_the_same_answers(Serving(store).model(run.id))
    wrong = len(read_answers(run).mistakes())
    assert 100 * (1 - wrong / len(run.load_test()[0])) == pytest.approx(EXPECTED["metrics"]["accuracy"])
    store.delete(run)
    assert store.all() == []


def test_a_saved_model_of_the_first_format_answers_alike_and_so_does_its_copy_of_today(store, tmp_path):
    model = TrainedModel.load(store.root / RUN / "model", "cpu")
    model.save(tmp_path / "copy")
    assert_the_same_answers(TrainedModel.load(tmp_path / "copy", "cpu"))
    assert json.loads((tmp_path / "copy" / "model.json").read_text())["config"]["format"] == FORMAT


def test_a_model_whose_line_was_checked_answers_alike_and_is_as_sure(tmp_path):
    model = TrainedModel.load(CALIBRATED / "model", "cpu")
    model.save(tmp_path / "copy")
    for one in (model, TrainedModel.load(tmp_path / "copy", "cpu")):
        for answer in json.loads((CALIBRATED / "expected.json").read_text(encoding="utf-8")):
            got = one.explain(answer["text"])
            assert (got.label, list(got.between)) == (answer["label"], answer["between"])
            assert got.score == pytest.approx(answer["score"], abs=1e-4)
            assert got.known_below == pytest.approx(answer["known_below"], abs=1e-4)
            assert [c.label for c in got.candidates] == [c["label"] for c in answer["candidates"]]
            assert [n.text for n in got.neighbours] == [n["text"] for n in answer["neighbours"]]
            (shares,) = one.probabilities(one.features([answer["text"]])).tolist()
            assert shares == pytest.approx(answer["probabilities"], abs=1e-4)


def test_a_changed_default_changes_no_old_model(store, monkeypatch):
    for name, default in (("max_tokens", 4), ("radius_scale", 9.0), ("views", "tuned"), ("trainable_layers", 1)):
        monkeypatch.setattr(TrainConfig.__dataclass_fields__[name], "default", default)
    model = load_classifier(store.all()[0], "cpu")
    assert_the_same_answers(model)
    assert [shell.radii.tolist() for shell in model.shells] == [pytest.approx(view) for view in EXPECTED["radii"]]


@pytest.mark.parametrize("name", [spec.name for spec in fields(TrainConfig) if "before" in spec.metadata])
def test_a_setting_that_a_version_did_not_have_yet_takes_what_that_version_did(store, name):
    spec = TrainConfig.__dataclass_fields__[name].metadata
    change_settings(store, lambda settings: settings.pop(spec["formerly"] or name, None))
    run = store.get(RUN)
    assert getattr(run.config, name) == spec["before"]
    assert run.notes == ()
    assert_the_same_answers(load_classifier(run, "cpu"))


def test_a_setting_that_had_another_name_keeps_its_value():
    written = written_settings(TrainConfig(standardising=0.25))
    written["equalising"] = written.pop("standardising")
    assert read_settings(written).config.standardising == 0.25
    assert read_settings(written).notes == ()


def test_what_versions_without_a_setting_did_is_what_the_setting_does_when_it_is_off():
    without = {spec.name: spec.metadata["before"] for spec in fields(TrainConfig) if "before" in spec.metadata}
    config = TrainConfig(**without)
    assert config.weight_for(150) == config.synthesized_weight
    assert config.head_views == ("tuned",)
    assert config.label_smoothing == config.standardising == config.spread_neighbours == config.head_averaging == 0


def test_a_setting_of_another_version_is_left_out_with_a_word(store):
    change_settings(store, lambda settings: settings.update(feature_scale="unit"))
    run = store.get(RUN)
    assert run.notes == ("Its setting 'feature_scale' is not one of this version's, and was left out.",)
    assert_the_same_answers(load_classifier(run, "cpu"))


def test_the_starter_of_an_earlier_version_is_still_the_starter(tmp_path):
    store = RunStore(tmp_path / "runs")
    first = store.starter()
    first.folder.rename(store.root / "starter-0123456789")
    settings = written_settings(STARTER)
    settings["equalising"] = settings.pop("standardising")
    del settings["format"]
    (store.root / "starter-0123456789" / "config.json").write_text(json.dumps(settings))
    assert store.starter().id == "starter-0123456789"
    assert len(store.all()) == 1


def test_a_run_of_a_newer_format_is_told_as_that_and_not_hidden(store):
    change_settings(store, lambda settings: settings.update(format=FORMAT + 1))
    assert store.all() == []
    (newer,) = store.unreadable()
    assert (newer.id, newer.newer) == (RUN, True)
    assert newer.reason.startswith("made by a newer version: its format is")
    with pytest.raises(NewerFormat, match=r"was made by a newer version: its format is .* Update the app to use it\."):
        TrainedModel.load(store.root / RUN / "model")


def test_settings_come_back_as_they_were_written_with_their_format():
    config = TrainConfig(dataset="clinc", known_classes=("a", "b"), fixed_radius=8.0)
    written = json.loads(json.dumps(written_settings(config)))
    assert written["format"] == FORMAT
    assert read_settings(written).config == config


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([], "expected settings by name, got list"),
        ({}, "the setting dataset is missing"),
        ({"format": "one"}, "its format must be a whole number, got 'one'"),
        (written_settings(TrainConfig()) | {"encoder": 5}, "encoder must be a text, got 5"),
        (written_settings(TrainConfig()) | {"known_classes": {"a": 1}}, "known_classes must be a list of names"),
        (written_settings(TrainConfig()) | {"gamma": None}, "gamma must have a value, got nothing"),
    ],
)
def test_what_is_no_settings_is_refused_with_the_reason(values, said):
    with pytest.raises(ValueError, match=said):
        read_settings(values)


def test_the_fixtures_are_small_and_hold_no_path():
    for fixture in (FIXTURE, CALIBRATED):
        assert sum(path.stat().st_size for path in fixture.rglob("*") if path.is_file()) < 3 * 2**20
    assert read_settings(json.loads((FIXTURE / RUN / "config.json").read_text())).config.dataset == "helpdesk"

"""A saved model is measured on texts that it has not learnt, whatever became of the file and of the model since."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from ans import OpenWorldClassifier
from ans.__main__ import main
from ans.data.corpora import load_corpus, make_open_world_split
from ans.model.trained_model import TrainedModel
from tests.assistant_texts import training_texts_of

CLASSES = ("alarm_set", "card_lost")
QUICK = ["--trainable-layers", "0", "--epochs", "20", "--folds", "0", "--device", "cpu", "--quiet"]
FLIGHT = training_texts_of("flight_book")


def written(path: Path, texts: int, *more: str) -> Path:
    rows = [f"{text}\t{label}" for label in CLASSES for text in training_texts_of(label)[:texts]]
    path.write_text("\n".join(["text\ttopic", *rows, *more]), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> Path:
    """A folder with `mine.tsv`, and a model that was trained on it in that folder, by its bare name."""
    folder = tmp_path_factory.mktemp("mine")
    opened = [f"{text}\toos" for text in load_corpus("assistant").test.texts[-20:]]
    written(folder / "mine.tsv", 20, *opened)
    before = Path.cwd()
    os.chdir(folder)
    try:
        model = ["--out", str(folder / "model"), "--open-texts", "train"]
        assert main(["train", "--dataset", "mine.tsv", *model, *QUICK]) == 0
    finally:
        os.chdir(before)
    return folder


@pytest.fixture
def measured(capsys):
    """A function: a model and a file → what `evaluate --json` prints, and what it says beside."""

    def of(model: Path, dataset: Path, status: int = 0) -> tuple[dict, str]:
        capsys.readouterr()
        assert main(["evaluate", str(model), "--dataset", str(dataset), "--device", "cpu", "--json"]) == status
        said = capsys.readouterr()
        return json.loads(said.out) if said.out else {}, said.err

    return of


def numbers(result: dict) -> list[float]:
    return [result[name] for name in ("accuracy", "f1", "f1_known", "f1_open", "auroc")]


def test_a_file_gives_the_same_numbers_from_whatever_folder_it_is_named(trained, measured, monkeypatch):
    whole, _ = measured(trained / "model", trained / "mine.tsv")
    assert whole["learnt_left_out"] == 0, "the parts are drawn as in the training"
    for folder, name in ((trained, "mine.tsv"), (trained.parent, f"{trained.name}/mine.tsv")):
        monkeypatch.chdir(folder)
        assert numbers(measured(trained / "model", Path(name))[0]) == numbers(whole)


def test_another_file_of_the_same_name_is_not_the_models_own(trained, measured, monkeypatch, tmp_path):
    opened = [f"{text}\toos" for text in load_corpus("assistant").test.texts[-50:-20]]
    written(tmp_path / "mine.tsv", 8, *opened)
    monkeypatch.chdir(tmp_path)
    whole, _ = measured(trained / "model", tmp_path / "mine.tsv", 2)
    assert whole == {}, "all of its known texts have been learnt"
    rows = [f"{text}\t{label}" for label in CLASSES for text in training_texts_of(label)[20:25]]
    (tmp_path / "mine.tsv").write_text("\n".join(["text\ttopic", *rows, *opened]), encoding="utf-8")
    bare, absolute = measured(trained / "model", Path("mine.tsv")), measured(trained / "model", tmp_path / "mine.tsv")
    assert numbers(bare[0]) == numbers(absolute[0])


def test_of_a_file_that_has_grown_the_texts_that_were_learnt_are_left_out_and_counted(trained, measured, tmp_path):
    model = TrainedModel.load(trained / "model", "cpu")
    grown = written(tmp_path / "grown.tsv", 30)
    found, said = measured(trained / "model", grown)
    config = model.config.with_(known_classes=CLASSES, open_texts="test")
    test = make_open_world_split(load_corpus(str(grown), seed=0), config).test.texts
    learnt = set(model.train_texts)
    assert 0 < found["learnt_left_out"] == sum(text in learnt for text in test) < len(test)
    assert f"{found['learnt_left_out']} test texts are left out, since the model has learnt from them." in said


def test_a_model_that_has_learnt_a_whole_file_is_not_measured_on_it(measured, tmp_path):
    file = written(tmp_path / "all.tsv", 10)
    rows = [line.split("\t") for line in file.read_text(encoding="utf-8").splitlines()[1:]]
    quick = {"trainable_layers": 0, "epochs": 1, "head_steps": 20, "folds": 0, "device": "cpu"}
    OpenWorldClassifier(**quick).fit([row[0] for row in rows], [row[1] for row in rows]).save(tmp_path / "model")
    found, said = measured(tmp_path / "model", file, 2)
    assert found == {}
    assert "error: the model has learnt from all 4 test texts of its classes that all has; evaluate it on texts" in said


def test_a_model_that_was_taught_is_measured_whatever_its_new_class_is_called(trained, measured, tmp_path):
    corrections = tmp_path / "corrections.tsv"
    corrections.write_text("text\tlabel\n" + "".join(f"{text}\tbook_it\n" for text in FLIGHT[:6]), encoding="utf-8")
    assert main(["teach", str(trained / "model"), str(corrections), "--out", str(tmp_path / "taught")]) == 0
    more = [f"{text}\tbook_it" for text in FLIGHT[:12]]
    found, _ = measured(tmp_path / "taught", written(tmp_path / "more.tsv", 30, *more))
    assert found["known_classes"] == ["alarm_set", "card_lost", "book_it"], "it stands last, and not by its name"
    assert found["learnt_left_out"] > 0
    assert found["accuracy"] > 50


def test_corrections_of_the_whole_test_part_are_refused_before_the_training(capsys, tmp_path):
    file = written(tmp_path / "small.tsv", 10)
    corpus = load_corpus(str(file), seed=0)
    said = [f"{text}\t{label}" for text, label in zip(corpus.test.texts, corpus.test.labels, strict=True)]
    (tmp_path / "said.tsv").write_text("\n".join(["text\tlabel", *said]), encoding="utf-8")
    asked = ["--dataset", str(file), "--corrections", str(tmp_path / "said.tsv")]
    assert main(["train", *asked, "--out", str(tmp_path / "model")]) == 2
    told = capsys.readouterr().err
    assert "error: no text of the test part is left to measure with; correct fewer of its texts." in told
    assert "encoder" not in told, "nothing was trained for it"


def test_a_taught_copy_of_a_model_from_python_keeps_the_kind_of_its_labels_and_its_word_for_open(tmp_path, capsys):
    texts = [text for label in CLASSES for text in training_texts_of(label)[:6]]
    quick = {"trainable_layers": 0, "epochs": 1, "head_steps": 20, "folds": 0, "device": "cpu"}
    OpenWorldClassifier(**quick, open_label=99).fit(texts, [1] * 6 + [2] * 6).save(tmp_path / "model")
    said = "".join(f"{text}\t3\n" for text in FLIGHT[:6]) + "who wrote hamlet\t99\n"
    (tmp_path / "said.tsv").write_text(f"text\tlabel\n{said}", encoding="utf-8")
    assert main(["teach", str(tmp_path / "model"), str(tmp_path / "said.tsv")]) == 0
    taught = OpenWorldClassifier.load(tmp_path / "model-taught", "cpu")
    assert (taught.classes_.tolist(), taught.open_label_) == ([1, 2, 3], 99)
    assert taught.predict(["who wrote hamlet", FLIGHT[0]]).tolist() == [99, 3]
    capsys.readouterr()
    (tmp_path / "said.tsv").write_text("text\tlabel\nfly me to Rome\tflight\n", encoding="utf-8")
    assert main(["teach", str(tmp_path / "model"), str(tmp_path / "said.tsv"), "--out", str(tmp_path / "other")]) == 2
    assert capsys.readouterr().err.endswith("error: the labels of this model are whole numbers, got 'flight'.\n")


def test_a_model_is_taught_in_the_folder_that_one_is_in(trained, monkeypatch, tmp_path):
    shutil.copytree(trained / "model", tmp_path / "model")
    (tmp_path / "said.tsv").write_text("text\tlabel\nget me up at noon\talarm_set\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path / "model")
    assert main(["teach", ".", str(tmp_path / "said.tsv")]) == 0
    assert {path.name for path in tmp_path.iterdir()} == {"model", "model-taught", "said.tsv"}

"""What `python -m ans` refuses, and what it teaches. `main` is called as it stands; it returns the exit status."""

import os
import shutil
from dataclasses import fields
from pathlib import Path

import pytest

from ans.__main__ import main
from ans.command_arguments import parsed
from ans.config import TrainConfig

ROOT = Path(__file__).resolve().parent.parent
BOUNDED = [spec for spec in fields(TrainConfig) if spec.metadata["low"] is not None]


@pytest.fixture(scope="module")
def model(classifier, tmp_path_factory) -> Path:
    """The folder of a saved model of four classes. Read only: copy it to break it."""
    folder = tmp_path_factory.mktemp("saved") / "model"
    classifier.save(folder)
    return folder


@pytest.fixture
def refuse(capsys):
    """A function (arguments) → the one sentence with which `main` refuses them, after checking how it does so."""

    def call(*arguments: str | Path) -> str:
        assert main([str(argument) for argument in arguments]) == 2
        said = capsys.readouterr()
        errors = [line for line in said.err.splitlines() if line.startswith("error: ")]
        assert said.out == ""
        assert len(errors) == 1
        assert said.err.endswith(f"{errors[0]}\n")
        assert errors[0].endswith(".")
        assert "Traceback" not in said.err
        return errors[0].removeprefix("error: ")

    return call


@pytest.mark.parametrize("spec", BOUNDED, ids=lambda spec: spec.name)
def test_every_bounded_setting_is_an_option_whose_bounds_are_checked(refuse, spec):
    option = f"--{spec.name.replace('_', '-')}"
    assert refuse("train", f"{option}=1e12").startswith(f"{spec.name} must be ")
    assert refuse("train", option, "many").endswith("got 'many'.")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "the following arguments are required: COMMAND; see python -m ans --help."),
        (["predict"], "the following arguments are required: MODEL; see python -m ans predict --help."),
        (["evaluate", "x"], "the following arguments are required: --dataset; see python -m ans evaluate --help."),
        (["train", "--known", "0.5"], "unrecognized arguments: --known 0.5; see python -m ans --help."),
        (
            ["predict", "x", "--candidates", "-1"],
            "argument --candidates: expected a whole number from 0, got '-1'; see python -m ans predict --help.",
        ),
        (
            ["train", "--known-classes", "a"],
            "known_classes must name at least two different classes, got a; name more, or leave it empty and set "
            "known_ratio.",
        ),
        (
            ["train", "--known-ratio", "0.01"],
            "at least two known classes are needed, got 1: assistant has 64 and known_ratio is 0.01; choose a larger "
            "ratio.",
        ),
        (
            ["train", "--dataset", "clinc151"],
            "unknown dataset 'clinc151': expected assistant, clinc, banking, stackoverflow, or the path of a folder "
            "with train, dev and test files, or of one file, for example CSV, JSONL or XLSX.",
        ),
    ],
)
def test_what_cannot_be_done_is_told_in_one_sentence(refuse, arguments, sentence):
    assert refuse(*arguments) == sentence


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["train", "--dataset", "nope.csv"], "expected a file or folder at nope.csv, found none."),
        (["train", "--dataset", "no/such"], "expected a file or folder at no/such, found none."),
        (["train", "--out", ""], "--out is empty; name the folder to save the model into."),
        (["predict", "m", "--input", "a.csv", "--out", ""], "--out is empty; name a file to write."),
        (["predict", "m", "--input", "", "--out", "a.csv"], "--input is empty; name the file to answer."),
    ],
)
def test_a_file_that_is_missing_or_not_named_is_told_first_and_alone(capsys, arguments, sentence):
    assert main(arguments) == 2
    assert capsys.readouterr() == ("", f"error: {sentence}\n")


def test_a_name_with_a_comma_is_one_class_when_quoted(refuse):
    assert refuse("train", "--known-classes", '"a, b", c').startswith("known_classes “a, b”, “c” are no classes of")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "{path} is empty; expected rows with a text and a label."),
        (
            "text\tlabel\n" + "".join(f"text {i}\tone\n" for i in range(9)),
            "mine needs at least two classes to tell apart, got one.",
        ),
    ],
    ids=["empty", "one class"],
)
def test_a_file_that_cannot_be_trained_on_is_refused(refuse, tmp_path, content, sentence):
    path = tmp_path / "mine.tsv"
    path.write_text(content, encoding="utf-8")
    assert refuse("train", "--dataset", path) == sentence.format(path=path)


def test_an_out_that_holds_anything_but_a_model_is_refused_and_stays(refuse, tmp_path, model):
    nothing = ["--dataset", "nowhere"]  # were --out accepted, nothing would be trained
    (tmp_path / "diary.txt").write_text("mine", encoding="utf-8")
    assert refuse("train", *nothing, "--out", tmp_path) == (
        f"--out {tmp_path} holds other files than a model; name a new or an empty folder."
    )
    assert refuse("train", *nothing, "--out", tmp_path / "diary.txt") == (
        f"--out {tmp_path}/diary.txt is a file; name a new or an empty folder."
    )
    assert refuse("train", *nothing, "--out", tmp_path / "diary.txt" / "a" / "b") == (
        f"--out {tmp_path}/diary.txt/a/b can't be written: Not a directory in {tmp_path}/diary.txt; "
        "name another folder."
    )
    mixed = shutil.copytree(model, tmp_path / "mixed")
    (mixed / "diary.txt").touch()
    assert "holds other files than a model" in refuse("train", *nothing, "--out", mixed)
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "model.json").write_text('{"format": "of somebody else"}', encoding="utf-8")
    assert "holds other files than a model" in refuse("train", *nothing, "--out", foreign)
    assert (tmp_path / "diary.txt").read_text(encoding="utf-8") == "mine"


def test_an_out_that_is_new_or_empty_or_a_model_is_accepted_and_left_alone_by_an_error(refuse, tmp_path, model):
    copy = shutil.copytree(model, tmp_path / "model")
    files = {path.name: path.read_bytes() for path in copy.iterdir()}
    (tmp_path / "empty").mkdir()
    for out in (copy, tmp_path / "empty", tmp_path / "new" / "one"):
        assert refuse("train", "--dataset", "nowhere", "--out", out).startswith("unknown dataset 'nowhere'")
    assert {path.name: path.read_bytes() for path in copy.iterdir()} == files
    assert not (tmp_path / "new").exists()


def test_a_missing_model_is_refused(refuse, tmp_path):
    assert refuse("predict", tmp_path, "hello") == (
        f"no model in {tmp_path}: expected a folder written by `python -m ans train --out`, with model.json in it."
    )


@pytest.mark.parametrize("name", ["model.json", "training_texts.json", "weights.safetensors"])
def test_a_damaged_model_is_refused(refuse, tmp_path, model, name):
    copy = shutil.copytree(model, tmp_path / "model")
    os.truncate(copy / name, (copy / name).stat().st_size // 2)
    sentence = refuse("predict", copy, "hello")
    assert sentence.startswith(f"the model in {copy} is damaged (")
    assert sentence.endswith("); train it again or copy it again.")


def test_evaluate_refuses_a_corpus_that_lacks_the_models_classes(refuse, model, tmp_path):
    path = tmp_path / "other.tsv"
    lines = [f"{label} {i}\t{label}" for label in ("alarm_set", "zebra") for i in range(5)]
    path.write_text("text\tlabel\n" + "\n".join(lines), encoding="utf-8")
    assert refuse("evaluate", model, "--dataset", path) == (
        "other lacks 3 of the model's 4 classes, for example 'card_lost'; evaluate on a corpus that has them all."
    )


def test_texts_and_folders_may_stand_after_options_and_what_is_unknown_is_told(capsys):
    given = parsed(["predict", "m", "first", "--refused", "0.05", "second", "--quiet", "third"])
    assert (given.text, given.refused) == (["first", "second", "third"], 0.05)
    assert parsed(["predict", "m", "--refused", "0.05", "only"]).text == ["only"]
    assert parsed(["predict", "m"]).text == []
    assert parsed(["benchmark", "traffic", "--seeds", "0", "folder"]).folders == ["folder"]
    for asked in (["predict", "m", "--refused", "0.05", "text", "--nonsense"], ["doctor", "--json", "text"]):
        assert main(asked) == 2
        assert "unrecognized arguments: " in capsys.readouterr().err

"""Files that fit no model are refused, with what is wrong, before anything of their size is made."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from ans import OpenWorldClassifier
from ans.model.trained_model import TrainedModel
from ans.stress.soak import Size
from ans.stress.tiny_model import tiny_run


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Path:
    """The folder of a tiny model of two classes and two views of 12 numbers. Copy it before changing it."""
    return tiny_run(tmp_path_factory.mktemp("tiny")).folder / "model"


@pytest.fixture
def folder(whole, tmp_path) -> Path:
    return shutil.copytree(whole, tmp_path / "model")


def retold(folder: Path, **changes) -> None:
    about = json.loads((folder / "model.json").read_text())
    (folder / "model.json").write_text(json.dumps({**about, **changes}))


def set_to(name: str, value, *place):
    """A change of tensors: a copy with this value in it, everywhere or at a place."""

    def changed(tensors: dict) -> dict:
        other = tensors[name].clone()
        other[place if place else ...] = value
        return {**tensors, name: other}

    return changed


def made(name: str, change):
    return lambda tensors: {**tensors, name: change(tensors[name])}


def without(name: str):
    return lambda tensors: {key: one for key, one in tensors.items() if key != name}


HEAD = "heads.views.1.weights.0"
HARMS = {
    "no number in a head": (set_to(HEAD, torch.nan, 0, 0, 0), f"its {HEAD} hold values that are no usable numbers"),
    "endless in the tail": (set_to("tail.0.output.dense.bias", torch.inf), "hold values that are no usable numbers"),
    "too large": (set_to("closed.0.weight", 1e30), "its closed.0.weight hold values that are no usable numbers"),
    "no number in a feature": (set_to("train_features", torch.nan, 3, 1), "its train_features hold values"),
    "a class too high": (set_to("train_targets", 2, 0), "its train_targets are not whole numbers from 0 to 1"),
    "a class of billions": (set_to("train_targets", 10**12, 0), "its train_targets are not whole numbers from 0 to 1"),
    "open": (set_to("train_targets", -1, 0), "its train_targets are not whole numbers from 0 to 1"),
    "a class without texts": (set_to("train_targets", 0), "some of its classes have no training text"),
    "classes of another kind": (made("train_targets", torch.Tensor.float), "its train_targets are not whole numbers"),
    "features cut": (made("train_features", lambda one: one[:-1]), "its train_features have the shape"),
    "one view": (made("train_features", lambda one: one[:, :12].contiguous()), "its train_features have the shape"),
    "halves": (made("train_features", torch.Tensor.half), "its train_features are float16, not float32"),
    "complex": (made("closed.2.bias", lambda one: one.to(torch.complex64)), "its closed.2.bias are complex64"),
    "bytes": (made("closed.2.bias", torch.Tensor.byte), "its closed.2.bias are uint8, not float32"),
    "a bias too many": (lambda all_: {**all_, "closed.9.bias": all_["closed.2.bias"].clone()}, "such as closed.9.bias"),
    "a bias too few": (without("closed.2.bias"), "its weights are not those of its classes and encoder"),
    "no heads": (without("heads.views.0.weights.0"), "it has no heads"),
    "heads of no width": (made("heads.views.0.weights.0", lambda one: one[:, :, :0].contiguous()), "it has no heads"),
    "heads of any width": (made("heads.views.0.weights.0", lambda one: one.new_empty(0, 12, 10**9)), "have the shape"),
    "a line of nothing": (set_to("calibration.lines", torch.nan), "its calibration.lines hold values"),
    "no temperature": (set_to("calibration.temperature", 0.0), "its temperature is not above zero"),
    "a place too high": (set_to("calibration.rows", 999), "its calibration.rows are not whole numbers from -1 to"),
    "a score too few": (made("calibration.scores", lambda one: one[1:].clone()), "its calibration.targets have"),
}  # fmt: skip


@pytest.mark.parametrize("harm", HARMS)
def test_tensors_that_fit_no_model_are_refused_with_what_is_wrong(harm, folder):
    change, said = HARMS[harm]
    save_file(change(load_file(folder / "weights.safetensors")), folder / "weights.safetensors")
    with pytest.raises(ValueError, match=r"is damaged \(.*\); train it again or copy it again\.$") as refused:
        TrainedModel.load(folder, "cpu")
    assert said in str(refused.value)


@pytest.mark.parametrize("labels", [["alarm"], ["alarm", "alarm"], [], {"alarm": 1, "card": 2}, ["alarm", 1]], ids=str)
def test_labels_that_are_no_different_names_are_refused(labels, folder):
    retold(folder, labels=labels)
    with pytest.raises(ValueError, match=r"is damaged \(its labels are "):
        TrainedModel.load(folder, "cpu")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has /proc")
def test_very_many_labels_take_no_memory(folder):
    TrainedModel.load(folder, "cpu")
    before = Size.of(os.getpid()).memory
    retold(folder, labels=[f"class {number}" for number in range(500_000)])  # whose heads would be 6 GB
    with pytest.raises(ValueError, match=r"is damaged .its (weights|closed)"):
        TrainedModel.load(folder, "cpu")
    assert Size.of(os.getpid()).memory - before < 300


@pytest.mark.parametrize(
    "told",
    [
        {"dtype": "nothing"}, {"dtype": "V8"}, {"dtype": "i4,i4"}, {"dtype": "<i8"}, {"dtype": "|b1"}, {"dtype": {}},
        {"dtype": "f8("}, {"open_label": {}}, {"open_label": ["a"]}, {"open_label": "card"},
    ],
    ids=str,
)  # fmt: skip
def test_labels_that_the_classes_can_not_have_had_are_refused(told, folder):
    retold(folder, labels_in={"open_label": "open", "dtype": "<U5", **told})
    with pytest.raises(ValueError, match=r"^its classes can't have had the labels that model.json tells; copy"):
        OpenWorldClassifier.load(folder, "cpu")


@pytest.mark.parametrize("content", [None, "[]", '{"device": "cuda", "epochs": "many"}', "[" * 100_000, "\x00"])
def test_the_config_json_of_a_repository_decides_nothing(content, folder, whole):
    path = folder / "config.json"
    path.unlink() if content is None else path.write_text(content)
    texts = ["my card is lost", "wake me up"]
    again = OpenWorldClassifier.from_pretrained(folder, device="cpu")
    assert np.array_equal(
        again.decision_function(texts), OpenWorldClassifier.load(whole, "cpu").decision_function(texts)
    )
    assert again.epochs == 1

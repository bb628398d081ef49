"""A model as a repository on the hub: written to a folder, read from it, with a README that says what it is."""

from __future__ import annotations

import copy
import json
import os
import pickle
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from huggingface_hub import HfApi, ModelCard, hub_mixin

from ans import OpenWorldClassifier
from ans.model import hub

ROOT = Path(__file__).resolve().parents[2]
PROBES = ["I lost my bank card", "who wrote hamlet"]


@pytest.fixture(scope="module")
def model(classifier, tmp_path_factory) -> OpenWorldClassifier:
    folder = tmp_path_factory.mktemp("saved") / "model"
    classifier.save(folder)
    return OpenWorldClassifier.load(folder, "cpu")


def test_a_repository_gives_the_same_model_and_leaves_other_files_alone(model, tmp_path):
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    model.save_pretrained(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {
        "README.md", "config.json", "model.json", "notes.txt", "training_texts.json", "weights.safetensors",
    }  # fmt: skip
    again = OpenWorldClassifier.from_pretrained(tmp_path, device="cpu")
    assert np.array_equal(again.decision_function(PROBES), model.decision_function(PROBES))
    assert again.get_params() == model.get_params()


def test_the_card_says_classes_numbers_data_and_limits(model):
    card = model.generate_model_card(metrics={"accuracy on my texts": "91 %"}, data="Texts of a bank's | chat.")
    assert card.data.pipeline_tag == "text-classification"
    assert card.data.base_model == "sentence-transformers/all-MiniLM-L6-v2"
    assert {"open-set-recognition", "model_hub_mixin"} <= set(card.data.tags)
    said = card.content
    for part in (
        "- accuracy on my texts: 91 %",
        "held-out known texts: ",
        "| card_lost | 40 |",
        "Texts of a bank's | chat.",
        "holds its training texts",
        "`epochs` 3",
    ):
        assert part in said, part
    assert "{{" not in said
    assert f"by its first 8 × {model.max_tokens} tokens" in said
    assert "`pip install .` in a clone of its project installs it" in said
    assert "  # labels; 'open' for texts of no class" in said
    assert "model.json` tells" not in said


def test_the_code_of_the_card_loads_the_model_from_its_folder_and_names_its_own_open_label(tmp_path):
    texts = ["I lost my card", "my card is gone", "wake me at six", "set an alarm"]
    quick = {"trainable_layers": 0, "folds": 0, "head_steps": 20, "device": "cpu", "long_texts": "cut"}
    OpenWorldClassifier(**quick, open_label="?").fit(texts, [1, 1, 2, 2]).save_pretrained(tmp_path / "mine")
    said = (tmp_path / "mine" / "README.md").read_text(encoding="utf-8")
    assert "  # labels; '?' for texts of no class" in said
    assert f"by its first {OpenWorldClassifier().max_tokens} tokens," in said
    (code,) = re.findall(r"```python\n(.*?)```", said, re.DOTALL)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True,
        text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def others(tiny_encoder_folder) -> OpenWorldClassifier:
    """A model of other classes, whose names and settings hold what Markdown reads as its own."""
    texts = ["a card", "an alarm", "a\ttent"]
    small = {"encoder": str(tiny_encoder_folder), "trainable_layers": 0, "folds": 0, "head_steps": 2, "device": "cpu"}
    model = OpenWorldClassifier(**small, prompt="say:\n```\nrm `all`")
    return model.fit(texts, ["a\n| 9 |", "<b>c", "half \ud83d"])


def test_saved_over_another_model_the_readme_tells_of_this_one_as_it_is_asked_to(model, others, tmp_path, recwarn):
    model.save_pretrained(tmp_path, model_card_kwargs={"data": "Texts of a bank."})
    others.save_pretrained(tmp_path, model_card_kwargs={"data": "Texts of a camp."})
    said = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert said == str(others.generate_model_card(repository=tmp_path.name, data="Texts of a camp."))
    assert "card_lost" not in said
    assert not [one for one in recwarn if issubclass(one.category, UserWarning)]


def test_a_model_whose_saving_over_another_was_cut_off_is_refused_and_never_answers_with_the_names_of_both(
    model, others, tmp_path, monkeypatch
):
    model.save_pretrained(tmp_path)
    replace = os.replace

    def cut(source, target):
        if Path(target) == tmp_path / "training_texts.json":
            raise KeyboardInterrupt
        replace(source, target)

    monkeypatch.setattr(os, "replace", cut)
    with pytest.raises(KeyboardInterrupt):
        others.save_pretrained(tmp_path)
    with pytest.raises(ValueError, match="no model in"):
        OpenWorldClassifier.from_pretrained(tmp_path)
    monkeypatch.undo()
    others.save_pretrained(tmp_path)
    assert len(OpenWorldClassifier.from_pretrained(tmp_path, device="cpu").classes_) == 3


@pytest.mark.parametrize(
    "change", [lambda said: f"{said}\nMind the gap.\n", lambda said: said.replace("Answers", "Says")]
)
def test_a_readme_that_a_person_has_changed_stays_and_a_warning_says_so(model, others, tmp_path, change):
    model.save_pretrained(tmp_path)
    path = tmp_path / "README.md"
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    before = path.read_bytes()
    with pytest.warns(UserWarning, match=r"README\.md was written or changed by hand and stays .* delete it") as told:
        others.save_pretrained(tmp_path)
    assert path.read_bytes() == before
    assert told[0].filename == __file__


@pytest.mark.parametrize(
    ("said", "stays"), [("# My camp", True), ("# Open-world text classifier of 4 classes\n\n| a | 3 |", False)]
)
def test_of_readmes_without_a_seal_only_one_of_an_earlier_version_is_written_anew(
    others, tmp_path, said, stays, recwarn
):
    (tmp_path / "README.md").write_text(said, encoding="utf-8")
    others.save_pretrained(tmp_path)
    assert ((tmp_path / "README.md").read_text(encoding="utf-8") == said) is stays


def test_no_name_and_no_setting_breaks_the_card(others):
    said = others.generate_model_card().content
    assert "| a \\| 9 \\| | 1 |\n| half ? | 1 |\n" in said
    assert "&lt;b>c" in said
    assert r"""`prompt` ```` "say:\n```\nrm `all`" ````,""" in said
    assert said.count("\n```") == 2, "the code to load it, and no other fence"


def test_a_repository_that_is_the_working_directory_is_loaded_by_its_name(others, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    others.save_pretrained(".")
    assert f'from_pretrained("{tmp_path.name}")' in (tmp_path / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("moved", [False, True])
def test_of_an_encoder_and_data_in_folders_the_card_tells_no_path(tiny_encoder_folder, tmp_path, moved):
    folder = tmp_path / "secret" / "my-encoder"
    shutil.copytree(tiny_encoder_folder, folder)
    quick = {"trainable_layers": 0, "folds": 0, "head_steps": 20, "device": "cpu", "data_dir": str(tmp_path)}
    model = OpenWorldClassifier(encoder=str(folder), **quick).fit(["a card", "an alarm"], ["card", "alarm"])
    if moved:
        folder.rename(tmp_path / "elsewhere")
    card = model.generate_model_card()
    assert card.data.base_model is None
    assert "Encoder `my-encoder`" in card.content
    assert "**It needs its encoder**, a folder called `my-encoder`, which is not in this repository" in card.content
    assert "tells the paths of its data" in card.content
    assert str(tmp_path) not in card.content
    assert "secret" not in card.content


def test_the_card_of_the_large_encoder_names_it_as_the_hub_does(model):
    model = copy.copy(model)
    model.model_ = copy.copy(model.model_)
    model.model_.config = model.model_.config.with_(encoder="mpnet")
    assert model.generate_model_card().data.base_model == "sentence-transformers/all-mpnet-base-v2"


def test_a_repository_on_the_hub_is_read_from_the_folder_that_it_was_downloaded_to(model, tmp_path, monkeypatch):
    model.save_pretrained(tmp_path / "there")
    asked = {}

    def snapshot_download(name, **where):
        asked.update(where, name=name)
        folder = tmp_path / "downloaded"
        folder.mkdir()
        for file in where["allow_patterns"]:
            shutil.copy(tmp_path / "there" / file, folder)
        return str(folder)

    monkeypatch.setattr(hub, "snapshot_download", snapshot_download)
    monkeypatch.setattr(hub_mixin, "hf_hub_download", lambda **asked: tmp_path / "there" / asked["filename"])
    again = OpenWorldClassifier.from_pretrained("me/my-model", revision="v1", token="hf_x", device="cpu")
    assert np.array_equal(again.decision_function(PROBES), model.decision_function(PROBES))
    assert (asked["name"], asked["revision"], asked["token"]) == ("me/my-model", "v1", "hf_x")


@pytest.mark.parametrize("name", ["nope", "x/y", "/tmp/no-such-model", "a b", "~/nope", Path("no/such/model")])
def test_where_neither_a_folder_nor_a_repository_is_one_sentence_says_both(name):
    with pytest.raises(ValueError, match=r"^no model at '.*': no folder is there, and no such .*; name") as told:
        OpenWorldClassifier.from_pretrained(name)
    assert "OFFLINE" not in str(told.value)


@pytest.mark.parametrize("name", [None, "", 5])
def test_what_names_no_folder_is_refused_at_every_door(others, name):
    for door in (OpenWorldClassifier.from_pretrained, OpenWorldClassifier.load, others.save, others.save_pretrained):
        with pytest.raises(ValueError, match=r"^expected the path of a folder or file, got "):
            door(name)


def test_a_path_from_home_is_the_same_folder_at_every_door(others, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    others.save("~/a/model")
    others.save_pretrained("~/b")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]
    assert 'from_pretrained("b")' in (tmp_path / "b" / "README.md").read_text(encoding="utf-8")
    for load, name in ((OpenWorldClassifier.load, "~/a/model"), (OpenWorldClassifier.from_pretrained, "~/b")):
        again = load(name, device="cpu")
        assert again.open_label_ == "open"
        assert again.classes_.tolist() == others.classes_.tolist()


@pytest.mark.parametrize("name", ["encoder", "./encoder", "~/encoder"])
def test_a_model_with_its_encoder_in_a_folder_is_loaded_from_any_working_directory(
    tiny_encoder_folder, tmp_path, monkeypatch, name
):
    shutil.copytree(tiny_encoder_folder, tmp_path / "encoder")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    small = {"encoder": name, "trainable_layers": 0, "folds": 0, "head_steps": 2, "device": "cpu"}
    model = OpenWorldClassifier(**small).fit(["a card", "an alarm"], ["card", "alarm"])
    assert model.get_params()["encoder"] == name
    model.save("model")
    pickled = pickle.dumps(model)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    for again in (OpenWorldClassifier.load(tmp_path / "model", "cpu"), pickle.loads(pickled)):
        assert np.array_equal(again.decision_function(PROBES), model.decision_function(PROBES))


def test_pushing_uploads_that_folder_and_nothing_else(model, monkeypatch):
    pushed = {}
    monkeypatch.setattr(
        HfApi, "create_repo",
        lambda self, repo_id, **_: type("Url", (), {"repo_id": repo_id if "/" in repo_id else f"me/{repo_id}"})(),
    )  # fmt: skip

    def upload_folder(self, *, repo_id, folder_path, **_):
        pushed[repo_id] = {path.name: path.read_bytes() for path in folder_path.iterdir()}
        return "done"

    monkeypatch.setattr(HfApi, "upload_folder", upload_folder)
    assert model.push_to_hub("my-model") == "done"
    files = pushed["me/my-model"]
    assert set(files) == {"README.md", "config.json", "model.json", "training_texts.json", "weights.safetensors"}
    assert json.loads(files["config.json"])["model_type"] == "ans-open-world-classifier"
    card = ModelCard(files["README.md"].decode())
    assert card.data.library_name == "ans"
    assert 'from_pretrained("me/my-model")' in card.content

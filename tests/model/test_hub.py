"""A model as a repository on the hub: written to a folder, read from it, with a README that says what it is."""

from __future__ import annotations

import json

import numpy as np
import pytest
from huggingface_hub import HfApi, ModelCard

from ans import OpenWorldClassifier

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


def test_pushing_uploads_that_folder_and_nothing_else(model, monkeypatch):
    pushed = {}
    monkeypatch.setattr(HfApi, "create_repo", lambda self, repo_id, **_: type("Url", (), {"repo_id": repo_id})())

    def upload_folder(self, *, repo_id, folder_path, **_):
        pushed[repo_id] = {path.name: path.read_bytes() for path in folder_path.iterdir()}
        return "done"

    monkeypatch.setattr(HfApi, "upload_folder", upload_folder)
    assert model.push_to_hub("me/my-model") == "done"
    files = pushed["me/my-model"]
    assert set(files) == {"README.md", "config.json", "model.json", "training_texts.json", "weights.safetensors"}
    assert json.loads(files["config.json"])["model_type"] == "ans-open-world-classifier"
    assert ModelCard(files["README.md"].decode()).data.library_name == "ans"

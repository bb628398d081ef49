"""A model's folder that nobody vouches for: no code that it brings is run, and no pickle in it is opened."""

from __future__ import annotations

import json
import pickle
import shutil
from pathlib import Path

import pytest
import torch

from ans.model.encoder import TextEncoder
from tests.model.tiny_models import tiny_model

CODE = """from pathlib import Path
Path({left!r}).touch()
from transformers import BertConfig as C, BertModel as M, BertTokenizerFast as T
"""
REFUSED = "could not be loaded: its weights are a pickle that holds more than tensors, which is never opened here"


class Bomb:
    """What leaves a file behind where it is unpickled."""

    def __init__(self, left: Path) -> None:
        self.left = left

    def __reduce__(self) -> tuple:
        return Path.touch, (self.left,)


@pytest.fixture
def folder(save_tiny_encoder, tmp_path) -> Path:
    """A folder of a random BERT with a dense layer, whose weights are missing."""
    made = shutil.copytree(save_tiny_encoder(tiny_model("Bert")), tmp_path / "encoder")
    kinds = {"": "Transformer", "1_Pooling": "Pooling", "2_Dense": "Dense"}
    parts = [{"idx": i, "name": str(i), "path": path, "type": f"x.{kinds[path]}"} for i, path in enumerate(kinds)]
    (made / "modules.json").write_text(json.dumps(parts))
    (made / "1_Pooling").mkdir()
    (made / "1_Pooling" / "config.json").write_text('{"pooling_mode": "cls"}')
    (made / "2_Dense").mkdir()
    about = {"in_features": 32, "out_features": 12, "bias": False, "activation_function": "Tanh"}
    (made / "2_Dense" / "config.json").write_text(json.dumps(about))
    return made


@pytest.mark.parametrize("written", ["by torch", "as a plain pickle"])
def test_a_pickle_in_place_of_a_dense_layers_weights_is_refused_with_a_sentence(folder, tmp_path, written):
    left, file = tmp_path / "left", folder / "2_Dense" / "pytorch_model.bin"
    held = {"linear.weight": Bomb(left)}
    if written == "by torch":
        torch.save(held, file)
    else:
        file.write_bytes(pickle.dumps(held))
    with pytest.raises(ValueError, match=REFUSED):
        TextEncoder.load(str(folder), 1)
    assert not left.exists()


def test_a_pickle_in_place_of_a_models_weights_is_refused_with_a_sentence(folder, tmp_path):
    left = tmp_path / "left"
    (folder / "modules.json").unlink()
    (folder / "model.safetensors").unlink()
    torch.save({"embeddings.word_embeddings.weight": Bomb(left)}, folder / "pytorch_model.bin")
    with pytest.raises(ValueError, match=REFUSED):
        TextEncoder.load(str(folder), 1)
    assert not left.exists()


@pytest.mark.parametrize("kind", ["bert", "of-its-own"])
def test_code_that_a_folder_brings_is_never_run(folder, tmp_path, kind):
    left = tmp_path / "left"
    (folder / "modules.json").unlink()
    (folder / "own_code.py").write_text(CODE.format(left=str(left)))
    maps = {"AutoConfig": "own_code.C", "AutoModel": "own_code.M", "AutoTokenizer": ["own_code.T", "own_code.T"]}
    for name, changes in (("config.json", {"model_type": kind}), ("tokenizer_config.json", {})):
        about = json.loads((folder / name).read_text()) | {"auto_map": maps} | changes
        (folder / name).write_text(json.dumps(about))
    if kind == "bert":  # the library's own code reads it
        TextEncoder.load(str(folder), 1)
    else:
        with pytest.raises(ValueError, match="could not be loaded"):
            TextEncoder.load(str(folder), 1)
    assert not left.exists()

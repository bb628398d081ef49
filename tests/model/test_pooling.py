"""A folder of the sentence-transformers library is read as it says: its pooling, its dense layers, its prompt."""

import json
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from ans.config import TrainConfig
from ans.model.encoder import TextEncoder
from ans.model.trained_model import TrainedModel
from tests.model.tiny_models import tiny_model

TEXTS = ["book me a flight to Rome", "hi", "I lost my card between the station and the office"]
LIBRARY = "sentence_transformers.models"


@pytest.fixture(scope="module")
def model():
    """A random BERT."""
    return tiny_model("Bert")


@pytest.fixture
def folder(model, save_tiny_encoder, tmp_path) -> Path:
    """That model's folder, which says nothing of pooling."""
    return shutil.copytree(save_tiny_encoder(model), tmp_path / "encoder")


def write(folder: Path, kinds: list[str], **files) -> str:
    """Describe the folder as the library does. `files`: by module, the contents of its config.json."""
    modules = [
        {"idx": i, "name": str(i), "path": "" if kind == "Transformer" else f"{i}_{kind}", "type": f"{LIBRARY}.{kind}"}
        for i, kind in enumerate(kinds)
    ]
    (folder / "modules.json").write_text(json.dumps(modules))
    for module in modules:
        if (about := files.get(module["type"].rpartition(".")[2])) is not None:
            (folder / module["path"]).mkdir(exist_ok=True)
            (folder / module["path"] / "config.json").write_text(json.dumps(about))
    return str(folder)


def features(encoder: TextEncoder, texts: list[str]) -> torch.Tensor:
    """Features as the model itself has them."""
    return encoder.features(encoder.cache(texts)) / encoder.factor


@torch.no_grad()
def states(model, encoder: TextEncoder, text: str) -> torch.Tensor:
    """[tokens, d] of one text."""
    return model(input_ids=torch.tensor(encoder.tokens.cut([text]))).last_hidden_state[0]


def steps(found: torch.Tensor) -> torch.Tensor:
    return torch.arange(1, len(found) + 1)[:, None]


POOLED = {
    "cls": lambda found: found[0],
    "mean": lambda found: found.mean(0),
    "max": lambda found: found.amax(0),
    "mean_sqrt_len_tokens": lambda found: found.sum(0) / len(found) ** 0.5,
    "weightedmean": lambda found: (found * steps(found)).sum(0) / steps(found).sum(),
    "lasttoken": lambda found: found[-1],
}


@pytest.mark.parametrize("mode", POOLED)
def test_a_text_is_pooled_as_its_folder_says_whatever_stands_beside_it(mode, model, folder):
    encoder = TextEncoder.load(write(folder, ["Transformer", "Pooling"], Pooling={"pooling_mode": mode}), 1)
    expected = torch.stack([POOLED[mode](states(model, encoder, text)) for text in TEXTS])
    torch.testing.assert_close(features(encoder, TEXTS), expected, rtol=0, atol=1e-5)


def test_the_librarys_earlier_way_to_say_it_is_read_too_and_several_poolings_stand_side_by_side(model, folder):
    about = {"word_embedding_dimension": 32, "pooling_mode_cls_token": True, "pooling_mode_mean_tokens": True}
    encoder = TextEncoder.load(write(folder, ["Transformer", "Pooling"], Pooling=about), 1)
    found = states(model, encoder, TEXTS[0])
    assert encoder.dim == 64
    torch.testing.assert_close(features(encoder, TEXTS[:1])[0], torch.cat([found[0], found.mean(0)]), rtol=0, atol=1e-5)


def test_a_folder_that_says_nothing_is_pooled_by_the_mean(model, folder):
    encoder = TextEncoder.load(str(folder), 1)
    expected = states(model, encoder, TEXTS[0]).mean(0)
    torch.testing.assert_close(features(encoder, TEXTS)[0], expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("mode", ["mean", "cls", "max"])
def test_the_settings_can_ask_for_another_pooling_than_the_folders(mode, model, folder):
    described = write(folder, ["Transformer", "Pooling", "Normalize"], Pooling={"pooling_mode": "lasttoken"})
    encoder = TextEncoder.load(described, 1, pooling=mode)
    expected = POOLED[mode](states(model, encoder, TEXTS[0]))
    torch.testing.assert_close(features(encoder, TEXTS)[0], expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("weights", ["model.safetensors", "pytorch_model.bin"])
def test_dense_layers_of_the_folder_are_applied_and_never_tuned(weights, model, folder):
    about = {
        "in_features": 32,
        "out_features": 12,
        "bias": True,
        "activation_function": "torch.nn.modules.activation.Tanh",
    }
    described = write(
        folder, ["Transformer", "Pooling", "Dense", "Normalize"], Pooling={"pooling_mode": "cls"}, Dense=about
    )
    linear = nn.Linear(32, 12)
    tensors = {"linear.weight": linear.weight.detach(), "linear.bias": linear.bias.detach()}
    if weights.endswith("safetensors"):
        save_file(tensors, folder / "2_Dense" / weights)
    else:
        torch.save(tensors, folder / "2_Dense" / weights)
    encoder = TextEncoder.load(described, 1)
    with torch.no_grad():
        expected = torch.tanh(linear(states(model, encoder, TEXTS[0])[0]))
    assert encoder.dim == 12
    torch.testing.assert_close(features(encoder, TEXTS)[0], expected, rtol=0, atol=1e-5)
    assert all(name.startswith("tail.") for name, one in encoder.named_parameters() if one.requires_grad)
    assert TextEncoder.load(described, 1, pooling="cls").dim == 32


def test_the_prompt_stands_before_each_text(folder):
    plain = TextEncoder.load(str(folder), 1)
    (folder / "config_sentence_transformers.json").write_text(
        json.dumps({"prompts": {"query": "query: ", "Classification": "sort this: "}, "default_prompt_name": "query"})
    )
    described = write(folder, ["Transformer", "Pooling"], Pooling={"pooling_mode": "mean"})
    queried = [f"query: {text}" for text in TEXTS]
    torch.testing.assert_close(features(TextEncoder.load(described, 1), TEXTS), features(plain, queried))
    torch.testing.assert_close(features(TextEncoder.load(described, 1, prompt=""), TEXTS), features(plain, TEXTS))
    another = TextEncoder.load(described, 1, prompt="passage: ")
    torch.testing.assert_close(features(another, TEXTS), features(plain, [f"passage: {text}" for text in TEXTS]))


def test_a_prompt_made_for_classification_is_taken_where_none_is_the_default(folder):
    prompts = {"search_query": "search_query: ", "Classification": "classification: "}
    (folder / "config_sentence_transformers.json").write_text(json.dumps({"prompts": prompts}))
    assert TextEncoder.load(str(folder), 1).pooling.prompt == "classification: "


def test_a_prompt_that_is_not_to_count_is_read_and_left_out_of_the_mean(model, folder):
    described = write(folder, ["Transformer", "Pooling"], Pooling={"pooling_mode": "mean", "include_prompt": False})
    (folder / "config_sentence_transformers.json").write_text(
        json.dumps({"prompts": {"query": "find this: "}, "default_prompt_name": "query"})
    )
    encoder = TextEncoder.load(described, 1)
    found = states(model, encoder, TEXTS[0])
    assert len(encoder.tokens.before) == 4, "[CLS] find this :"
    torch.testing.assert_close(features(encoder, TEXTS)[0], found[4:].mean(0), rtol=0, atol=1e-5)


def test_weights_in_a_folder_of_their_own_are_found(model, folder, tmp_path):
    outer = tmp_path / "outer"
    outer.mkdir()
    shutil.move(folder, outer / "0_Transformer")
    (outer / "modules.json").write_text(
        json.dumps([{"idx": 0, "name": "0", "path": "0_Transformer", "type": f"{LIBRARY}.Transformer"}])
    )
    encoder = TextEncoder.load(str(outer), 1)
    expected = states(model, encoder, TEXTS[0]).mean(0)
    torch.testing.assert_close(features(encoder, TEXTS)[0], expected, rtol=0, atol=1e-5)


def test_a_part_that_is_not_known_is_refused_rather_than_left_out(folder):
    described = write(folder, ["Transformer", "WeightedLayerPooling"])
    with pytest.raises(ValueError, match="It has a part of the kind WeightedLayerPooling"):
        TextEncoder.load(described, 1)


@pytest.mark.parametrize("about", ["[", '[{"type": "x.Pooling"}]', '{"a": 1}'])
def test_a_damaged_description_is_refused(about, folder):
    (folder / "modules.json").write_text(about)
    with pytest.raises(ValueError, match=r"could not be loaded.*Its description of how to pool is damaged"):
        TextEncoder.load(str(folder), 1)


def test_the_description_says_pooling_width_prompt_and_window(folder):
    described = write(folder, ["Transformer", "Pooling"], Pooling={"pooling_mode": "cls"})
    assert TextEncoder.load(described, 1, max_tokens=64, prompt="query: ").description() == (
        "BertModel, 3 layers; a text is its first token, after the prompt 'query: ': 32 numbers; 64 tokens at a time, "
        "longer texts in up to 8 pieces, averaged."
    )
    cut = TextEncoder.load(described, 1, pooling="mean", long_texts="cut")
    assert cut.description() == (
        "BertModel, 3 layers; a text is the mean of its tokens: 32 numbers; 96 tokens at a time, the rest is cut off."
    )


def test_a_saved_model_whose_folder_says_something_else_now_is_refused(folder, tmp_path):
    described = write(folder, ["Transformer", "Pooling"], Pooling={"pooling_mode": "cls"})
    config = TrainConfig(encoder=described, trainable_layers=0, epochs=1, device="cpu", head_steps=3, folds=0)
    texts = ["fly to Rome", "fly to Bonn", "card lost", "card stolen"]
    TrainedModel.trained_on(config, texts, ["a", "a", "b", "b"]).save(tmp_path / "model")
    write(folder, ["Transformer", "Pooling"], Pooling={"pooling_mode": "max"})
    with pytest.raises(ValueError, match="was trained on other weights than the encoder"):
        TrainedModel.load(tmp_path / "model", "cpu")

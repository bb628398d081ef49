"""Encoders of every family that reads both ways: cached lower half and tuned upper half give what the whole gives."""

import logging

import pytest
import torch

from ans.config import TrainConfig
from ans.model.encoder import TextEncoder
from ans.model.phase_one import phase_one
from ans.model.trained_model import TrainedModel
from tests.model.tiny_models import tiny_model

CUT = [
    "Bert", "Roberta", "XLMRoberta", "MPNet", "ModernBert", "DistilBert", "Deberta", "DebertaV2", "NomicBert", "Xmod",
    "Electra", "EuroBert", "JinaEmbeddingsV3",
]  # fmt: skip
WHOLE = ["LayoutLM", "RemBert"]
TEXTS = [
    "book me a flight to Rome",
    "hi",
    "I lost my card somewhere between the station and the office",
    "",
    "¿qué? 🙂",
]
TRAIN = [f"{word} {number}" for number in range(8) for word in ("please fly to", "my card is lost", "play a song")]
LABELS = ["fly", "card", "song"] * 8


@pytest.fixture(scope="module")
def made(save_tiny_encoder):
    """A function (kind) → model and its folder, made once each."""
    kept = {}

    def of(kind: str, **changes):
        key = (kind, *sorted(changes))
        if key not in kept:
            model = tiny_model(kind, **changes)
            kept[key] = model, str(save_tiny_encoder(model))
        return kept[key]

    return of


def features(encoder: TextEncoder, texts: list[str], untouched: bool = False) -> torch.Tensor:
    """Features as the model itself has them."""
    return encoder.features(encoder.cache(texts), untouched=untouched) / encoder.factor


@torch.no_grad()
def alone(model, encoder: TextEncoder, texts: list[str]) -> torch.Tensor:
    """What the whole model gives for each text by itself, without any padding: mean of its last states."""
    ids = [torch.tensor([tokens]) for tokens in encoder.tokens.cut(texts)]
    return torch.stack([model(input_ids=one, attention_mask=torch.ones_like(one))[0][0].mean(0) for one in ids])


@pytest.mark.parametrize("kind", CUT)
@pytest.mark.parametrize("layers", [0, 1])
def test_the_cached_half_and_the_tuned_half_give_what_the_whole_model_gives(kind, layers, made):
    model, folder = made(kind)
    encoder = TextEncoder.load(folder, layers)
    assert encoder.lower is not None, "the lower layers would run again in every pass"
    assert len(encoder.tail) == layers
    expected = alone(model, encoder, TEXTS)
    torch.testing.assert_close(features(encoder, TEXTS), expected, rtol=0, atol=1e-5)
    torch.testing.assert_close(features(encoder, TEXTS, untouched=True), expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("kind", CUT)
def test_every_layer_can_be_tuned(kind, made):
    model, folder = made(kind)
    encoder = TextEncoder.load(folder, 3)
    torch.testing.assert_close(features(encoder, TEXTS), alone(model, encoder, TEXTS), rtol=0, atol=1e-5)


@pytest.mark.parametrize("kind", WHOLE)
def test_a_model_that_cannot_be_cut_runs_whole_says_so_and_gives_the_same(kind, made, caplog):
    model, folder = made(kind)
    with caplog.at_level(logging.INFO, "ans.model"):
        encoder = TextEncoder.load(folder, 1)
    assert encoder.lower is None
    assert f"{folder} can't be cut in two: all its layers run for each text in each pass." in caplog.messages
    assert "it can't be cut in two, so all layers run in each pass" in encoder.description()
    torch.testing.assert_close(features(encoder, TEXTS), alone(model, encoder, TEXTS), rtol=0, atol=1e-5)


def test_a_convolution_after_the_first_layer_is_left_to_the_lower_half(made):
    model, folder = made("DebertaV2", conv_kernel_size=3)
    cut, whole = TextEncoder.load(folder, 1), TextEncoder.load(folder, 3)
    assert cut.lower is not None
    assert whole.lower is None, "it mixes a text's last token with the padding"
    for encoder in (cut, whole):
        torch.testing.assert_close(features(encoder, TEXTS), alone(model, encoder, TEXTS), rtol=0, atol=1e-5)


@pytest.mark.parametrize("kind", [*CUT, *WHOLE])
def test_only_the_tail_learns_and_the_untouched_view_stays(kind, made):
    _, folder = made(kind)
    encoder = TextEncoder.load(folder, 1)
    before = features(encoder, TEXTS)
    assert {name for name, one in encoder.named_parameters() if one.requires_grad} == {
        f"tail.{name}" for name, _ in encoder.tail.named_parameters()
    }
    pooled = encoder.train()(*encoder.cache(TEXTS).batch(torch.arange(len(TEXTS)), encoder.device))
    (pooled * torch.randn(encoder.dim)).sum().backward()
    tail = dict(encoder.tail.named_parameters())
    still = {name for name, one in tail.items() if one.grad is None or not one.grad.norm() > 0}
    assert all("en_XX" in name for name in still), "only XMOD's other language has nothing to learn"
    moved = [one for name, one in tail.items() if name not in still]
    with torch.no_grad():
        for one in moved:
            one -= 0.1 * one.grad / one.grad.norm()
    encoder.eval()
    assert not torch.allclose(features(encoder, TEXTS), before, atol=1e-3)
    torch.testing.assert_close(features(encoder, TEXTS, untouched=True), before, rtol=0, atol=1e-6)


@pytest.mark.parametrize("kind", [*CUT, *WHOLE])
def test_standardised_features_have_mean_0_and_equal_deviations_wherever_the_scales_are_held(kind, made):
    _, folder = made(kind)
    encoder = TextEncoder.load(folder, 1)
    states, labels = encoder.cache(TRAIN), torch.arange(len(TRAIN)) % 3
    config = TrainConfig(epochs=1, batch_size=8, device="cpu", standardising=1.0, least_updates=0)
    phase_one(encoder, 3, (states, labels), None, config, lambda event: None, lambda: False)
    found = encoder.features(states)
    torch.testing.assert_close(found.mean(0), torch.zeros(encoder.dim), rtol=0, atol=1e-4)
    torch.testing.assert_close(found.std(0), found.std(0).mean().expand(encoder.dim), rtol=1e-2, atol=0)


@pytest.mark.parametrize("kind", ["MPNet", "ModernBert", "Xmod", "LayoutLM"])
def test_a_saved_model_answers_as_before_wherever_the_scales_are_held(kind, made, tmp_path):
    _, folder = made(kind)
    config = TrainConfig(encoder=folder, trainable_layers=1, epochs=1, device="cpu", head_steps=5, folds=0, few_texts=0)
    model = TrainedModel.trained_on(config, TRAIN, LABELS)
    model.save(tmp_path / "model")
    loaded = TrainedModel.load(tmp_path / "model", "cpu")
    torch.testing.assert_close(loaded.features(TEXTS), model.features(TEXTS), rtol=0, atol=1e-6)
    torch.testing.assert_close(loaded.score(TEXTS), model.score(TEXTS), rtol=0, atol=1e-5)


@pytest.mark.parametrize(
    ("kind", "around"), [("MPNet", "encoder.relative_attention_bias"), ("ModernBert", "final_norm")]
)
def test_the_fingerprint_tells_weights_around_the_layers_apart(kind, around, made, save_tiny_encoder):
    model = tiny_model(kind)
    before = TextEncoder.load(str(save_tiny_encoder(model)), 1).fingerprint()
    assert TextEncoder.load(made(kind)[1], 1).fingerprint() == before
    with torch.no_grad():
        model.get_submodule(around).weight.add_(0.1)
    assert TextEncoder.load(str(save_tiny_encoder(model)), 1).fingerprint() != before


def test_layers_that_share_their_weights_stay_untouched(made):
    model, folder = made("Albert")
    encoder = TextEncoder.load(folder, 0)
    torch.testing.assert_close(features(encoder, TEXTS), alone(model, encoder, TEXTS), rtol=0, atol=1e-5)
    with pytest.raises(ValueError, match="can't be told apart") as refused:
        TextEncoder.load(folder, 2)
    assert str(refused.value) == (
        f"trainable_layers must be 0, since its layers can't be told apart, for {folder}, got 2."
    )


@pytest.mark.parametrize("kind", ["GPT2", "Qwen3"])
def test_a_decoder_is_refused_in_one_sentence(kind, made):
    _, folder = made(kind)
    with pytest.raises(ValueError, match="is a decoder") as refused:
        TextEncoder.load(folder, 1)
    assert str(refused.value) == (
        f"encoder {folder!r} is a decoder ({kind.lower()}), which reads each word without those after it; try minilm, "
        "mpnet or bert-base-uncased."
    )


def test_a_bert_that_was_made_a_decoder_is_refused_as_one(made):
    _, folder = made("Bert", is_decoder=True)
    with pytest.raises(ValueError, match=r"is a decoder \(bert\)"):
        TextEncoder.load(folder, 1)


def test_an_encoder_with_a_decoder_is_refused_in_one_sentence(made):
    _, folder = made("T5")
    with pytest.raises(ValueError, match=r"is an encoder with a decoder \(t5\), and only encoders are read here; try"):
        TextEncoder.load(folder, 1)


@pytest.mark.parametrize("layers", [0, 1])
def test_a_model_whose_features_change_with_the_texts_beside_it_is_refused(layers, made):
    _, folder = made("FNet")  # it mixes tokens with their padding
    with pytest.raises(ValueError, match="gives a text other features beside a longer one; try minilm"):
        TextEncoder.load(folder, layers)


def test_a_model_that_wants_more_than_a_text_is_refused_with_its_own_words(made):
    _, folder = made("Xmod", default_language=None)
    with pytest.raises(ValueError, match=r"can't read a text by itself \(Input language unknown"):
        TextEncoder.load(folder, 1)


def test_the_window_is_bounded_by_the_models_own_positions(made):
    encoder = TextEncoder.load(made("Roberta")[1], 1, max_tokens=512)
    assert encoder.tokens.window == 64
    assert features(encoder, ["word " * 300]).isfinite().all()

"""All dimensions of the tuned features vary alike, and the closed-set classifier notices nothing of it."""

import torch

from ans.config import TrainConfig
from ans.encoder import TextEncoder
from ans.feature_scale import equalise, last_norm
from ans.training import closed_set_classifier, phase_one

TEXTS = [f"{word} {number}" for number in range(12) for word in ("please fly to", "my card is lost", "play a song")]
LABELS = torch.arange(len(TEXTS)) % 3
OTHERS = ["what is this", "hi", "a text of more than a few words, none of which has come before"]


class Tuned:
    """An encoder and its classifier after phase 1, with features of its own texts and of others."""

    def __init__(self, folder, layers: int, **changes) -> None:
        config = TrainConfig(epochs=3, batch_size=8, encoder_lr=1e-2, device="cpu", **changes)
        self.encoder = TextEncoder.load(str(folder), layers)
        self.states, self.others = self.encoder.cache(TEXTS), self.encoder.cache(OTHERS)
        part = self.states, LABELS
        self.closed = phase_one(self.encoder, 3, part, part, config, lambda event: None, lambda: False)

    @property
    def features(self) -> torch.Tensor:
        """[N, d] of the training texts."""
        return self.encoder.features(self.states)

    @torch.no_grad()
    def logits(self) -> torch.Tensor:
        """The closed-set logits of all texts: [N, C]."""
        return torch.cat([self.closed(self.encoder.features(states)) for states in (self.states, self.others)])


def test_after_phase_one_every_dimension_has_mean_0_and_the_same_deviation(tiny_encoder_folder):
    as_tuned = Tuned(tiny_encoder_folder, 1, feature_scale="as tuned").features.std(0)
    assert as_tuned.max() > 1.5 * as_tuned.min(), "this test needs dimensions that differ"
    features = Tuned(tiny_encoder_folder, 1).features
    torch.testing.assert_close(features.mean(0), torch.zeros(features.shape[1]), rtol=0, atol=1e-5)
    torch.testing.assert_close(features.std(0), as_tuned.mean().expand(features.shape[1]), rtol=1e-4, atol=0)


def test_what_an_open_text_differs_by_is_scaled_as_the_training_texts_are(tiny_encoder_folder):
    as_tuned, equal = (Tuned(tiny_encoder_folder, 1, feature_scale=scale) for scale in ("as tuned", "equal"))
    deviation, mean = torch.std_mean(as_tuned.features, dim=0)
    expected = (as_tuned.encoder.features(as_tuned.others) - mean) / deviation * deviation.mean()
    torch.testing.assert_close(equal.encoder.features(equal.others), expected, rtol=1e-3, atol=1e-4)


def test_the_closed_set_classifier_gives_the_logits_it_gave_before(tiny_encoder_folder):
    as_tuned, equal = (Tuned(tiny_encoder_folder, 1, feature_scale=scale).logits() for scale in ("as tuned", "equal"))
    torch.testing.assert_close(equal, as_tuned, rtol=1e-3, atol=1e-4)


def test_features_with_dropout_are_scaled_alike_so_rules_that_use_them_see_one_space(tiny_encoder_folder):
    def dropped(tuned: Tuned) -> torch.Tensor:
        torch.manual_seed(0)
        with torch.no_grad():
            return tuned.encoder.train()(*tuned.states.batch(torch.arange(len(TEXTS)), tuned.encoder.device))

    as_tuned, equal = (Tuned(tiny_encoder_folder, 1, feature_scale=scale) for scale in ("as tuned", "equal"))
    deviation, mean = torch.std_mean(as_tuned.features, dim=0)
    expected = (dropped(as_tuned) - mean) / deviation * deviation.mean()
    torch.testing.assert_close(dropped(equal), expected, rtol=1e-3, atol=1e-4)


def test_the_untouched_view_stays_untouched(tiny_encoder_folder):
    equal, fresh = Tuned(tiny_encoder_folder, 1), TextEncoder.load(str(tiny_encoder_folder), 1)
    assert torch.equal(equal.encoder.features(equal.states, untouched=True), fresh.features(equal.states))


def test_an_encoder_that_is_not_tuned_keeps_its_features(tiny_encoder_folder):
    fresh = TextEncoder.load(str(tiny_encoder_folder), 0)
    assert torch.equal(Tuned(tiny_encoder_folder, 0).features, fresh.features(fresh.cache(TEXTS)))


def test_a_dimension_that_never_varies_is_not_blown_up(tiny_encoder_folder):
    encoder = TextEncoder.load(str(tiny_encoder_folder), 1)
    states = encoder.cache(TEXTS)
    with torch.no_grad():
        last_norm(encoder).weight[0] = 0.0
        classifier = closed_set_classifier(encoder.dim, 3)
        before = classifier(encoder.features(states))
        equalise(encoder, classifier, states)
        after = classifier(encoder.features(states))
    features = encoder.features(states)
    assert features.isfinite().all()
    assert features[:, 0].std() < features[:, 1].std()
    torch.testing.assert_close(after, before, rtol=1e-3, atol=1e-4)
    assert last_norm(encoder).weight.isfinite().all()

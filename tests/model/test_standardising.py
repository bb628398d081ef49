"""The dimensions of the tuned features vary more alike, and the closed-set classifier notices nothing of it."""

import pytest
import torch

from ans.config import TrainConfig
from ans.model.encoder import TextEncoder
from ans.model.phase_one import closed_set_classifier, phase_one
from ans.model.standardising import standardise

TEXTS = [f"{word} {number}" for number in range(12) for word in ("please fly to", "my card is lost", "play a song")]
LABELS = torch.arange(len(TEXTS)) % 3
OTHERS = ["what is this", "hi", "a text of more than a few words, none of which has come before"]


class PhaseOneFeatures:
    """An encoder and its classifier after phase 1, with features of its own texts and of others."""

    def __init__(self, folder, layers: int, share: float) -> None:
        config = TrainConfig(epochs=3, batch_size=8, encoder_lr=1e-2, device="cpu", standardising=share)
        self.encoder = TextEncoder.load(str(folder), layers)
        self.states, self.others = self.encoder.cache(TEXTS), self.encoder.cache(OTHERS)
        part = self.states, LABELS
        self.closed = phase_one(self.encoder, 3, part, part, config, lambda event: None, lambda: False)

    @property
    def features(self) -> torch.Tensor:
        """[N, d] of the training texts."""
        return self.encoder.features(self.states)

    @torch.no_grad()
    def dropped(self) -> torch.Tensor:
        """[N, d] of the training texts with dropout on, the same mask each time."""
        torch.manual_seed(0)
        return self.encoder.train()(*self.states.batch(torch.arange(len(TEXTS)), self.encoder.device))

    @torch.no_grad()
    def logits(self) -> torch.Tensor:
        """The closed-set logits of all texts: [N, C]."""
        return torch.cat([self.closed(self.encoder.features(states)) for states in (self.states, self.others)])


@pytest.fixture(scope="module")
def as_tuned(tiny_encoder_folder) -> PhaseOneFeatures:
    """Phase 1 that leaves its features alone."""
    return PhaseOneFeatures(tiny_encoder_folder, 1, 0.0)


@pytest.fixture(scope="module")
def equal(tiny_encoder_folder) -> PhaseOneFeatures:
    """The same, with all dimensions made equal."""
    return PhaseOneFeatures(tiny_encoder_folder, 1, 1.0)


def scaled(features: torch.Tensor, as_tuned: PhaseOneFeatures) -> torch.Tensor:
    """What these features have to become if all dimensions are made equal."""
    deviation, mean = torch.std_mean(as_tuned.features, dim=0)
    return (features - mean) / deviation * deviation.mean()


def test_all_the_way_every_dimension_has_mean_0_and_the_mean_deviation(as_tuned, equal):
    before, after = as_tuned.features.std(0), equal.features.std(0)
    assert before.max() > 1.5 * before.min(), "this test needs dimensions that differ"
    torch.testing.assert_close(equal.features.mean(0), torch.zeros(len(after)), rtol=0, atol=1e-5)
    torch.testing.assert_close(after, before.mean().expand(len(after)), rtol=1e-4, atol=0)


def test_halfway_the_ratio_of_two_dimensions_is_the_square_root_of_what_it_was(as_tuned, tiny_encoder_folder):
    before, after = as_tuned.features.std(0), PhaseOneFeatures(tiny_encoder_folder, 1, 0.5).features.std(0)
    torch.testing.assert_close(after / after[0], (before / before[0]).sqrt(), rtol=1e-3, atol=0)
    torch.testing.assert_close(after.mean(), before.mean())


def test_texts_that_were_not_learnt_are_scaled_as_the_training_texts_are(as_tuned, equal):
    expected = scaled(as_tuned.encoder.features(as_tuned.others), as_tuned)
    torch.testing.assert_close(equal.encoder.features(equal.others), expected, rtol=1e-3, atol=1e-4)


def test_features_with_dropout_are_scaled_alike_so_that_rules_which_use_them_see_one_space(as_tuned, equal):
    torch.testing.assert_close(equal.dropped(), scaled(as_tuned.dropped(), as_tuned), rtol=1e-3, atol=1e-4)


def test_the_closed_set_classifier_gives_the_logits_it_gave_before(as_tuned, equal):
    torch.testing.assert_close(equal.logits(), as_tuned.logits(), rtol=1e-3, atol=1e-4)


def test_the_untouched_view_stays_untouched(equal, tiny_encoder_folder):
    fresh = TextEncoder.load(str(tiny_encoder_folder), 1)
    assert torch.equal(equal.encoder.features(equal.states, untouched=True), fresh.features(equal.states))


def test_an_encoder_that_is_not_tuned_keeps_its_features(tiny_encoder_folder):
    fresh = TextEncoder.load(str(tiny_encoder_folder), 0)
    assert torch.equal(PhaseOneFeatures(tiny_encoder_folder, 0, 1.0).features, fresh.features(fresh.cache(TEXTS)))


def test_a_dimension_that_never_varies_is_not_blown_up(tiny_encoder_folder):
    encoder = TextEncoder.load(str(tiny_encoder_folder), 1)
    states = encoder.cache(TEXTS)
    classifier = closed_set_classifier(encoder.dim, 3)
    with torch.no_grad():
        assert encoder.last_norm is not None
        encoder.last_norm.weight[0] = 0.0
        before = classifier(encoder.features(states))
        standardise(encoder, classifier, states, 1.0)
        after = classifier(encoder.features(states))
    features = encoder.features(states)
    assert features.isfinite().all()
    assert features[:, 0].std() < features[:, 1].std()
    torch.testing.assert_close(after, before, rtol=1e-3, atol=1e-4)

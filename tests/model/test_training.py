"""Both phases as plain loops: what they draw, what they learn, what they report, how they stop."""

import math
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
import torch
from torch import Tensor, nn

from ans.config import TrainConfig
from ans.events import TrainingStopped
from ans.model.encoder import TextEncoder
from ans.model.heads import MultiViewHeads, OneVsRestHeads
from ans.model.phase_one import closed_set_classifier, closed_set_loss, tune_encoder, warmup_then_decay
from ans.model.phase_two import HeadSampler, HeadTraining, open_loss, phase_two, train_heads

BLOB, DIM = 60, 4
# Three known blobs on three axes; one on the fourth axis, and one beyond the first blob, as seen from the origin.
KNOWN = 6.0 * torch.eye(DIM)[:3]
ASIDE, BEYOND = 6.0 * torch.eye(DIM)[3], 18.0 * torch.eye(DIM)[0]
BLOB_CONFIG = TrainConfig(head_steps=400, radius_scale=1.0, few_texts=0, widened_below=0, device="cpu")


def silent(event: dict) -> None:
    """Listens to nothing."""


def never() -> bool:
    """Lets a training go on."""
    return False


def blob(center: Tensor, seed: int) -> Tensor:
    """Texts around a center, with deviation 1."""
    return center + torch.randn(BLOB, DIM, generator=torch.Generator().manual_seed(seed))


def trained_on_blobs(config: TrainConfig, views: int = 1) -> MultiViewHeads:
    """Heads after phase 2 on the three known blobs; each further view turns the axes by one."""
    features = torch.cat([blob(center, m) for m, center in enumerate(KNOWN)])
    seen = torch.cat([features.roll(v, dims=1) for v in range(views)], dim=1)
    return phase_two(seen, torch.arange(3).repeat_interleave(BLOB), 3, DIM, config, silent, never)


def rejected(heads: MultiViewHeads, features: Tensor) -> float:
    """The share of texts that every head refuses."""
    with torch.no_grad():
        return (heads(features) < 0).all(0).float().mean().item()


def test_the_learning_rate_rises_to_one_over_the_warmup_then_falls_to_zero():
    factors = [warmup_then_decay(step, 10, 0.2) for step in range(11)]
    assert factors == pytest.approx([0.5, 1.0, 1.0, 7 / 8, 6 / 8, 5 / 8, 4 / 8, 3 / 8, 2 / 8, 1 / 8, 0.0])


@pytest.mark.parametrize("warmup", [0.0, 0.1, 1.0])
@pytest.mark.parametrize("total", [1, 2, 1000])
def test_the_learning_rate_factor_stays_above_zero_and_at_most_one_in_every_step(total, warmup):
    factors = [warmup_then_decay(step, total, warmup) for step in range(total)]
    assert min(factors) > 0
    assert max(factors) == 1


def test_three_blobs_are_learnt_and_a_fourth_is_rejected_wherever_it_lies():
    heads = trained_on_blobs(BLOB_CONFIG)
    for m, center in enumerate(KNOWN):
        logits = heads(blob(center, 10 + m))
        assert (logits[m] > 0).float().mean() > 0.7, "a known blob is not accepted"
        assert ((logits > 0).sum(0) <= 1).all(), "two heads claim one text"
        assert (logits.argmax(0)[(logits > 0).any(0)] == m).all(), "a text of a known blob is taken for another's"
    assert rejected(heads, blob(ASIDE, 20)) > 0.95
    assert rejected(heads, blob(BEYOND, 21)) > 0.95


def test_without_synthesized_negatives_a_blob_beyond_a_known_one_is_taken_for_it():
    heads = trained_on_blobs(BLOB_CONFIG.with_(negatives="none"))
    for m, center in enumerate(KNOWN):
        assert (heads(blob(center, 10 + m)).argmax(0) == m).float().mean() > 0.95
    assert rejected(heads, blob(BEYOND, 21)) < 0.5


def test_training_of_the_heads_follows_its_seed():
    short = BLOB_CONFIG.with_(head_steps=6)
    first, again, other = (trained_on_blobs(short.with_(seed=seed)).state_dict() for seed in (0, 0, 1))
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not any(torch.equal(first[name], other[name]) for name in first)


def test_two_trainings_at_a_time_end_like_each_alone():
    configs = [BLOB_CONFIG.with_(seed=seed, head_steps=100) for seed in (1, 2)]
    alone = [trained_on_blobs(config).state_dict() for config in configs]
    with ThreadPoolExecutor() as pool:
        together = [heads.state_dict() for heads in pool.map(trained_on_blobs, configs)]
    for one, other in zip(alone, together, strict=True):
        assert all(torch.equal(one[name], other[name]) for name in one)


def test_each_view_gets_the_heads_it_would_get_alone_and_only_their_votes_meet():
    config = BLOB_CONFIG.with_(head_steps=5, head_dropout=0)  # dropout draws from one stream for all
    both = trained_on_blobs(config, views=2)
    alone = trained_on_blobs(config)
    first, second = both.views
    assert all(torch.equal(value, alone.views[0].state_dict()[name]) for name, value in first.state_dict().items())
    texts = blob(KNOWN[0], 10)
    seen = torch.cat([texts, texts.roll(1, dims=1)], dim=1)
    mean = (first(texts) + second(texts.roll(1, dims=1))) / 2
    torch.testing.assert_close(both(seen), mean, rtol=0, atol=1e-6)


def test_the_heads_end_as_a_moving_average_of_their_weights():
    features, labels = torch.cat([blob(center, 0) for center in KNOWN]), torch.arange(3).repeat_interleave(BLOB)
    torch.manual_seed(0)
    heads = OneVsRestHeads(3, DIM)
    training = HeadTraining(heads, features, labels, BLOB_CONFIG.with_(head_averaging=0.6))
    expected = None
    for _ in range(4):
        training.step()
        now = heads.weights[0].detach().clone()
        expected = now if expected is None else 0.6 * expected + 0.4 * now
    assert not torch.equal(heads.weights[0], expected)
    training.finish()
    torch.testing.assert_close(heads.weights[0].detach(), expected, rtol=0, atol=1e-6)


def test_beyond_many_classes_the_weight_of_synthesized_negatives_falls_in_proportion():
    config = TrainConfig(synthesized_weight=2.0, many_classes=40)
    assert [config.weight_for(c) for c in (2, 40, 80, 400)] == pytest.approx([2.0, 2.0, 1.0, 0.2])


def test_the_open_loss_is_the_sum_of_three_mean_softplus_terms():
    def heads(x: Tensor) -> Tensor:
        return x.squeeze(-1)

    zero, two = torch.zeros(2, 3, 1), torch.full((2, 3, 1), 2.0)
    ln2, softplus2 = 0.693147, 2.126928
    assert open_loss(heads, zero, zero, None, 5.0).tolist() == pytest.approx([2 * ln2] * 2, rel=1e-5)
    assert open_loss(heads, -two, zero, zero, 0.5).tolist() == pytest.approx([softplus2 + 1.5 * ln2] * 2, rel=1e-5)
    assert open_loss(heads, zero, zero, two, 0.5).tolist() == pytest.approx([2 * ln2 + softplus2 / 2] * 2, rel=1e-5)


@pytest.fixture
def sampler() -> tuple[HeadSampler, Tensor]:
    """Texts whose feature is (own class, own row), in mixed order, in classes of 1, 2, 5 and 12; and their classes."""
    labels = torch.tensor([3] * 6 + [0] + [2] * 5 + [3] * 6 + [1] * 2)
    features = torch.stack([labels, torch.arange(len(labels))], dim=1).float()
    return HeadSampler(features, labels, 4, torch.Generator().manual_seed(0)), labels


def test_positives_come_from_the_heads_own_class_and_every_text_has_its_turn(sampler):
    sampler, labels = sampler
    drawn = sampler.positives(500)
    assert drawn.shape == (4, 500, 2)
    for m in range(4):
        assert set(drawn[m, :, 1].int().tolist()) == set((labels == m).nonzero().squeeze(1).tolist())


def test_known_negatives_come_from_the_other_classes_and_every_text_has_its_turn(sampler):
    sampler, labels = sampler
    drawn = sampler.known_negatives(2000)
    assert drawn.shape == (4, 2000, 2)
    for m in range(4):
        rows, counts = drawn[m, :, 1].int().unique(return_counts=True)
        assert rows.tolist() == (labels != m).nonzero().squeeze(1).tolist()
        expected = 2000 / len(rows)
        assert ((counts - expected).abs() < 5 * expected**0.5).all(), "not uniform over texts"


def test_the_steps_of_phase_two_count_up_to_their_announced_number():
    events = []
    heads = MultiViewHeads(3, DIM, views=1)
    config = TrainConfig(head_steps=4)
    labels = torch.arange(3).repeat_interleave(BLOB)
    train_heads(heads, torch.cat([blob(center, 0) for center in KNOWN]), labels, config, events.append, never)
    assert [(event["phase"], event["step"], event["steps"]) for event in events] == [
        ("heads", step, 4) for step in range(1, 5)
    ]
    assert all(event["loss"] > 0 for event in events)
    assert not heads.training


class PhaseOne:
    """Phase 1 on 40 texts of two classes. Dev has the same texts with the classes swapped: learning makes it worse."""

    def __init__(self, folder, layers: int, **changes) -> None:
        self.config = TrainConfig(
            **{
                "epochs": 12,
                "patience": 5,
                "batch_size": 8,
                "encoder_lr": 3e-4,
                "classifier_lr": 3e-3,
                "warmup": 0.5,
                "least_updates": 0,
            }
            | changes
        )
        torch.manual_seed(0)
        self.encoder = TextEncoder.load(str(folder), layers)
        self.closed = closed_set_classifier(self.encoder.dim, 2)
        texts = [f"{word} {number}" for number in range(20) for word in ("please fly", "card lost")]
        self.train = self.encoder.cache(texts), torch.arange(40) % 2
        self.dev = self.train[0], 1 - self.train[1]
        self.events: list[dict] = []

    def run(self, should_stop=never) -> None:
        """Tune, collecting the events."""
        loss = partial(closed_set_loss, smoothing=self.config.label_smoothing)
        parts = self.train, self.dev
        tune_encoder(self.encoder, self.closed, *parts, self.config, self.events.append, should_stop, loss)

    def accuracies(self) -> list[float]:
        """Dev accuracy after each pass."""
        return [event["dev_accuracy"] for event in self.events if "dev_accuracy" in event]

    def accuracy(self, part) -> float:
        """Accuracy on the train or the dev part now."""
        with torch.no_grad():
            answers = self.closed(self.encoder.features(part[0])).argmax(1)
        return (answers == part[1]).float().mean().item()


@pytest.mark.parametrize("layers", [0, 1])
def test_phase_one_learns_the_training_texts(layers, tiny_encoder_folder):
    phase = PhaseOne(tiny_encoder_folder, layers)
    phase.dev = phase.train
    phase.run()
    assert phase.accuracy(phase.train) == 1.0
    assert not phase.encoder.training
    assert not phase.closed.training


@pytest.mark.parametrize("layers", [0, 1])
def test_early_stopping_keeps_the_weights_that_were_best_on_dev(layers, tiny_encoder_folder):
    phase = PhaseOne(tiny_encoder_folder, layers)
    phase.run()
    accuracies = phase.accuracies()
    assert accuracies[-1] < max(accuracies), "this test needs a last pass that is not the best"
    assert phase.accuracy(phase.dev) == pytest.approx(max(accuracies))


def test_label_smoothing_is_least_for_a_classifier_that_leaves_that_share_of_doubt():
    def loss(sure: float, smoothing: float) -> float:
        """The loss where the true one of four classes has this probability, and the others share the rest."""
        logits = torch.tensor([[sure] + [(1 - sure) / 3] * 3]).log()
        return closed_set_loss(nn.Identity(), logits, torch.tensor([0]), smoothing).item()

    # 0.2 spread over all four classes leaves 0.85 for the true one and 0.05 for each other.
    assert loss(0.85, 0.2) < min(loss(0.84, 0.2), loss(0.86, 0.2))
    assert loss(0.85, 0.2) == pytest.approx(-0.85 * math.log(0.85) - 0.15 * math.log(0.05))
    assert loss(0.85, 0.0) == pytest.approx(-math.log(0.85))


def test_phase_one_stops_after_as_many_passes_without_a_better_one_as_its_patience(tiny_encoder_folder):
    phase = PhaseOne(tiny_encoder_folder, 0, patience=3, epochs=100)
    phase.run()
    accuracies = phase.accuracies()
    best = accuracies.index(max(accuracies))
    assert len(accuracies) == best + 1 + 3 < 100


@pytest.mark.parametrize("layers", [0, 1])
def test_the_steps_of_phase_one_count_up_to_their_announced_number(layers, tiny_encoder_folder):
    phase = PhaseOne(tiny_encoder_folder, layers, epochs=3, patience=3)
    phase.run()
    steps = [event for event in phase.events if "loss" in event]
    assert [(event["phase"], event["step"], event["steps"]) for event in steps] == [
        ("encoder", step, 15) for step in range(1, 16)
    ]
    passes = [(event["step"], event["epoch"]) for event in phase.events if "dev_accuracy" in event]
    assert passes == [(5, 1), (10, 2), (15, 3)]


def test_tuning_moves_every_weight_of_the_tail_and_none_of_the_prefix(tiny_encoder_folder):
    phase = PhaseOne(tiny_encoder_folder, 1, epochs=1)
    before = {name: value.clone() for name, value in phase.encoder.state_dict().items()}
    phase.run()
    for name, value in phase.encoder.state_dict().items():
        assert torch.equal(value, before[name]) != name.startswith(("tail.", "upper.tuned.")), name


@pytest.mark.parametrize("layers", [0, 1])
def test_a_stop_request_ends_phase_one_at_its_next_step(layers, tiny_encoder_folder):
    phase = PhaseOne(tiny_encoder_folder, layers)
    with pytest.raises(TrainingStopped):
        phase.run(should_stop=lambda: len(phase.events) >= 2)
    assert len(phase.events) == 2


def test_a_stop_request_ends_phase_two_at_its_next_step():
    events = []
    features, labels = torch.cat([blob(center, 0) for center in KNOWN]), torch.arange(3).repeat_interleave(BLOB)
    with pytest.raises(TrainingStopped):
        train_heads(MultiViewHeads(3, DIM, 1), features, labels, TrainConfig(), events.append, lambda: len(events) >= 2)
    assert len(events) == 2

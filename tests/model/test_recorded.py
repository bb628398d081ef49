"""Recorded halves answer as the encoder itself, whatever the number and length of texts."""

from __future__ import annotations

import copy
import gc
import os
import sys
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from ans.model.encoder import TextEncoder
from ans.model.precision import rounded
from ans.model.recorded import LOWER, TUNED, recorded

TEXTS = ["a", "wake me up at seven tomorrow morning", "my card", " ".join(["flight"] * 300)]


@pytest.fixture(scope="module")
def both(encoder: TextEncoder) -> tuple[TextEncoder, TextEncoder]:
    """An encoder as it is, and one that is recorded."""
    found = copy.deepcopy(encoder).eval()
    found.record()
    return encoder, found


@pytest.mark.parametrize("texts", [TEXTS[:1], TEXTS, TEXTS * 30], ids=len)
def test_a_recorded_encoder_gives_the_same_features(both, texts):
    found = both[1]
    assert {(LOWER, False), (TUNED, False), ("untouched", False)} <= set(found._recorded)
    views = [one.views(one.cache(texts), ("tuned", "untouched")) for one in both]
    torch.testing.assert_close(views[1], views[0], rtol=0, atol=1e-5)


def test_in_bfloat16_it_gives_what_the_encoder_gives_there(both):
    if not both[1].can_round:
        pytest.skip("this processor has no bfloat16")
    assert both[1].rounds_few
    assert not both[0].rounds_few
    with rounded():
        views = [one.views(one.cache(TEXTS), ("tuned",)) for one in both]
    torch.testing.assert_close(views[1], views[0], rtol=0, atol=0.05)


def test_a_copy_that_may_be_tuned_takes_no_recording_along(both):
    other = copy.deepcopy(both[1])
    for part in other.tail.parameters():
        part.data.mul_(1.5)
    with torch.no_grad():
        states, mask = other.cache(["wake me up"]).batch(torch.arange(1), other.device)
        assert not torch.allclose(other(states, mask), both[1](states, mask), atol=1e-3)


def test_what_was_not_tuned_is_recorded_once_for_all_models_of_an_encoder_and_what_was_is_its_own(both):
    other = copy.deepcopy(both[1])
    for part in other.tail.parameters():
        part.data.mul_(1.5)
    other.record()
    shared = {name for name, one in other._recorded.items() if one is both[1]._recorded[name]}
    assert shared == {name for name in other._recorded if name[0] != TUNED}
    views = [one.views(one.cache(TEXTS), (TUNED, "untouched")) for one in (both[1], other)]
    assert torch.equal(views[0][:, both[0].dim :], views[1][:, both[0].dim :])
    assert not torch.allclose(views[0], views[1], atol=1e-3)


def test_an_encoder_of_other_frozen_weights_or_other_settings_has_recordings_of_its_own(both):
    weights, settings = copy.deepcopy(both[1]), copy.deepcopy(both[1])
    next(weights.prefix.parameters()).data.add_(0.01)
    settings.config.hidden_act = "relu"
    for other in (weights, settings):
        other.record()
        assert not [name for name, one in other._recorded.items() if one is both[1]._recorded[name]]


def test_with_gradients_the_weights_themselves_are_asked(both):
    states, mask = both[1].cache(["wake me up"]).batch(torch.arange(1), both[1].device)
    both[1](states, mask).sum().backward()
    assert any(part.grad is not None for part in both[1].tail.parameters())
    both[1].zero_grad()


class _Counting(nn.Module):
    """Adds how many tokens there are, which a recording keeps as it was."""

    def forward(self, given: Tensor) -> Tensor:
        return given + float(given.shape[1])


def test_what_a_recording_would_get_wrong_is_not_recorded():
    given, mask = torch.zeros(2, 5, 3), torch.tensor([[1, 1, 1, 0, 0], [1, 1, 1, 1, 1]])
    assert recorded(_Counting(), lambda half, x, _: half(x), given, mask, rounded=False) is None
    found = recorded(nn.Linear(3, 3), lambda half, x, _: half(x), given, mask, rounded=False)
    assert found is not None
    assert recorded(nn.Linear(9, 3), lambda half, x, _: half(x), given, mask, rounded=False) is None


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has /proc")
def test_what_was_recorded_goes_when_nobody_has_it_any_more():
    """A server loads one model after the other; the weights of those that are gone must not stay."""
    mask, given = torch.ones(2, 3).long(), torch.tensor([[1, 2, 3], [4, 5, 6]])

    def record() -> None:
        assert recorded(nn.Embedding(2000, 2000), lambda half, given, mask: half(given), given, mask, False) is not None
        gc.collect()

    record()
    before = memory_now()
    for _ in range(8):
        record()
    assert memory_now() - before < 64, "MiB; the weights of eight are 122"


def test_of_what_was_traced_for_a_recording_nothing_is_kept(encoder):
    """PyTorch would keep hundreds of types, and 14 MiB, for each model that a server ever loads."""

    def kept() -> int:
        gc.collect()
        return sum(isinstance(one, type) and "TracedModule" in str(one) for one in gc.get_objects())

    own = copy.deepcopy(encoder)
    before = kept()
    own.record()
    assert kept() <= before
    states = own.cache(TEXTS)
    own.forget_recorded()
    assert torch.allclose(states.flat, own.cache(TEXTS).flat, atol=1e-5)


def test_no_sweep_is_needed_for_what_was_recorded_to_go(encoder):
    """What holds itself, as PyTorch's own modules of what is recorded do, stays for minutes after its model."""

    own = copy.deepcopy(encoder)
    gc.collect()
    gc.disable()
    try:
        own.record()
        assert own._recorded
        del own
        assert gc.collect() < 100, "things that only a sweep has found"
    finally:
        gc.enable()


def memory_now() -> float:
    """MiB that this process has in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20

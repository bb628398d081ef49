"""Tuned features with mean 0, whose dimensions vary more alike: what the heads learn from in phase 2.

Heads start near zero and make few updates, which a common offset of all features would take up in part; this is most of
what it brings. In the lengths of noise, radius and ascent, a dimension that varies twice as much counts four times, and
tuning makes some that do so for what tells the known classes apart.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from ans.model.encoder import TextEncoder
from ans.model.states import CachedStates

LEAST = 0.01  # of the mean deviation: a dimension that hardly varies holds nothing worth a larger factor


@torch.no_grad()
def standardise(encoder: TextEncoder, classifier: nn.Sequential, states: CachedStates, share: float) -> None:
    """Shift the tuned features to mean 0 over these texts, and each dimension's deviation σ to one ∝ σ^(1 − share).

    The mean deviation stays. All of it is folded into the weights around the features, so that nothing else has to
    know: into the last layer's LayerNorm where its weight and bias come out in the features as they are, else into the
    encoder's `scaling`; and its inverse into the classifier's first layer, whose logits stay.

    Args:
        encoder: one without a tuned layer keeps its features. classifier: its first layer reads features [B, d].
        states: N ≥ 2 texts. share: 0 leaves the features as tuned, mean and all; 1 makes all deviations equal.
    """
    if share == 0 or not len(encoder.tail):
        return
    deviation, mean = torch.std_mean(encoder.features(states).to(encoder.device), dim=0)
    factor = deviation.clamp(min=LEAST * deviation.mean()) ** -share
    factor *= deviation.mean() / (factor * deviation).mean()
    norm = encoder.last_norm
    last: Any = encoder.scaling if norm is None else norm
    first = first_layer(classifier)
    first.bias.add_(first.weight @ mean)
    first.weight.div_(factor)
    last.bias.copy_((last.bias - (mean if norm is None else mean / encoder.factor)) * factor)
    last.weight.mul_(factor)


def first_layer(classifier: nn.Sequential) -> nn.Linear:
    """The layer of a closed-set classifier that reads features."""
    first: Any = classifier[0]
    return first

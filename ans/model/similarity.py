"""How near a text is to each class: the cosine to its nearest training text, in each view.

With few texts a class this ranks as well as any trained rule, and in the tuned view often better.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

CHUNK = 256  # texts compared with all training texts at a time


def unit_views(features: Tensor, views: int) -> Tensor:
    """[N, V·d] → each view by itself at length 1, [V, N, d]."""
    return F.normalize(torch.stack(features.chunk(views, dim=1)), dim=2)


def nearest_of_each_class(
    features: Tensor, units: Tensor, targets: Tensor, num_classes: int, unheard: Tensor | None = None
) -> Tensor:
    """The largest cosine to a training text of each class, −1 for a class without any: [V, B, C].

    Args:
        features: [B, V·d]. units: the training texts' `unit_views` [V, N, d]. targets: their classes [N].
            unheard: which training texts don't count for which text [B, N].
    """
    index, parts, begin = targets.to(units.device), [], 0
    for some in unit_views(features.to(units.device), len(units)).split(CHUNK, dim=1):
        cosines = some @ units.transpose(1, 2)
        if unheard is not None:
            cosines = cosines.masked_fill(unheard[begin : begin + some.shape[1]].to(units.device), -1.0)
        none = cosines.new_full((*cosines.shape[:2], num_classes), -1.0)
        parts.append(none.scatter_reduce(2, index.expand_as(cosines), cosines, "amax"))
        begin += some.shape[1]
    return torch.cat(parts, dim=1) if parts else units.new_empty(len(units), 0, num_classes)

"""What stands behind an encoder whose last norm can't take up a factor and a shift for each dimension."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Scaling(nn.Module):
    """A factor and a shift for each dimension of the tuned features: 1 and 0 until `standardise` sets them."""

    weight: Tensor
    bias: Tensor

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.register_buffer("weight", torch.ones(dim))
        self.register_buffer("bias", torch.zeros(dim))

    def forward(self, features: Tensor) -> Tensor:
        """Features [B, d] → scaled [B, d]."""
        return features * self.weight + self.bias

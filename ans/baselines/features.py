"""What phase 1 leaves of a corpus: the features every method starts from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor


@dataclass(frozen=True)
class Part:
    """Texts of one part: tuned and untouched features [N, d], closed-set logits [N, C], class index or `OPEN` [N]."""

    tuned: Tensor
    untouched: Tensor
    closed: Tensor
    targets: Tensor

    def views(self, names: tuple[str, ...]) -> Tensor:
        """The views that heads are trained on, side by side: [N, V·d]."""
        return torch.cat([getattr(self, name) for name in names], dim=1)

    def unit(self) -> np.ndarray:
        """Tuned features of length 1: [N, d], for scikit-learn."""
        return F.normalize(self.tuned, dim=1).numpy()


@dataclass(frozen=True)
class PhaseOneFeatures:
    """What phase 1 leaves. Train and dev hold known classes alone; `seconds` is what phase 1 took.

    `dropped` are the tuned features of the training texts [N, d] as a training step sees them, with dropout on;
    `classifier` the weights of what was tuned with the encoder.
    """

    known: list[str]
    train: Part
    dev: Part
    test: Part
    dropped: Tensor
    classifier: dict[str, Tensor]
    seconds: float

    @property
    def num_classes(self) -> int:
        """C."""
        return len(self.known)

    @property
    def dim(self) -> int:
        """d."""
        return self.train.tuned.shape[1]

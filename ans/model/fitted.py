"""What training leaves of a model: weights, features of its training texts, and what follows of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch.nn.functional as F
from torch import Tensor, nn

from ans.config import TrainConfig
from ans.model.calibration import Calibration
from ans.model.encoder import TextEncoder
from ans.model.heads import MultiViewHeads
from ans.model.negatives import ClassShell
from ans.model.similarity import unit_views


@dataclass(frozen=True)
class Fitted:
    """A trained model of C known classes and N training texts.

    `features` [N, V·d] are those of the training texts, the views side by side, and `targets` [N] their classes;
    `unit_features` are the same with length 1, `units` [V, N, d] each view by itself; `shells` has one `ClassShell` for
    each view; `calibration` says where the line between open and known lies; `outside` [M, V·d] are the texts of no
    class that heads were trained against.
    """

    labels: list[str]
    encoder: TextEncoder
    closed: nn.Sequential
    heads: MultiViewHeads
    features: Tensor
    targets: Tensor
    texts: list[str]
    shells: tuple[ClassShell, ...]
    unit_features: Tensor
    units: Tensor
    calibration: Calibration
    outside: Tensor

    @classmethod
    def of(
        cls,
        config: TrainConfig,
        *,
        labels: Sequence[str],
        encoder: TextEncoder,
        closed: nn.Sequential,
        heads: MultiViewHeads,
        features: Tensor,
        targets: Tensor,
        texts: Sequence[str],
        calibration: Calibration,
        outside: Tensor | None = None,
    ) -> Fitted:
        """Put trained parts together, ready to answer; `config` says how the shells are read from the features."""
        shells = tuple(ClassShell.around(view, targets, len(labels), **config.radius) for view in heads.split(features))
        return cls(
            list(labels),
            encoder.eval(),
            closed.eval(),
            heads.eval(),
            features,
            targets,
            list(texts),
            shells,
            F.normalize(features, dim=1),
            unit_views(features, len(heads.views)),
            calibration,
            features[:0] if outside is None else outside,
        )

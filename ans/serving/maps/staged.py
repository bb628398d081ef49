"""The stages of Algorithm 1 in two dimensions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from ans.model.negative_stages import NegativeStages
from ans.model.trained_model import TrainedModel
from ans.serving.projection import fit

MOST_CONTEXT = 300  # texts of other classes on the map


@dataclass(frozen=True)
class StagedMap:
    """The stages in two dimensions: the class's texts [n, 2], texts of other classes [m, 2], the points [S, P, 2]."""

    positives: np.ndarray
    known_negatives: np.ndarray
    moving: np.ndarray


def staged_map(
    classifier: TrainedModel, label: str, stages: NegativeStages, space: str, seed: int = 0, view: int = 0
) -> StagedMap:
    """PCA of one view's features (`space` is `features`) or of its head's second hidden layer (`hidden`)."""
    m, features = classifier.labels.index(label), classifier.heads.split(classifier.train_features)[view]
    own = classifier.train_targets == m
    others = features[torch.from_numpy(np.random.RandomState(seed).permutation(np.flatnonzero(~own))[:MOST_CONTEXT])]
    parts = [features[own], others, stages.features.flatten(0, 1).to(features.device)]
    rows = torch.cat(parts)
    if space == "hidden":
        with torch.no_grad():
            rows = classifier.heads.views[view].hidden(rows, only=m)[0]
    places = fit(rows.cpu().numpy(), "pca", seed).places
    positives, negatives, moving = np.split(places, np.cumsum([len(part) for part in parts])[:-1])
    return StagedMap(positives, negatives, moving.reshape(*stages.own.shape, 2))

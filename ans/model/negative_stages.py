"""How a negative is made: Algorithm 1 for one class, stopped after each of its lines. For a person to look at."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from ans.model.negatives import SHELL_MODES, synthesize
from ans.model.trained_model import TrainedModel

POSITIVES = "positives"  # before the stages of `synthesize`


@dataclass(frozen=True)
class NegativeStages:
    """P texts of one class on their way to S − 1 further stages. All distances are in one view's feature space.

    kinds: what was done last, [S]; `ascent` once for each step. features: [S, P, d]. rows: the training texts, [P].
    own, nearest: distance to the text a point was made from, and to the nearest text of the class, [S, P].
    logits: what the class's head of this view says, [S, P]. radius, gamma: the shell goes from r to γ·r.
    """

    kinds: list[str]
    features: Tensor
    rows: list[int]
    own: Tensor
    nearest: Tensor
    logits: Tensor
    radius: float
    gamma: float

    @property
    def losses(self) -> Tensor:
        """The head's mean loss on the points as negatives (equation 5), [S]."""
        return F.softplus(self.logits).mean(1)


def negative_stages(classifier: TrainedModel, label: str, count: int, seed: int = 0, view: int = 0) -> NegativeStages:
    """Make negatives of one class with its head as it is now, and keep every stage.

    Args:
        count: P, drawn from the class's training texts. view: which of the model's views; with two, 0 is the tuned one.
            Negatives of another kind than the paper's (mixing, none) are shown as the paper makes them.

    Raises:
        ValueError: no known class has that name.
    """
    if label not in classifier.labels:
        raise ValueError(f"{label!r} is no known class of this model; choose one from the list.")
    m, config = classifier.labels.index(label), classifier.config
    heads, features = classifier.heads.views[view], classifier.heads.split(classifier.train_features)[view]
    shell = classifier.shells[view].only(m)

    def logits(points: Tensor) -> Tensor:
        return heads(points, only=m)

    generator = torch.Generator().manual_seed(seed)
    own_rows = (classifier.train_targets == m).nonzero().squeeze(1)
    rows = own_rows[torch.randperm(len(own_rows), generator=generator)[:count]]
    positives = features[rows].unsqueeze(0)  # [1, P, d]: a batch of one class

    stages = [(POSITIVES, torch.zeros_like(positives))]
    synthesize(
        positives,
        shell,
        logits,
        generator,
        mode=config.negatives if config.negatives in SHELL_MODES else "ans",
        record=lambda stage, noise: stages.append((stage, noise)),
        **config.shell,
    )

    moved = torch.cat([noise for _, noise in stages])  # [S, P, d]
    points = positives + moved
    with torch.no_grad():
        nearest = torch.cdist(points, features[own_rows], compute_mode="donot_use_mm_for_euclid_dist").min(2).values
        says = logits(points.flatten(0, 1).unsqueeze(0)).view(len(stages), -1)
    return NegativeStages(
        [kind for kind, _ in stages],
        points.cpu(),
        rows.tolist(),
        moved.norm(dim=2).cpu(),
        nearest.cpu(),
        says.cpu(),
        float(shell.radii),
        config.gamma,
    )

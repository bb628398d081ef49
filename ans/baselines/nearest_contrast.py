"""KNNCL (Zhou, Liu and Qiu 2022): texts of a class are drawn to their nearest ones alone, and density decides.

A class need not become one round cloud, which is what the other ways to tune ask for.
"""

from __future__ import annotations

import copy

import torch
import torch.nn.functional as F
from sklearn.neighbors import LocalOutlierFactor
from torch import Tensor, nn

from ans.baselines.features import Part, PhaseOneFeatures
from ans.baselines.post_hoc import NEIGHBOURS, accepting
from ans.baselines.rule import Fitted, rule
from ans.config import TrainConfig
from ans.model.encoder import TextEncoder
from ans.model.phase_one import closed_set_classifier, tune_encoder
from ans.model.states import batches_by_length

# Of the authors' code: for one text so many of its class enter the queue, so many nearest of them draw it.
DRAWN, NEAREST, QUEUE = 3, 25, 6500
MOMENTUM, TEMPERATURE, SHARE = 0.999, 0.5, 0.1


class Queue:
    """The last keys: unit vectors [Q, d] with their classes [Q], at most `QUEUE` of them."""

    def __init__(self, dim: int, device: torch.device) -> None:
        self.keys = torch.empty(0, dim, device=device)
        self.labels = torch.empty(0, dtype=torch.long, device=device)

    def add(self, keys: Tensor, labels: Tensor) -> None:
        """The oldest go."""
        self.keys = torch.cat([self.keys, keys])[-QUEUE:]
        self.labels = torch.cat([self.labels, labels])[-QUEUE:]

    def contrast(self, queries: Tensor, labels: Tensor) -> Tensor:
        """Mean of −log exp(q·k⁺/τ) / (exp(q·k⁺/τ) + Σ exp(q·k⁻/τ)), k⁺ the nearest keys of the text's own class, k⁻
        all of other classes. queries: unit [B, d], labels [B].
        """
        likeness = queries @ self.keys.T / TEMPERATURE
        own = labels.unsqueeze(1) == self.labels
        others = likeness.masked_fill(own, -torch.inf).logsumexp(1, keepdim=True)
        nearest = likeness.masked_fill(~own, -torch.inf).topk(min(NEAREST, len(self.keys)), dim=1).values
        found = nearest.isfinite()
        return (torch.logaddexp(nearest[found], others.expand_as(nearest)[found]) - nearest[found]).mean()


def tune_nearest_contrast(encoder: TextEncoder, num_classes: int, train, dev, config, emit, should_stop) -> nn.Module:
    """Cross-entropy, and a tenth of the contrast with keys of an encoder that follows slowly."""
    torch.manual_seed(config.seed)
    states, targets = train
    device = encoder.device
    classifier = closed_set_classifier(encoder.dim, num_classes).to(device)
    project = nn.Sequential(
        nn.Dropout(0.1), nn.Linear(encoder.dim, encoder.dim), nn.Tanh(), nn.Linear(encoder.dim, encoder.dim)
    ).to(device)
    follower, following = copy.deepcopy(encoder).train(), copy.deepcopy(project)
    queue, members = Queue(encoder.dim, device), [torch.nonzero(targets == m).squeeze(1) for m in range(num_classes)]
    drawing = torch.Generator().manual_seed(config.seed)

    @torch.no_grad()
    def fill(labels: Tensor) -> None:
        for slow, fast in ((follower, encoder), (following, project)):
            for late, now in zip(slow.parameters(), fast.parameters(), strict=True):
                if now.requires_grad:  # the frozen ones are the same in both
                    late.lerp_(now, 1 - MOMENTUM)
        of_class = [members[m] for m in labels.tolist()]
        drawn = torch.cat([own[torch.randint(len(own), (DRAWN,), generator=drawing)] for own in of_class])
        labels = labels.repeat_interleave(DRAWN)
        # Texts drawn from all lengths: in one batch the longest pads the others to more than twice the work.
        for alike in batches_by_length(states.lengths[drawn], 32):
            keys = following(follower(*states.batch(drawn[alike], device)).float())
            queue.add(F.normalize(keys, dim=1), labels[alike.to(device)])

    def nearest_contrast(both: nn.Module, features: Tensor, labels: Tensor) -> Tensor:
        fill(labels)
        queries = F.normalize(project(features.float()), dim=1)
        closed = F.cross_entropy(classifier(features), labels)
        return SHARE * queue.contrast(queries, labels) + (1 - SHARE) * closed

    tune_encoder(encoder, _WithProjection(classifier, project), train, dev, config, emit, should_stop, nearest_contrast)
    return classifier


class _WithProjection(nn.Module):
    """Answers as the classifier does; the projection is learnt with it."""

    def __init__(self, classifier: nn.Module, project: nn.Module) -> None:
        super().__init__()
        self.classifier, self.project = classifier, project

    def forward(self, features: Tensor) -> Tensor:
        """[B, d] → [B, C]."""
        return self.classifier(features)


@rule
def density(given: PhaseOneFeatures, config: TrainConfig) -> Fitted:
    """The local outlier factor under the cosine, as in the authors' code.

    They choose the threshold with open dev texts, which nobody has here: it accepts 95 % of the known dev texts.
    """
    model = LocalOutlierFactor(n_neighbors=NEIGHBOURS, metric="cosine", novelty=True).fit(given.train.tuned.numpy())

    def score(part: Part) -> Tensor:
        return torch.from_numpy(model.score_samples(part.tuned.numpy())).float()

    return accepting(given, score)

"""Baselines that tune the encoder in a way of their own: DOC, DeepUnk, (C + 1)-way with mixed negatives, DA-ADB.

Each is a way to tune (what `phase_one` is for ANS) and a rule that answers.
"""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from sklearn.neighbors import LocalOutlierFactor
from torch import Tensor, nn

from ans.baselines.features import Part, PhaseOneFeatures
from ans.baselines.post_hoc import adaptive_boundary
from ans.baselines.rule import Answers, Fitted, from_scores, rule
from ans.config import TrainConfig
from ans.conventions import OPEN
from ans.model.phase_one import closed_set_classifier, tune_encoder

SCALE, MARGIN = 30.0, 0.35  # of the large-margin cosine loss
REACH_SCALE = 8.0  # DA-ADB's cosine classifier
CENTROID_MEMORY = 0.9
# Each has a loss of its own, and that is not smoothed; their rules take the features as that loss leaves them.
OWN_TUNING = {"label_smoothing": 0.0, "standardising": 0.0}
# Far more and smaller steps than phase 1 takes here: as in its authors' code, which takes one rate for all weights.
DA_ADB_SCHEDULE = OWN_TUNING | {
    "epochs": 100, "patience": 10, "batch_size": 128, "encoder_lr": 2e-5, "classifier_lr": 2e-5,
}  # fmt: skip


def tune_doc(encoder, num_classes: int, train, dev, config: TrainConfig, emit, should_stop) -> nn.Module:
    """DOC (Shu et al. 2017): a sigmoid for each class, each against all others."""

    def one_vs_rest(classifier: nn.Module, features: Tensor, labels: Tensor) -> Tensor:
        logits = classifier(features)
        truth = F.one_hot(labels, num_classes).float()
        return F.binary_cross_entropy_with_logits(logits.float(), truth, reduction="none").sum(1).mean()

    torch.manual_seed(config.seed)
    classifier = closed_set_classifier(encoder.dim, num_classes).to(encoder.device)
    tune_encoder(encoder, classifier, train, dev, config, emit, should_stop, one_vs_rest)
    return classifier


@rule
def doc(given: PhaseOneFeatures, config: TrainConfig) -> Fitted:
    """Open if the largest sigmoid is at most max(0.5, 1 − 3σ), σ of the class's own sigmoids mirrored at 1."""
    own = given.train.closed.sigmoid().gather(1, given.train.targets.unsqueeze(1)).squeeze(1)
    squares = torch.zeros(given.num_classes).index_add(0, given.train.targets, (1 - own).square())
    deviations = (squares / torch.bincount(given.train.targets, minlength=given.num_classes)).sqrt()
    least = (1 - 3 * deviations).clamp(min=0.5)

    def answer(part: Part) -> Answers:
        scores, classes = part.closed.sigmoid().max(1)
        return from_scores(scores - least[classes], classes, 0.0)

    return Fitted(answer, 0.0)


class CosineClassifier(nn.Module):
    """Scaled cosine between a feature and each class's vector: [B, d] → [B, C]."""

    def __init__(self, dim: int, num_classes: int, scale: float) -> None:
        super().__init__()
        self.vectors, self.scale = nn.Parameter(torch.randn(num_classes, dim)), scale

    def forward(self, features: Tensor) -> Tensor:
        """[B, C]."""
        return self.scale * F.linear(F.normalize(features, dim=1), F.normalize(self.vectors, dim=1))


def tune_deepunk(encoder, num_classes: int, train, dev, config: TrainConfig, emit, should_stop) -> nn.Module:
    """DeepUnk (Lin and Xu 2019): large-margin cosine loss, so that classes are tight."""

    def large_margin(classifier: nn.Module, features: Tensor, labels: Tensor) -> Tensor:
        logits = classifier(features.float())
        return F.cross_entropy(logits - SCALE * MARGIN * F.one_hot(labels, num_classes), labels)

    torch.manual_seed(config.seed)
    classifier = CosineClassifier(encoder.dim, num_classes, SCALE).to(encoder.device)
    tune_encoder(encoder, classifier, train, dev, config, emit, should_stop, large_margin)
    return classifier


@rule
def deepunk(given: PhaseOneFeatures, config: TrainConfig) -> Fitted:
    """Open where the local outlier factor says so: its threshold takes 5 % of the training texts for outliers."""
    share: Any = 0.05  # scikit-learn's hint says text
    model = LocalOutlierFactor(n_neighbors=20, contamination=share, novelty=True).fit(given.train.unit())

    def answer(part: Part) -> Answers:
        scores = torch.from_numpy(model.decision_function(part.unit())).float()
        return from_scores(scores, part.closed.argmax(1), 0.0)

    return Fitted(answer, 0.0)


def tune_mixed_class(encoder, num_classes: int, train, dev, config: TrainConfig, emit, should_stop) -> nn.Module:
    """(C + 1)-way (Zhan et al. 2021, without external texts): the last class is mixtures of two classes' texts."""

    def with_mixtures(classifier: nn.Module, features: Tensor, labels: Tensor) -> Tensor:
        partner = torch.randperm(len(labels))
        share = torch.rand(len(labels), 1)
        mixed = share * features + (1 - share) * features[partner]
        mixed = mixed[labels != labels[partner]]
        both = torch.cat([labels, labels.new_full((len(mixed),), num_classes)])
        return F.cross_entropy(classifier(torch.cat([features, mixed])), both)

    torch.manual_seed(config.seed)
    classifier = closed_set_classifier(encoder.dim, num_classes + 1).to(encoder.device)
    tune_encoder(encoder, classifier, train, dev, config, emit, should_stop, with_mixtures)
    return classifier


@rule
def mixed_class(given: PhaseOneFeatures, config: TrainConfig) -> Fitted:
    """Open if the class of mixtures wins."""

    def answer(part: Part) -> Answers:
        probabilities = part.closed.softmax(1)
        classes = probabilities[:, :-1].argmax(1)
        is_open = probabilities.argmax(1) == given.num_classes
        return Answers(torch.where(is_open, OPEN, classes), -probabilities[:, -1], classes)

    return Fitted(answer, -0.5)  # the winner among C + 1 classes: half is what decides between two


class DistanceAware(nn.Module):
    """DA-ADB's classifier on hidden features [B, d]: scaled by how much nearer the nearest class mean is than the next.

    The class means follow the training batches.
    """

    def __init__(self, dim: int, num_classes: int) -> None:
        super().__init__()
        self.vectors = nn.Parameter(torch.empty(num_classes, dim).uniform_(-(dim**-0.5), dim**-0.5))
        self.means: Tensor
        self.register_buffer("means", torch.zeros(num_classes, dim))

    def forward(self, hidden: Tensor) -> Tensor:
        """[B, C]."""
        nearest = torch.cdist(hidden.float(), self.means).topk(2, dim=1, largest=False).values
        scaled = (nearest[:, 1] - nearest[:, 0]).clamp(max=20).exp().unsqueeze(1) * hidden.float()
        length = scaled.norm(dim=1, keepdim=True).clamp(min=1e-12)
        return REACH_SCALE * F.linear(scaled / (1 + length), F.normalize(self.vectors, dim=1))

    @torch.no_grad()
    def follow(self, hidden: Tensor, labels: Tensor) -> None:
        """Move the means of the classes in a batch towards it."""
        for m in labels.unique():
            mean = hidden[labels == m].float().mean(0)
            self.means[m] = mean if not self.means[m].any() else torch.lerp(mean, self.means[m], CENTROID_MEMORY)


def tune_distance_aware(encoder, num_classes: int, train, dev, config: TrainConfig, emit, should_stop) -> nn.Module:
    """DA-ADB (Zhang et al. 2023): features that know how far they are from the class means."""

    def distance_aware(classifier: nn.Module, features: Tensor, labels: Tensor) -> Tensor:
        hidden = before(features)
        last.follow(hidden, labels)
        return F.cross_entropy(last(hidden), labels)

    torch.manual_seed(config.seed)
    dim = encoder.dim
    layers = nn.Linear(dim, dim), nn.ReLU(), nn.Dropout(0.1), DistanceAware(dim, num_classes)
    classifier = nn.Sequential(*layers).to(encoder.device)
    before, last = classifier[:-1], layers[-1]
    tune_encoder(encoder, classifier, train, dev, config, emit, should_stop, distance_aware)
    return classifier


@rule
def da_adb(given: PhaseOneFeatures, config: TrainConfig) -> Fitted:
    """ADB's learnt balls on those features."""
    return adaptive_boundary(given, config.seed)

"""Rules from the literature on the features of phase 1: each a few lines, each with the threshold its authors give.

They see what ANS sees: the same tuned encoder and closed-set classifier, texts of known classes alone. Rules whose
authors give no threshold accept 95 % of the known dev texts (`ACCEPTED`), the usual choice.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
import torch.nn.functional as F
from scipy.stats import weibull_min
from sklearn.neighbors import LocalOutlierFactor, NearestNeighbors
from torch import Tensor

from ans.baselines.features import Part, PhaseOneFeatures
from ans.baselines.rule import Answers, Fitted, Rule, from_scores, rule
from ans.config import TrainConfig
from ans.conventions import OPEN
from ans.evaluation.metrics import MSP_ACCEPTS
from ans.model.negatives import class_means

ACCEPTED = 0.95
# ADBES: how near to a ball another class's text may be, how far from it, and what that weighs.
INSIDE, OUTSIDE, ADJUSTING = 0.1, 0.5, 0.1
TAIL, RANKS = 20, 10  # OpenMax: distances in a class's tail, classes whose score is revised
NEIGHBOURS = 20
ADB_STEPS, ADB_RATE = 400, 0.05


@rule
def msp(given: PhaseOneFeatures, config: TrainConfig) -> Fitted:
    """Maximum softmax probability, open below 0.5 (Hendrycks and Gimpel 2017; appendix A.7)."""
    return Fitted(lambda part: from_scores(*part.closed.softmax(1).max(1), MSP_ACCEPTS), MSP_ACCEPTS)


@rule
def max_logit(given: PhaseOneFeatures, config: TrainConfig) -> Fitted:
    """The largest logit itself (Hendrycks et al. 2022)."""
    return accepting(given, lambda part: part.closed.max(1).values)


@rule
def energy(given: PhaseOneFeatures, config: TrainConfig) -> Fitted:
    """log Σ exp of the logits (Liu et al. 2020)."""
    return accepting(given, lambda part: part.closed.logsumexp(1))


@rule
def mahalanobis(given: PhaseOneFeatures, config: TrainConfig) -> Fitted:
    """Minus the distance to the nearest class mean under the covariance that all classes share (Lee et al. 2018)."""
    means = class_means(given.train.tuned, given.train.targets, given.num_classes)
    centred = (given.train.tuned - means[given.train.targets]).double()
    # The inverse root turns the distance into a Euclidean one; a little on the diagonal keeps it invertible.
    covariance = centred.T @ centred / len(centred)
    values, vectors = torch.linalg.eigh(covariance + 1e-6 * covariance.trace() / len(covariance) * torch.eye(given.dim))
    whiten = (vectors / values.sqrt()).float()
    return accepting(given, lambda part: -torch.cdist(part.tuned @ whiten, means @ whiten).min(1).values)


@rule
def nearest_neighbours(given: PhaseOneFeatures, config: TrainConfig) -> Fitted:
    """Minus the distance to the k-th nearest training text, on unit features (Sun et al. 2022)."""
    index = NearestNeighbors(n_neighbors=min(NEIGHBOURS, len(given.train.tuned))).fit(given.train.unit())
    return accepting(given, lambda part: torch.from_numpy(-index.kneighbors(part.unit())[0][:, -1]).float())


@rule
def local_outlier_factor(given: PhaseOneFeatures, config: TrainConfig) -> Fitted:
    """Local density against that of the neighbours (Breunig et al. 2000), on unit features."""
    model = LocalOutlierFactor(n_neighbors=NEIGHBOURS, novelty=True).fit(given.train.unit())
    return accepting(given, lambda part: torch.from_numpy(model.score_samples(part.unit())).float())


@rule
def openmax(given: PhaseOneFeatures, config: TrainConfig) -> Fitted:
    """Logits revised by Weibull models of each class's farthest training texts (Bendale and Boult 2016).

    Distances are Euclidean, between logits; open when the revised open class wins or no class reaches 0.5.
    """
    right = given.train.closed.argmax(1) == given.train.targets
    logits, targets = given.train.closed[right], given.train.targets[right]
    # A class of which nothing was learnt keeps all its texts.
    means = class_means(given.train.closed, given.train.targets, given.num_classes)
    tails = []  # shape, location and scale of each class
    for m in range(given.num_classes):
        own = logits[targets == m] if (targets == m).any() else given.train.closed[given.train.targets == m]
        means[m] = own.mean(0)
        distances = (own - means[m]).norm(dim=1).sort().values[-TAIL:].numpy().astype(np.float64)
        tails.append(weibull_min.fit(distances, floc=distances.min() - 1e-3))
    return Fitted(lambda part: _revised(part.closed, means, tails), 0.5)


def _revised(logits: Tensor, means: Tensor, tails: list[tuple[float, float, float]]) -> Answers:
    """OpenMax's answers to logits [N, C], given class means [C, C] and each class's Weibull model."""
    num_classes = len(means)
    outside = torch.empty(len(logits), num_classes)
    for m, tail in enumerate(tails):
        outside[:, m] = torch.from_numpy(weibull_min.cdf((logits - means[m]).norm(dim=1).numpy(), *tail))
    ranks = min(RANKS, num_classes)
    weights = torch.zeros_like(logits)
    weights.scatter_(
        1, logits.topk(ranks, dim=1).indices, ((ranks - torch.arange(ranks)) / ranks).expand(len(logits), -1)
    )
    revised = logits * (1 - outside * weights)
    probabilities = torch.cat([revised, (logits - revised).sum(1, keepdim=True)], dim=1).softmax(1)
    best, classes = probabilities[:, :-1].max(1)
    is_open = (best < 0.5) | (probabilities.argmax(1) == num_classes)
    return Answers(torch.where(is_open, OPEN, classes), best, classes)


@rule
def adb(given: PhaseOneFeatures, config: TrainConfig) -> Fitted:
    """A ball around each class mean, with a learnt radius (Zhang et al. 2021): open outside of the nearest one."""
    return adaptive_boundary(given, config.seed)


def adaptive_boundary(given: PhaseOneFeatures, seed: int) -> Fitted:
    """ADB's radii Δ minimise the mean |distance − Δ| over a class's texts, seen with dropout as its authors do.

    Features are the closed-set classifier's hidden layer, as in their model.
    """
    generator, targets = torch.Generator().manual_seed(seed), given.train.targets
    means = class_means(closed_hidden(given, given.train.tuned), targets, given.num_classes)
    distances = (_dropped(given, generator) - means[targets]).norm(dim=1)
    return _balls(
        means,
        torch.randn(given.num_classes, generator=generator),
        lambda radii: (distances - radii[targets]).abs().mean(),
        lambda part: closed_hidden(given, part.tuned),
    )


@rule
def adjusted_boundary(given: PhaseOneFeatures, config: TrainConfig) -> Fitted:
    """ADB's balls, moved by texts of other classes (ADBES of CLAB, Liu et al. 2023), on unit features.

    Beside a class's own texts, for each of them one text of another class pulls: a ball that comes nearer to it than
    `INSIDE` shrinks, one that is farther away than `OUTSIDE` grows. All texts are seen with dropout, as its authors do.
    Their contrastive tuning is not part of this.
    """

    def hidden(part: Part) -> Tensor:
        return F.normalize(closed_hidden(given, part.tuned), dim=1)

    generator, targets = torch.Generator().manual_seed(config.seed), given.train.targets
    means = F.normalize(class_means(hidden(given.train), targets, given.num_classes), dim=1)
    seen = F.normalize(_dropped(given, generator), dim=1)
    own = (seen - means[targets]).norm(dim=1)

    def loss(radii: Tensor) -> Tensor:
        other = torch.randint(len(targets), (len(targets),), generator=generator)
        far, apart = (seen[other] - means[targets]).norm(dim=1), targets[other] != targets
        radius = radii[targets]
        moved = (F.relu(far - radius - OUTSIDE) + F.relu(radius + INSIDE - far))[apart]
        return (own - radius).abs().mean() + ADJUSTING * moved.mean()

    return _balls(means, 0.2 * torch.randn(given.num_classes, generator=generator), loss, hidden)


def _dropped(given: PhaseOneFeatures, generator: torch.Generator) -> Tensor:
    """The hidden layer of the training texts [N, d] as it is in training: with the dropout behind it, too."""
    seen = closed_hidden(given, given.dropped)
    return seen * (torch.rand(seen.shape, generator=generator) >= 0.1) / 0.9


def _balls(means: Tensor, free: Tensor, loss: Callable[[Tensor], Tensor], hidden: Callable[[Part], Tensor]) -> Fitted:
    """A ball around each class mean [C, d]: open outside of the nearest one.

    Args:
        free: what the radii begin with [C], before the softplus that keeps them positive. loss: of the radii [C].
        hidden: features [N, d] of a part, in which the balls lie.
    """
    free.requires_grad_()
    optimizer = torch.optim.Adam([free], lr=ADB_RATE)
    for _ in range(ADB_STEPS):
        optimizer.zero_grad()
        loss(F.softplus(free)).backward()
        optimizer.step()
    radii = F.softplus(free).detach()

    def answer(part: Part) -> Answers:
        nearest, classes = torch.cdist(hidden(part), means).min(1)
        return from_scores(radii[classes] - nearest, classes, 0.0)

    return Fitted(answer, 0.0)


def closed_hidden(given: PhaseOneFeatures, features: Tensor) -> Tensor:
    """The closed-set classifier's hidden layer after its ReLU, [N, d]: what the field's baselines call features."""
    return F.linear(features, given.classifier["0.weight"], given.classifier["0.bias"]).relu()


def accepting(given: PhaseOneFeatures, score: Callable[[Part], Tensor]) -> Fitted:
    """A rule of a score without a threshold of its own: the one that accepts `ACCEPTED` of the known dev texts."""
    threshold = torch.quantile(score(given.dev), 1 - ACCEPTED).item()
    return Fitted(lambda part: from_scores(score(part), part.closed.argmax(1), threshold), threshold)


RULES: dict[str, Rule] = {
    each.name: each
    for each in (
        msp,
        max_logit,
        energy,
        mahalanobis,
        nearest_neighbours,
        local_outlier_factor,
        openmax,
        adb,
        adjusted_boundary,
    )
}

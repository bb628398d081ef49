"""The two phases of training, as plain loops that emit events and ask whether to stop. They know no files, no page."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from ans.config import TrainConfig
from ans.events import Emit, ShouldStop, TrainingStopped
from ans.model.encoder import CachedStates, TextEncoder, batches_by_length
from ans.model.heads import MultiViewHeads, OneVsRestHeads
from ans.model.negatives import class_deviations, class_radii, mix, mix_hardest, synthesize
from ans.model.precision import mixed_precision
from ans.model.standardising import equalise

_RANDOM_NUMBERS = threading.Lock()


@contextmanager
def random_numbers_from(seed: int) -> Iterator[None]:
    """PyTorch's one generator for one training at a time, so that the seed alone decides how heads end; then as it was.

    First weights and dropout draw from it, and in the page several people may try out heads at once.
    """
    with _RANDOM_NUMBERS, torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield


def warmup_then_decay(step: int, total: int, warmup: float) -> float:
    """Factor on the learning rate: linear from near 0 to 1 over the first share of the steps, then linear down to 0."""
    rising = max(1, round(warmup * total))
    if step < rising:
        return (step + 1) / rising
    return max(0.0, (total - step) / max(1, total - rising))


def closed_set_classifier(dim: int, num_classes: int) -> nn.Sequential:
    """f_cls of section 3.1: one hidden layer as wide as the features, ReLU. [B, d] → [B, C]."""
    return nn.Sequential(nn.Linear(dim, dim), nn.ReLU(), nn.Linear(dim, num_classes))


def phase_one(
    encoder: TextEncoder,
    num_classes: int,
    train: tuple[CachedStates, Tensor],
    dev: tuple[CachedStates, Tensor],
    config: TrainConfig,
    emit: Emit,
    should_stop: ShouldStop,
) -> nn.Sequential:
    """A closed-set classifier, tuned together with the encoder's tail. The seed alone decides how it begins."""
    torch.manual_seed(config.seed)
    closed = closed_set_classifier(encoder.dim, num_classes).to(encoder.device)
    objective = partial(closed_set_loss, smoothing=config.label_smoothing)
    tune_encoder(encoder, closed, train, dev, config, emit, should_stop, objective)
    equalise(encoder, closed, train[0], config.equalising)
    return closed


def phase_two(
    features: Tensor,
    labels: Tensor,
    num_classes: int,
    dim: int,
    config: TrainConfig,
    emit: Emit,
    should_stop: ShouldStop,
) -> MultiViewHeads:
    """Trained heads on features [N, V·d]. The seed alone decides how they begin, whatever phase 1 drew."""
    with random_numbers_from(config.seed):
        heads = MultiViewHeads(num_classes, dim, features.shape[1] // dim, config.head_dropout).to(features.device)
        train_heads(heads, features, labels, config, emit, should_stop)
    return heads


def closed_set_loss(classifier: nn.Module, features: Tensor, labels: Tensor, smoothing: float) -> Tensor:
    """Cross-entropy over the known classes (section 3.1), against a truth of which `smoothing` is spread evenly."""
    return F.cross_entropy(classifier(features), labels, label_smoothing=smoothing)


def tune_encoder(
    encoder: TextEncoder,
    classifier: nn.Module,
    train: tuple[CachedStates, Tensor],
    dev: tuple[CachedStates, Tensor],
    config: TrainConfig,
    emit: Emit,
    should_stop: ShouldStop,
    objective: Callable[[nn.Module, Tensor, Tensor], Tensor],
) -> None:
    """Phase 1 (section 3.1): fine-tune the tail with a closed-set classifier; the best weights on dev accuracy stay.

    Args:
        classifier: features [B, d] → class logits [B, C]. train, dev: cached prefix states and class indices [N].
        objective: classifier, features [B, d], labels [B] → loss; each baseline has its own.

    Raises:
        TrainingStopped: `should_stop` said so.
    """
    (states, labels), (dev_states, dev_labels) = train, dev
    device = encoder.device
    # An untouched encoder gives the same features in every pass: compute them once, and only the classifier learns.
    frozen = encoder.features(states).to(device) if not len(encoder.tail) else None
    dev_frozen = encoder.features(dev_states) if frozen is not None else None
    groups = [{"params": list(classifier.parameters()), "lr": config.classifier_lr}]
    if frozen is None:
        groups.append({"params": list(encoder.tail.parameters()), "lr": config.encoder_lr})
    optimizer = torch.optim.AdamW(groups, weight_decay=config.weight_decay, fused=True)
    total = config.epochs * math.ceil(len(states) / config.batch_size)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda i: warmup_then_decay(i, total, config.warmup))
    order = torch.Generator().manual_seed(config.seed)
    learnt = nn.ModuleList([encoder.tail, classifier])
    best, best_weights, waited, step = -1.0, None, 0, 0

    for epoch in range(config.epochs):
        learnt.train()
        for rows in batches_by_length(states.lengths, config.batch_size, order):
            _stop_if(should_stop)
            features = encoder(*states.batch(rows, device)) if frozen is None else frozen[rows]
            loss = objective(classifier, features, labels[rows].to(device))
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(learnt.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            step += 1
            emit({"phase": "encoder", "step": step, "steps": total, "loss": loss.item()})
        learnt.eval()
        features = encoder.features(dev_states) if dev_frozen is None else dev_frozen
        with torch.no_grad():
            accuracy = (classifier(features.to(device)).argmax(1).cpu() == dev_labels).float().mean().item()
        emit({"phase": "encoder", "step": step, "steps": total, "epoch": epoch + 1, "dev_accuracy": accuracy})
        waited += 1
        if accuracy > best:
            best, waited = accuracy, 0
            best_weights = {name: value.detach().clone() for name, value in learnt.state_dict().items()}
        if waited >= config.patience:
            break
    learnt.load_state_dict(best_weights)
    learnt.eval()


class HeadSampler:
    """Draws each head's texts: positives from its class, negatives from all other known classes.

    Sampling is with replacement and uniform over texts, all heads at once, without a loop over classes. With `only`, it
    draws for the head of that one class (C is 1 in all shapes then).
    """

    def __init__(
        self,
        features: Tensor,
        labels: Tensor,
        num_classes: int,
        generator: torch.Generator,
        only: int | None = None,
    ) -> None:
        order = labels.argsort(stable=True)
        self.features, self.generator = features[order], generator
        counts = torch.bincount(labels, minlength=num_classes).to(features.device)
        heads = slice(None) if only is None else slice(only, only + 1)
        self.counts, self.starts = counts[heads], (counts.cumsum(0) - counts)[heads]

    def _draw(self, highs: Tensor, size: int) -> Tensor:
        share = torch.rand(len(highs), size, generator=self.generator, device=self.generator.device).to(highs.device)
        return (share * highs[:, None]).long().clamp(max=(highs - 1)[:, None])

    def positives(self, size: int) -> Tensor:
        """[C, size, d]."""
        return self.features[self.starts[:, None] + self._draw(self.counts, size)]

    def known_negatives(self, size: int) -> Tensor:
        """[C, size, d]: a draw over the N − N_m texts of the other classes, skipping over the class's own rows."""
        index = self._draw(len(self.features) - self.counts, size)
        return self.features[index + torch.where(index >= self.starts[:, None], self.counts[:, None], 0)]


def open_loss(heads: OneVsRestHeads, positives: Tensor, negatives: Tensor, synthesized: Tensor | None, weight: float):
    """L_rest + λ·L_syn per head (equations 2, 5, 6), each term a mean over its texts.

    Args:
        positives, negatives, synthesized: [C, P, d] each. weight: λ.

    Returns:
        [C].
    """
    parts = [positives, negatives] + ([] if synthesized is None else [synthesized])
    logits = heads(torch.cat(parts, dim=1)).split([part.shape[1] for part in parts], dim=1)
    loss = F.softplus(-logits[0]).mean(1) + F.softplus(logits[1]).mean(1)
    return loss if synthesized is None else loss + weight * F.softplus(logits[2]).mean(1)


class HeadTraining:
    """Algorithm 1 for all C heads of one view at once, on features that no longer change. One `step`, one update.

    Args:
        heads: C of them, or one. features: [N, d] on the heads' device. labels: [N], in 0 … C−1.
        only: train the single head of `heads` for this class, against all others.
    """

    def __init__(
        self, heads: OneVsRestHeads, features: Tensor, labels: Tensor, config: TrainConfig, only: int | None = None
    ) -> None:
        self.heads, self.config = heads, config
        self.generator = torch.Generator().manual_seed(config.seed)
        num_classes = int(labels.max()) + 1
        self.weight = config.weight_for(num_classes)
        self.sampler = HeadSampler(features, labels, num_classes, self.generator, only)
        deviations = class_deviations(features, labels.to(features.device), num_classes, config.spread_neighbours)
        radii = class_radii(deviations, config.radius_scale, config.fixed_radius)
        own = slice(None) if only is None else slice(only, only + 1)
        self.deviations, self.radii = deviations[own], radii[own]
        self.optimizer = torch.optim.Adam(heads.parameters(), lr=config.head_lr, fused=True)
        # Single updates are noisy; the average over the last ones is not.
        self.averaged = AveragedModel(heads, multi_avg_fn=get_ema_multi_avg_fn(config.head_averaging))

    def step(self) -> float:
        """One update of every head; the mean of their losses."""
        config, heads = self.config, self.heads
        positives = self.sampler.positives(config.head_batch)
        negatives = self.sampler.known_negatives(config.head_batch)
        with mixed_precision(positives.device):
            heads.eval()  # the ascent looks for the head's weak spots, not for those of one dropout mask
            synthesized = self._synthesized(positives, negatives)
            heads.train()
            loss = open_loss(heads, positives, negatives, synthesized, self.weight)
        self.optimizer.zero_grad(set_to_none=True)
        loss.sum().backward()  # the sum keeps each head's gradient what it would be if it were trained alone
        self.optimizer.step()
        self.averaged.update_parameters(heads)
        return loss.mean().item()

    def _synthesized(self, positives: Tensor, negatives: Tensor) -> Tensor | None:
        config = self.config
        if config.negatives == "none":
            return None
        if config.negatives == "mixing":
            return mix(positives, negatives, self.generator)
        if config.negatives == "hard mixing":
            return mix_hardest(positives, negatives, self.heads, self.generator)
        return synthesize(
            positives,
            self.deviations,
            self.radii,
            self.heads,
            self.generator,
            mode=config.negatives,
            **config.shell,
        )

    def finish(self) -> None:
        """Leave the averaged weights in the heads."""
        self.heads.load_state_dict(self.averaged.module.state_dict())


def train_heads(
    heads: MultiViewHeads,
    features: Tensor,
    labels: Tensor,
    config: TrainConfig,
    emit: Emit,
    should_stop: ShouldStop,
) -> None:
    """Phase 2 (sections 3.2, 3.3, Algorithm 1): the heads of all views, side by side.

    Args:
        features: [N, V·d] on the heads' device. labels: [N], in 0 … C−1.

    Raises:
        TrainingStopped: `should_stop` said so.
    """
    views = [
        HeadTraining(view, part, labels, config) for view, part in zip(heads.views, heads.split(features), strict=True)
    ]
    for step in range(1, config.head_steps + 1):
        _stop_if(should_stop)
        loss = sum(view.step() for view in views) / len(views)
        emit({"phase": "heads", "step": step, "steps": config.head_steps, "loss": loss})
    for view in views:
        view.finish()
    heads.eval()


def _stop_if(should_stop: ShouldStop) -> None:
    if should_stop():
        raise TrainingStopped("stopped on request")

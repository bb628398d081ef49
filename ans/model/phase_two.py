"""Phase 2: one-vs-rest heads on features that no longer change (Algorithm 1). A plain loop: no files, no page."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from ans.config import TrainConfig
from ans.events import Emit, ShouldStop, check_loss, stop_if
from ans.model.few_texts import head_size, widened
from ans.model.heads import MultiViewHeads, OneVsRestHeads
from ans.model.negatives import ClassShell, class_means, mix, mix_hardest, synthesize
from ans.model.precision import mixed_precision
from ans.model.random_numbers import random_numbers_from

ALL = slice(None)
# Heads that are trained at a time: what a training holds beside the heads themselves, five times their size, is of so
# many. Of up to so many classes all heads are trained together.
GROUP = 160
OUTSIDE = 0.5  # of a head's negatives are texts of no class, where there are any: its two opponents count alike


def phase_two(
    features: Tensor,
    labels: Tensor,
    num_classes: int,
    dim: int,
    config: TrainConfig,
    emit: Emit,
    should_stop: ShouldStop,
    outside: Tensor | None = None,
) -> MultiViewHeads:
    """Trained heads on features [N, V·d]. The seed alone decides how they begin, whatever phase 1 drew.

    Args:
        outside: features of texts that are labelled as belonging to no class [M, V·d].
    """
    size = head_size(len(features) / num_classes, config)
    with random_numbers_from(config.seed):
        heads = MultiViewHeads(num_classes, dim, features.shape[1] // dim, config.head_dropout, size.hidden)
        heads.to(features.device)
        train_heads(heads, features, labels, config, emit, should_stop, outside)
    return heads


class HeadSampler:
    """Draws each head's texts: positives from its class, negatives from all other known classes.

    Sampling is with replacement and uniform over texts, all heads at once, without a loop over classes. With `only`, it
    draws for the heads of those classes (C is their number in all shapes then).

    A share of the positives is drawn from where the class's next texts are expected: its mean plus a residual of any
    class's text, √(1 + 1/n) times as long. That is the predictive distribution of a class whose mean is known from n
    texts, under the spread that all classes share. Of few texts a head sees only that they are not all there is.

    Args:
        widened: that share for each number of texts in a class, [C] → [C]; none is drawn without it.
        outside: texts of no class [M, d]; a part of the negatives are such.
    """

    def __init__(
        self,
        features: Tensor,
        labels: Tensor,
        num_classes: int,
        generator: torch.Generator,
        only: slice = ALL,
        widened: Callable[[Tensor], Tensor] = torch.zeros_like,
        outside: Tensor | None = None,
    ) -> None:
        self.outside = outside if outside is not None and len(outside) else None
        order = labels.argsort(stable=True)
        self.features, self.generator = features[order], generator
        counts = torch.bincount(labels, minlength=num_classes).to(features.device)
        self.counts, self.starts = counts[only], (counts.cumsum(0) - counts)[only]
        self.widened = widened(self.counts)
        if self.widened.any():
            labels = labels.to(features.device)
            means = class_means(features, labels, num_classes)
            self.means, self.residuals = means[only], _residuals(features, labels, counts, means)

    def _draw(self, highs: Tensor, size: int) -> Tensor:
        share = torch.rand(len(highs), size, generator=self.generator, device=self.generator.device).to(highs.device)
        return (share * highs[:, None]).long().clamp(max=(highs - 1)[:, None])

    def positives(self, size: int) -> Tensor:
        """[C, size, d]."""
        texts = self.features[self.starts[:, None] + self._draw(self.counts, size)]
        if not self.widened.any() or not len(self.residuals):
            return texts
        anywhere = self._draw(torch.full_like(self.counts, len(self.residuals)), size)
        farther = (1 + 1 / self.counts).sqrt()[:, None, None]
        expected = self.means[:, None] + farther * self.residuals[anywhere]
        draw = torch.rand(*texts.shape[:2], 1, generator=self.generator, device=self.generator.device)
        return torch.where(draw.to(texts.device) < self.widened[:, None, None], expected, texts)

    def known_negatives(self, size: int) -> Tensor:
        """[C, size, d]: a draw over the N − N_m texts of the other classes, skipping over the class's own rows.

        Where there are texts of no class, `OUTSIDE` of the negatives are drawn from them.
        """
        index = self._draw(len(self.features) - self.counts, size)
        texts = self.features[index + torch.where(index >= self.starts[:, None], self.counts[:, None], 0)]
        if self.outside is None:
            return texts
        anyone = self.outside[self._draw(torch.full_like(self.counts, len(self.outside)), size)]
        draw = torch.rand(*texts.shape[:2], 1, generator=self.generator, device=self.generator.device)
        return torch.where(draw.to(texts.device) < OUTSIDE, anyone, texts)


def _residuals(features: Tensor, labels: Tensor, counts: Tensor, means: Tensor) -> Tensor:
    """What sets each text off from its class's mean, as long as for texts that did not make the mean: [≤ N, d].

    Texts that are alone in their class are left out.
    """
    n = counts[labels].unsqueeze(1)
    residuals = (features - means[labels]) * (n / (n - 1).clamp(min=1)).sqrt()
    return residuals[counts[labels] > 1]


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
        heads: of all classes, or of those of `only`. features: [N, d] on the heads' device. labels: [N], from 0 on.
        only: train heads for these classes alone, against all others. outside: [M, d], as of `HeadSampler`.
        shell: of all classes, if it is there already.
    """

    def __init__(
        self,
        heads: OneVsRestHeads,
        features: Tensor,
        labels: Tensor,
        config: TrainConfig,
        only: slice = ALL,
        outside: Tensor | None = None,
        shell: ClassShell | None = None,
    ) -> None:
        self.heads, self.config = heads, config
        self.generator = torch.Generator().manual_seed(config.seed)
        num_classes = int(labels.max()) + 1
        self.weight = config.weight_for(num_classes)
        self.size = head_size(len(labels) / num_classes, config)
        share = partial(widened, config=config)
        self.sampler = HeadSampler(features, labels, num_classes, self.generator, only, share, outside)
        shell = shell or ClassShell.around(features, labels, num_classes, **config.radius)
        self.shell = shell.some(only)
        self.optimizer = torch.optim.Adam(heads.parameters(), lr=self.size.rate, fused=True)
        # Single updates are noisy; the average over the last ones is not.
        self.averaged = AveragedModel(heads, multi_avg_fn=get_ema_multi_avg_fn(config.head_averaging))

    def step(self) -> float:
        """One update of every head; the mean of their losses."""
        heads = self.heads
        positives = self.sampler.positives(self.size.batch)
        negatives = self.sampler.known_negatives(self.size.batch)
        with mixed_precision(positives.device):
            heads.eval()  # the ascent looks for the head's weak spots, not for those of one dropout mask
            synthesized = self._synthesized(positives, negatives)
            heads.train()
            loss = open_loss(heads, positives, negatives, synthesized, self.weight)
        loss.sum().backward()  # the sum keeps each head's gradient what it would be if it were trained alone
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)  # not held while the other view's heads are updated
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
            self.shell,
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
    outside: Tensor | None = None,
) -> None:
    """Phase 2 (sections 3.2, 3.3, Algorithm 1): the heads of all views, side by side.

    Args:
        features: [N, V·d] on the heads' device. labels: [N], in 0 … C−1. outside: texts of no class [M, V·d].

    Raises:
        TrainingStopped: `should_stop` said so.
    """
    around = heads.split(features[:0] if outside is None else outside.to(features.device))
    parts = list(zip(heads.views, heads.split(features), around, strict=True))
    shells = [ClassShell.around(part, labels, heads.num_classes, **config.radius) for _, part, _ in parts]
    groups = [slice(first, first + GROUP) for first in range(0, heads.num_classes, GROUP)]
    for number, rows in enumerate(groups):
        own = [view if len(groups) == 1 else view.some(rows) for view in heads.views]
        trainings = [
            HeadTraining(some, part, labels, config, rows, beyond, shell)
            for some, (_, part, beyond), shell in zip(own, parts, shells, strict=True)
        ]
        for step in range(1, config.head_steps + 1):
            stop_if(should_stop)
            loss = sum(training.step() for training in trainings) / len(trainings)
            check_loss(loss, "the heads", "head_lr")
            done, steps = number * config.head_steps + step, len(groups) * config.head_steps
            emit({"phase": "heads", "step": done, "steps": steps, "loss": loss})
        for training, view in zip(trainings, heads.views, strict=True):
            training.finish()
            if training.heads is not view:
                view.put(rows, training.heads)
    heads.eval()

"""Corrections for a trained classifier: heads and closed-set classifier learn on for seconds, the encoder stays.

On its training texts, and on points around them, every head is held to what it said before (learning without
forgetting, Li and Hoiem 2016), so that what changes is the answer to corrected texts and to texts like them. Training
all heads anew on 50 corrections raises F1 no more and takes five times as long.
"""

from __future__ import annotations

import copy
from dataclasses import replace

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ans.config import TrainConfig
from ans.conventions import OPEN
from ans.data.corrections import LOST
from ans.model.added_class import with_class
from ans.model.calibration import combined_logits
from ans.model.fitted import Fitted
from ans.model.heads import OneVsRestHeads
from ans.model.negatives import ClassShell, synthesize
from ans.model.phase_two import HeadSampler
from ans.model.random_numbers import random_numbers_from
from ans.model.similarity import unit_views

STEPS, RATE = 30, 4e-4
HELD = 8  # texts of its class, texts of others, and points around its class, at which each head is held in a step
CORRECTED = 20  # corrections a step
# A corrected text pulls its own head as long as that does not say a clear yes, and no harder than this: a class that is
# pulled far lets in open texts. All other heads, and for open texts all heads, learn their no in full.
CLEAR_YES, PULL = 0.5, 0.3
CLOSED_STEPS, CLOSED_BATCH, CLOSED_RATE = 60, 64, 1e-3
TIMES = 10  # a corrected text counts as so many others in the closed-set classifier
SAME = 1e-4  # features so near are of the same text


def taught(
    fitted: Fitted, config: TrainConfig, corrections: dict[str, str | None], features: Tensor
) -> tuple[Fitted, TrainConfig]:
    """A trained model that has learnt corrections as `ans.data.corrections.corrected` makes them, and its settings.

    Args:
        features: of the corrected texts [n, V·d], in their order.

    Raises:
        ValueError: a class would lose its last text.
    """
    features = features.to(fitted.features.device)
    fitted, anew = _without(fitted, corrections, features)
    new = sorted({label for label in corrections.values() if label is not None} - set(fitted.labels))
    texts, labels = list(corrections), list(corrections.values())
    for label in new:
        rows = [i for i, one in enumerate(labels) if one == label]
        config = config.with_(known_classes=(*fitted.labels, label))
        fitted = with_class(fitted, config, label, [texts[i] for i in rows], features[rows])
    targets = torch.tensor([OPEN if label is None else fitted.labels.index(label) for label in labels])
    beside = _offsets(fitted, features)
    with random_numbers_from(config.seed):
        heads = copy.deepcopy(fitted.heads)
        parts = zip(heads.views, fitted.shells, *map(heads.split, (fitted.features, features)), strict=True)
        outside = heads.split(fitted.outside)
        for (view, shell, before, corrected), beyond in zip(parts, outside, strict=True):
            sampler = HeadSampler(before, fitted.targets, heads.num_classes, _random(config), outside=beyond)
            _learn(view, sampler, shell, corrected, targets, beside, config, anew)
        there = {None, *new, *(fitted.labels[m] for m in anew)}
        rows = [i for i, label in enumerate(labels) if label not in there]
        joined = torch.cat([fitted.features, features[rows]])
        classes = torch.cat([fitted.targets, targets[rows]])
        corrected = torch.tensor([text in corrections for text in [*fitted.texts, *(texts[i] for i in rows)]])
        closed = _closed_anew(fitted.closed, joined[:, : fitted.encoder.dim], classes, corrected, config)
    learnt = Fitted.of(
        config,
        labels=fitted.labels,
        encoder=fitted.encoder,
        closed=closed,
        heads=heads,
        features=joined,
        targets=classes,
        texts=[*fitted.texts, *(texts[i] for i in rows)],
        calibration=fitted.calibration,
        outside=torch.cat([fitted.outside, features[targets == OPEN]]),
    )
    return learnt, config


def _random(config: TrainConfig) -> torch.Generator:
    return torch.Generator().manual_seed(config.seed)


def _without(fitted: Fitted, corrections: dict[str, str | None], features: Tensor) -> tuple[Fitted, list[int]]:
    """The same without the training texts that are corrected: what is said of a text last counts.

    And the classes that keep no text of before, with those instead that were corrected to be theirs.
    """
    kept = torch.tensor([text not in corrections for text in fitted.texts])
    outside = fitted.outside
    if len(outside):
        # The quicker way to reckon distances of many rounds a text's distance from itself to far more than this.
        apart = torch.cdist(outside, features, compute_mode="donot_use_mm_for_euclid_dist")
        outside = outside[apart.min(1).values > SAME]
    if kept.all() and len(outside) == len(fitted.outside):
        return fitted, []
    empty = sorted(set(range(len(fitted.labels))) - set(fitted.targets[kept].tolist()))
    if lost := [fitted.labels[m] for m in empty if fitted.labels[m] not in corrections.values()]:
        raise ValueError(LOST.format(repr(lost[0])))
    rows = torch.where(kept, kept.cumsum(0) - 1, -1)
    calibration = fitted.calibration
    places = torch.where(calibration.rows >= 0, rows[calibration.rows], calibration.rows)
    classes: dict[str | None, int] = {fitted.labels[m]: m for m in empty}
    again = {text: i for i, (text, label) in enumerate(corrections.items()) if label in classes}
    own = features[[*again.values()]]
    left = replace(
        fitted,
        features=torch.cat([fitted.features[kept], own]),
        targets=torch.cat([fitted.targets[kept], torch.tensor([classes[corrections[text]] for text in again]).long()]),
        texts=[*(text for text, stays in zip(fitted.texts, kept.tolist(), strict=True) if stays), *again],
        unit_features=torch.cat([fitted.unit_features[kept], F.normalize(own, dim=1)]),
        units=torch.cat([fitted.units[:, kept], unit_views(own, len(fitted.units))], dim=1),
        calibration=replace(calibration, rows=places),
        outside=outside,
    )
    return left, empty


@torch.no_grad()
def _offsets(fitted: Fitted, features: Tensor) -> Tensor:
    """What nearest texts and the line add to each head's logit [C, n]."""
    combined = combined_logits(fitted.heads, fitted.calibration, fitted.units, fitted.targets, features)
    return (combined - fitted.calibration.line).T.to(features.device) - fitted.heads(features)


def _learn(
    heads: OneVsRestHeads,
    sampler: HeadSampler,
    shell: ClassShell,
    corrected: Tensor,
    targets: Tensor,
    offsets: Tensor,
    config: TrainConfig,
    anew: list[int],
) -> None:
    """Let the heads of one view learn corrections, and keep to what they say elsewhere.

    Args:
        corrected: features [n, d]. targets: their classes, or OPEN [n]. offsets: as of `_offsets`. anew: classes whose
            texts are all corrected ones: what their heads said of them counts no more.
    """
    counts = torch.ones(heads.num_classes, 3 * HELD, device=corrected.device)
    counts[anew, :HELD] = counts[anew, 2 * HELD :] = 0
    before, optimizer = copy.deepcopy(heads).eval(), torch.optim.Adam(heads.parameters(), lr=RATE, fused=True)
    own = targets.to(corrected.device)[None] == torch.arange(heads.num_classes, device=corrected.device)[:, None]
    heads.train()
    for _ in range(STEPS):
        positives, negatives = sampler.positives(HELD), sampler.known_negatives(HELD)
        with torch.no_grad():
            around = synthesize(positives, shell, before, sampler.generator, mode="noise+projection", **config.shell)
            held = torch.cat([positives, negatives, around], dim=1)
            said = before(held).sigmoid()
        rows = torch.randint(len(corrected), (CORRECTED,), generator=sampler.generator)
        some = corrected[rows].unsqueeze(0).expand(heads.num_classes, -1, -1)
        logits = heads(torch.cat([held, some], dim=1)).split([held.shape[1], CORRECTED], dim=1)
        kept = 3 * (counts * F.binary_cross_entropy_with_logits(logits[0], said, reduction="none")).mean(1)
        answer, mine = logits[1] + offsets[:, rows], own[:, rows]
        pull = (F.softplus(-answer) * (mine & (answer < CLEAR_YES))).sum(1) / mine.sum(1).clamp(min=1)
        push = (F.softplus(answer) * ~mine).mean(1)
        optimizer.zero_grad(set_to_none=True)
        (kept + PULL * pull + push).sum().backward()
        optimizer.step()
    heads.eval()


def _closed_anew(
    closed: nn.Sequential, features: Tensor, targets: Tensor, corrected: Tensor, config: TrainConfig
) -> nn.Sequential:
    """The closed-set classifier, trained on with the corrected texts among the others.

    Args:
        features: [N, d], the tuned view. targets: [N]. corrected: which of them were [N].
    """
    closed = copy.deepcopy(closed).train()
    optimizer = torch.optim.AdamW(closed.parameters(), lr=CLOSED_RATE, weight_decay=config.weight_decay, fused=True)
    weights, generator = torch.where(corrected, float(TIMES), 1.0), _random(config)
    for _ in range(CLOSED_STEPS):
        rows = torch.multinomial(weights, CLOSED_BATCH, replacement=True, generator=generator)
        wanted = targets[rows].to(features.device)
        loss = F.cross_entropy(closed(features[rows]), wanted, label_smoothing=config.label_smoothing)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
    return closed.eval()

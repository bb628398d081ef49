"""Held-out known texts where nobody has set some aside: trainings that each do without a quarter of the texts.

Each also does without a fifth of the classes, whose texts then stand for open ones. The last training has all of them.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from scipy.cluster.hierarchy import fcluster, linkage
from torch import Tensor

from ans.config import TrainConfig
from ans.events import Emit, ShouldStop, silent
from ans.model.calibration import FEWEST, MORE_HELD_OUT, HeldOut, evidence_of
from ans.model.checkpoints import NOWHERE, Checkpoint, Checkpoints
from ans.model.encoder import TextEncoder
from ans.model.heads import MultiViewHeads
from ans.model.negatives import by_class
from ans.model.phase_one import phase_one
from ans.model.phase_two import phase_two
from ans.model.similarity import unit_views
from ans.model.states import CachedStates

QUARTERS, FIFTHS = 4, 5
# Cosine, on average between two groups. People write a class's texts by varying one of them; if a text is held out and
# its variation is not, it is as easy as one that was learnt, and the line comes out too strict for what users type.
ALIKE = 0.75
MOST_COMPARED = 2000  # texts of a class that are grouped; grouping takes their square
# Held-out texts × training texts of a fold. Each held-out text is compared with all training texts and all classes, so
# of many classes not all texts are held out: 600 of 100,000 texts say as much about one line.
MOST_PAIRS = 60_000_000


@dataclass(frozen=True)
class Fold:
    """Rows of the training texts: to learn from, held out of classes that are learnt, of classes that are left out.

    `groups` [N] numbers the groups of texts that say almost the same.
    """

    train: Tensor
    held_out: Tensor
    left_out: Tensor
    groups: Tensor


def plan(untouched: Tensor, targets: Tensor, num_classes: int, folds: int, seed: int) -> Iterator[Fold]:
    """The first `folds` of four folds, fewer if one would leave less than two classes or hold out nothing.

    Args:
        untouched: features of the untouched encoder [N, d]; texts that are alike there are held out together.
    """
    rng = np.random.RandomState(seed)
    quarter, groups = torch.full((2, len(targets)), -1)
    numbered = 0
    for own in by_class(torch.arange(len(targets)), targets, num_classes):
        found = alike(untouched[own])
        quarter[own] = torch.from_numpy(_quarters(found, rng))
        groups[own] = torch.from_numpy(found).long() + numbered
        numbered += int(found.max()) + 1
    fifth = torch.from_numpy(rng.permutation(num_classes) % FIFTHS)
    for fold in range(folds):
        left = fifth[targets] == fold if num_classes >= FIFTHS else torch.zeros(len(targets), dtype=torch.bool)
        train, held = ~left & (quarter != fold), ~left & (quarter == fold)
        if len(targets[train].unique()) >= 2 and (held.any() or left.any()):
            most = max(1, MOST_PAIRS // int(train.sum()))
            yield Fold(_rows(train), _at_most(most, _rows(held), rng), _at_most(most, _rows(left), rng), groups)


def _rows(mask: Tensor) -> Tensor:
    return mask.nonzero().squeeze(1)


def _at_most(most: int, rows: Tensor, rng: np.random.RandomState) -> Tensor:
    """The rows, or so many of them, drawn, in their order."""
    return rows if len(rows) <= most else rows[np.sort(rng.permutation(len(rows))[:most])]


def alike(features: Tensor) -> np.ndarray:
    """The group of each text of one class, texts in a group being alike: [n, d] → [n], from 0."""
    if not 2 <= len(features) <= MOST_COMPARED:
        return np.arange(len(features))
    unit = F.normalize(features, dim=1)
    apart = (1 - unit @ unit.T).clamp(min=0).numpy()
    return fcluster(linkage(apart[np.triu_indices(len(unit), 1)], "average"), 1 - ALIKE, "distance") - 1


def _quarters(groups: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
    """Whole groups into four parts of about one size. A class of a single group stays together in training: −1."""
    sizes, parts, filled = np.bincount(groups), np.full(len(groups), -1), np.zeros(QUARTERS)
    if len(sizes) < 2:
        return parts
    filled += rng.permutation(QUARTERS) * 1e-6  # which part begins is drawn
    for group in rng.permutation(len(sizes)):
        part = int(filled.argmin())
        parts[groups == group] = part
        filled[part] += sizes[group]
    return parts


def held_out_texts(
    encoder: TextEncoder,
    states: CachedStates,
    targets: Tensor,
    outside: CachedStates,
    folds: int,
    config: TrainConfig,
    emit: Emit,
    should_stop: ShouldStop,
    checkpoints: Checkpoints = NOWHERE,
) -> list[HeldOut]:
    """Train without some of the texts, once a fold, and ask about those.

    Args:
        encoder: not tuned yet; it stays so. states: of the training texts. targets: their classes [N].
            outside: of texts of no class, of which a quarter is held out each time.

    Raises:
        TrainingStopped: `should_stop` said so.
    """
    if not folds:
        return []
    untouched = encoder.features(states, untouched=True)
    folded = list(plan(untouched, targets, int(targets.max()) + 1, folds, config.seed))
    found, quarter = [], torch.from_numpy(np.random.RandomState(config.seed).permutation(len(outside)) % QUARTERS)
    for number, fold in enumerate(folded, 1):
        emit({"phase": "check", "step": number, "steps": len(folded)})
        beyond = outside.only(_rows(quarter != number - 1)), outside.only(_rows(quarter == number - 1))
        kept = checkpoints.of(f"check-{number}")
        found.append(_held_out(encoder, states, targets, fold, beyond, config, silent, should_stop, kept))
    return found


def check_promise(held_out: Sequence[HeldOut], dev: int, config: TrainConfig) -> None:
    """See that a share of refused texts that is asked for can be promised, before the longest part of a training.

    Args:
        dev: how many dev texts there are beside the held-out ones.

    Raises:
        ValueError: too few known texts are held out for any line.
    """
    known = dev + sum(len(one.targets) for one in held_out)
    left_out = sum(len(one.left_out.heads) for one in held_out)
    if config.refused is not None and (not known or known + left_out < FEWEST):
        raise ValueError(
            f"refused={config.refused:g} is checked on held-out known texts, and of these there are {known}; "
            f"train {MORE_HELD_OUT}, or leave refused out."
        )


def _held_out(
    encoder: TextEncoder,
    states: CachedStates,
    targets: Tensor,
    fold: Fold,
    outside: tuple[CachedStates, CachedStates],
    config: TrainConfig,
    emit: Emit,
    should_stop: ShouldStop,
    checkpoint: Checkpoint,
) -> HeldOut:
    known, own = targets[fold.train].unique(return_inverse=True)
    held = fold.held_out[torch.isin(targets[fold.held_out], known)]
    encoder = copy.deepcopy(encoder)
    closed = phase_one(encoder, len(known), (states.only(fold.train), own), None, config, emit, should_stop, checkpoint)
    learnt, seen, strange, refused, beyond = (
        encoder.views(some, config.head_views).to(encoder.device)
        for some in (*(states.only(rows) for rows in (fold.train, held, fold.left_out)), *outside)
    )
    heads = phase_two(learnt, own, len(known), encoder.dim, config, emit, should_stop, refused)
    # Held-out texts are nearest texts for each other, but for those that say almost the same: the final model has all.
    beside = torch.cat([fold.train, held])
    units = unit_views(torch.cat([learnt, seen]), len(config.head_views))
    classes = torch.searchsorted(known, targets[beside])
    same = fold.groups[held][:, None] == fold.groups[beside][None]
    with torch.no_grad():
        return HeldOut(
            evidence=evidence_of(heads, units, classes, seen, same),
            closed=closed(seen[:, : encoder.dim]).cpu(),
            targets=targets[held],
            known=known,
            rows=held,
            left_out=evidence_of(heads, units, classes, strange),
            outside=evidence_of(heads, units, classes, beyond),
        )


@torch.no_grad()
def all_known(
    heads: MultiViewHeads, closed: Tensor, units: Tensor, targets: Tensor, features: Tensor, truth: Tensor
) -> HeldOut:
    """Dev texts, which the whole model of C classes has not learnt from.

    Args:
        closed: the closed-set classifier's logits of the dev texts [B, C]. units: of the training texts [V, N, d].
        targets: their classes [N]. features, truth: of the dev texts [B, V·d], and their classes [B].
    """
    none = features[:0]
    return HeldOut(
        evidence=evidence_of(heads, units, targets, features),
        closed=closed.cpu(),
        targets=truth,
        known=torch.arange(heads.num_classes),
        rows=torch.full((len(truth),), -1),
        left_out=evidence_of(heads, units, targets, none),
        outside=evidence_of(heads, units, targets, none),
    )

"""One-vs-rest heads on the features of phase 1, as one method among the others."""

from __future__ import annotations

import torch
from torch import Tensor

from ans.baselines.features import Part, PhaseOneFeatures
from ans.baselines.rule import Answers, Fitted, from_scores, rule
from ans.config import TrainConfig
from ans.conventions import ZERO
from ans.events import Emit, ShouldStop
from ans.model.calibration import Calibration, calibrate, class_votes, combined_logits
from ans.model.devices import choose_device
from ans.model.few_texts import similarity_weight
from ans.model.heads import MultiViewHeads
from ans.model.held_out import all_known
from ans.model.phase_two import phase_two
from ans.model.similarity import unit_views


def fitted_heads(
    heads: MultiViewHeads,
    calibration: Calibration,
    given: PhaseOneFeatures,
    views: tuple[str, ...],
    config: TrainConfig,
    device: torch.device,
) -> Fitted:
    """The rule of trained heads on these views: open where all say no, else the class, as the classifier answers."""
    units, targets = unit_views(given.train.views(views).to(device), len(views)), given.train.targets
    weight = similarity_weight(len(targets) / given.num_classes, config)

    @torch.no_grad()
    def answer(part: Part) -> Answers:
        combined = combined_logits(heads, calibration, units, targets, part.views(views))
        scores, classes = (
            combined.max(1).values - calibration.line,
            class_votes(part.closed, combined, weight).argmax(1),
        )
        return from_scores(scores, classes, ZERO)

    return Fitted(answer, ZERO)


def train_heads_on(
    given: PhaseOneFeatures,
    config: TrainConfig,
    emit: Emit = lambda event: None,
    should_stop: ShouldStop = lambda: False,
    views: tuple[str, ...] | None = None,
    unchecked: Calibration | None = None,
    outside: Tensor | None = None,
) -> Fitted:
    """Phase 2 on features of phase 1; `views` are the config's if not given.

    Args:
        unchecked: the calibration where there are no dev texts to check the line on; none, a line at zero.
            outside: texts of no class that heads are trained against [M, V·d].

    Raises:
        TrainingStopped: `should_stop` said so.
    """
    views = config.head_views if views is None else views
    device, targets = choose_device(config.device), given.train.targets
    features = given.train.views(views).to(device)
    heads = phase_two(features, targets, given.num_classes, given.dim, config, emit, should_stop, outside)
    made = unchecked if unchecked is not None else Calibration.none(len(views))
    if len(given.dev.targets):
        made = _checked(heads, features, given, views, config)
    return fitted_heads(heads, made, given, views, config, device)


def _checked(
    heads: MultiViewHeads, features: Tensor, given: PhaseOneFeatures, views: tuple[str, ...], config: TrainConfig
) -> Calibration:
    """What the dev texts say of the line."""
    dev, units = given.dev, unit_views(features, len(views))
    held_out = all_known(
        heads, dev.closed, units, given.train.targets, dev.views(views).to(features.device), dev.targets
    )
    return calibrate([held_out], len(features) / given.num_classes, len(views), config)


@rule
def ans(given: PhaseOneFeatures, config: TrainConfig) -> Fitted:
    """This project's method: the heads, with negatives as `config` says."""
    return train_heads_on(given, config)


@rule
def ans_untouched(given: PhaseOneFeatures, config: TrainConfig) -> Fitted:
    """The heads on the untouched view alone; the classes still come from the tuned one."""
    return train_heads_on(given, config, views=("untouched",))

"""One-vs-rest heads on the features of phase 1, as one method among the others."""

from __future__ import annotations

import torch

from ans.baselines.features import Part, PhaseOneFeatures
from ans.baselines.rule import Answers, Fitted, from_scores, rule
from ans.config import TrainConfig
from ans.conventions import ZERO
from ans.events import Emit, ShouldStop
from ans.model.encoder import choose_device
from ans.model.heads import MultiViewHeads
from ans.model.phase_two import phase_two


def fitted_heads(heads: MultiViewHeads, views: tuple[str, ...], device: torch.device) -> Fitted:
    """The rule of trained heads on these views: open where all say no, else the closed-set classifier's class."""

    @torch.no_grad()
    def answer(part: Part) -> Answers:
        batches = part.views(views).split(512)
        scores = torch.cat([heads(batch.to(device)).max(0).values.cpu() for batch in batches])
        return from_scores(scores, part.closed.argmax(1), ZERO)

    return Fitted(answer, ZERO)


def train_heads_on(
    given: PhaseOneFeatures,
    config: TrainConfig,
    emit: Emit = lambda event: None,
    should_stop: ShouldStop = lambda: False,
    views: tuple[str, ...] | None = None,
) -> Fitted:
    """Phase 2 on features of phase 1; `views` are the config's if not given.

    Raises:
        TrainingStopped: `should_stop` said so.
    """
    views = config.head_views if views is None else views
    features = given.train.views(views).to(choose_device(config.device))
    heads = phase_two(features, given.train.targets, given.num_classes, given.dim, config, emit, should_stop)
    return fitted_heads(heads, views, features.device)


@rule
def ans(given: PhaseOneFeatures, config: TrainConfig) -> Fitted:
    """This project's method: the heads, with negatives as `config` says."""
    return train_heads_on(given, config)


@rule
def ans_untouched(given: PhaseOneFeatures, config: TrainConfig) -> Fitted:
    """The heads on the untouched view alone; the classes still come from the tuned one."""
    return train_heads_on(given, config, views=("untouched",))

"""One more known class for a trained classifier: one new head a view, one new row of the closed-set classifier.

Nothing that was trained before moves: the encoder, the other heads and the other rows keep every bit.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ans.config import TrainConfig
from ans.conventions import OPEN_LABELS, OPEN_NAME
from ans.model.fitted import Fitted
from ans.model.heads import MultiViewHeads, OneVsRestHeads
from ans.model.phase_one import closed_set_classifier, num_outputs
from ans.model.phase_two import HeadTraining
from ans.model.random_numbers import random_numbers_from, unfilled

FEWEST_TEXTS = 3  # different ones: below that there is no spread to read a radius from
# The new row alone is a logistic regression, and its few texts can nearly always be separated: without a decay it
# would grow without end.
ROW_STEPS, ROW_DECAY = 100, 1e-3


def with_class(fitted: Fitted, config: TrainConfig, label: str, texts: Sequence[str], features: Tensor) -> Fitted:
    """A trained model that also knows `label`, learnt from `texts`; all that was there before is shared.

    Args:
        config: the settings of the grown model. features: [n, V·d] of the texts.
    """
    m = len(fitted.labels)
    joined = torch.cat([fitted.features, features.to(fitted.features.device)])
    targets = torch.cat([fitted.targets, torch.full((len(texts),), m)])
    return Fitted.of(
        config,
        labels=[*fitted.labels, label],
        encoder=fitted.encoder,
        outside=fitted.outside,
        closed=with_row(fitted.closed, joined[:, : fitted.encoder.dim], targets),
        heads=with_head(fitted.heads, joined, targets, config, fitted.outside),
        features=joined,
        targets=targets,
        texts=[*fitted.texts, *texts],
        calibration=fitted.calibration,
    )


def check_texts(label: str, texts: Sequence[str]) -> None:
    """Refuse a class of too few texts.

    Raises:
        ValueError: there are fewer than `FEWEST_TEXTS`.
    """
    if len(texts) < FEWEST_TEXTS:
        raise ValueError(
            f"a new class needs at least {FEWEST_TEXTS} different texts, got {len(texts)}; add texts of {label!r}."
        )


def check_name(label: str, known: Sequence[str]) -> None:
    """Refuse a name that can't be a new class.

    Raises:
        ValueError: it is empty, taken or stands for open.
    """
    if not label:
        raise ValueError("the new class needs a name; type one, for example gym_hours.")
    if label in known:
        raise ValueError(f"{label!r} is a known class already; choose another name.")
    if label.lower() in {*OPEN_LABELS, OPEN_NAME}:
        raise ValueError(f"{label!r} stands for texts of no known class; choose another name.")


def with_head(
    heads: MultiViewHeads, features: Tensor, targets: Tensor, config: TrainConfig, outside: Tensor
) -> MultiViewHeads:
    """All heads and one more, trained as in phase 2 against the texts of all others and its own synthesized negatives.

    Args:
        features: [N, V·d]; targets: [N], the new class's rows hold the largest index.
            outside: texts of no class [M, V·d].
    """
    m = heads.num_classes
    # The shell around a handful of texts covers where the others of their class lie: the fewer they are beside a class
    # of mean size, the less do the synthesized negatives weigh. Half of that share accepts about a third more of the
    # class's open test texts, and of the other open ones still no more than one in a thousand (five held-out classes of
    # the bundled dataset at 25 % known, 15 texts each).
    few = min(1.0, 0.5 * int((targets == m).sum()) * m / int((targets < m).sum()))
    config = config.with_(synthesized_weight=config.synthesized_weight * few)
    with random_numbers_from(config.seed):
        widths = heads.views[0].widths
        grown = MultiViewHeads(m + 1, heads.dim, len(heads.views), config.head_dropout, widths).to(features.device)
        parts = zip(heads.views, grown.views, heads.split(features), heads.split(outside), strict=True)
        for old, new, part, beyond in parts:
            head = OneVsRestHeads(1, heads.dim, widths, config.head_dropout).to(features.device)
            training = HeadTraining(head, part, targets, config, slice(m, m + 1), beyond)
            for _ in range(config.head_steps):
                training.step()
            training.finish()
            joined = {name: torch.cat([value, head.state_dict()[name]]) for name, value in old.state_dict().items()}
            new.load_state_dict(joined)
    return grown


def with_row(closed: nn.Sequential, features: Tensor, targets: Tensor) -> nn.Sequential:
    """The closed-set classifier with one more output, trained on the cross-entropy over C + 1 classes.

    Args:
        features: [N, d], the tuned view; targets: [N], the new class's rows hold the largest index.
    """
    m = num_outputs(closed)
    with torch.no_grad():
        hidden = closed[:-1](features)
        others = closed[-1](hidden).logsumexp(1)
    is_new = targets.eq(m).to(features.device)
    # The few new texts weigh as much as the texts of a class of mean size.
    weights = torch.where(is_new, len(targets) / m / is_new.sum(), 1.0)
    row = unfilled(lambda: nn.Linear(hidden.shape[1], 1)).to(features.device)
    nn.init.zeros_(row.weight)
    nn.init.zeros_(row.bias)
    optimizer = torch.optim.LBFGS(row.parameters(), max_iter=ROW_STEPS, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimizer.zero_grad()
        # Only the new logit moves, so the softmax over C + 1 is a sigmoid of it against all others together.
        logits = row(hidden).squeeze(1) - others
        value = F.binary_cross_entropy_with_logits(logits, is_new.float(), weights)
        value = value + ROW_DECAY * row.weight.square().sum()
        value.backward()
        return value

    optimizer.step(loss)
    grown = unfilled(lambda: closed_set_classifier(features.shape[1], m + 1)).to(features.device)
    state = closed.state_dict()
    last = f"{len(closed) - 1}"
    state[f"{last}.weight"] = torch.cat([state[f"{last}.weight"], row.weight.detach()])
    state[f"{last}.bias"] = torch.cat([state[f"{last}.bias"], row.bias.detach()])
    grown.load_state_dict(state)
    return grown

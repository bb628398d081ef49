"""MSP and ADB without and with synthesized negatives (Table 3, appendix A.7): a (C + 1)-way classifier on features."""

from __future__ import annotations

from dataclasses import replace

import torch
import torch.nn.functional as F
from torch import Tensor

from ans.baselines.features import Part, PhaseOneFeatures
from ans.baselines.post_hoc import adaptive_boundary
from ans.baselines.rule import Answers, Fitted, rule
from ans.config import TrainConfig
from ans.conventions import OPEN
from ans.model.negatives import ClassShell, synthesize
from ans.model.phase_one import closed_set_classifier
from ans.model.phase_two import HeadSampler

STEPS, BATCH, RATE = 400, 128, 1e-3


@rule
def msp(given: PhaseOneFeatures, config: TrainConfig) -> Fitted:
    """C-way softmax on the features, open below 0.5."""
    return _softmax(given, _train(given, config, extra=False))


@rule
def msp_with_negatives(given: PhaseOneFeatures, config: TrainConfig) -> Fitted:
    """(C + 1)-way softmax, the last class of synthesized negatives; open below 0.5 or if that class wins."""
    return _softmax(given, _train(given, config, extra=True))


@rule
def adb(given: PhaseOneFeatures, config: TrainConfig) -> Fitted:
    """ADB on the hidden layer of the C-way classifier."""
    return adaptive_boundary(replace(given, classifier=_train(given, config, extra=False)), config.seed)


@rule
def adb_with_negatives(given: PhaseOneFeatures, config: TrainConfig) -> Fitted:
    """ADB on the hidden layer of the (C + 1)-way classifier."""
    return adaptive_boundary(replace(given, classifier=_train(given, config, extra=True)), config.seed)


def _softmax(given: PhaseOneFeatures, weights: dict[str, Tensor]) -> Fitted:
    network = closed_set_classifier(given.dim, len(weights["2.bias"]))
    network.load_state_dict(weights)

    @torch.no_grad()
    def answer(part: Part) -> Answers:
        probabilities = network(part.tuned).softmax(1)
        best, classes = probabilities[:, : given.num_classes].max(1)
        is_open = (best < 0.5) | (probabilities.argmax(1) == given.num_classes)
        return Answers(torch.where(is_open, OPEN, classes), best, classes)

    return Fitted(answer, 0.5)


def _train(given: PhaseOneFeatures, config: TrainConfig, extra: bool) -> dict[str, Tensor]:
    """A classifier like phase 1's on its features; `extra` adds the class of negatives (noise and projection)."""
    torch.manual_seed(config.seed)
    generator = torch.Generator().manual_seed(config.seed)
    num_classes, features, targets = given.num_classes, given.train.tuned, given.train.targets
    network = closed_set_classifier(given.dim, num_classes + extra)
    optimizer = torch.optim.Adam(network.parameters(), lr=RATE)
    shell = ClassShell.around(features, targets, num_classes, **config.radius)
    sampler = HeadSampler(features, targets, num_classes, generator)
    for _ in range(STEPS):
        rows = torch.randint(len(features), (BATCH,), generator=generator)
        batch, labels = features[rows], targets[rows]
        if extra:
            each = max(1, BATCH // num_classes)
            made = synthesize(
                sampler.positives(each), shell, torch.zeros_like, generator,
                mode="noise+projection", **config.shell,
            ).flatten(0, 1)  # fmt: skip
            picked = torch.randperm(len(made), generator=generator)[:BATCH]
            batch = torch.cat([batch, made[picked]])
            labels = torch.cat([labels, labels.new_full((len(picked),), num_classes)])
        loss = F.cross_entropy(network(batch), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return {name: value.detach() for name, value in network.state_dict().items()}

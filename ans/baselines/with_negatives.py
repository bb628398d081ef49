"""MSP and ADB without and with synthesized negatives (Table 3, appendix A.7): a (C + 1)-way classifier on features."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from ans.baselines.features import Tuned
from ans.baselines.post_hoc import adaptive_boundary
from ans.baselines.rule import Answers
from ans.config import TrainConfig
from ans.conventions import OPEN
from ans.model.negatives import ClassShell, synthesize
from ans.model.phase_one import closed_set_classifier
from ans.model.phase_two import HeadSampler

STEPS, BATCH, RATE = 400, 128, 1e-3


def msp(tuned: Tuned, config: TrainConfig) -> Answers:
    """C-way softmax on the features, open below 0.5."""
    return _softmax(tuned, _train(tuned, config, extra=False))


def msp_with_negatives(tuned: Tuned, config: TrainConfig) -> Answers:
    """(C + 1)-way softmax, the last class of synthesized negatives; open below 0.5 or if that class wins."""
    return _softmax(tuned, _train(tuned, config, extra=True))


def adb(tuned: Tuned, config: TrainConfig) -> Answers:
    """ADB on the hidden layer of the C-way classifier."""
    return adaptive_boundary(_with(tuned, _train(tuned, config, extra=False)), config.seed).answer(tuned.test)


def adb_with_negatives(tuned: Tuned, config: TrainConfig) -> Answers:
    """ADB on the hidden layer of the (C + 1)-way classifier."""
    return adaptive_boundary(_with(tuned, _train(tuned, config, extra=True)), config.seed).answer(tuned.test)


def _with(tuned: Tuned, weights: dict) -> Tuned:
    return Tuned(tuned.known, tuned.train, tuned.dev, tuned.test, tuned.dropped, weights, tuned.seconds)


def _softmax(tuned: Tuned, weights: dict) -> Answers:
    size = len(weights["2.bias"])
    network = closed_set_classifier(tuned.dim, size)
    network.load_state_dict(weights)
    with torch.no_grad():
        probabilities = network(tuned.test.tuned).softmax(1)
    known = probabilities[:, : tuned.num_classes]
    best, classes = known.max(1)
    is_open = (best < 0.5) | (probabilities.argmax(1) == tuned.num_classes)
    return Answers(torch.where(is_open, OPEN, classes), best, classes)


def _train(tuned: Tuned, config: TrainConfig, extra: bool) -> dict:
    """A classifier like phase 1's on its features; `extra` adds the class of negatives (noise and projection)."""
    torch.manual_seed(config.seed)
    generator = torch.Generator().manual_seed(config.seed)
    num_classes, features, targets = tuned.num_classes, tuned.train.tuned, tuned.train.targets
    network = closed_set_classifier(tuned.dim, num_classes + extra)
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

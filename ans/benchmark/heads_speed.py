"""All heads trained together against the same heads one at a time (the paper's way): the ratio, in one run."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from functools import cache

import torch
from torch import Tensor

from ans.baselines.features import PhaseOneFeatures
from ans.baselines.rule import from_scores, measured
from ans.benchmark.phase_one import CorpusStates, phase_one_features
from ans.benchmark.report import markdown
from ans.config import TrainConfig
from ans.conventions import ZERO
from ans.model.devices import choose_device
from ans.model.heads import OneVsRestHeads
from ans.model.phase_two import ALL, HeadTraining


def compare(config: TrainConfig, ratios: Sequence[float] = (0.25, 0.75)) -> str:
    """Train the heads of both ways on the same features; a Markdown table of seconds, their ratio, accuracy and F1."""
    rows, states = [], cache(lambda: CorpusStates(config))
    for ratio in ratios:
        found = phase_one_features(config.with_(known_ratio=ratio), states)
        together, apart = _timed(_together, found, config), _timed(_one_at_a_time, found, config)
        row = [f"{config.dataset} {ratio:.0%}, {found.num_classes} heads", f"{together[0]:.1f}", f"{apart[0]:.1f}"]
        row.append(f"**{apart[0] / together[0]:.1f}**")
        for name in ("accuracy", "f1"):
            row.append(" / ".join(f"{_measure(found, logits)[name]:.1f}" for _, logits in (together, apart)))
        rows.append(row)
    header = ["heads", "seconds together", "seconds one at a time", "ratio", "accuracy", "F1"]
    where = (
        torch.cuda.get_device_name() if choose_device(config.device).type == "cuda" else f"{os.cpu_count()} CPU cores"
    )
    return f"{markdown(header, rows)}\n\n{config.head_steps} updates a head, {where}, torch {torch.__version__}."


def _timed(train, found: PhaseOneFeatures, config: TrainConfig) -> tuple[float, Tensor]:
    """Seconds of a training, and the logits [C, N] of its heads on the test texts."""
    train(found, config.with_(head_steps=2))  # whatever is set up at first use
    started = time.perf_counter()
    heads = train(found, config)
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    seconds = time.perf_counter() - started
    with torch.no_grad():
        logits = [
            torch.cat([some(part) for part in found.test.tuned.to(some.weights[0].device).split(512)], dim=1).cpu()
            for some in heads
        ]
    return seconds, torch.cat(logits)


def _together(found: PhaseOneFeatures, config: TrainConfig) -> list[OneVsRestHeads]:
    torch.manual_seed(config.seed)
    return [_trained(OneVsRestHeads(found.num_classes, found.dim, dropout=config.head_dropout), found, config)]


def _one_at_a_time(found: PhaseOneFeatures, config: TrainConfig) -> list[OneVsRestHeads]:
    torch.manual_seed(config.seed)
    return [
        _trained(OneVsRestHeads(1, found.dim, dropout=config.head_dropout), found, config, slice(m, m + 1))
        for m in range(found.num_classes)
    ]


def _trained(heads: OneVsRestHeads, found: PhaseOneFeatures, config: TrainConfig, only: slice = ALL) -> OneVsRestHeads:
    device = choose_device(config.device)
    training = HeadTraining(heads.to(device), found.train.tuned.to(device), found.train.targets, config, only)
    for _ in range(config.head_steps):
        training.step()
    training.finish()
    return heads.eval()


def _measure(found: PhaseOneFeatures, logits: Tensor) -> dict:
    return measured(from_scores(logits.max(0).values, found.test.closed.argmax(1), ZERO), found).headline()

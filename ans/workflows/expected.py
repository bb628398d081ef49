"""What each phase of a training would take on two usual CPU cores with MiniLM, and how this machine compares."""

from __future__ import annotations

import math
from contextlib import suppress

from ans.config import TrainConfig
from ans.data.corpora import OpenWorldSplit
from ans.model.few_texts import fold_count, schedule
from ans.runs.run import Run
from ans.runs.store import RunStore

# Seconds on two cores, as measured on the bundled dataset and clinc on 2026-11-30: of a text through the frozen layers,
# of one through the tuned layers and back, of an update of a classifier on cached features, of a head at a step; of the
# end as such, of a test text that is answered there, and of a training text that is looked at.
FROZEN, TUNED, UPDATE, HEAD, END, ANSWERED, LOOKED_AT = 0.0009, 0.0014, 0.0009, 0.0016, 1.0, 0.0018, 0.0005
SLOWEST = 100.0


def work_of(config: TrainConfig, split: OpenWorldSplit) -> dict[str, float]:
    """Seconds by phase, in the order of the phases; what lies before the split is not among them."""
    texts, classes = len(split.train), len(split.known)
    planned = schedule(texts, config)
    if config.trainable_layers:
        tuning = planned.passes * texts * TUNED
    else:
        tuning = planned.passes * math.ceil(texts / planned.batch) * UPDATE
    heads = config.head_steps * classes * len(config.head_views) * HEAD
    folds = fold_count(texts, len(split.dev), config)
    return {
        "cache": (texts + len(split.dev) + len(split.open_train)) * FROZEN,
        "check": folds * 0.6 * (tuning + heads),  # each does without a quarter of the texts and a fifth of the classes
        "encoder": tuning,
        "heads": heads,
        "evaluate": END + len(split.test) * ANSWERED + texts * LOOKED_AT,
    }


def pace_of(store: RunStore, config: TrainConfig) -> dict[str, float]:
    """By phase, how much longer than expected the latest training with this encoder took on this machine."""
    with suppress(ValueError):  # a run was deleted in this moment
        return next((pace for run in store.finished() if (pace := _pace(run, config))), {})
    return {}


def _pace(run: Run, config: TrainConfig) -> dict[str, float]:
    """What one training says of this; nothing if it is no training like that, or came as a zip from another machine."""
    if (
        run.promotion is not None
        or run.status.process is None
        or run.evaluation is None
        or _kind(run.config) != _kind(config)
    ):
        return {}
    work, took = next((event.work for event in run.progress.events if event.work), {}), run.evaluation.seconds
    return {
        phase: min(SLOWEST, max(1 / SLOWEST, took[phase] / seconds))
        for phase, seconds in work.items()
        if seconds > 0 and phase in took
    }


def _kind(config: TrainConfig) -> tuple:
    return config.encoder, config.trainable_layers, config.device

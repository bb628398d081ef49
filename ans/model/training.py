"""A whole training: the frozen layers once, the line checked, phase 1, phase 2."""

from __future__ import annotations

import time

import torch
from torch import Tensor

from ans.config import TrainConfig
from ans.data.tables import LabelledTexts
from ans.events import Emit, ShouldStop
from ans.freed_memory import give_back
from ans.model.calibration import calibrate
from ans.model.checkpoints import NOWHERE, Checkpoints
from ans.model.devices import choose_device
from ans.model.encoder import TextEncoder
from ans.model.few_texts import fold_count
from ans.model.fitted import Fitted
from ans.model.held_out import all_known, check_promise, held_out_texts
from ans.model.kept_states import NOT_KEPT, KeptStates
from ans.model.parts import report_cache
from ans.model.phase_one import phase_one
from ans.model.phase_two import phase_two
from ans.model.readable import check_words
from ans.model.similarity import unit_views


def trained(
    config: TrainConfig,
    train: LabelledTexts,
    dev: LabelledTexts,
    outside: list[str],
    emit: Emit,
    should_stop: ShouldStop,
    checkpoints: Checkpoints = NOWHERE,
    kept_states: KeptStates = NOT_KEPT,
) -> tuple[Fitted, dict[str, float], Tensor | None]:
    """The parts of a trained model, the seconds of each phase, and what the untouched encoder makes of the training
    texts [N, d], None if that is among the features. `dev` may be empty.

    Args:
        outside: texts that are labelled as belonging to no class.
        checkpoints: where it goes on from, if it was cut off, and keeps how far it is.
        kept_states: where what the frozen layers make of the texts is kept for later trainings.

    Raises:
        TrainingStopped: `should_stop` said so. ValueError: the encoder knows no word of the texts, or
            too few are held out for the share of refused ones that is asked for.
    """
    names = sorted(set(train.labels))
    seconds = {}
    device = choose_device(config.device)
    index = {name: i for i, name in enumerate(names)}
    targets, dev_targets = (torch.tensor([index[label] for label in part.labels]) for part in (train, dev))

    started = time.perf_counter()
    encoder = TextEncoder.of(config).to(device)
    check_words(encoder.tokens.tokenizer, config.encoder, train.texts)
    seconds["load"] = time.perf_counter() - started

    started = time.perf_counter()
    total = len(train) + len(dev)
    states = kept_states.of(encoder, train.texts, report_cache(emit, should_stop, 0, total))
    dev_states = kept_states.of(encoder, dev.texts, report_cache(emit, should_stop, len(train), total))
    outside_states = kept_states.of(encoder, outside)
    seconds["cache"] = time.perf_counter() - started

    started = time.perf_counter()
    emit({"phase": "check"})
    folds = fold_count(len(train), len(dev), config)
    held_out = held_out_texts(encoder, states, targets, outside_states, folds, config, emit, should_stop, checkpoints)
    check_promise(held_out, len(dev), config)
    seconds["check"] = time.perf_counter() - started

    give_back()
    started = time.perf_counter()
    dev_part = (dev_states, dev_targets) if len(dev) else None
    kept = checkpoints.of("encoder")
    closed = phase_one(encoder, len(names), (states, targets), dev_part, config, emit, should_stop, kept)
    seconds["encoder"] = time.perf_counter() - started

    started = time.perf_counter()
    features, seen, beyond = (
        encoder.views(part, config.head_views).to(device) for part in (states, dev_states, outside_states)
    )
    untouched = None if "untouched" in config.head_views else encoder.features(states, untouched=True)
    del states, dev_states, dev_part, outside_states  # the most memory there is, and the heads take as much
    give_back()
    heads = phase_two(features, targets, len(names), encoder.dim, config, emit, should_stop, beyond)
    seconds["heads"] = time.perf_counter() - started
    give_back()

    if len(dev):
        units = unit_views(features, len(config.head_views))
        with torch.no_grad():
            logits = closed(seen[:, : encoder.dim])
        held_out.append(all_known(heads, logits, units, targets, seen, dev_targets))
    n = len(train) / len(names)
    fitted = Fitted.of(
        config,
        labels=names,
        encoder=encoder,
        closed=closed,
        heads=heads,
        features=features,
        targets=targets,
        texts=train.texts,
        calibration=calibrate(held_out, n, len(config.head_views), config),
        outside=beyond,
    )
    return fitted, seconds, untouched

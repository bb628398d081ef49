"""One whole training run: corpus → open-world split → both phases → evaluation. Command line and worker share it."""

from __future__ import annotations

import gc
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from safetensors.torch import save_file

from ans.config import TrainConfig
from ans.data.corpora import BUNDLED, PUBLIC, OpenWorldSplit, corpus_of, make_open_world_split
from ans.data.corrections import learning
from ans.durable import replacing
from ans.events import Emit, ShouldStop
from ans.model.checkpoints import NOWHERE, Checkpoints
from ans.model.encoder import TextEncoder
from ans.model.kept_states import NOT_KEPT, KeptStates
from ans.model.trained_model import TrainedModel
from ans.paths import home
from ans.runs.check import Check
from ans.runs.evaluation import Evaluation
from ans.runs.run import Run
from ans.runs.test_part import ARRAYS_FILE, write_test_texts
from ans.tensor_files import write_tensors
from ans.workflows.checking import check_of
from ans.workflows.expected import work_of
from ans.workflows.judging import Judged, judge_test, msp_numbers


@dataclass(frozen=True)
class Outcome:
    """What a finished run leaves."""

    classifier: TrainedModel
    split: OpenWorldSplit
    judged: Judged
    check: Check
    seconds: dict[str, float]


def warm_up() -> None:
    """Have in memory what every training needs, before anybody waits for it: models' code is imported with a model."""
    with suppress(ValueError, OSError):  # a training will say it
        TextEncoder.of(TrainConfig())
    gc.freeze()  # no collection goes through two million objects of libraries again


def run_experiment(
    config: TrainConfig,
    emit: Emit,
    should_stop: ShouldStop,
    corrections: Mapping[str, str | None] | None = None,
    checkpoints: Checkpoints = NOWHERE,
) -> Outcome:
    """Train and evaluate one configuration. Open texts are met in the evaluation only, unless somebody asks otherwise.

    Args:
        corrections: texts with their right class, None for open, which training takes in and the test leaves out.
        checkpoints: where it goes on from, if it was cut off, and keeps how far it is.

    Raises:
        ValueError: the data or the settings don't fit. TrainingStopped: `should_stop` said so.
    """
    started = time.perf_counter()
    emit({"phase": "data"})
    split = make_open_world_split(corpus_of(config), config)
    if corrections:
        split = learning(split, corrections)
    emit({"phase": "data", "known": len(split.known), "texts": len(split.train), "work": work_of(config, split)})
    seconds = {"data": time.perf_counter() - started}
    classifier = TrainedModel.trained_on(
        config,
        split.train.texts,
        split.train.labels,
        split.dev.texts,
        split.dev.labels,
        split.open_train.texts,
        emit,
        should_stop,
        checkpoints,
        NOT_KEPT if corrections else states_kept(config),
    )
    started = time.perf_counter()
    emit({"phase": "evaluate"})
    judged = judge_test(classifier, split)
    check = check_of(classifier)
    seconds |= classifier.seconds | {"evaluate": time.perf_counter() - started}
    return Outcome(classifier, split, judged, check, seconds)


def states_kept(config: TrainConfig) -> KeptStates:
    """Where the frozen layers' states of a dataset's texts are kept: below the home, of the listed datasets alone.

    Who deletes own texts expects nothing of them to be left; and of what others teach, nothing is kept either.
    """
    return KeptStates(home() / "states") if config.dataset in (BUNDLED, *PUBLIC) else NOT_KEPT


def save_outcome(run: Run, outcome: Outcome) -> None:
    """Write model, test answers and evaluation of a training into its run's directory."""
    judged, split, device = outcome.judged, outcome.split, str(outcome.classifier.encoder.device)
    write_test_texts(run.folder, split.test.texts, split.test.labels)
    msp = msp_numbers(outcome.classifier, judged.features, split.test.labels)
    reading = outcome.classifier.encoder.description()
    evaluation = Evaluation(judged.metrics, split.known, split.held_out, outcome.seconds, device, msp, reading)
    save_answers(run, outcome.classifier, judged, evaluation, outcome.check)


def save_answers(run: Run, classifier: TrainedModel, judged: Judged, evaluation: Evaluation, check: Check) -> None:
    """Write a model, its answers to the test texts that lie in the run already, and its numbers.

    All of it is written before any of it takes the place of an older one: a full disk leaves the run as it was.
    """
    arrays = {"features": judged.features, "logits": judged.logits, "answers": judged.answers}
    with replacing(run.folder / ARRAYS_FILE) as building:
        write_tensors(building, {name: value.contiguous() for name, value in arrays.items()}, save_file)
        with check.replacing(run.folder), evaluation.replacing(run.folder):
            classifier.save(run.folder / "model")

"""What the page asks of trained runs: answers and examples. Loaded models are kept for reuse."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from ans.conventions import LONGEST, Prediction, whole_characters
from ans.json_files import DamagedFile
from ans.recent import Recent
from ans.runs.run import Run
from ans.runs.store import RunStore, first_of
from ans.serving.examples import SAMPLES, Example, draw_examples, draw_samples
from ans.serving.joined import Joined

if TYPE_CHECKING:
    from torch import Tensor

    from ans.model.trained_model import TrainedModel
    from ans.workflows.strictness import Lines

MODELS_KEPT, EXAMPLES_KEPT, TEXTS_KEPT = 3, 24, 512


class Serving:
    """Answers from the finished runs of a store. Safe to call from many threads."""

    def __init__(self, store: RunStore) -> None:
        self.store = store
        self._models, self._lines = Recent(MODELS_KEPT), Recent(MODELS_KEPT)
        self._examples, self._samples = Recent(EXAMPLES_KEPT), Recent(EXAMPLES_KEPT)
        self._joined, self._answered = Recent(MODELS_KEPT), Recent(TEXTS_KEPT)
        self._when_changed: list[Callable[[str], None]] = []

    def warm(self) -> None:
        """Import torch and load the model that newcomers get, so that the first keystroke finds them there."""
        import torch

        torch.set_num_threads(1)  # one text needs no more, and the trainer wants the other cores
        if (first := first_of(self.store.finished(), self.store.preferred)) is not None:
            with suppress(ValueError):  # a damaged model says so when somebody asks it
                self.model(first.id)

    def device_name(self) -> str:
        """Where a training computes: the GPU's name, or the number of CPU cores."""
        import os

        import torch

        from ans.model.devices import choose_device

        device = choose_device()
        if device.type == "cuda":
            return torch.cuda.get_device_name()
        return "the Apple GPU" if device.type == "mps" else f"the CPU, {os.cpu_count()} cores"

    def is_loaded(self, run_id: str) -> bool:
        """Whether an answer needs no loading first."""
        return run_id in self._models

    def run(self, run_id: str | None) -> Run:
        """The finished run with this id, whoever's it is. What a browser asks for goes through `Visitor.model`.

        Raises:
            ValueError: there is none.
        """
        return finished_run(self.store, run_id)

    def known(self, run_id: str | None) -> list[str]:
        """The known classes of a finished run; none if it is gone, which the list of models tells soon enough."""
        try:
            evaluation = self.run(run_id).evaluation
            return [] if evaluation is None else evaluation.known
        except ValueError:
            return []

    def numbers(self, run_id: str | None) -> dict[str, float | None]:
        """The field's four numbers and AUROC of a finished run, in percent.

        Raises:
            ValueError: there is no such run.
        """
        evaluation = self.run(run_id).evaluation
        if evaluation is None:
            raise ValueError("this run has no numbers; choose another model.")
        return evaluation.metrics.headline()

    def model(self, run_id: str | None) -> TrainedModel:
        """The run's model."""
        run = self.run(run_id)
        try:
            return self._models.get(run.id, lambda: _to_serve(run))
        except ValueError as error:  # where the run lies is the server's business
            place = str(run.folder / "model")
            reason = str(error).replace(f"the model in {place}", "its model").replace(place, "its model")
            if isinstance(error, DamagedFile):
                run.found_damaged(reason)
            raise ValueError(f"{run.name} can't be used: {reason}") from error

    def lines(self, run_id: str | None) -> Lines:
        """What is needed to try another line on a run.

        Raises:
            ValueError: there is no such run, or it is damaged.
        """
        from ans.workflows.strictness import lines_of

        run = self.run(run_id)
        return self._lines.get(run.id, lambda: lines_of(run, self.model(run.id)))

    def keep_line(self, run_id: str | None, refused: float | None) -> None:
        """Let a run refuse this share of known texts from now on, as `ans.workflows.strictness.keep`."""
        from ans.workflows.strictness import keep

        run = self.run(run_id)
        keep(run, self.model(run.id), refused)
        for forget in (self._forget, *self._when_changed):
            forget(run.id)

    def when_changed(self, forget: Callable[[str], None]) -> None:
        """Have this called with a run's id whenever the run answers otherwise than before."""
        self._when_changed.append(forget)

    def _forget(self, run_id: str) -> None:
        for kept in (self._models, self._lines):
            kept.forget(lambda key: key == run_id)
        self._answered.forget(lambda key: key[0] == run_id)

    def features(self, run_id: str | None, text: str) -> Tensor:
        """The features of a text [1, V·d], cut at `LONGEST`: for the verdict, and for the maps that show it."""
        return self._answer(run_id, text)[0]

    def answer(self, run_id: str | None, text: str, refused: float | None = None) -> tuple[Prediction, float]:
        """The prediction for one text, cut at `LONGEST`, and the milliseconds it took.

        Args:
            refused: the share of known texts that is refused, if another than the run's own is tried.
        """
        started = time.perf_counter()
        features, prediction = self._answer(run_id, text)
        if refused is not None:
            prediction = self.model(run_id).refusing(refused).explain_features([prediction.text], features)[0]
        return prediction, 1000 * (time.perf_counter() - started)

    def _answer(self, run_id: str | None, text: str) -> tuple[Tensor, Prediction]:
        """The features [1, V·d] and the prediction of a text; those that wait at one time are answered together."""
        cut = whole_characters(text[:LONGEST])
        joined = self._joined.get(run_id, lambda: Joined(lambda texts: self._answers(run_id, texts)))
        return self._answered.get((run_id, cut), lambda: joined(cut))

    def _answers(self, run_id: str | None, texts: Sequence[str]) -> list[tuple[Tensor, Prediction]]:
        model = self.model(run_id)
        features, found = model.answered(texts)
        return list(zip(features.split(1), model.explain_answered(texts, features, found), strict=True))

    def examples(self, run_id: str | None, each: int = 3) -> dict[str, list[Example]]:
        """A few short test texts of each kind: `known`, `held_out`, `oos`. Drawn blindly, not picked for the answer."""
        run = self.run(run_id)
        return self._examples.get((run.id, each), lambda: draw_examples(run, each))

    def samples(self, run_id: str | None) -> dict[str, list[str]]:
        """A few short texts of each known class: of the test part, or of the training where the test has none."""
        run = self.run(run_id)
        return self._samples.get(run.id, lambda: self._drawn_samples(run))

    def _drawn_samples(self, run: Run) -> dict[str, list[str]]:
        found = draw_samples(run)
        if all(found.values()):
            return found
        model = self.model(run.id)
        for text, target in zip(model.train_texts, model.train_targets.tolist(), strict=True):
            texts = found.setdefault(model.labels[target], [])
            if len(texts) < SAMPLES:
                texts.append(text)
        return found


def finished_run(store: RunStore, run_id: str | None) -> Run:
    """The run of a store that has this id and a model.

    Raises:
        ValueError: there is none.
    """
    if not run_id:
        raise ValueError("there is no trained model yet; wait for the starter model, or train one.")
    run = store.get(run_id)
    if run is None and (odd := store.why_not(run_id)) is not None:
        raise ValueError(f"the run {run_id} can't be used: {odd.reason}")
    if run is None or not run.status.ended_well:
        raise ValueError(f"no trained model {run_id!r}; choose one from the list, or train one.")
    return run


def _to_serve(run: Run) -> TrainedModel:
    model = load_classifier(run)
    model.encoder.record()
    if model.encoder.can_round:
        _ = model.rounding  # measured now, and not while the first visitor waits for an answer
    return model


def load_classifier(run: Run, device: str | None = None) -> TrainedModel:
    """The run's trained model.

    Raises:
        ValueError: the run has no model, or it is damaged.
    """
    from ans.model.trained_model import TrainedModel

    return TrainedModel.load(run.folder / "model", device)

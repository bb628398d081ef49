"""A model in a folder that learns corrections, and is saved in another one, or in its place."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ans.data.corrections import corrected
from ans.model import files
from ans.model.model_folder import LABELS_IN
from ans.model.trained_model import TrainedModel
from ans.workflows.archive import model_folder


@dataclass(frozen=True)
class TaughtModel:
    """What came of it: answers to the corrected texts that were right before and are after, and the time it took."""

    corrections: int
    right_before: int
    right_after: int
    new_classes: list[str]
    seconds: float
    load_seconds: float


def teach_saved(
    saved: str | Path, texts: Sequence[str], labels: Sequence[str], out: Path, device: str | None = None
) -> TaughtModel:
    """Let a model learn corrections as a file has them, and save what came of it into `out`.

    Args:
        saved: a model's folder, or a run that was downloaded from the app, zipped or unpacked.

    Raises:
        ValueError: no model is there, a label is of another kind than the model's, or as `TrainedModel.teach`.
    """
    started = time.perf_counter()
    with model_folder(saved) as folder:
        classifier, kept = TrainedModel.load(folder, device), files.about(folder, LABELS_IN)
    loaded = time.perf_counter()
    said, more = corrected(texts, labels, classifier.labels), {}
    if kept:  # it was trained in Python: its labels may be numbers, and open have another name
        from ans.model.label_values import LabelValues

        values = LabelValues.from_dict(kept, classifier.labels)
        said = dict(zip(said, values.read(said.values()), strict=True))
        more[LABELS_IN] = values.extended(list(filter(None, [*classifier.labels, *said.values()]))).to_dict()
    learnt = classifier.teach(list(said), list(said.values()))
    seconds = time.perf_counter() - loaded
    learnt.save(out, **more)
    # As the answers stood and as they stand, of the model that was given and of the one that was saved.
    before, after = (_right(model, said) for model in (classifier, learnt))
    new = [label for label in learnt.labels if label not in classifier.labels]
    return TaughtModel(len(said), before, after, new, round(seconds, 2), round(loaded - started, 2))


def _right(classifier: TrainedModel, said: dict[str, str | None]) -> int:
    return sum(found.label == said[found.text] for found in classifier.explain(list(said), 1, 0))

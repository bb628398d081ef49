"""What lies on a map: texts of a run and synthesized negatives, each with its group, true class and answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ans.conventions import OPEN, OPEN_LABELS, OPEN_NAME
from ans.runs.run import Run

if TYPE_CHECKING:
    from torch import Tensor

    from ans.model.trained_model import TrainedModel

MOST_POINTS = 20_000  # on the map of all classes
MOST_TRAINING = 3_000  # training texts on it: they are judged for the map, test texts have been judged before
MOST_OF_A_GROUP = 1_000  # on the map of one head
MADE = 400  # synthesized negatives on a map

# Keys of `ans.plots.maps.GROUPS`, which has their names for a person.
KNOWN, POSITIVES, NEGATIVES = "known", "known_positives", "known_negatives"
SYNTHESIZED, TESTED = "synthesized", "known_test"
HELD_OUT, OUT_OF_SCOPE = "held_out", "out_of_scope"
_NOT_ASKED = OPEN - 1


@dataclass(frozen=True)
class MapPoints:
    """N points. Rows of all arrays belong together; they lie group by group, in the order of drawing.

    groups: their keys, [G]. group: index into them, [N]. texts: what a person reads, [N]; for a synthesized negative
    the text it was made from. truths, answers: a class name, or another word for open, [N]. right: whether the answer
    is, [N]. features: [N, V·d]. rows: what is projected, [N, D]. test_errors: wrongly answered texts of the whole test
    part, also of what is not among the points: the count that Evaluate gives.
    """

    groups: list[str]
    group: np.ndarray
    texts: list[str]
    truths: list[str]
    answers: list[str]
    right: np.ndarray
    features: Tensor
    rows: np.ndarray
    test_errors: int

    def __len__(self) -> int:
        return len(self.texts)

    @property
    def made(self) -> np.ndarray:
        """Which points are synthesized negatives, no texts [N]."""
        return np.isin(self.group, [i for i, name in enumerate(self.groups) if name == SYNTHESIZED])

    def sample(self, most: int, seed: int) -> np.ndarray:
        """Indices of at most that many points, ascending, drawn evenly from all groups."""
        if len(self) <= most:
            return np.arange(len(self))
        return np.sort(np.random.RandomState(seed).permutation(len(self))[:most])


class TrainingAnswers:
    """What a model says of its training texts, asked of each only once. Safe to call from many threads."""

    def __init__(self, model: TrainedModel) -> None:
        self._model, self._answers = model, np.full(len(model.train_texts), _NOT_ASKED)

    def of(self, rows: np.ndarray) -> np.ndarray:
        """The answers [n], indices of classes and `OPEN`, to the training texts of these numbers [n]."""
        new = rows[self._answers[rows] == _NOT_ASKED]
        if len(new):
            self._answers[new] = self._model.decide(self._model.train_features[_tensor(new)])[0].numpy()
        return self._answers[rows]


def map_points(
    run: Run,
    model: TrainedModel,
    answers: np.ndarray | None,
    label: str | None,
    trained: TrainingAnswers | None = None,
) -> MapPoints:
    """The points of one map of a run.

    Args:
        answers: the model's on the run's test texts, as indices into its labels and `OPEN`; None for the stored ones.
        label: the class whose head's second hidden layer is drawn (Figure 4); None draws all classes in the encoder's
            own features.
        trained: the model's answers to its training texts, if some were asked for before.

    Raises:
        ValueError: no known class has that name.
    """
    if label is not None and label not in model.labels:
        raise ValueError(f"{label!r} is no known class of this model; choose one from the list.")
    rng = np.random.RandomState(run.config.seed)
    texts, names, arrays = run.load_test()
    widths = arrays["features"].shape[1], arrays["logits"].shape[1]
    if widths != (model.train_features.shape[1], len(model.labels)):
        raise ValueError("the test part of this run is not that of its model; train it again.")
    judged = _names(arrays["answers"] if answers is None else answers, model.labels)
    known = set(model.labels)
    oos = np.array([name in OPEN_LABELS for name in names])
    tested = np.array([name in known for name in names])
    own = _own(model, label)
    wrong = judged != np.where(tested, np.array(names, dtype=object), OPEN_NAME)

    parts = []
    for group, mask in ((NEGATIVES, ~own), (POSITIVES if label is not None else KNOWN, own)):
        rows = _some(rng, mask, MOST_TRAINING if label is None else MOST_OF_A_GROUP)
        if len(rows):
            parts.append(_training(model, group, rows, trained or TrainingAnswers(model)))
    parts.append(_synthesized(model, label, run.config.seed))
    most = MOST_OF_A_GROUP
    if label is None:  # what is left, shared out by size
        left = MOST_POINTS - sum(len(part.texts) for part in parts)
        most = None if len(texts) <= left else left / len(texts)
    for group, mask in ((TESTED, tested), (HELD_OUT, ~tested & ~oos), (OUT_OF_SCOPE, oos)):
        rows = _some(rng, mask, most)
        if len(rows):
            truths = [names[i] for i in rows]
            parts.append(
                _Part(group, [texts[i] for i in rows], truths, judged[rows].tolist(), _tensor(arrays["features"][rows]))
            )
    return _joined(parts, model, label, int(wrong.sum()))


@dataclass(frozen=True)
class _Part:
    """One group: key, texts, true classes, answers, features [n, V·d]."""

    group: str
    texts: list[str]
    truths: list[str]
    answers: list[str]
    features: Tensor


def _own(model: TrainedModel, label: str | None) -> np.ndarray:
    """Which training texts are positives: those of one class, or of every class."""
    if label is None:
        return np.ones(len(model.train_texts), bool)
    return (model.train_targets == model.labels.index(label)).numpy()


def _some(rng: np.random.RandomState, mask: np.ndarray, most: float | None) -> np.ndarray:
    """Indices where `mask` holds, in random order: all, at most a number, or a share below one."""
    found = rng.permutation(np.flatnonzero(mask))
    if most is None:
        return found
    return found[: int(most * len(found)) if most < 1 else int(most)]


def _training(model: TrainedModel, group: str, rows: np.ndarray, trained: TrainingAnswers) -> _Part:
    features = model.train_features[_tensor(rows)].cpu()
    truths = [model.labels[model.train_targets[i]] for i in rows]
    answers = _names(trained.of(rows), model.labels)
    return _Part(group, [model.train_texts[i] for i in rows], truths, answers.tolist(), features)


def _synthesized(model: TrainedModel, label: str | None, seed: int) -> _Part:
    import torch

    labels = model.labels if label is None else [label]
    each = max(2, MADE // len(labels)) if label is None else min(MADE, int(_own(model, label).sum()))
    made = [model.synthesized_negatives(name, each, seed) for name in labels]
    features = torch.cat([part for part, _ in made])
    texts = [model.train_texts[row] for _, rows in made for row in rows]
    answers = _names(model.decide(features)[0].numpy(), model.labels)
    return _Part(SYNTHESIZED, texts, [OPEN_NAME] * len(texts), answers.tolist(), features)


def _names(answers: np.ndarray, labels: list[str]) -> np.ndarray:
    """Class indices and `OPEN` → names."""
    return np.array([OPEN_NAME if answer == OPEN else labels[answer] for answer in answers.tolist()], dtype=object)


def _joined(parts: list[_Part], model: TrainedModel, label: str | None, test_errors: int) -> MapPoints:
    import torch

    features = torch.cat([part.features for part in parts])
    truths = [truth for part in parts for truth in part.truths]
    answers = [answer for part in parts for answer in part.answers]
    known = set(model.labels)
    right = [answer == (truth if truth in known else OPEN_NAME) for truth, answer in zip(truths, answers, strict=True)]
    return MapPoints(
        [part.group for part in parts],
        np.repeat(np.arange(len(parts)), [len(part.texts) for part in parts]),
        [text for part in parts for text in part.texts],
        truths,
        answers,
        np.array(right),
        features,
        projected_rows(model, label, features),
        test_errors,
    )


def projected_rows(model: TrainedModel, label: str | None, features: Tensor) -> np.ndarray:
    """Features [N, V·d] → what a map projects: one head's second hidden layer [N, V·64], or the first view [N, d]."""
    import torch

    if label is None:
        return features[:, : model.encoder.dim].cpu().numpy()
    with torch.no_grad():
        hidden = model.heads.hidden(features.to(model.encoder.device), only=model.labels.index(label))
    return hidden[0].cpu().numpy()


def _tensor(array: np.ndarray):
    import torch

    return torch.from_numpy(array)

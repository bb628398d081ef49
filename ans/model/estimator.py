"""OpenWorldClassifier: the model as scikit-learn wants it. Labels are whatever stands in y, and texts any column.

torch is imported when something is learnt, loaded or answered, so that importing and setting up take no time.
"""

from __future__ import annotations

import inspect
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, overload

import numpy as np
from huggingface_hub import ModelCard, ModelHubMixin
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.metrics import accuracy_score
from sklearn.utils import Tags
from sklearn.utils.validation import check_consistent_length, check_is_fitted

from ans.config import TrainConfig
from ans.conventions import OPEN_NAME, Prediction
from ans.data.arguments import given_texts
from ans.events import silent
from ans.model import card, hub
from ans.model.label_values import LabelValues, checked_open_label, comparable, labels_of
from ans.model.model_folder import LABELS_IN
from ans.model.parts import apart
from ans.model.training_bars import TrainingBars
from ans.paths import place

if TYPE_CHECKING:
    from torch import Tensor

    from ans.model.trained_model import TrainedModel

SETTINGS = {spec.name: spec for spec in fields(TrainConfig)}
OF_THE_SPLIT = ("dataset", "data_dir", "known_ratio", "known_classes", "texts_per_class", "open_texts")


def _with_settings(init: Any) -> Any:
    """`__init__` with a keyword for every setting of TrainConfig, by which scikit-learn knows the parameters."""
    keyword = inspect.Parameter.KEYWORD_ONLY
    own = [one for one in inspect.signature(init).parameters.values() if one.kind is not one.VAR_KEYWORD]
    settings = [inspect.Parameter(name, keyword, default=spec.default) for name, spec in SETTINGS.items()]
    init.__signature__ = inspect.Signature([*own, *settings])
    init.__doc__ = "\n".join(f"{name}: {spec.metadata['explanation']}" for name, spec in SETTINGS.items())
    return init


class OpenWorldClassifier(
    ClassifierMixin,
    BaseEstimator,
    ModelHubMixin,
    library_name="ans",
    license="mit",
    pipeline_tag="text-classification",
    tags=list(hub.TAGS),
    paper_url=card.PAPER,
):
    """Learns the classes of labelled texts, and answers with one of them or with open.

    Every setting of `TrainConfig` is a keyword and a parameter (`get_params`, `set_params`, grid search). Those that
    split a dataset (dataset, data_dir, known_ratio, known_classes, texts_per_class, open_texts) tell where a loaded
    model comes from; `fit` learns all that it is given.

    Args:
        open_label: what `predict` gives a text of no known class, and what marks such texts in y. Where labels are
            numbers and it is left alone, −1. verbose: bars of progress while it learns.

    Attributes:
        classes_: the known classes in order. open_label_: what stands for open.
        model_: the trained model beneath, with names for labels.
    """

    classes_: np.ndarray
    open_label_: Any
    model_: TrainedModel

    @_with_settings
    def __init__(self, *, open_label: Any = OPEN_NAME, verbose: bool = False, **settings: Any) -> None:
        if unknown := sorted(set(settings) - set(SETTINGS)):
            raise TypeError(
                f"unknown settings {', '.join(unknown)}; OpenWorldClassifier().get_params() has all there are."
            )
        self.open_label, self.verbose = open_label, verbose
        for name, spec in SETTINGS.items():
            setattr(self, name, settings.get(name, spec.default))

    __signature__ = inspect.Signature(list(inspect.signature(__init__).parameters.values())[1:])

    def __new__(cls, *args: Any, **settings: Any) -> Self:
        return object.__new__(
            cls
        )  # the mixin's own keeps a second copy of the parameters, which set_params won't reach

    # Learning

    def fit(self, X: Any, y: Any, *, open_texts: Any = None, dev_texts: Any = None, dev_labels: Any = None) -> Self:
        """Learn the classes in y from texts, from one text a class on.

        Args:
            X: a column of texts. y: a label for each; texts labelled open teach every head what to refuse.
            open_texts: more texts of no known class, if there are any. dev_texts, dev_labels: known texts to stop and
                set the line by; without them some of X are held out in turn.

        Raises:
            ValueError: fewer than two classes, X and y of different length, or what is no text or no label.
        """
        from ans.model.trained_model import TrainedModel

        config, open_label = self._config(), checked_open_label(self.open_label)
        texts, labels = given_texts(X), labels_of(y, open_label)
        check_consistent_length(texts, labels)
        values = LabelValues.among(labels, open_label)
        known, beyond = apart(texts, values.named(labels))
        dev = ([], [])
        if dev_texts is not None:
            said = labels_of([] if dev_labels is None else dev_labels, open_label)
            dev, more = apart(given_texts(dev_texts), values.named(said))
            beyond += more
        beyond += [] if open_texts is None else given_texts(open_texts)
        with TrainingBars() as bars:
            model = TrainedModel.trained_on(config, *known, *dev, beyond, bars if self.verbose else silent)
        return self._keep(model, values)

    def teach(self, X: Any, y: Any) -> OpenWorldClassifier:
        """A copy that has learnt corrections in seconds: each text with its right label, a new one, or open (None too).

        Raises:
            ValueError: there are none, X and y differ in length, or a class would lose its last text.
        """
        texts, names = given_texts(X), self._values().told(y)
        check_consistent_length(texts, names)
        return self._copy(self._model().teach(texts, names))

    def add_class(self, label: Any, X: Any) -> OpenWorldClassifier:
        """A copy that also knows this class, learnt in seconds from a few texts.

        Raises:
            ValueError: the label is taken, stands for open or is of another kind than the others, or there are too few
                different texts.
        """
        if (name := self._values().name_of(label)) is None:
            raise ValueError(f"{label!r} stands for texts of no known class; choose another label.")
        return self._copy(self._model().add_class(name, given_texts(X)))

    def refusing(self, refused: float | None) -> OpenWorldClassifier:
        """A copy whose line refuses this share of known texts like those held out; None: the line of the training.

        Raises:
            ValueError: no texts were held out, or it is no share.
        """
        return self._copy(self._model().refusing(refused))

    # Answers

    def predict(self, X: Any) -> np.ndarray:
        """Each text's label [N]: one of `classes_`, or `open_label_`."""
        decided = self._model().decide(self._features(X))[0].numpy()
        return self._values().array(np.append(np.argsort(self._columns()), -1)[decided])

    def predict_proba(self, X: Any) -> np.ndarray:
        """Probabilities [N, C + 1] of `classes_`, and in the last column of open, calibrated on held-out known texts.

        `predict` follows the line, where open and known are even; near it another class can have more than either.
        """
        return self._model().probabilities(self._features(X)).numpy()[:, [*self._columns(), -1]]

    def decision_function(self, X: Any) -> np.ndarray:
        """Each class's logit [N, C], in the order of `classes_`: above zero is a yes; open is where none is."""
        return self._model().head_logits(self._features(X)).numpy()[:, self._columns()]

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """The share of texts that are answered rightly; right for a label that is no known class is open."""
        values = self._values()
        truth, answers = values.known(labels_of(y, values.open_label)), values.known(self.predict(X))
        return float(accuracy_score(comparable(truth), comparable(answers), sample_weight=sample_weight))

    @overload
    def explain(self, X: str, candidates: int = 5, neighbours: int = 3) -> Prediction: ...

    @overload
    def explain(self, X: Any, candidates: int = 5, neighbours: int = 3) -> list[Prediction]: ...

    def explain(self, X: Any, candidates: int = 5, neighbours: int = 3) -> Prediction | list[Prediction]:
        """Answers with their reasons: score, how usual it is, whether it is unsure, closest classes, nearest texts.

        A single text gives a single answer.

        Raises:
            ValueError: candidates or neighbours is no whole number from 0 on.
        """
        return self._model().explain(X if isinstance(X, str) else given_texts(X), candidates, neighbours)

    # Persistence

    def save(self, folder: str | Path) -> None:
        """Write the trained model into a folder, without pickle; an older model there is replaced.

        Raises:
            ValueError: the folder holds anything else, which stays as it is.
        """
        self._model().save(folder, **{LABELS_IN: self._values().to_dict()})

    @classmethod
    def load(cls, folder: str | Path, device: str | None = None) -> OpenWorldClassifier:
        """Inverse of `save`; models of the app and of `ans train` are read as well.

        Raises:
            ValueError: no model there, damaged files, or another encoder's weights.
        """
        from ans.model import files
        from ans.model.trained_model import TrainedModel

        model = TrainedModel.load(folder, device)
        values = LabelValues.from_dict(files.about(folder, LABELS_IN), model.labels)
        return cls(open_label=values.open_label)._set(model)._keep(model, values)

    def _save_pretrained(self, save_directory: Path) -> None:
        hub.save_beside(self.save, save_directory)
        card.drop_written(save_directory)

    @classmethod
    def from_pretrained(
        cls, pretrained_model_name_or_path: str | Path, *, device: str | None = None, **where: Any
    ) -> OpenWorldClassifier:
        """A model from the folder of a repository, or from the hub. Its config.json says nothing: the mixin's own
        method would take settings from there.

        Args:
            where: what `snapshot_download` takes: revision, cache_dir, force_download, local_files_only, token.

        Raises:
            ValueError: there is neither, and as `load`.
        """
        return cls.load(hub.folder_of(pretrained_model_name_or_path, **where), device)

    def save_pretrained(self, save_directory: str | Path, *, model_card_kwargs: Any = None, **more: Any) -> str | None:
        """Write the folder of a repository, with a README. `model_card_kwargs`: what `generate_model_card` takes.

        Saving again writes the README again, but for one that a person has written or changed: that stays, and a
        warning says so.
        """
        folder = place(save_directory)
        facts = {"repository": folder.resolve().name or "my-model", **(model_card_kwargs or {})}
        return super().save_pretrained(folder, model_card_kwargs=facts, **more)

    def push_to_hub(self, repo_id: str, *, model_card_kwargs: Any = None, **more: Any) -> str:
        """Upload that folder into a repository on the hub, as `save_pretrained` writes it."""
        name = hub.full_name(repo_id, more.get("private"), more.get("token"))
        return super().push_to_hub(name, model_card_kwargs={**(model_card_kwargs or {}), "repository": name}, **more)

    def generate_model_card(self, *args: Any, repository: str = "my-model", **facts: Any) -> ModelCard:
        """The README of a model on the hub. `facts`: `metrics` by name, and words about its `data`."""
        about, model = self._hub_mixin_info.model_card_data, self._model()
        return card.model_card(model, about, open_label=self.open_label_, repository=repository, **facts)

    # What scikit-learn asks

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = tags.input_tags.one_d_array = True
        tags.input_tags.two_d_array = False
        return tags

    def _html_repr(self) -> str:
        described = card.described(self.model_) if hasattr(self, "model_") else ""
        return super()._html_repr() + described

    # What all have in common

    def _config(self) -> TrainConfig:
        return TrainConfig(**{name: getattr(self, name) for name in SETTINGS})

    def _model(self) -> TrainedModel:
        """Raises NotFittedError, which is a ValueError, before the training."""
        check_is_fitted(self)
        return self.model_

    def _values(self) -> LabelValues:
        check_is_fitted(self)
        return LabelValues(self.classes_, self.open_label_)

    def _columns(self) -> list[int]:
        """The model's column of each of `classes_`: a model orders its classes by name."""
        return [self.model_.labels.index(name) for name in self._values().names]

    def _features(self, X: Any) -> Tensor:
        return self._model().features(given_texts(X))

    def _keep(self, model: TrainedModel, values: LabelValues) -> Self:
        self.model_, self.classes_, self.open_label_ = model, values.classes, values.open_label
        return self

    def _set(self, model: TrainedModel) -> Self:
        return self.set_params(**{name: getattr(model.config, name) for name in SETTINGS})

    def _copy(self, model: TrainedModel) -> OpenWorldClassifier:
        other = type(self)(**self.get_params(deep=False))
        return other._set(model)._keep(model, self._values().extended(model.labels))

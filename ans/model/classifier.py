"""OpenWorldClassifier: labels are strings here. Fit on known classes alone, answer with a class or `open`."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from ans.config import TrainConfig
from ans.config_files import written_settings
from ans.conventions import OPEN, ZERO, Candidate, Neighbour, Prediction
from ans.data.corpora import stratified_parts
from ans.data.tables import LabelledTexts
from ans.events import Emit, ShouldStop, TrainingStopped, never, silent
from ans.model import files as model_files
from ans.model.added_class import FEWEST_TEXTS, check_name, with_head, with_row
from ans.model.encoder import TextEncoder, choose_device
from ans.model.heads import MultiViewHeads
from ans.model.negatives import SHELL_MODES, class_deviations, class_radii, synthesize
from ans.model.training import closed_set_classifier, phase_one, phase_two

log = logging.getLogger("ans.model")
CHUNK = 1024  # texts whose token states are in memory at a time when predicting


class OpenWorldClassifier:
    """The paper's model: encoder, closed-set classifier, one-vs-rest heads.

    `labels` is the class order of every index and logit. `seconds` holds the training time by phase.
    """

    def __init__(self, config: TrainConfig | None = None) -> None:
        self.config = config if config is not None else TrainConfig()
        self.labels: list[str] = []
        self.seconds: dict[str, float] = {}

    # Training

    def fit(
        self,
        texts: Sequence[str],
        labels: Sequence[str],
        dev_texts: Sequence[str] | None = None,
        dev_labels: Sequence[str] | None = None,
        emit: Emit = silent,
        should_stop: ShouldStop = never,
    ) -> OpenWorldClassifier:
        """Train both phases on texts of the known classes. Without dev texts, a tenth of each class is kept for that.

        Raises:
            ValueError: fewer than two classes, texts and labels of different length, a class with too few texts.
            TrainingStopped: `should_stop` said so; this object then stays as it was.
        """
        train, dev = _checked_parts(texts, labels, dev_texts, dev_labels, self.config.seed)
        names = sorted(set(train.labels))
        config, seconds = self.config, {}
        device = choose_device(config.device)
        index = {name: i for i, name in enumerate(names)}
        targets = torch.tensor([index[label] for label in train.labels])
        dev_targets = torch.tensor([index[label] for label in dev.labels])

        started = time.perf_counter()
        encoder = TextEncoder.load(config.encoder, config.trainable_layers, config.max_tokens).to(device)
        total = len(train) + len(dev)
        states = encoder.cache(train.texts, each_batch=_report_cache(emit, should_stop, 0, total))
        dev_states = encoder.cache(dev.texts, each_batch=_report_cache(emit, should_stop, len(train), total))
        seconds["cache"] = time.perf_counter() - started

        started = time.perf_counter()
        parts = (states, targets), (dev_states, dev_targets)
        closed = phase_one(encoder, len(names), *parts, config, emit, should_stop)
        seconds["encoder"] = time.perf_counter() - started

        started = time.perf_counter()
        features = encoder.views(states, config.head_views).to(device)
        heads = phase_two(features, targets, len(names), encoder.dim, config, emit, should_stop)
        seconds["heads"] = time.perf_counter() - started

        self._set(names, encoder, closed, heads, features, targets, train.texts)
        self.seconds = seconds
        return self

    def _set(self, labels, encoder, closed, heads, features, targets, texts) -> None:
        self.labels, self.encoder = list(labels), encoder.eval()
        self.closed, self.heads = closed.eval(), heads.eval()
        self.train_features, self.train_targets, self.train_texts = features, targets, list(texts)
        on_device = targets.to(features.device)
        self.deviations = [
            class_deviations(view, on_device, len(labels), self.config.spread_neighbours)
            for view in heads.split(features)
        ]  # per view
        self.radii = [class_radii(view, self.config.radius_scale, self.config.fixed_radius) for view in self.deviations]
        self._unit_features = F.normalize(features, dim=1)

    # Answers

    def features(self, texts: Sequence[str]) -> Tensor:
        """Texts → features [N, V·d] on the CPU, the views side by side; the fine-tuned encoder's come first."""
        self._need_training()
        parts = [list(texts[i : i + CHUNK]) for i in range(0, len(texts), CHUNK)]
        none = torch.empty(0, self.train_features.shape[1])
        return torch.cat(
            [self.encoder.views(self.encoder.cache(part), self.config.head_views) for part in parts] or [none]
        )

    @torch.no_grad()
    def head_logits(self, features: Tensor) -> Tensor:
        """Features [N, V·d] → every head's logit [N, C], in the order of `labels`."""
        self._need_training()
        return torch.cat([self.heads(part.to(self.encoder.device)).T.cpu() for part in features.split(CHUNK // 2)])

    @torch.no_grad()
    def closed_logits(self, features: Tensor) -> Tensor:
        """Features [N, V·d] → logits [N, C] of the closed-set classifier, which sees the tuned view alone."""
        self._need_training()
        return self.closed(features[:, : self.encoder.dim].to(self.encoder.device)).cpu()

    @torch.no_grad()
    def decide(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """Features [N, V·d] → class index or `OPEN` [N], and all head logits [N, C] (section 3.2).

        Open when every head is negative, else the closed-set classifier's argmax.
        """
        logits = self.head_logits(features)
        classes = self.closed_logits(features).argmax(1)
        return torch.where((logits < ZERO).all(1), OPEN, classes), logits

    def predict(
        self, texts: str | Sequence[str], candidates: int = 5, neighbours: int = 3
    ) -> Prediction | list[Prediction]:
        """Answer one text or many; a bare string gives a bare Prediction.

        Args:
            candidates: how many of the strongest heads to return. neighbours: how many nearest training texts.
        """
        if isinstance(texts, str):
            return self.predict([texts], candidates, neighbours)[0]
        return self.predict_features(texts, self.features(texts), candidates, neighbours)

    def predict_features(
        self, texts: Sequence[str], features: Tensor, candidates: int = 5, neighbours: int = 3
    ) -> list[Prediction]:
        """As `predict`, for texts whose features [N, V·d] are there already."""
        answers, logits = self.decide(features)
        return [
            Prediction(
                text,
                None if answer == OPEN else self.labels[answer],
                float(logits[i].max()),
                [
                    Candidate(self.labels[j], float(logits[i, j]))
                    for j in logits[i].topk(min(candidates, len(self.labels)))[1]
                ],
                self.nearest(features[i], neighbours),
            )
            for i, (text, answer) in enumerate(zip(texts, answers.tolist(), strict=True))
        ]

    def score(self, texts: Sequence[str]) -> Tensor:
        """Largest head logit of each text [N]; below zero is open."""
        return self.head_logits(self.features(texts)).max(1).values

    def nearest(self, feature: Tensor, count: int) -> list[Neighbour]:
        """The training texts with the most similar features [V·d], most similar first."""
        similarity = self._unit_features @ F.normalize(feature.to(self._unit_features.device), dim=0)
        values, rows = similarity.topk(min(count, len(similarity)))
        return [
            Neighbour(self.train_texts[row], self.labels[self.train_targets[row]], float(value))
            for value, row in zip(values.tolist(), rows.tolist(), strict=True)
        ]

    def synthesized_negatives(self, label: str, count: int, seed: int = 0) -> tuple[Tensor, list[int]]:
        """Negatives as the trained head would meet them now: features [count, V·d], and each positive's row.

        Raises:
            ValueError: no known class has that name.
        """
        self._need_training()
        if label not in self.labels:
            raise ValueError(f"{label!r} is no known class of this model; it knows {', '.join(self.labels)}.")
        m = self.labels.index(label)
        generator = torch.Generator().manual_seed(seed)
        own = (self.train_targets == m).nonzero().squeeze(1)
        rows = own[torch.randint(len(own), (count,), generator=generator)]
        views = [
            synthesize(
                features[rows].unsqueeze(0),
                deviations[m : m + 1],
                radii[m : m + 1],
                partial(heads, only=m),
                generator,
                mode=self.config.negatives if self.config.negatives in SHELL_MODES else "ans",
                **self.config.shell,
            )
            for heads, features, deviations, radii in zip(
                self.heads.views, self.heads.split(self.train_features), self.deviations, self.radii, strict=True
            )
        ]
        return torch.cat(views, dim=-1)[0].cpu(), rows.tolist()

    def add_class(self, label: str, texts: Sequence[str]) -> OpenWorldClassifier:
        """A copy that also knows `label`, learnt in seconds from `texts`; the encoder is shared.

        Raises:
            ValueError: the name is empty, taken or stands for open, or there are too few different texts.
        """
        self._need_training()
        label, texts = " ".join(label.split()), list(dict.fromkeys(texts))
        check_name(label, self.labels)
        if len(texts) < FEWEST_TEXTS:
            raise ValueError(
                f"a new class needs at least {FEWEST_TEXTS} different texts, got {len(texts)}; add texts of {label!r}."
            )
        labels = [*self.labels, label]
        features = torch.cat([self.train_features, self.features(texts).to(self.train_features.device)])
        targets = torch.cat([self.train_targets, torch.full((len(texts),), len(self.labels))])
        heads = with_head(self.heads, features, targets, self.config)
        closed = with_row(self.closed, features[:, : self.encoder.dim], targets)
        grown = OpenWorldClassifier(self.config.with_(known_classes=tuple(labels)))
        grown._set(labels, self.encoder, closed, heads, features, targets, [*self.train_texts, *texts])
        grown.seconds = dict(self.seconds)
        return grown

    # Persistence

    def save(self, folder: str | Path) -> None:
        """Write this model into a folder, complete or not at all; an older model there is replaced."""
        self._need_training()
        model_files.write(
            folder,
            {
                "labels": self.labels,
                "config": written_settings(self.config),
                "encoder_fingerprint": self.encoder.fingerprint(),
                "seconds": self.seconds,
            },
            self.train_texts,
            {
                **model_files.named("tail", self.encoder.tail),
                **model_files.named("closed", self.closed),
                **model_files.named("heads", self.heads),
                "train_features": self.train_features,
                "train_targets": self.train_targets,
            },
        )

    @classmethod
    def load(cls, folder: str | Path, device: str | None = None) -> OpenWorldClassifier:
        """Inverse of `save`: the same answers for the same texts.

        Args:
            device: where to compute; None takes the best device here.

        Raises:
            ValueError: no model there, one of another kind or version, damaged files, or another encoder's weights.
        """
        about, texts, tensors = model_files.read(folder)
        try:
            settings, labels = model_files.settings(folder, about), about["labels"]
            config = settings.config
            for note in settings.notes:
                log.warning("The model in %s: %s", folder, note)
            if not isinstance(labels, list) or not all(isinstance(label, str) for label in labels):
                raise TypeError("its labels are no list of names")
            encoder = TextEncoder.load(config.encoder, config.trainable_layers, config.max_tokens)
            if encoder.fingerprint() != about["encoder_fingerprint"]:
                raise ValueError(
                    f"the model in {folder} was trained on other weights than the encoder {config.encoder!r} has here; "
                    "bring those weights back, or train again."
                )
            closed = closed_set_classifier(encoder.dim, len(labels))
            heads = MultiViewHeads(len(labels), encoder.dim, len(config.head_views), config.head_dropout)
            where = choose_device(device if device is not None else "auto")
            for name, module in (("tail", encoder.tail), ("closed", closed), ("heads", heads)):
                module.load_state_dict(model_files.part(tensors, name))
            for module in (encoder, closed, heads):
                module.to(where)
            features, targets = tensors["train_features"], tensors["train_targets"]
            if not len(texts) == len(features) == len(targets):
                raise KeyError("as many texts as features")
            model = cls(config)
            model._set(labels, encoder, closed, heads, features.to(where), targets, texts)
        except (KeyError, RuntimeError, TypeError) as error:
            raise model_files.damaged(folder, error) from error
        model.seconds = about.get("seconds", {})
        return model

    def _need_training(self) -> None:
        if not self.labels:
            raise ValueError("this classifier has not been trained yet; call fit(texts, labels) or load(folder) first.")


def _checked_parts(texts, labels, dev_texts, dev_labels, seed: int) -> tuple[LabelledTexts, LabelledTexts]:
    if len(texts) != len(labels):
        raise ValueError(f"expected as many labels as texts, got {len(texts)} texts and {len(labels)} labels.")
    train = LabelledTexts(list(texts), list(labels))
    if (found := len(set(labels))) < 2:
        raise ValueError(f"at least two known classes are needed, got {found}; add texts of another class.")
    if dev_texts is not None:
        if not len(dev_texts) == len(dev_labels or ()) > 0:
            raise ValueError(
                "expected as many dev labels as dev texts, and at least one, got "
                f"{len(dev_texts)} texts and {len(dev_labels or ())} labels; leave both out to keep a tenth for dev."
            )
        if strangers := sorted(set(dev_labels) - set(labels)):
            raise ValueError(f"the dev labels {strangers[:5]} are no classes of the training texts; drop those texts.")
        return train, LabelledTexts(list(dev_texts), list(dev_labels))
    if scarce := sorted({name for name in train.labels if train.labels.count(name) < 2}):
        raise ValueError(f"every class needs at least two texts, one of them for dev; too few of {scarce[:5]}.")
    return tuple(stratified_parts(train, (0.1,), seed))


def _report_cache(emit: Emit, should_stop: ShouldStop, before: int, total: int):
    def each_batch(done: int, _: int) -> None:
        emit({"phase": "cache", "step": before + done, "steps": total})
        if should_stop():
            raise TrainingStopped("stopped on request")

    return each_batch

"""A trained model: labels are strings, and an answer is a class or open. `ans.model.estimator` is its outer face."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import overload

import torch
from safetensors.torch import load as from_bytes
from safetensors.torch import save as to_bytes
from torch import Tensor, nn

from ans.config import TrainConfig
from ans.conventions import Prediction
from ans.data.arguments import given_count
from ans.data.corrections import by_text
from ans.events import Emit, ShouldStop, never, silent
from ans.model import files
from ans.model.added_class import check_name, check_texts, with_class
from ans.model.answers import Answers, answers_to, closed_logits, predictions
from ans.model.calibration import Calibration
from ans.model.checkpoints import NOWHERE, Checkpoints
from ans.model.encoder import TextEncoder
from ans.model.fitted import Fitted
from ans.model.heads import MultiViewHeads
from ans.model.kept_states import NOT_KEPT, KeptStates
from ans.model.loading import whole_name
from ans.model.negatives import SHELL_MODES, ClassShell, synthesize
from ans.model.parts import checked_parts
from ans.model.precision import rounded
from ans.model.rounding import Rounding, doubtful, probes
from ans.model.teaching import taught
from ans.model.training import trained

ROUNDED_FROM = 8  # texts: of fewer, to convert the weights takes as long as it saves, where they aren't yet
CHUNK = 1024  # texts whose token states are in memory at a time when predicting


class TrainedModel:
    """The paper's model, trained: encoder, closed-set classifier, one-vs-rest heads.

    `seconds` holds the training time by phase; `fitted` is what training has left. Nothing of it changes: `refusing`,
    `teach` and `add_class` give another one.
    """

    def __init__(
        self, config: TrainConfig, fitted: Fitted, seconds: Mapping[str, float], untouched: Tensor | None = None
    ) -> None:
        self.config, self.fitted, self.seconds = config, fitted, dict(seconds)
        self._untouched = untouched
        self._rounding: Rounding | None = None

    @classmethod
    def trained_on(
        cls,
        config: TrainConfig,
        texts: Sequence[str],
        labels: Sequence[str],
        dev_texts: Sequence[str] | None = None,
        dev_labels: Sequence[str] | None = None,
        open_texts: Sequence[str] = (),
        emit: Emit = silent,
        should_stop: ShouldStop = never,
        checkpoints: Checkpoints = NOWHERE,
        kept_states: KeptStates = NOT_KEPT,
    ) -> TrainedModel:
        """Train both phases on texts of the known classes, from one text a class on.

        Dev texts stop phase 1 and check the line; without them, or with few, trainings that do without a quarter of the
        texts check it. The last training has all texts either way.

        Args:
            open_texts: texts that are known to belong to no class, if there are any: every head learns to refuse them.
            checkpoints: where the training goes on from, if it was cut off, and keeps how far it is.
            kept_states: where what the frozen layers make of the texts is kept for later trainings.

        Raises:
            ValueError: fewer than two classes, texts and labels of different length.
            TrainingStopped: `should_stop` said so.
        """
        train, dev = checked_parts(texts, labels, dev_texts, dev_labels)
        config = config.with_(encoder=whole_name(config.encoder))  # for who loads it in another working directory
        with rounded():  # what is learnt from, too; that moves features by less than one dropout mask does
            found = trained(config, train, dev, list(open_texts), emit, should_stop, checkpoints, kept_states)
        return cls(config, *found)

    @property
    def labels(self) -> list[str]:
        """The known classes, in the order of every index and logit."""
        return self.fitted.labels

    @property
    def encoder(self) -> TextEncoder:
        """The tuned encoder, with its untouched twin."""
        return self.fitted.encoder

    @property
    def closed(self) -> nn.Sequential:
        """The closed-set classifier."""
        return self.fitted.closed

    @property
    def heads(self) -> MultiViewHeads:
        """The one-vs-rest heads of all views."""
        return self.fitted.heads

    @property
    def shells(self) -> tuple[ClassShell, ...]:
        """Where each view's negatives are made."""
        return self.fitted.shells

    @property
    def train_features(self) -> Tensor:
        """Features of the training texts [N, V·d]."""
        return self.fitted.features

    @property
    def untouched_features(self) -> Tensor | None:
        """What the untouched encoder makes of the training texts [N, d]; None of a loaded model whose heads see none.

        The tuned encoder knows their labels by heart.
        """
        if self._untouched is None and "untouched" in self.config.head_views:
            return self.train_features[:, -self.encoder.dim :].cpu()
        return self._untouched

    @property
    def train_targets(self) -> Tensor:
        """Their classes [N]."""
        return self.fitted.targets

    @property
    def train_texts(self) -> list[str]:
        """The training texts [N]."""
        return self.fitted.texts

    # Answers

    def features(self, texts: Sequence[str]) -> Tensor:
        """Texts → features [N, V·d] on the CPU, the views side by side; the fine-tuned encoder's come first."""
        parts = [list(texts[i : i + CHUNK]) for i in range(0, len(texts), CHUNK)]
        none = torch.empty(0, self.train_features.shape[1])
        return torch.cat(
            [self.encoder.views(self.encoder.cache(part), self.config.head_views) for part in parts] or [none]
        )

    def answered(self, texts: Sequence[str]) -> tuple[Tensor, Answers]:
        """The features of texts [N, V·d] and what follows from them, sooner than by `features`: in bfloat16, on CPUs
        that have it, where no answer hangs on it."""
        few = len(texts) < ROUNDED_FROM and not self.encoder.rounds_few
        if few or not self.encoder.can_round:
            features = self.features(texts)
            return features, self.answers(features)
        rounding = self.rounding
        with rounded():
            features = self.features(texts)
        found = self.answers(features)
        rows = doubtful(found, self.calibration.band, rounding).nonzero().squeeze(1)
        if len(rows):
            features[rows] = self.features([str(texts[row]) for row in rows.tolist()])
            found = found.with_rows(rows, self.answers(features[rows]))
        return features, found

    @property
    def rounding(self) -> Rounding:
        """How far bfloat16 moves its answers, measured once: heads that learnt fast weigh a rounded feature more."""
        if self._rounding is None:
            texts = probes(self.train_texts)
            exact = self.answers(self.features(texts))
            with rounded():
                self._rounding = Rounding.between(exact, self.answers(self.features(texts)))
        return self._rounding

    @property
    def calibration(self) -> Calibration:
        """How heads and nearest texts become one logit, and where the line lies."""
        return self.fitted.calibration

    def refusing(self, refused: float | None) -> TrainedModel:
        """A copy whose line refuses this share of known texts like those held out; None: the line of the training.

        Raises:
            ValueError: no texts were held out, or it is no share.
        """
        config = self.config.with_(refused=refused)
        old = self.fitted.calibration
        line = old.as_trained() if refused is None else old.refusing(config.refused or 0.0)
        other = TrainedModel(config, replace(self.fitted, calibration=line), self.seconds)
        other._rounding = self._rounding  # a line is no matter of it
        return other

    def answers(self, features: Tensor) -> Answers:
        """Features [N, V·d] → each class's logit, in the order of `labels`, and what follows from it."""
        return answers_to(self.fitted, self.config, features)

    def head_logits(self, features: Tensor) -> Tensor:
        """Features [N, V·d] → each class's logit [N, C], in the order of `labels`: above zero is a yes.

        The head's logit; where texts are few also the nearest texts', and the checked line taken off.
        """
        return self.answers(features).logits

    def closed_logits(self, features: Tensor) -> Tensor:
        """Features [N, V·d] → logits [N, C] of the closed-set classifier, which sees the tuned view alone."""
        return closed_logits(self.fitted, features)

    def probabilities(self, features: Tensor) -> Tensor:
        """Features [N, V·d] → each class's probability, in the order of `labels`, and last that of open [N, C + 1].

        Calibrated on held-out known texts. The line decides, not the largest of these: they can differ near it.
        """
        found = self.answers(features)
        return self.calibration.probabilities(found.votes, found.scores)

    def decide(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """Features [N, V·d] → class index or `OPEN` [N], and all logits [N, C] (section 3.2).

        Open when every logit is negative, else the closed-set classifier's argmax; where texts are few, heads and
        nearest texts vote with it.
        """
        found = self.answers(features)
        return found.decided, found.logits

    @overload
    def explain(self, texts: str, candidates: int = 5, neighbours: int = 3) -> Prediction: ...

    @overload
    def explain(self, texts: Sequence[str], candidates: int = 5, neighbours: int = 3) -> list[Prediction]: ...

    def explain(
        self, texts: str | Sequence[str], candidates: int = 5, neighbours: int = 3
    ) -> Prediction | list[Prediction]:
        """Answer one text or many; a bare string gives a bare Prediction.

        Args:
            candidates: how many of the strongest heads to return. neighbours: how many nearest training texts.

        Raises:
            ValueError: one of these is no whole number from 0 on.
        """
        _check(candidates, neighbours)
        if isinstance(texts, str):
            return self.explain([texts], candidates, neighbours)[0]
        return self.explain_features(texts, self.features(texts), candidates, neighbours)

    def explain_many(self, texts: Sequence[str], candidates: int = 5, neighbours: int = 3) -> list[Prediction]:
        """The answers of `explain`, sooner: their scores are rounded, by some hundredths, as by `answered`."""
        _check(candidates, neighbours)
        return self.explain_answered(texts, *self.answered(texts), candidates, neighbours)

    def explain_features(
        self, texts: Sequence[str], features: Tensor, candidates: int = 5, neighbours: int = 3
    ) -> list[Prediction]:
        """As `explain`, for texts whose features [N, V·d] are there already."""
        return self.explain_answered(texts, features, self.answers(features), candidates, neighbours)

    def explain_answered(
        self, texts: Sequence[str], features: Tensor, found: Answers, candidates: int = 5, neighbours: int = 3
    ) -> list[Prediction]:
        """As `explain`, for texts of which `answered` has told."""
        return predictions(self.fitted, texts, features, found, *_check(candidates, neighbours))

    def score(self, texts: Sequence[str]) -> Tensor:
        """Largest head logit of each text [N]; below zero is open."""
        return self.answers(self.features(texts)).scores

    def synthesized_negatives(self, label: str, count: int, seed: int = 0) -> tuple[Tensor, list[int]]:
        """Negatives as the trained head would meet them now: features [count, V·d], and each positive's row.

        Raises:
            ValueError: no known class has that name, or that is no number of negatives.
        """
        count = given_count(count, "count")
        if label not in self.labels:
            raise ValueError(f"{label!r} is no known class of this model; it knows {', '.join(self.labels)}.")
        m = self.labels.index(label)
        generator = torch.Generator().manual_seed(seed)
        own = (self.train_targets == m).nonzero().squeeze(1)
        rows = own[torch.randint(len(own), (count,), generator=generator)]
        views = [
            synthesize(
                features[rows].unsqueeze(0),
                shell.only(m),
                partial(heads, only=m),
                generator,
                mode=self.config.negatives if self.config.negatives in SHELL_MODES else "ans",
                **self.config.shell,
            )
            for heads, features, shell in zip(
                self.heads.views, self.heads.split(self.train_features), self.shells, strict=True
            )
        ]
        return torch.cat(views, dim=-1)[0].cpu(), rows.tolist()

    def add_class(self, label: str, texts: Sequence[str]) -> TrainedModel:
        """A copy that also knows `label`, learnt in seconds from `texts`; the encoder is shared.

        Raises:
            ValueError: the name is empty, taken or stands for open, or there are too few different texts.
        """
        fitted, label, texts = self.fitted, " ".join(label.split()), list(dict.fromkeys(texts))
        check_name(label, fitted.labels)
        check_texts(label, texts)
        config = self.config.with_(known_classes=(*self.labels, label))
        return TrainedModel(config, with_class(fitted, config, label, texts, self.features(texts)), self.seconds)

    def teach(self, texts: Sequence[str], labels: Sequence[str | None]) -> TrainedModel:
        """A copy that has learnt corrections in seconds: each text with its right class, a new one, or None for open.

        The encoder is shared. What a text was said to be before counts no more.

        Raises:
            ValueError: there are none, texts and labels differ in number, one is empty, or a class would lose its last
                text.
        """
        corrections = by_text(texts, labels)
        learnt, config = taught(self.fitted, self.config, corrections, self.features(list(corrections)))
        return TrainedModel(config, learnt, self.seconds)

    # Persistence

    def save(self, folder: str | Path, **more: dict) -> None:
        """Write this model into a folder, complete or not at all; an older model there is replaced.

        Args:
            more: what `files.about` is to find again, by name.

        Raises:
            ValueError: something else than a model is there, which stays as it is.
        """
        files.save(folder, self.config, self.fitted, self.seconds, **more)

    def __getstate__(self) -> dict:
        """For pickle and joblib: what `save` writes, so that a copy is as small, and needs the encoder as well."""
        about, texts, tensors = files.packed(self.config, self.fitted, self.seconds)
        whole = {name: value.detach().cpu().contiguous() for name, value in tensors.items()}
        return {"about": about, "texts": texts, "tensors": to_bytes(whole)}

    def __setstate__(self, state: dict) -> None:
        config, fitted = files.unpacked(state["about"], state["texts"], from_bytes(state["tensors"]))
        TrainedModel.__init__(self, config, fitted, state["about"]["seconds"])

    @classmethod
    def load(cls, folder: str | Path, device: str | None = None) -> TrainedModel:
        """Inverse of `save`: the same answers for the same texts.

        Args:
            device: where to compute; None takes the best device here.

        Raises:
            ValueError: no model there, one of another kind or version, damaged files, or another encoder's weights.
        """
        return cls(*files.load(folder, device))


def _check(candidates: int, neighbours: int) -> tuple[int, int]:
    return given_count(candidates, "candidates"), given_count(neighbours, "neighbours")

"""A finished run as the benchmark's rules want it: phase 1's features of its parts, and those of any other text."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import replace

import torch
from torch import Tensor

from ans.baselines.features import Part, PhaseOneFeatures
from ans.conventions import OPEN
from ans.data.corpora import corpus_of, targets
from ans.events import ShouldStop, TrainingStopped
from ans.model.random_numbers import random_numbers_from
from ans.model.trained_model import TrainedModel
from ans.runs.run import Run

READ_AT_ONCE = 256  # texts between two signs of progress
Tell = Callable[[str, int, int], None]  # what is being done, how far, of how much


class RunFeatures:
    """Features and closed-set logits of a run's training and test texts, from what the run stored.

    The dev texts, and the training texts as seen with dropout, are read when a rule first needs them, and kept.

    Raises:
        ValueError: the run's test part is damaged.
    """

    def __init__(self, run: Run, model: TrainedModel) -> None:
        self.model = model
        try:
            self.test_texts, self.test_labels, arrays = run.load_test()
        except (KeyError, ValueError) as error:
            raise ValueError("the test part of this run is damaged; train it again.") from error
        test_targets = torch.tensor(targets(self.test_labels, model.labels))
        none = torch.empty(0, model.train_features.shape[1])
        self._known = PhaseOneFeatures(
            known=list(model.labels),
            train=self._part(model.train_features.cpu(), model.train_targets),
            dev=self._part(none, torch.empty(0, dtype=torch.long)),
            test=self._part(torch.from_numpy(arrays["features"]), test_targets),
            dropped=none[:, : model.encoder.dim],
            classifier={name: value.detach().cpu() for name, value in model.closed.state_dict().items()},
            seconds=0.0,
        )

    def for_rule(self, needs: str | None, tell: Tell, should_stop: ShouldStop) -> PhaseOneFeatures:
        """What a rule is fitted on. `needs` is `dev`, `dropped` or nothing beyond train and test.

        Raises:
            ValueError: the dev texts cannot be read. TrainingStopped: `should_stop` said so.
        """
        if needs == "dev" and not len(self._known.dev.targets):
            self._known = replace(self._known, dev=self._read_dev(tell, should_stop))
        if needs == "dropped" and not len(self._known.dropped):
            self._known = replace(self._known, dropped=self._read_dropped(tell, should_stop))
        return self._known

    def of_text(self, text: str) -> Part:
        """One new text, as a rule sees it."""
        return self._part(self.model.features([text]), torch.tensor([OPEN]))

    def _part(self, features: Tensor, found: Tensor) -> Part:
        """Features [N, V·d], the tuned view first, and class indices [N]. A missing view is one that no head reads."""
        dim = self.model.encoder.dim
        closed = self.model.closed_logits(features).float()
        return Part(features[:, :dim], features[:, -dim:], closed, found.cpu())

    def _read_dev(self, tell: Tell, should_stop: ShouldStop) -> Part:
        config = self.model.config
        try:
            corpus = corpus_of(config)
        except ValueError as error:
            raise ValueError(f"its threshold is set on the dev texts, and they can't be read: {error}") from error
        # Of a file that has grown since, the parts are drawn anew: what was learnt or tested then is no dev text now.
        seen = {*self.model.train_texts} - {*corpus.train.texts} | {*self.test_texts} - {*corpus.test.texts}
        dev = corpus.dev
        found = targets(dev.labels, self.model.labels)
        rows = [i for i, target in enumerate(found) if target != OPEN and dev.texts[i] not in seen]
        if not rows:
            raise ValueError("its threshold is set on the dev texts, and the dataset has none of these classes now.")
        read = _in_steps([dev.texts[i] for i in rows], self.model.features, "reading the dev texts", tell, should_stop)
        return self._part(read, torch.tensor([found[i] for i in rows]))

    def _read_dropped(self, tell: Tell, should_stop: ShouldStop) -> Tensor:
        """The tuned view of the training texts with the encoder's dropout on, as in training: [N, d]."""
        if not len(self.model.encoder.tail):  # nothing was tuned, so nothing was dropped
            return self._known.train.tuned
        encoder = copy.deepcopy(self.model.encoder)  # the run's own goes on answering, without dropout
        encoder.tail.train()

        @torch.no_grad()
        def features(texts: Sequence[str]) -> Tensor:
            states = encoder.cache(list(texts))
            return encoder(*states.batch(torch.arange(len(texts)), encoder.device)).cpu()

        with random_numbers_from(self.model.config.seed):
            return _in_steps(
                self.model.train_texts, features, "reading the training texts with dropout", tell, should_stop
            )


def _in_steps(texts: Sequence[str], read, doing: str, tell: Tell, should_stop: ShouldStop) -> Tensor:
    parts = []
    for start in range(0, len(texts), READ_AT_ONCE):
        if should_stop():
            raise TrainingStopped("stopped on request")
        tell(doing, start, len(texts))
        parts.append(read(texts[start : start + READ_AT_ONCE]))
    return torch.cat(parts)

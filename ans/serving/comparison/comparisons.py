"""Other methods on the cached features of finished runs: fitted in seconds, kept in memory, never written."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ans.config import TrainConfig
from ans.conventions import LONGEST, OPEN
from ans.durable import remedy
from ans.evaluation.published import published
from ans.recent import Recent
from ans.serving.models import Serving

if TYPE_CHECKING:
    from ans.baselines.rule import Answers, Fitted
    from ans.events import ShouldStop
    from ans.serving.comparison.run_features import RunFeatures, Tell

RUNS_KEPT = 3
UNFIT = "this method can't be computed on what this model learnt; choose another one."
# A softmax probability that counts as confident: label smoothing teaches the classifier about 0.9 for a clear text.
SURE = 0.75


@dataclass(frozen=True)
class Choice:
    """A method one can choose: a rule of `ans.baselines`, or the heads with one kind of negatives.

    `needs`: what `RunFeatures.for_rule` reads for it. `paper`: table and name in the paper. `cost`: rough seconds.
    `probability`: whether its score is one.
    """

    key: str
    name: str
    rule: str | None = None
    needs: str | None = None
    paper: tuple[str, str] | None = None
    cost: int = 1
    probability: bool = False

    def own(self, config: TrainConfig) -> bool:
        """Whether this is what the run itself was trained with."""
        return self.rule is None and self.key == config.negatives


RULES = (
    Choice("msp", "MSP", "msp", None, ("1", "MSP"), probability=True),
    Choice("max_logit", "MaxLogit", "max_logit", "dev"),
    Choice("energy", "energy", "energy", "dev"),
    Choice("mahalanobis", "Mahalanobis", "mahalanobis", "dev"),
    Choice("neighbours", "k nearest neighbours", "nearest_neighbours", "dev"),
    Choice("lof", "LOF", "local_outlier_factor", "dev"),
    Choice("openmax", "OpenMax", "openmax", None, ("1", "OpenMax"), probability=True),
    Choice("adb", "ADB", "adb", "dropped", ("1", "ADB"), cost=8),
)
MSP = RULES[0]
HEADS = (
    Choice("none", "heads, no negatives", paper=("2", "one-vs-rest (lambda=0)"), cost=4),
    Choice("noise", "heads, Gaussian noise", paper=("2", "+ gaussian noise"), cost=5),
    Choice("noise+projection", "heads, noise + projection", paper=("2", "+ projection"), cost=5),
    Choice("mixing", "heads, mixing", cost=5),
    Choice("hard mixing", "heads, hard mixing", cost=6),
    Choice("ans", "ANS", paper=("1", "ANS"), cost=10),
)
CHOICES = {choice.key: choice for choice in (*RULES, *HEADS)}
ABLATION = ("none", "noise", "noise+projection", "ans")  # Table 2


@dataclass(frozen=True)
class Compared:
    """A method on one run: `fitted` judges any text; its `answers` to the test; the field's numbers, in percent.

    `seconds` is what fitting took, without reading texts. `own`: the run's own heads, for which nothing was trained.
    """

    choice: Choice
    fitted: Fitted
    answers: Answers
    numbers: dict[str, float | None]
    seconds: float
    own: bool


@dataclass(frozen=True)
class Judgement:
    """One method's answer to one text. `label` is None when open.

    `sureness`, in [0, 1]: the share of the test texts it answers alike (open, or known) that lie no farther from its
    threshold than this one. Scores of different methods have no common scale; this has one.
    """

    choice: Choice
    own: bool
    label: str | None
    score: float
    threshold: float
    sureness: float


@dataclass(frozen=True)
class ConfidentError:
    """An open test text that MSP gives a class with this probability, while the run's own heads say OPEN."""

    text: str
    truth: str
    label: str
    probability: float


class _Outcomes:
    """What became of the methods on one run."""

    def __init__(self) -> None:
        self.fits = Recent(len(CHOICES))
        self.failures: dict[str, str] = {}


class Comparisons:
    """Methods on the features of a store's runs. Safe to call from many threads."""

    def __init__(self, serving: Serving) -> None:
        self.serving = serving
        self._features, self._outcomes = Recent(RUNS_KEPT), Recent(RUNS_KEPT)
        # Trainings draw from torch's one generator, and two at a time would mix their draws. `Job` holds this.
        self.one_at_a_time = threading.Lock()
        serving.when_changed(self._forget)

    def features(self, run_id: str) -> RunFeatures:
        """The run's texts as rules see them.

        Raises:
            ValueError: no such run, or one that cannot be compared.
        """
        from ans.serving.comparison.run_features import RunFeatures

        model = self.serving.model(run_id)
        return self._features.get((run_id, tuple(model.labels)), lambda: RunFeatures(self.serving.run(run_id), model))

    def chosen(self, run_id: str, keys: Sequence[str]) -> list[Choice]:
        """The run's own method and those with these keys, in the order of `CHOICES`."""
        config = self.serving.run(run_id).config
        return [choice for choice in CHOICES.values() if choice.key in keys or choice.own(config)]

    def ready(self, run_id: str, choices: Sequence[Choice]) -> list[Compared]:
        """Those of the choices that are fitted already, or need no fitting: MSP, and the run's own heads."""
        config, fits = self.features(run_id).model.config, self._outcomes_of(run_id).fits
        at_once = [choice for choice in choices if choice.key in fits or choice is MSP or choice.own(config)]
        return [self.fit(run_id, choice) for choice in at_once]

    def failures(self, run_id: str) -> dict[str, str]:
        """Why a method could not be fitted on this run, by its key."""
        return dict(self._outcomes_of(run_id).failures)

    def fit(
        self, run_id: str, choice: Choice, tell: Tell = lambda *_: None, should_stop: ShouldStop = lambda: False
    ) -> Compared:
        """The method on this run's features, fitted now if it is not kept.

        Raises:
            ValueError: it cannot be fitted on this run, which `failures` then knows. TrainingStopped: `should_stop`.
        """
        features, outcomes = self.features(run_id), self._outcomes_of(run_id)
        outcomes.failures.pop(choice.key, None)
        try:
            return outcomes.fits.get(choice.key, lambda: _fit(features, choice, tell, should_stop))
        except (ValueError, RuntimeError) as error:  # RuntimeError: torch's and scipy's, on odd features
            why = remedy(error) or (str(error) if isinstance(error, ValueError) else UNFIT)
            outcomes.failures[choice.key] = why
            raise ValueError(why) from error

    def judge(self, run_id: str, compared: Sequence[Compared], text: str) -> list[Judgement]:
        """What each of these methods says of one text, cut at `LONGEST`."""
        features = self.features(run_id)
        part = features.of_text(text[:LONGEST])
        return [_judgement(each, each.fitted.answer(part), features.model.labels) for each in compared]

    def truth(self, run_id: str, text: str) -> str | None:
        """The label of a test text of this run; None for any other text."""
        features = self.features(run_id)
        at = features.test_texts.index(text) if text in features.test_texts else None
        return None if at is None else features.test_labels[at]

    def confident_errors(self, run_id: str) -> tuple[list[ConfidentError], int, int]:
        """Open test texts MSP is `SURE` of while the run says OPEN, surest first; how many it is sure of; all open."""
        features = self.features(run_id)
        own, msp = (self.fit(run_id, choice).answers for choice in (CHOICES[features.model.config.negatives], MSP))
        known = features.model.labels
        is_open = [label not in set(known) for label in features.test_labels]
        sure = [i for i in range(len(is_open)) if is_open[i] and msp.scores[i] >= SURE]
        found = [
            ConfidentError(features.test_texts[i], features.test_labels[i], known[msp.classes[i]], float(msp.scores[i]))
            for i in sure
            if own.answers[i] == OPEN
        ]
        return sorted(found, key=lambda one: -one.probability), len(sure), sum(is_open)

    def _forget(self, run_id: str) -> None:
        for kept in (self._features, self._outcomes):
            kept.forget(lambda key: key[0] == run_id)

    def _outcomes_of(self, run_id: str) -> _Outcomes:
        return self._outcomes.get((run_id, tuple(self.serving.model(run_id).labels)), _Outcomes)


def paper_row(choice: Choice, config: TrainConfig) -> dict[str, float] | None:
    """The paper's four numbers of this method in the run's setting; None where it has no such row."""
    if choice.paper is None or config.known_classes is not None:
        return None
    table, name = choice.paper
    return published(config.dataset, config.known_ratio, name, table)


def heads_name(config: TrainConfig) -> str:
    """How the run's own heads are called."""
    return CHOICES[config.negatives].name


def _fit(features: RunFeatures, choice: Choice, tell: Tell, should_stop: ShouldStop) -> Compared:
    from ans.baselines import post_hoc
    from ans.baselines.heads import fitted_heads, train_heads_on
    from ans.baselines.rule import measured

    model = features.model
    config = model.config.with_(device="auto")  # where the model is now
    given = features.for_rule(choice.needs, tell, should_stop)
    started = time.perf_counter()
    own = choice.own(config)
    if own:
        views, device = config.head_views, model.encoder.device
        fitted = fitted_heads(model.heads, model.calibration, given, views, config, device)
    elif choice.rule is not None:
        fitted = post_hoc.RULES[choice.rule].fit(given, config)
    else:

        def each_step(event: dict) -> None:
            tell("training the heads", event["step"], event["steps"])

        others = config.with_(negatives=choice.key)
        fitted = train_heads_on(
            given, others, each_step, should_stop, unchecked=model.calibration, outside=model.fitted.outside
        )
    seconds = time.perf_counter() - started
    answers = fitted.answer(given.test)
    return Compared(choice, fitted, answers, measured(answers, given).headline(), seconds, own)


def _judgement(compared: Compared, answer: Answers, labels: Sequence[str]) -> Judgement:
    threshold, score = compared.fitted.threshold, float(answer.scores[0])
    is_open = int(answer.answers[0]) == OPEN
    alike = compared.answers.scores[(compared.answers.answers == OPEN) == is_open]
    nearer = (alike - threshold).abs() <= abs(score - threshold)
    return Judgement(
        compared.choice,
        compared.own,
        None if is_open else labels[int(answer.answers[0])],
        score,
        threshold,
        float(nearer.float().mean()) if len(alike) else 1.0,
    )

"""Models that nobody vouches for, given by their folders: does each one answer, or say in a sentence why it can't?

Nothing outside of the folder may be touched, no code of it be run, and none may take long or much memory: whoever
gives them sets the limit of the latter.
"""

from __future__ import annotations

import json
import math
import os
import random
import shutil
import signal
import stat
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ans.stress.drawn_folders import OUTSIDE, damaged, prepare
from ans.stress.tiny_model import ENCODER, RUNS, tiny_run

if TYPE_CHECKING:
    from ans.model.trained_model import TrainedModel

ASKED = ["my card is lost", "", "wake me up at seven " * 20, "\ud83d"]
LONGEST = 20  # seconds for one folder
GIVEN = "given"
RUN = RUNS + "/{run}"
MODEL = f"{RUN}/model"


@dataclass(frozen=True)
class Case:
    """A folder that is given: its model, the encoder that it names, and the finished run that it is of."""

    place: Path
    run: Path

    @property
    def model(self) -> Path:
        """Where the model lies."""
        return self.run / "model"


@dataclass(frozen=True)
class Door:
    """A way in. `give` raises ValueError where it refuses a case; `reads`: of which folders of a case."""

    give: Callable[[Case], None]
    reads: tuple[str, ...] = (MODEL, MODEL, ENCODER)


@dataclass
class Given:
    """How many folders were given by each door, what became of them, and what went wrong."""

    doors: Counter[str] = field(default_factory=Counter)
    ways: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def add(self, other: Given) -> None:
        """Count what came of other folders, too."""
        self.doors += other.doors
        self.ways += other.ways
        self.outcomes += other.outcomes
        self.wrong += other.wrong

    def __str__(self) -> str:
        told = ", ".join(f"{door} {count:,}" for door, count in sorted(self.outcomes.items()))
        return "\n".join([f"{self.doors.total():,} damaged model folders: {told}.", *self.wrong[:20]])


class TookTooLong(BaseException):
    """Not an Exception: what is being given would take it for a damage."""


def given_folders(numbers: range, seed: int = 0) -> Given:
    """Give a damaged folder of each number by one door. An encoder that one names on the hub is not asked for."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    with tempfile.TemporaryDirectory(prefix="ans-stress-") as name:
        folders, given = Folders(Path(name)), Given()
        for number in numbers:
            draw = random.Random(f"{seed} {number}")
            folders.give(draw, draw.choice(list(DOORS)), DOORS, given)
    return given


class Folders:
    """Copies of a tiny run and its encoder, one at a time, below a folder."""

    def __init__(self, place: Path) -> None:
        self.place = place
        (place / "whole").mkdir()
        self._run = tiny_run(place / "whole").id
        prepare(place / OUTSIDE)

    def give(self, draw: random.Random, name: str, doors: Mapping[str, Door], given: Given) -> None:
        """Damage a copy and give it by a door; what came of it is added to `given`."""
        case = self._copy()
        read = [case.place / part.format(run=case.run.name) for part in doors[name].reads]
        ways = damaged(draw, read, self.place / OUTSIDE)
        before = _seen(self.place)
        given.doors[name] += 1
        given.ways.update(way.partition(":")[0] for way in ways)
        about = f"{name}, {' and '.join(ways)}"
        try:
            with _within(LONGEST), _pipes_open(case.place):
                doors[name].give(case)
            outcome = "answered"
        except ValueError as error:
            outcome = "refused"
            if not _is_sentence(str(error)):
                given.wrong.append(f"{about}: no sentence: {str(error)[:300]!r}")
        except (Exception, TookTooLong) as error:
            outcome = "failed"
            given.wrong.append(f"{about}: {type(error).__name__}: {str(error)[:300]}")
        given.outcomes[f"{name}: {outcome}"] += 1
        if (after := _seen(self.place)) != before:
            changed = sorted(path for path in {*before, *after} if before.get(path) != after.get(path))
            given.wrong.append(f"{about}: changed {changed[:5]}")

    def _copy(self) -> Case:
        """A whole one, which names the encoder beside it."""
        place, whole = self.place / GIVEN, self.place / "whole"
        shutil.rmtree(place, ignore_errors=True)
        shutil.rmtree(self.place / OUTSIDE)
        prepare(self.place / OUTSIDE)
        shutil.copytree(whole, place)
        case = Case(place, place / RUNS / self._run)
        for path in (case.run / "config.json", case.model / "model.json"):
            path.write_text(path.read_text().replace(json.dumps(str(whole))[1:-1], json.dumps(str(place))[1:-1]))
        return case


def _loaded(case: Case) -> None:
    from ans.model.trained_model import TrainedModel

    _judge(TrainedModel.load(case.model, "cpu"))


def _estimated(case: Case) -> None:
    from ans.model.estimator import OpenWorldClassifier

    found = OpenWorldClassifier.from_pretrained(case.model, device="cpu")
    labels = {*found.classes_.tolist(), found.open_label_}
    for label, shares in zip(found.predict(ASKED).tolist(), found.predict_proba(ASKED), strict=True):
        assert label in labels or label != label, f"{label!r} is none of {labels}"  # open may be called NaN
        assert math.isclose(shares.sum(), 1.0, abs_tol=1e-4), f"{label!r} has the shares {shares}"
    _judge(found.model_)


def _unpacked(case: Case) -> None:
    """A run's folder, as the command line takes it."""
    from ans.model.trained_model import TrainedModel
    from ans.workflows.archive import model_folder

    with model_folder(case.run) as folder:
        _judge(TrainedModel.load(folder, "cpu"))


def _zipped(case: Case) -> None:
    """The run in a zip, as the command line takes it."""
    from ans.model.trained_model import TrainedModel
    from ans.workflows.archive import LIMITS, model_folder

    with tempfile.TemporaryDirectory(prefix="ans-stress-") as name:
        packed = Path(name) / "run.zip"
        with zipfile.ZipFile(packed, "w") as archive:
            for path in (case.run / name for name in LIMITS):
                with suppress(OSError):  # a link into /proc
                    if path.is_file():
                        archive.writestr(f"a/{path.relative_to(case.run)}", path.read_bytes())
        with model_folder(packed) as folder:
            _judge(TrainedModel.load(folder, "cpu"))


def _of_store(case: Case) -> None:
    """A run among others: there is a list in any case."""
    from ans.runs.store import RunStore
    from ans.serving.models import finished_run, load_classifier

    store = RunStore(case.place / RUNS)
    listed, odd = store.all(), store.unreadable()
    assert len(listed) + len(odd) <= 1, "a run is listed twice"
    _judge(load_classifier(finished_run(store, case.run.name), "cpu"))


def _encoded(case: Case) -> None:
    """An encoder's folder by itself, as a training would name it."""
    from ans.model.encoder import TextEncoder

    encoder = TextEncoder.load(str(case.place / ENCODER), 1, 16)
    features = encoder.views(encoder.cache(ASKED), ("tuned", "untouched"))
    assert features.isfinite().all(), "its features are no numbers"


DOORS = {
    "load": Door(_loaded),
    "from_pretrained": Door(_estimated),
    "encoder": Door(_encoded, (ENCODER,)),
    "a run's folder": Door(_unpacked),
    "a run's zip": Door(_zipped, (RUN, MODEL, ENCODER)),
    "a run of the store": Door(_of_store, (RUN, RUN, ENCODER)),
}


def _judge(model: TrainedModel) -> None:
    """See that a model that was taken answers."""
    for answer in (*model.explain(ASKED), *model.explain_many(ASKED * 3)):
        assert answer.label is None or answer.label in model.labels
        _judge_answer(answer.to_dict())


def _judge_answer(answer: dict[str, Any]) -> None:
    assert math.isfinite(answer["score"]), f"the score of {answer['text']!r} is {answer['score']}"
    json.dumps(answer, allow_nan=False)


def _is_sentence(said: str) -> bool:
    return 15 < len(said) < 3000 and said.endswith(".") and "\n" not in said and "Traceback" not in said


def _seen(place: Path) -> dict[str, tuple]:
    """Each file and folder with its size and when it was written; links are not followed."""
    found = {}
    for path in place.rglob("*"):
        about = path.lstat()
        found[str(path.relative_to(place))] = about.st_mode, about.st_size, about.st_mtime_ns
    return found


@contextmanager
def _pipes_open(place: Path) -> Iterator[None]:
    """Each pipe has somebody who could write: whoever reads waits where `_within` can end it, not while opening."""
    pipes = [path for path in place.rglob("*") if stat.S_ISFIFO(path.lstat().st_mode)]
    held = [os.open(pipe, os.O_RDWR | os.O_NONBLOCK) for pipe in pipes]
    try:
        yield
    finally:
        for one in held:
            os.close(one)


@contextmanager
def _within(seconds: int) -> Iterator[None]:
    """Let it take no longer; Windows has no such alarm."""
    if not hasattr(signal, "SIGALRM"):
        yield
        return

    def over(*_: object) -> None:
        raise TookTooLong(f"it takes longer than {seconds} s")

    before = signal.signal(signal.SIGALRM, over)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)

"""Who may do what, on a page that strangers may share: `Visitor` says it, and hands out the runs a browser may see."""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from ans.config import TrainConfig
from ans.data.corpora import BUNDLED, PUBLIC, corpus_of, make_open_world_split
from ans.data.corrections import Corrections
from ans.data.uploads import Uploads
from ans.runs.damage import Unreadable
from ans.runs.names import distinct
from ans.runs.run import Run
from ans.runs.status import GOING
from ans.runs.store import RunStore
from ans.serving.models import finished_run
from ans.ui.limits import OWN, Limits
from ans.ui.refused import Refused

MOST_WAITING = 5
LISTED = (BUNDLED, *PUBLIC)
TURNED_OFF = "trainings are turned off on this server; run the app on your own machine to train."
NO_RUN = "there is no such run any more; it may have been deleted in another window."


class Trainings:
    """Which browser has started which training since this server began, and from where each browser has come."""

    def __init__(self) -> None:
        self._browsers: dict[str, str | None] = {}
        self._from: dict[str, str | None] = {}
        self.starting = threading.Lock()  # from the look whether a training may start to its start
        self._addresses: dict[str, str] = {}

    def came_from(self, browser: str | None, address: str) -> None:
        """A browser has opened the page from this address."""
        if browser is not None:
            self._addresses[browser] = address

    def address_of(self, browser: str | None) -> str | None:
        """Where a browser came from last; None of one that has not opened the page since the server began."""
        return None if browser is None else self._addresses.get(browser)

    def begun_from(self, run_id: str, address: str | None) -> bool:
        """Whether a browser at this address has started a run."""
        return self.starter_of(run_id) is not None and self._from.get(run_id) == address

    def begun(self, run_id: str, browser: str | None) -> None:
        """A browser has started this one."""
        self._browsers[run_id], self._from[run_id] = browser, self.address_of(browser)

    def starter_of(self, run_id: str) -> str | None:
        """The browser that started a run; None if no browser did, or an earlier server has run it."""
        return self._browsers.get(run_id)


@dataclass(frozen=True)
class Visitor:
    """What one browser may see and do. Ids that a browser sends are looked up here, nowhere else.

    Runs on public data are everybody's to see and to ask. An uploaded run, and one made from uploaded data, is its
    browser's alone. Where strangers share the page (`restricted`), each stops only trainings of their own and has one
    at a time, nobody renames or deletes what is everybody's, and nobody names paths. On one's own machine everything
    that one sees is allowed.

    `browser`: the name that the browser has proved to have, None without one. `limits`: how much it may ask for.
    """

    browser: str | None
    restricted: bool
    store: RunStore
    trainings: Trainings
    limits: Limits = OWN

    @property
    def name(self) -> str:
        """The browser's name.

        Raises:
            ValueError: it has none, so nothing can be kept for it.
        """
        if self.browser is None:
            raise ValueError("this browser has no name yet; reload the page, and allow it to store data.")
        return self.browser

    @property
    def runs(self) -> RunStore:
        """The runs this browser may see: everybody's, and its own."""
        return self.store.seen_by(self.browser)

    @property
    def uploads(self) -> Uploads:
        """The uploaded data of all browsers."""
        return Uploads(self.store.uploads)

    @property
    def corrections(self) -> Corrections:
        """The corrections of all browsers."""
        return Corrections(self.store.corrections)

    def find(self, run_id: Any) -> Run | None:
        """The run with this id; None if there is none that this browser may see."""
        return self.runs.get(run_id) if isinstance(run_id, str) else None

    def unreadable(self) -> list[Unreadable]:
        """Runs that can't be read: all on one's own machine, where strangers come only what is this browser's."""
        if not self.restricted:
            return self.store.unreadable()
        return self.runs.unreadable()

    def odd(self, run_id: Any) -> Unreadable | None:
        """One of these by its id."""
        return next((odd for odd in self.unreadable() if odd.id == run_id), None)

    def run(self, run_id: Any) -> Run:
        """The run with this id, whatever its state.

        Raises:
            ValueError: there is none that this browser may see. Another browser's is told like one that is gone.
        """
        run = self.find(run_id)
        if run is None:
            raise ValueError(NO_RUN)
        return run

    def trained(self, run_id: Any) -> Run:
        """The run with this id, which has a model.

        Raises:
            ValueError: as `Serving.run`. A model of another browser is told like one that is gone.
        """
        return finished_run(self.runs, run_id if isinstance(run_id, str) else None)

    def models(self) -> list[tuple[str, str]]:
        """What the menu of models lists: name and id of each run with a model, newest first."""
        found = self.runs.finished()
        return list(zip(distinct([run.name for run in found]), (run.id for run in found), strict=True))

    def may_see(self, run: Run) -> bool:
        """Whether this browser may see and ask a run, as `RunStore.seen_by` lists them."""
        return self._sees(run.owner)

    def may_change(self, run: Run) -> bool:
        """Whether it may rename and delete a run: its own always, everybody's only where no strangers come."""
        owner = run.owner
        return self._sees(owner) and (owner is not None or not self.restricted)

    def may_undo(self, run: Run) -> bool:
        """Whether it may take back the class this run was made with: only the browser that added it."""
        promotion = run.promotion
        return promotion is not None and self.browser is not None and promotion.browser == self.browser

    def may_stop(self, run: Run) -> bool:
        """Whether it may stop a training."""
        return self.may_see(run) and self.started(run.id)

    def started(self, run_id: str) -> bool:
        """Whether a training counts as this browser's: its page turns to the model as soon as it is trained."""
        if not self.restricted:
            return True
        began = self.trainings.starter_of(run_id) or Run(self.store.root / run_id).begun_by  # an earlier server's
        return self.browser is not None and began == self.browser

    def check_may_start(self, wanted: Sequence[TrainConfig]) -> None:
        """See that this browser may start these trainings.

        Raises:
            Refused: nobody may, it has no name or no room, one of its own goes on, too many are waiting, or one is
                too large.
        """
        self.check_may_make()
        if not self.restricted:
            return
        active = [run.id for run in self.store.all() if run.status.state in GOING]
        if any(self.started(run_id) for run_id in active):
            raise Refused("your last training has not ended yet; wait for it, or stop it.", 429)
        here = self.trainings.address_of(self.name)
        theirs = [run_id for run_id in active if self.trainings.begun_from(run_id, here)]
        if self.limits.trainings is not None and len(theirs) >= self.limits.trainings:
            raise Refused("a training that was started from your address has not ended yet; wait for it.", 429)
        if len(active) >= MOST_WAITING:
            raise Refused(f"{len(active)} trainings are waiting already; try again in some minutes.", 429)
        for config in wanted:
            self._check_size(config)

    def check_may_make(self) -> None:
        """See that this browser may make a new model now, by a training, by corrections, or with a new class.

        Raises:
            Refused: nobody may, or it has as many as it may.
        """
        if not self.limits.training:
            raise Refused(TURNED_OFF, 403)
        self.check_room()

    def check_taught(self, labels: Collection[str | None], known: Collection[str]) -> None:
        """See that others need not wait long for a learning of new corrections.

        Args:
            labels: the right class of each, None for open. known: the classes of the model.

        Raises:
            Refused: there are more of them, or of new classes, than may be taught at a time here.
        """
        if self.limits.taught is None:
            return
        texts, classes = self.limits.taught
        unknown = set(labels) - {None, *known}
        if len(labels) > texts or len(unknown) > classes:
            raise Refused(
                f"at most {texts:,} texts and {classes} new classes are taught at a time here, got {len(labels):,} and "
                f"{len(unknown)}; teach less, or train a model on them.",
                413,
            )

    def check_room(self) -> None:
        """See that this browser may keep another run.

        Raises:
            Refused: it has as many as it may.
        """
        most = self.limits.runs
        if most is not None and sum(run.owner == self.name for run in self.store.all()) >= most:
            raise Refused(f"at most {most} runs are kept for one browser here; delete some in Runs first.", 429)

    def _check_size(self, config: TrainConfig) -> None:
        if self.limits.work is None:
            return
        corpus = corpus_of(config)
        split = make_open_world_split(corpus, config)
        asked = len(split.train) * len(split.known) * config.epochs
        if asked > self.limits.work:
            raise Refused(
                f"{len(split.train):,} texts of {len(split.known):,} classes in {config.epochs:,} epochs are too much "
                f"for this server: texts × classes × epochs are {asked:,}, and at most {self.limits.work:,} are "
                "trained here. Choose fewer epochs or classes, or run the app on your own machine.",
                413,
            )

    def note_start(self, run: Run) -> None:
        """This browser has just started a training: it may stop it, also when the server was started again."""
        self.trainings.begun(run.id, self.browser)
        if self.browser is not None:
            with suppress(OSError):  # of a full disk: the training is what counts
                run.note_begun(self.browser)

    def may_use(self, dataset: str | None) -> bool:
        """Whether it may read a dataset: its own uploads always, others' never, paths where nobody else is."""
        name = dataset_named(dataset)
        if name in LISTED or self.owns(name):
            return True
        return not (self.restricted or self.uploads.holds(name))

    def owns(self, dataset: str | None) -> bool:
        """Whether a dataset is one of this browser's uploads."""
        return self.uploads.owns(self.browser, dataset_named(dataset))

    def is_of_another(self, dataset: str | None) -> bool:
        """Whether a dataset lies among the uploads and is not this browser's."""
        name = dataset_named(dataset)
        return name not in LISTED and not self.owns(name) and self.uploads.holds(name)

    def _sees(self, owner: str | None) -> bool:
        return owner is None or owner == self.browser


def dataset_named(chosen: str | None) -> str:
    """The dataset that a form's value names; an empty value is the bundled one."""
    return str(chosen or "").strip() or BUNDLED

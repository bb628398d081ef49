"""What the Discover tab does: find groups, look at one, edit it, make it a known class, take that back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from ans.runs.run import Run
from ans.serving import discovery
from ans.serving.discovery import Discovery, OpenTexts
from ans.ui.components import GroupsComponent, PlotComponent, RunComponent
from ans.ui.discover import cards
from ans.ui.discover.findings import Findings
from ans.ui.shared import Shared
from ans.ui.texts_file import TextsFile, texts_given
from ans.ui.wiring import Changes, refusal, told_number
from ans.workflows.promote import Group, promote, undo

GONE = "The groups are not here any more, the page was left alone for too long. Find groups again."
TEST, OWN = "test", "own"


@dataclass(frozen=True)
class DiscoverTab:
    """The tab's components and handlers.

    `findings`: the visitor's `Findings`. `leaving`: the run that is being taken back. `after`: what one can do with a
    new class. `panel` holds what belongs to the chosen group: `name` to `merge`.
    """

    shared: Shared
    findings: gr.State
    leaving: gr.State
    card: RunComponent
    after: gr.Row
    ask: gr.Button
    back: gr.Button
    source: gr.Radio
    pasted: gr.Textbox
    own: TextsFile
    smallest: gr.Slider
    find: gr.Button
    groups: GroupsComponent
    plot: PlotComponent
    panel: gr.Column
    name: gr.Textbox
    make: gr.Button
    texts: gr.CheckboxGroup
    drop: gr.Button
    other: gr.Dropdown
    merge: gr.Button

    @property
    def of_groups(self) -> list[Any]:
        """What shows the groups."""
        return [self.groups, self.plot, self.panel, self.name, self.texts, self.other]

    @property
    def of_run(self) -> list[Any]:
        """What changes with the run in use."""
        return [self.findings, self.card, self.after, self.back, *self.of_groups]

    # Where a person stands

    def opened(self, run_id: str | None, now: Findings, who: str | None) -> Changes:
        """Another model is in use: its groups, if some were found with it."""
        if now.run_id == run_id and run_id is not None:
            return gr.skip()
        then = now.at(run_id)
        return {self.findings: then, **self.standing(then, who), **self.shown(then)}

    def standing(self, now: Findings, who: str | None) -> Changes:
        """The card of a run that comes into use, and the two buttons below it."""
        run = self._run(now.run_id, who)
        if run is None:
            return {self.card: cards.NO_MODEL, **self.next(False, False)}
        promotion = run.promotion
        buttons = self.next(promotion is not None, self._may_undo(run, who))
        if now.found is not None and now.chosen is not None:
            return {self.card: cards.looked_at(now.found, now.chosen), **buttons}
        if promotion is not None:
            return {self.card: cards.promoted(run), **buttons}
        return {
            self.card: cards.start() if now.found is None else cards.found(now.found, now.judged, now.own),
            **buttons,
        }

    def next(self, visible: bool, undoable: bool) -> Changes:
        """The row with what one can do with a new class, and its button to take it back."""
        return {self.after: gr.update(visible=visible), self.back: gr.update(visible=undoable)}

    def choose_source(self, where: str) -> Changes:
        """Own texts need a place to put them."""
        return {
            self.pasted: gr.update(visible=where == OWN),
            self.own.box: gr.update(visible=where == OWN),
        }

    # Finding groups

    def wait_to_find(self) -> Changes:
        """Before the server gets to it."""
        return {self.card: cards.WAITING}

    def look_for(
        self,
        run_id: str | None,
        now: Findings,
        where: str,
        typed: str,
        upload: str | None,
        sheet: str | None,
        encoding: str | None,
        column: str | None,
        size: float,
        who: str | None,
    ) -> Iterator[Changes]:
        """Find groups. The class that was added last can still be asked and taken back."""
        if not run_id:
            yield {self.card: cards.NO_MODEL}
            return
        try:
            seed = self.shared.visitor(who).trained(run_id).config.seed
            yield {self.card: cards.busy("Finding groups", "Reading the open texts.", cards.FIND, 0.05)}
            open_texts = None
            texts = texts_given(typed, upload, sheet, encoding, column).texts if where == OWN else None
            for share, found in self._open_texts(run_id, texts):
                open_texts = found
                progress = "Judging your texts: which of them are open?"
                yield {self.card: cards.busy("Finding groups", progress, cards.FIND, share)}
            if open_texts is None:
                return
            detail = (
                f"Clustering {len(open_texts.texts):,} open texts: some seconds, for thousands up to half a minute."
            )
            yield {self.card: cards.busy("Finding groups", detail, cards.FIND, 0.65)}
            seen = discovery.discover(open_texts, int(size) if size >= 2 else None, seed)
        except ValueError as error:
            yield {self.card: cards.failed("No groups", error, cards.FIND)}
            return
        then = replace(now.at(run_id), own=where == OWN, judged=open_texts.judged, found=seen, chosen=None)
        card = cards.found(seen, open_texts.judged, then.own)
        yield {self.findings: then, self.card: card, **self.shown(then)}

    def _open_texts(self, run_id: str, given: list[str] | None) -> Iterator[tuple[float, OpenTexts]]:
        """(share of the work, open texts so far), of the test part or among a visitor's own."""
        run, classifier = self.shared.serving.run(run_id), self.shared.serving.model(run_id)
        if given is None:
            yield 0.6, discovery.open_test_texts(run, classifier.encoder.dim)
            return
        if not given:
            raise ValueError("there is nothing to look at yet; paste some texts, one a line, or choose a file.")
        if len(given) > discovery.MOST:
            raise ValueError(f"up to {discovery.MOST:,} texts can be looked at, got {len(given):,}; bring fewer.")
        for found in discovery.open_among(classifier, given):
            yield 0.6 * found.judged / len(given), found

    # The chosen group

    def look_at(self, now: Findings, event: gr.EventData) -> Changes:
        """A click on a group of the list."""
        return self._look_at(now, told_number(event, "id"))

    def look_at_point(self, now: Findings, event: gr.EventData) -> Changes:
        """A click on a point of the map."""
        return self._look_at(now, told_number(event, "about"))

    def _look_at(self, now: Findings, group: int | None) -> Changes:
        if now.found is None or group == now.chosen or group not in range(len(now.found.clusters)):
            return gr.skip()  # so what is unchecked in the chosen group stays unchecked
        return self.changed(replace(now, chosen=group))

    def rename(self, now: Findings, typed: str) -> Changes:
        """Enter in the name."""
        if now.found is None or now.chosen is None or typed.strip() in ("", now.found.clusters[now.chosen].name):
            return gr.skip()
        return self.changed(replace(now, found=now.found.renamed(now.chosen, typed)))

    def keep(self, now: Findings, rows: list[int], typed: str) -> Changes:
        """Drop the unchecked texts."""
        return self.edited(now, typed, lambda found, chosen: found.keeping(chosen, rows))

    def join(self, now: Findings, second: int | None, typed: str) -> Changes:
        """Merge the chosen group with another."""
        if second is None:
            raise refusal("Choose the group to merge with first.")
        place = None if now.chosen is None else now.chosen - (second < now.chosen)
        return self.edited(now, typed, lambda found, chosen: found.merged(chosen, second), place)

    def changed(self, now: Findings) -> Changes:
        """Everything about the group that is looked at."""
        if now.found is None or now.chosen is None:
            return gr.skip()
        return {self.findings: now, self.card: cards.looked_at(now.found, now.chosen), **self.shown(now)}

    def edited(
        self, now: Findings, typed: str, edit: Callable[[Discovery, int], Discovery], place: int | None = None
    ) -> Changes:
        """`changed` after an edit of the groups. The chosen one takes the typed name along, and is at `place` after it.

        Raises:
            gr.Error: the edit is not possible.
        """
        if now.found is None or now.chosen is None:
            raise refusal(GONE)
        try:
            named = now.found.renamed(now.chosen, typed) if typed.strip() else now.found
            chosen = now.chosen if place is None else place
            return self.changed(replace(now, found=edit(named, now.chosen), chosen=chosen))
        except ValueError as error:
            raise refusal(error) from error

    # A new class

    def wait_to_make(self, typed: str) -> Changes:
        """Before the server gets to it."""
        return {self.card: cards.making(typed, "Waiting for its turn.", 0)}

    def make_known(self, now: Findings, typed: str, rows: list[int], who: str) -> Iterator[Changes]:
        """Make the chosen group a known class: a new run, which comes into use."""
        if now.found is None or now.chosen is None:
            yield {self.card: cards.failed("There is no group", GONE, cards.FIND)}
            return
        detail = "One new head is trained, with synthesized negatives of its own. The others stay as they are."
        yield {self.card: cards.making(typed, detail, 0.5), **self.next(False, False)}
        try:
            kept = now.found.keeping(now.chosen, rows)
            run = self._promoted(now, kept, typed, who)
        except ValueError as error:
            card = cards.failed("This group can't become a class", error, cards.NAME)
            yield {**self.standing(now, who), self.card: card}
            return
        then = replace(now.at(run.id), own=now.own, judged=now.judged, found=kept.without(now.chosen))
        yield {
            self.findings: then,
            self.shared.model: self._menu(run.id, who),
            self.shared.mine: run.id,  # after a reload it answers again
            self.card: cards.promoted(run),
            **self.next(True, True),
            **self.shown(then),
        }

    def _promoted(self, now: Findings, kept: Discovery, typed: str, who: str) -> Run:
        own_rows: Sequence[int] = kept.clusters[now.chosen or 0].rows
        truth = None if kept.labels is None else [kept.labels[row] for row in own_rows]
        group = Group(typed, [kept.texts[row] for row in own_rows], truth)
        visitor = self.shared.visitor(who)
        parent = visitor.trained(now.run_id)
        visitor.check_may_make()
        private = now.own or self.shared.restricted
        return promote(self.shared.store, parent, self.shared.serving.model(parent.id), group, visitor.name, private)

    def take_back(self, run_id: str | None, now: Findings, who: str) -> Changes:
        """Undo: first the page leaves the run, then `remove` takes it away, so that nobody asks what is gone."""
        run = self._run(run_id, who)
        if run is None or run.promotion is None or not self._may_undo(run, who):
            raise refusal("Only a class that was added in this browser can be taken back.")
        parent = self._run(run.promotion.parent, who)
        then = now.at(None if parent is None else parent.id)  # the groups are as they were before
        return {
            self.findings: then,
            self.shared.model: self._menu(then.run_id, who),
            self.leaving: run.id,
            **self.standing(then, who),
            **self.shown(then),
        }

    def remove(self, run_id: str | None, who: str) -> None:
        """The run that was left goes."""
        run = self._run(run_id, who)
        if run is not None:
            undo(self.shared.store, run, self.shared.visitor(who).name)

    def ask_it(self, run_id: str | None, who: str | None) -> tuple[Any, Any]:
        """(tabs, text of Ask): a text of the new class."""
        run = self._run(run_id, who)
        promotion = None if run is None else run.promotion
        text = gr.skip() if promotion is None else (promotion.kept_back or promotion.texts)[0]
        return gr.Tabs(selected="ask"), text

    # What the groups look like

    def shown(self, now: Findings) -> Changes:
        """List, map, and what is inside the panel of the chosen group."""
        found, chosen = now.found, now.chosen
        both = {self.groups: cards.group_list(found, chosen), self.plot: cards.group_figure(now)}
        if found is None or chosen is None:
            return {**both, self.panel: gr.update(visible=False)}
        cluster = found.clusters[chosen]
        choices = [(found.texts[row], row) for row in cluster.rows]
        others = [(c.name, index) for index, c in enumerate(found.clusters) if index != chosen]
        return {
            **both,
            self.panel: gr.update(visible=True),
            self.name: gr.update(value=cluster.name),
            self.texts: gr.update(choices=choices, value=cluster.rows),
            self.other: gr.update(choices=others, value=None),
        }

    def _run(self, run_id: str | None, who: str | None) -> Run | None:
        return self.shared.visitor(who).find(run_id)

    def _may_undo(self, run: Run, who: str | None) -> bool:
        return self.shared.visitor(who).may_undo(run)

    def _menu(self, run_id: str | None, who: str) -> Any:
        """The choice of the model in use, with this run chosen."""
        return gr.update(choices=self.shared.models(who), value=run_id)

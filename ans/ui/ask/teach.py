"""Teach it: what a person says the model got wrong, the list of that, and learning from it in seconds."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import gradio as gr
from gradio.events import Dependency

from ans.conventions import LONGEST
from ans.data.corrections import Correction, as_tsv, right_class
from ans.serving.batch_csv import harmless
from ans.ui.components import TeachComponent
from ans.ui.download import SAVE_FILE, counted_file
from ans.ui.shared import Shared
from ans.ui.wiring import AT_ONCE, QUIETLY, Changes, refusal
from ans.ui.wording import as_sentence, percent

if TYPE_CHECKING:
    from ans.runs.taught import Standing, Taught


@dataclass(frozen=True)
class Teach:
    """Its component, and what saves all corrections. `below_verdict`: here a message can be corrected, too."""

    shared: Shared
    below_verdict: bool
    view: TeachComponent
    download: gr.Button
    file: gr.DownloadButton

    @property
    def of_run(self) -> list:
        """All that changes with the model in use and with each correction."""
        return [self.view, self.download]

    def shown(self, run_id: str | None, who: str | None, refused: str = "") -> Changes:
        """Another model is in use, or corrections were made.

        Args:
            refused: why the last one can't be.
        """
        visitor = self.shared.visitor(who)
        try:
            run = visitor.trained(run_id)
            corrections = visitor.corrections.of(visitor.browser, run.config.dataset)
            learnt, taught = run.learnt, run.taught
        except ValueError:  # the verdict tells what is wrong with the model
            return {self.view: {"classes": [], "corrections": []}, self.download: gr.update(visible=False)}
        value = {
            "classes": self.shared.serving.known(run.id),
            "corrections": [_listed(one, learnt) for one in corrections],
            "form": self.below_verdict,
            "refused": refused,
            "at": time.time(),  # what was pressed stands as before, also where nothing has changed
            "differs": {one.text: one.label for one in corrections} != learnt,
        }
        if taught is not None:
            origin = visitor.find(taught.origin)
            value["result"] = result_card(taught, None if origin is None else origin.name)
        return {self.view: value, self.download: gr.update(visible=bool(corrections))}

    def offer(self, run_id: str | None, who: str | None) -> Changes:
        """The file of all corrections.

        Raises:
            gr.Error: the model is gone, or this visitor has had as many files as it may.
        """
        visitor = self.shared.visitor(who)
        try:
            corrections = visitor.corrections.of(visitor.browser, visitor.trained(run_id).config.dataset)
            content = as_tsv(map(_for_spreadsheets, corrections))
            return {self.file: counted_file(self.shared, who, self.file, "corrections.tsv", content)}
        except ValueError as error:
            raise refusal(error) from error

    def act(self, text: str, run_id: str | None, who: str | None, event: gr.EventData) -> Changes:
        """A button of this part: correct, remove, learn, or go back to the model that was taught."""
        action = getattr(event, "action", None)
        try:
            if action == "correct":
                label = None if getattr(event, "open", False) else str(getattr(event, "label", ""))
                self.correct([text], label, run_id, who)
            elif action == "remove":
                visitor = self.shared.visitor(who)
                dataset = visitor.trained(run_id).config.dataset
                visitor.corrections.remove(visitor.browser, dataset, [str(getattr(event, "text", ""))])
            elif action == "learn":
                run_id = self._learnt(run_id, who)
            elif action == "back":
                run_id = self._origin(run_id, who)
        except ValueError as error:
            return self.shown(run_id, who, as_sentence(error))
        changes = self.shown(run_id, who)
        if action in ("learn", "back"):
            changes[self.shared.model] = gr.update(choices=self.shared.models(who), value=run_id)
        return changes

    def correct(self, texts: Sequence[str], label: str | None, run_id: str | None, who: str | None) -> None:
        """Keep corrections of texts that the model in use answered otherwise.

        Args:
            label: their right class, known or new; None for open.

        Raises:
            ValueError: there is no text or no class, the model says so already, or too many corrections are kept.
        """
        visitor = self.shared.visitor(who)
        run = visitor.trained(run_id)
        if not (cut := [text[:LONGEST].strip() for text in texts if text.strip()]):
            raise ValueError("there is no text to correct; type a message first.")
        right = right_class(label, self.shared.serving.known(run.id))
        if right == "":
            raise ValueError("choose the right class, or OPEN, or type the name of a new class.")
        found = self.shared.serving.model(run.id).explain(cut, candidates=1, neighbours=0)
        wrong = [Correction(one.text, right, one.label) for one in found if one.label != right]
        if not wrong:
            raise ValueError(f"that is what the model answers already: {right or 'OPEN'}.")
        visitor.corrections.add(visitor.browser, run.config.dataset, wrong)

    def _learnt(self, run_id: str | None, who: str | None) -> str:
        from ans.workflows.teach import origin_of, teach

        visitor = self.shared.visitor(who)
        now = visitor.trained(run_id)
        run = origin_of(visitor.runs, now)
        corrections = visitor.corrections.of(visitor.browser, run.config.dataset)
        if not corrections:
            raise ValueError("there is no correction to learn from; correct an answer first.")
        visitor.check_may_make()
        new = [one.label for one in corrections if (one.text, one.label) not in now.learnt.items()]
        visitor.check_taught(new, self.shared.serving.known(now.id))
        model, alone = self.shared.serving.model(run.id), not self.shared.restricted
        return teach(self.shared.store, run, model, corrections, visitor.name, alone).id

    def _origin(self, run_id: str | None, who: str | None) -> str:
        visitor = self.shared.visitor(who)
        taught = visitor.trained(run_id).taught
        return visitor.trained(None if taught is None else taught.origin).id


def layout(shared: Shared, below_verdict: bool) -> Teach:
    """Place it here: below a verdict, or below the table of many texts, which has buttons of its own to correct."""
    view = TeachComponent({"classes": [], "corrections": []}, elem_id="teach" if below_verdict else "teach-many")
    download = gr.Button(
        "Download corrections",
        size="sm",
        variant="secondary",
        visible=False,
        min_width=150,
        elem_classes="corrections-file",
    )
    return Teach(shared, below_verdict, view, download, gr.DownloadButton(visible=False))


def wire(part: Teach, query: gr.Textbox, opening: gr.Tab, corrected: Dependency | None = None) -> None:
    """Connect it.

    Args:
        query: what was typed. opening: the tab it is on. corrected: where else corrections are made on this tab.
    """
    model, browser = part.shared.model, part.shared.browser
    for event in filter(None, [model.change, opening.select, corrected and corrected.then]):
        event(part.shown, [model, browser], part.of_run, **AT_ONCE)
    part.view.click(part.act, [query, model, browser], [*part.of_run, model], **QUIETLY)
    offered = part.download.click(part.offer, [model, browser], part.file, **QUIETLY)
    offered.success(None, part.file, None, js=SAVE_FILE)


def result_card(taught: Taught, origin: str | None) -> dict:
    """What a learning has changed, as `TeachComponent` draws it. `origin`: the name of the run before, None if gone."""
    count, before, after = len(taught.corrections), taught.before, taught.after
    words = "1 correction" if count == 1 else f"{count} corrections"
    return {
        "title": f"Learnt from {words} in {taught.seconds:.1f} s",
        "numbers": [["", "before", "after"], *_rows(before, after)],
        "changes": [
            {
                "text": one.text,
                "was": one.was or "OPEN",
                "now": one.now or "OPEN",
                "truth": one.truth or "OPEN",
                "better": one.better,
            }
            for one in taught.changes
        ],
        "origin": origin,
    }


def _rows(before: Standing, after: Standing) -> list[list[str]]:
    counts = (
        ("Corrected texts, right", "corrected"),
        ("Test texts of known classes, right", "known_right"),
        ("… answered OPEN", "known_refused"),
        ("Test texts of no known class, answered OPEN", "open_right"),
    )
    rows = [[name, str(getattr(before, key)), str(getattr(after, key))] for name, key in counts]
    return [*rows, ["F1", percent(before.f1), percent(after.f1)]]


def _for_spreadsheets(one: Correction) -> Correction:
    """A correction of which no cell is a formula."""
    label, answered = (cell and harmless(cell) for cell in (one.label, one.answered))
    return replace(one, text=harmless(one.text), label=label, answered=answered)


def _listed(one: Correction, learnt: dict[str, str | None]) -> dict:
    return {
        "text": one.text,
        "says": one.says,
        "answered": one.answered or "OPEN",
        "open": one.label is None,
        "learnt": one.text in learnt and learnt[one.text] == one.label,
    }

"""The inner tab of Ask for many texts: paste lines or drop a file, watch, and look through the answers below.

What the card and the two buttons show is drawn from the state of the batch on the server, by a timer that runs while
texts are classified and whenever the tab is opened: an event that gets lost is made good by the next one.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

import gradio as gr

from ans.data.lines import MOST_LINES
from ans.serving.batch import Batch, Pass
from ans.serving.batch_view import ALL
from ans.serving.discovery import FEWEST, MOST
from ans.serving.language import is_foreign_to
from ans.ui import texts_file
from ans.ui.ask import teach, work_table
from ans.ui.ask.shown_rows import START, Place
from ans.ui.ask.work_table import NO_MODEL, WorkTable
from ans.ui.components import RunComponent
from ans.ui.shared import Shared
from ans.ui.texts_file import TextsFile, texts_given
from ans.ui.wiring import AT_ONCE, QUIETLY, Changes, refusal
from ans.ui.wording import as_sentence, clock, only_english

LOOK_SECONDS = 0.5
BYTES = 4  # of a character at most, in memory
_ADMITTING = threading.Lock()  # from the look whether texts may be classified to their being counted
NOTHING = {
    "state": "empty",
    "title": "Many texts at once",
    "detail": f"Paste texts, one a line, or drop a file; then press Classify. At most {MOST_LINES:,} texts.",
}


@dataclass(frozen=True)
class ManyTab:
    """The tab's components and handlers. `batch`: the texts that are classified, or were last.

    `watch` looks at the batch while it is under way; the page renders it outside of the tabs, where it always ticks.
    """

    shared: Shared
    batch: gr.State
    watch: gr.Timer
    pasted: gr.Textbox
    own: TextsFile
    classify: gr.Button
    stop: gr.Button
    card: RunComponent
    table: WorkTable
    taught: teach.Teach

    @property
    def of_state(self) -> list:
        """What shows how far the batch is."""
        return [self.watch, self.card, self.classify, self.stop, *self.table.of_batch]

    def start(
        self,
        text: str,
        path: str | None,
        sheet: str | None,
        encoding: str | None,
        column: str | None,
        run_id: str | None,
        who: str | None,
        before: Batch | None,
    ) -> Changes:
        """Read what was pasted or dropped, and begin with it."""
        try:
            run = self.shared.visitor(who).trained(run_id)
            lines = texts_given(text, path, sheet, encoding, column)
        except ValueError as error:
            raise refusal(error) from error
        if not lines.texts:
            raise refusal("There is no text to classify; paste some, one a line, or drop a file.")
        if before is not None:
            before.stop()
        batch = Batch(lines, Pass(lines.texts, run.id, run.name), owner=self.shared.visitor(who).name)
        with _ADMITTING:
            self._check_turn(batch, before, who)
            try:
                size = sum(map(len, batch.lines.texts)) * BYTES
                self.shared.server.held.admit(batch, size, self.shared.address(who))
            except ValueError as error:
                raise refusal(error) from error
        batch.first.begin(lambda: self.shared.serving.model(run.id))
        return {self.batch: batch, **self.look(batch, who), **self.table.cleared()}

    def _check_turn(self, batch: Batch, before: Batch | None, who: str | None) -> None:
        """See that not too many texts of this address are being classified.

        Where they are, those are stopped that this browser has begun in a page that is gone, as after a reload.

        Raises:
            gr.Error: there are as many as may be.
        """
        server = self.shared.server
        if (most := server.limits.passes) is None:
            return
        held = [one for one in server.held.of(self.shared.address(who)) if isinstance(one, Batch)]
        going = [one for one in held if one is not batch and one is not before and not one.now.ended]
        left = [one for one in going if one.owner == batch.owner and one.now.is_left]
        if len(going) - len(left) < most <= len(going):
            for one in left:
                one.stop()
        elif len(going) >= most:
            raise refusal("Many texts of your address are being classified already; wait for them, or stop them.")

    def beside(
        self, other: str | None, batch: Batch | None, who: str | None, kind: str, words: str, place: Place
    ) -> Changes:
        """A second model was chosen for the same texts, or none."""
        if batch is None or not batch.first.ended:
            return gr.skip()
        if batch.second is not None:
            batch.second.stop()
        batch.second = None
        if other and other != NO_MODEL:
            try:
                run = self.shared.visitor(who).trained(other)
            except ValueError as error:
                raise refusal(error) from error
            texts = batch.lines.texts[: len(batch.verdicts)]
            with _ADMITTING:
                self._check_turn(batch, None, who)
                batch.second = Pass(texts, run.id, run.name)
            batch.second.begin(lambda: self.shared.serving.model(run.id))
        return self.look(batch, who, kind, words, place)

    def look(
        self, batch: Batch | None, who: str | None, kind: str = ALL, words: str = "", place: Place = START
    ) -> Changes:
        """Where the batch stands, drawn anew: nothing here depends on what the page has drawn before."""
        if batch is None:
            return gr.skip()
        now = batch.now
        now.seen()
        ended = now.ended  # asked once: it may end in between, and the next look tells
        return {
            self.watch: gr.Timer(active=not ended),
            self.card: ended_card(batch, self._foreign(batch)) if ended else running_card(now),
            self.classify: gr.update(interactive=ended),
            self.stop: gr.update(interactive=not ended),
            **self.table.looked(batch, who, kind, words, place),
        }

    def _foreign(self, batch: Batch) -> int:
        """How many of the classified texts are in a language that the model's encoder has not read."""
        try:
            encoder = self.shared.serving.run(batch.first.run_id).config.encoder
        except ValueError:  # deleted meanwhile
            return 0
        return sum(is_foreign_to(encoder, verdict.text) for verdict in batch.verdicts)

    def open_texts(self, batch: Batch | None) -> list[str]:
        """The texts that are OPEN, to find groups in.

        Raises:
            gr.Error: they are too few or too many.
        """
        found = [verdict.text for verdict in (batch.verdicts if batch is not None else []) if verdict.label is None]
        if not FEWEST <= len(set(found)) <= MOST:
            raise refusal(
                f"Groups can be found among {FEWEST} to {MOST:,} different OPEN texts; here are {len(set(found)):,}."
            )
        return found

    def end(self, batch: Batch | None, who: str | None, kind: str, words: str, place: Place) -> Changes:
        """Stop: what is classified by then is kept."""
        if batch is None:
            return gr.skip()
        batch.now.stop()
        batch.now.wait(LOOK_SECONDS)
        return self.look(batch, who, kind, words, place)


def build(shared: Shared, opening: gr.Tab) -> ManyTab:
    """Lay out the tab inside the current Tab, which is `opening`, and wire it."""
    tab, model = layout(shared), shared.model
    seen = [tab.batch, shared.browser, *tab.table.of_view]
    given = [tab.pasted, *tab.own.given, model, shared.browser, tab.batch]
    texts_file.wire(tab.own)
    tab.classify.click(tab.start, given, [tab.batch, *tab.of_state], **QUIETLY)
    tab.stop.click(tab.end, seen, tab.of_state, **AT_ONCE)
    gr.on([tab.watch.tick, opening.select], tab.look, seen, tab.of_state, **AT_ONCE)
    tab.table.second.input(tab.beside, [tab.table.second, *seen], tab.of_state, **QUIETLY)
    teach.wire(tab.taught, tab.pasted, opening, work_table.wire(tab.table, tab.batch))
    return tab


def layout(shared: Shared) -> ManyTab:
    """What is to be classified, beside it the card and the counts; below them the texts with their answers."""
    batch, watch = gr.State(None), gr.Timer(LOOK_SECONDS, active=False, render=False)
    with gr.Row(equal_height=False):
        with gr.Column(scale=4, min_width=300):
            pasted = gr.Textbox(
                label="Texts, one a line",
                placeholder="my card was swallowed\ndo fish sleep",
                lines=9,
                max_lines=9,
                elem_id="pasted",
            )
            card = RunComponent(NOTHING, elem_id="batch", render=False)
            own = texts_file.texts_file(shared.server.limits.uploading, 170, card, _failed)
            with gr.Row():
                classify = gr.Button("Classify", variant="primary", scale=3, elem_id="classify")
                stop = gr.Button("Stop", interactive=False, scale=1, min_width=80, elem_id="stop-classifying")
        with gr.Column(scale=7, min_width=320):
            card.render()
            counts = work_table.counts()
    table = work_table.layout(shared, counts)
    taught = teach.layout(shared, below_verdict=False)
    return ManyTab(shared, batch, watch, pasted, own, classify, stop, card, table, taught)


def running_card(now: Pass) -> dict:
    """How far a pass is."""
    done, total, passed = len(now.verdicts), len(now.texts), now.seconds
    left = f", about {clock(passed / done * (total - done))} left" if done else ""
    detail = f"{done:,} of {total:,} texts{left}." if now.state == "running" else "Waiting for its turn."
    return {
        "state": "running",
        "title": "Classifying",
        "clock": clock(passed),
        "name": now.name,
        "detail": detail,
        "share": done / total,
    }


def ended_card(batch: Batch, foreign: int = 0) -> dict:
    """How it ended: all classified, or stopped, and which share is open; of two models, how many answers changed.

    Args:
        foreign: how many texts are in a language that the encoder has not read.
    """
    now, (done, total) = batch.now, (len(batch.verdicts), len(batch.lines.texts))
    if now.state == "failed":
        return _failed("These could not be classified", now.error)
    whole = done == total
    title = f"{done:,} {'text' if done == 1 else 'texts'} classified" if whole else f"{done:,} of {total:,} classified"
    return {
        "state": "finished" if now.state == "done" else "stopped",
        "title": title,
        "clock": clock(now.seconds),
        "name": batch.first.name if batch.second is None else f"{batch.first.name}, and beside it {batch.second.name}",
        "detail": " ".join(_shares(batch)),
        **({"warning": only_english(f"{foreign:,} of these texts seem")} if foreign else {}),
    }


def _shares(batch: Batch) -> list[str]:
    done, total = len(batch.verdicts), len(batch.lines.texts)
    stopped = "You stopped it" if batch.first.was_stopped else "It stopped, as nobody looked at this page for minutes"
    if not done:
        return [f"{stopped}, before the first answer."]
    unknown = sum(verdict.label is None for verdict in batch.verdicts)
    words = [f"{unknown:,} ({unknown / done:.0%}) are OPEN, {done - unknown:,} belong to a known class."]
    if batch.second is not None:
        compared = len(batch.second.verdicts)
        changed = sum(batch.changed(row) for row in range(compared))
        words.append(f"The second model gives {changed:,} of {compared:,} another answer.")
    if done < total:
        words.append(f"{stopped}; the other {total - done:,} were not classified.")
    if batch.lines.beyond:
        words.append(f"{batch.lines.beyond:,} more texts were left out: {MOST_LINES:,} are the most at a time.")
    return words


def _failed(title: str, error: Exception | str) -> dict:
    return {"state": "failed", "title": title, "detail": as_sentence(error)}

"""The inner tab of Ask for many texts: paste lines or drop a file, watch, filter, download."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import gradio as gr

from ans.data.lines import MOST_LINES, lines_given
from ans.data.tables import EXTENSIONS, MOST_BYTES
from ans.serving.batch import Batch, Verdict, as_csv
from ans.serving.models import Serving
from ans.ui.components import PAGE, RunComponent, TextsComponent, offered_file, texts_value
from ans.ui.shared import Shared
from ans.ui.wiring import AT_ONCE, QUIETLY, Changes, refusal
from ans.ui.wording import as_sentence, clock, signed

ALL, OPEN, KNOWN, UNSURE = "all", "open", "known", "unsure"
NOTHING = {
    "state": "empty",
    "title": "Many texts at once",
    "detail": f"Paste texts, one a line, or drop a file; then press Judge. At most {MOST_LINES:,} texts.",
}
CHOICES = [("All", ALL), ("OPEN", OPEN), ("Known", KNOWN), ("Unsure", UNSURE)]


@dataclass(frozen=True)
class ManyTab:
    """The tab's components and handlers. `batch`: the texts that are judged, or were last. Ask takes up a click on
    `rows`.
    """

    shared: Shared
    batch: gr.State
    pasted: gr.Textbox
    file: gr.File
    judge: gr.Button
    stop: gr.Button
    card: RunComponent
    results: gr.Column
    kind: gr.Radio
    download: gr.DownloadButton
    rows: TextsComponent

    def prepare(self, text: str, path: str | None, run_id: str | None, who: str | None) -> Changes:
        """Read what was pasted or dropped."""
        try:
            self.shared.visitor(who).trained(run_id)
            lines = lines_given(text, path)
        except ValueError as error:
            raise refusal(error) from error
        if not lines.texts:
            raise refusal("There is no text to judge; paste some, one a line, or drop a file.")
        return {
            self.batch: Batch(lines),
            self.card: {"state": "running", "title": "Starting", "share": 0},
            **self._buttons(busy=True),
            self.results: gr.update(visible=False),
        }

    def run(self, batch: Batch, run_id: str, who: str | None) -> Iterator[Changes]:
        """Judge it, chunk after chunk."""
        try:
            self.shared.visitor(who).trained(run_id)
            for card in judged(self.shared.serving, batch, run_id):
                yield {self.card: card}
        except ValueError as error:
            failed = {"state": "failed", "title": "These could not be judged", "detail": as_sentence(error)}
            yield {self.card: failed, **self._buttons(busy=False)}
            return
        yield {
            **self._buttons(busy=False),
            self.results: gr.update(visible=True),
            self.kind: gr.update(choices=counted(batch.verdicts), value=ALL),
            **self.filter(batch, ALL),
        }

    def end(self, batch: Batch | None) -> Changes:
        """Stop: what is judged by then is kept."""
        if batch is not None:
            batch.stop()
        return {self.stop: gr.update(interactive=False)}

    def filter(self, batch: Batch | None, kind: str) -> Changes:
        """The verdicts of one kind, and the file of them."""
        if batch is None:
            return gr.skip()
        return {self.rows: listed(batch, kind, PAGE), self.download: csv_file(self.download, batch, kind)}

    def more(self, batch: Batch | None, kind: str, event: gr.EventData) -> Changes:
        """More rows of the list."""
        if batch is None:
            return gr.skip()
        return {self.rows: listed(batch, kind, int(getattr(event, "count", 0)) + PAGE)}

    def _buttons(self, busy: bool) -> Changes:
        return {self.judge: gr.update(interactive=not busy), self.stop: gr.update(interactive=busy)}


def build(shared: Shared) -> ManyTab:
    """Lay out the tab inside the current Tab and wire it."""
    tab, model = layout(shared), shared.model
    started = tab.judge.click(
        tab.prepare,
        [tab.pasted, tab.file, model, shared.browser],
        [tab.batch, tab.card, tab.judge, tab.stop, tab.results],
        **QUIETLY,
    )
    shown = [tab.card, tab.judge, tab.stop, tab.results, tab.kind, tab.rows, tab.download]
    started.success(tab.run, [tab.batch, model, shared.browser], shown, concurrency_limit=2, **QUIETLY)
    tab.stop.click(tab.end, tab.batch, tab.stop, **AT_ONCE)
    tab.kind.input(tab.filter, [tab.batch, tab.kind], [tab.rows, tab.download], **QUIETLY)
    tab.rows.select(tab.more, [tab.batch, tab.kind], tab.rows, **QUIETLY)
    return tab


def layout(shared: Shared) -> ManyTab:
    """What is to be judged, beside it the card and the list of verdicts."""
    batch = gr.State(None)
    with gr.Row(equal_height=False):
        with gr.Column(scale=4, min_width=300):
            pasted = gr.Textbox(
                label="Texts, one a line",
                placeholder="my card was swallowed\ndo fish sleep",
                lines=9,
                max_lines=9,
                elem_id="pasted",
            )
            file = gr.File(
                label=f"Or a CSV, TSV, TXT, JSONL or JSON file, at most {MOST_BYTES >> 20} MB",
                file_types=list(EXTENSIONS),
                height=170,
            )
            with gr.Row():
                judge = gr.Button("Judge", variant="primary", scale=3, elem_id="judge")
                stop = gr.Button("Stop", interactive=False, scale=1, min_width=80, elem_id="stop-judging")
        with gr.Column(scale=7, min_width=320):
            card = RunComponent(NOTHING, elem_id="batch")
            with gr.Column(visible=False) as results:
                with gr.Row(equal_height=False):
                    kind = gr.Radio(CHOICES, value=ALL, show_label=False, container=False, elem_id="kind")
                    download = gr.DownloadButton("Download CSV", size="sm", scale=0, min_width=150, elem_id="csv")
                rows = TextsComponent(elem_id="verdicts")
    return ManyTab(shared, batch, pasted, file, judge, stop, card, results, kind, download, rows)


def judged(serving: Serving, batch: Batch, run_id: str) -> Iterator[dict]:
    """The card after each chunk, and at the end.

    Raises:
        ValueError: the model is gone or damaged.
    """
    model, name = serving.model(run_id), serving.run(run_id).name
    total, began = len(batch.lines.texts), time.monotonic()
    for done in batch.run(model):
        passed = time.monotonic() - began
        yield {
            "state": "running",
            "title": "Judging",
            "clock": clock(passed),
            "name": name,
            "detail": f"{done:,} of {total:,} texts, about {clock(passed / done * (total - done))} left.",
            "share": done / total,
        }
    yield finished_card(batch, name, time.monotonic() - began)


def finished_card(batch: Batch, name: str, seconds: float) -> dict:
    """How it ended: all judged, or stopped, and how many are open."""
    done, total = len(batch.verdicts), len(batch.lines.texts)
    unknown = sum(verdict.label is None for verdict in batch.verdicts)
    words = [f"{unknown:,} are OPEN, {done - unknown:,} belong to a known class."]
    if not batch.done:
        words.append(f"You stopped it; the other {total - done:,} were not judged.")
    if batch.lines.beyond:
        words.append(f"{batch.lines.beyond:,} more texts were left out: {MOST_LINES:,} are the most at a time.")
    return {
        "state": "finished" if batch.done else "stopped",
        "title": f"{done:,} {'text' if done == 1 else 'texts'} judged"
        if batch.done
        else f"{done:,} of {total:,} judged",
        "clock": clock(seconds),
        "name": name,
        "detail": " ".join(words),
    }


def counted(verdicts: list[Verdict]) -> list[tuple[str, str]]:
    """The choices of the filter, with how many texts each leaves."""
    return [(f"{name} ({sum(_is(one, kind) for one in verdicts):,})", kind) for name, kind in CHOICES]


def listed(batch: Batch, kind: str, most: int) -> dict:
    """The first rows of the filtered verdicts, as the list draws them."""
    found = [batch.verdicts[i] for i in _of_kind(batch, kind)]
    rows = [
        {
            "text": verdict.text,
            "tag": "OPEN" if verdict.label is None else verdict.label,
            "kind": OPEN if verdict.label is None else KNOWN,
            "aside": signed(verdict.score) + (" unsure" if verdict.between else ""),
        }
        for verdict in found[:most]
    ]
    heading = "Text, verdict, and the largest head logit. A click takes a text to “One text”."
    empty = "No text was judged." if not batch.verdicts else "None of the texts is of this kind."
    return {**texts_value(rows, len(found), heading, empty), "clickable": True}


def _of_kind(batch: Batch, kind: str) -> list[int]:
    return [i for i, verdict in enumerate(batch.verdicts) if _is(verdict, kind)]


def _is(verdict: Verdict, kind: str) -> bool:
    is_open = verdict.label is None
    return {ALL: True, OPEN: is_open, KNOWN: not is_open, UNSURE: bool(verdict.between)}[kind]


def csv_file(button: gr.DownloadButton, batch: Batch, kind: str) -> str:
    """The filtered verdicts as a file that the page may hand out; Gradio deletes it after a day."""
    rows = _of_kind(batch, kind)
    content = as_csv([batch.verdicts[i] for i in rows], [batch.lines.labels[i] for i in rows])
    return offered_file(button, "verdicts.csv", content)

"""The inner tab of Ask for many texts: paste lines or drop a file, watch, filter, download."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import gradio as gr

from ans.data.lines import MOST_LINES, lines_given
from ans.data.tables import EXTENSIONS, MOST_BYTES
from ans.serving.batch import Batch, Verdict, as_csv
from ans.serving.models import Serving
from ans.ui.components import PAGE, RunView, TextsView, texts_value
from ans.ui.shared import Shared
from ans.ui.wiring import AT_ONCE, QUIETLY
from ans.ui.wording import as_sentence, clock, signed

ALL, OPEN, KNOWN = "all", "open", "known"
NOTHING = {
    "state": "empty",
    "title": "Many texts at once",
    "detail": f"Paste texts, one a line, or drop a file; then press Judge. At most {MOST_LINES:,} texts.",
}
CHOICES = [("All", ALL), ("OPEN", OPEN), ("Known", KNOWN)]


@dataclass(frozen=True)
class ManyTab:
    """The list, whose click the Ask tab takes up."""

    rows: TextsView


def build(shared: Shared) -> ManyTab:
    """Lay out the tab inside the current Tab and wire it."""
    serving, model = shared.serving, shared.model
    batch = gr.State(None)
    with gr.Row(equal_height=False):
        with gr.Column(scale=4, min_width=300):
            pasted = gr.Textbox(
                label="Texts, one a line", placeholder="my card was swallowed\ndo fish sleep", lines=9, max_lines=9,
                elem_id="pasted",
            )  # fmt: skip
            file = gr.File(
                label=f"Or a CSV, TSV, TXT, JSONL or JSON file, at most {MOST_BYTES >> 20} MB",
                file_types=list(EXTENSIONS),
                height=170,
            )
            with gr.Row():
                judge = gr.Button("Judge", variant="primary", scale=3, elem_id="judge")
                stop = gr.Button("Stop", interactive=False, scale=1, min_width=80, elem_id="stop-judging")
        with gr.Column(scale=7, min_width=320):
            card = RunView(NOTHING, elem_id="batch")
            with gr.Column(visible=False) as results:
                with gr.Row(equal_height=False):
                    kind = gr.Radio(CHOICES, value=ALL, show_label=False, container=False, elem_id="kind")
                    download = gr.DownloadButton("Download CSV", size="sm", scale=0, min_width=150, elem_id="csv")
                rows = TextsView(elem_id="verdicts")

    def table(current: Batch, chosen: str) -> tuple[dict, dict]:
        return listed(current, chosen, PAGE), gr.update(value=_csv_file(download, current, chosen))

    def prepare(text: str, path: str | None, run_id: str | None) -> tuple[Batch, dict, dict, dict, dict]:
        try:
            serving.run(run_id)
            lines = lines_given(text, path)
        except ValueError as error:
            raise gr.Error(as_sentence(error), print_exception=False) from error
        if not lines.texts:
            raise gr.Error("There is no text to judge; paste some, one a line, or drop a file.", print_exception=False)
        busy = {"state": "running", "title": "Starting", "share": 0}
        return Batch(lines), busy, gr.update(interactive=False), gr.update(interactive=True), gr.update(visible=False)

    def run(current: Batch, run_id: str) -> Iterator[tuple]:
        try:
            for shown in judged(serving, current, run_id):
                yield shown, *(gr.skip() for _ in range(6))
        except ValueError as error:
            yield (
                {"state": "failed", "title": "These could not be judged", "detail": as_sentence(error)},
                gr.update(interactive=True), gr.update(interactive=False), *(gr.skip() for _ in range(4)),
            )  # fmt: skip
            return
        yield (
            gr.skip(), gr.update(interactive=True), gr.update(interactive=False), gr.update(visible=True),
            gr.update(choices=counted(current.verdicts), value=ALL), *table(current, ALL),
        )  # fmt: skip

    def end(current: Batch | None) -> dict:
        if current is not None:
            current.stop()
        return gr.update(interactive=False)

    def more(current: Batch, chosen: str, event: gr.EventData) -> dict:
        return listed(current, chosen, int(event.count) + PAGE)

    started = judge.click(prepare, [pasted, file, model], [batch, card, judge, stop, results], **QUIETLY)
    started.success(
        run, [batch, model], [card, judge, stop, results, kind, rows, download], concurrency_limit=2, **QUIETLY
    )
    stop.click(end, batch, stop, **AT_ONCE)
    kind.input(table, [batch, kind], [rows, download], **QUIETLY)
    rows.select(more, [batch, kind], rows, **QUIETLY)
    return ManyTab(rows)


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
    unknown = sum(verdict.label is None for verdict in verdicts)
    counts = {ALL: len(verdicts), OPEN: unknown, KNOWN: len(verdicts) - unknown}
    return [(f"{name} ({counts[value]:,})", value) for name, value in CHOICES]


def listed(batch: Batch, kind: str, most: int) -> dict:
    """The first rows of the filtered verdicts, as the list draws them."""
    found = [batch.verdicts[i] for i in _of_kind(batch, kind)]
    rows = [
        {
            "text": verdict.text,
            "tag": "OPEN" if verdict.label is None else verdict.label,
            "kind": OPEN if verdict.label is None else KNOWN,
            "aside": signed(verdict.score),
        }
        for verdict in found[:most]
    ]
    heading = "Text, verdict, and the largest head logit. A click takes a text to “One text”."
    empty = "No text was judged." if not batch.verdicts else "None of the texts is of this kind."
    return {**texts_value(rows, len(found), heading, empty), "clickable": True}


def _of_kind(batch: Batch, kind: str) -> list[int]:
    wanted = {ALL: (True, False), OPEN: (True,), KNOWN: (False,)}[kind]
    return [i for i, verdict in enumerate(batch.verdicts) if (verdict.label is None) in wanted]


def _csv_file(button: gr.DownloadButton, batch: Batch, kind: str) -> str:
    """The filtered verdicts as a file that the page may hand out; Gradio deletes it after a day."""
    rows = _of_kind(batch, kind)
    content = as_csv([batch.verdicts[i] for i in rows], [batch.lines.labels[i] for i in rows])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "verdicts.csv"
        path.write_bytes(content)
        return button.move_resource_to_block_cache(str(path))

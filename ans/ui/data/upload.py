"""The inner tab of Data for one's own data: upload, map the columns, see what was understood, keep it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from ans.config import TrainConfig
from ans.conventions import OUTSIDE_NAME
from ans.data.columns import Columns
from ans.data.intake import Understood, understand
from ans.data.lines import Offered
from ans.data.report import DOUBTFUL, EXAMPLES, TRAINABLE, USELESS, Report, sample
from ans.data.rows import MOST_ROWS, Table
from ans.data.tables import MOST_BYTES, PACKED_TOO, read_upload, unpacked_name
from ans.model.readable import encoder_notes
from ans.recent import Recent
from ans.runs.files import stamp_of
from ans.ui.components import FindingsComponent, TextsComponent, texts_value
from ans.ui.file_choices import FileChoices, file_choices
from ans.ui.reading import read_apart
from ans.ui.shared import Shared
from ans.ui.wiring import AT_ONCE, QUIETLY, Changes, refusal
from ans.ui.wording import as_sentence

NONE = "(none)"
_READ = Recent(4)  # files by their paths, which have their contents' hash: however many pages ask, one table is kept
LIMIT = MOST_BYTES >> 20
HELD = 8  # bytes in memory for one of a file: its table, and what is understood of it
NOTHING = {
    "state": "empty",
    "title": "Your own texts",
    "detail": "Upload a table with one text a row and, to train on it, a column with its label. You see here what was "
    "understood before anything is kept or trained. Only this browser sees what you upload. CSV, TSV, Excel, "
    "OpenDocument, JSON, Parquet, Rasa, fastText, doccano, Label Studio and more are read, also packed as gz or zip.",
}
OFF = {
    "state": "empty",
    "title": "Uploads are turned off on this server",
    "detail": "Run the app on your own machine to bring your own texts.",
}
TITLES = {
    TRAINABLE: "Ready to train",
    DOUBTFUL: "This can be trained on; first look at the lines with a ?",
    USELESS: "This can be explored, not trained on",
}
USUAL = TrainConfig()  # its encoder is the one that a training begins with


@dataclass(frozen=True)
class UploadTab:
    """The tab's components and handlers.

    `table`: the uploaded file, `understood`: what these columns of it hold. `said`: the labels that somebody
    has said to mean no class, None before that. `kept`: the path of the dataset that was kept last.
    """

    shared: Shared
    table: gr.State
    understood: gr.State
    said: gr.State
    kept: gr.State
    file: gr.File
    of_file: FileChoices
    mapping: gr.Column
    text: gr.Dropdown
    label: gr.Dropdown
    split: gr.Dropdown
    no_class: gr.CheckboxGroup
    confirm: gr.Button
    join: gr.Checkbox
    name: gr.Textbox
    keep: gr.Button
    report: FindingsComponent
    preview: TextsComponent

    @property
    def columns(self) -> list[gr.Dropdown]:
        """Where a column of the file is chosen, in the order of `Columns`."""
        return [self.text, self.label, self.split]

    def opened(self, path: str | None, who: str | None = None) -> Changes:
        """A file was chosen, or taken away."""
        if path is None:
            return {self.table: None, self.report: NOTHING, self.mapping: gr.update(visible=False)}
        return {**self.opened_as(path, None, None, who), self.name: unpacked_name(Path(path)).stem}

    def opened_as(self, path: str | None, sheet: str | None, encoding: str | None, who: str | None = None) -> Changes:
        """The file, read with the sheet and the encoding that somebody has chosen."""
        if path is None:
            return gr.skip()
        try:
            key = path, stamp_of(path), sheet, encoding
            most = self.shared.server.limits.rows or MOST_ROWS
            read = _READ.get(key, lambda: read_apart(read_upload, Path(path), sheet, encoding, most))
            self.shared.server.held.admit(read, HELD * Path(path).stat().st_size, self.shared.address(who))
        except ValueError as error:
            failed = {"state": "failed", "title": "This file can't be used", "detail": as_sentence(error)}
            stays = sheet is not None or encoding is not None  # another choice may do
            return {self.table: None, self.report: failed, self.mapping: gr.update(visible=stays)}
        guessed = read.guessed
        texts = list(dict.fromkeys([guessed.text, *read.names]))
        offered = [NONE, *read.names]
        return {
            self.table: read,
            self.said: None,
            self.mapping: gr.update(visible=True),
            self.text: gr.update(choices=texts if guessed.text not in read.names else read.names, value=guessed.text),
            self.label: gr.update(choices=offered, value=guessed.label or NONE),
            self.split: gr.update(choices=offered, value=guessed.split or NONE),
            self.join: False,
            **self.of_file.shown(Offered.of(read), encoding),
        }

    def say(self, chosen: list[str]) -> Changes:
        """Somebody has said which labels mean no class."""
        return {self.said: list(chosen)}

    def checked(
        self,
        read: Table | None,
        text: str | None,
        label: str | None,
        split: str | None,
        join: bool = False,
        said: list[str] | None = None,
    ) -> Changes:
        """What the file holds with these columns."""
        nothing = {
            self.understood: None,
            self.preview: gr.update(visible=False),
            self.keep: gr.update(interactive=False),
            self.no_class: gr.update(visible=False),
            self.confirm: gr.update(visible=False),
            self.join: gr.update(visible=False),
        }
        if read is None:
            return nothing
        columns = Columns(
            text or "", None if label == NONE else label, None if split == NONE else split, read.guessed.guessed
        )
        try:
            found = understand(read, columns, said, join)
        except ValueError as error:
            failed = {"state": "failed", "title": "Choose other columns", "detail": as_sentence(error)}
            return {**nothing, self.report: failed}
        texts = [text for part in found.parts.values() for text in part.texts]
        report = Report(read, columns, found, encoder_notes(USUAL.encoder, texts, USUAL.max_tokens))
        doubtful = bool(set(found.spelt_so) - {OUTSIDE_NAME})
        asked = [*found.spelt_so, *found.rest]
        return {
            self.understood: found,
            self.report: reported(report),
            self.preview: gr.update(value=first_texts(found), visible=found.texts > 0),
            self.keep: gr.update(interactive=found.texts > 0),
            self.no_class: gr.update(visible=doubtful or bool(found.rest), choices=asked, value=list(found.no_class)),
            self.confirm: gr.update(visible=doubtful and not found.confirmed),
            self.join: gr.update(visible=bool(found.near)),
        }

    def store(self, who: str | None, title: str, found: Understood | None) -> Changes:
        """The button that keeps the data."""
        if found is None:
            raise refusal("There is nothing to save; upload a file first.")
        try:
            visitor = self.shared.visitor(who)
            path = visitor.uploads.keep(visitor.browser, title, found)
        except (ValueError, OSError) as error:
            raise refusal(error) from error
        gr.Info(f"Saved as {path.stem}. Only this browser sees it.")
        return {self.kept: str(path), self.table: None, self.understood: None, self.file: None}


def build(shared: Shared, opening: gr.Tab) -> UploadTab:
    """Lay out the tab inside the current Tab, which is `opening`, and wire it."""
    tab = layout(shared)
    wire(tab, opening)
    return tab


def layout(shared: Shared) -> UploadTab:
    """The file and its columns on the left, what was understood on the right."""
    table, understood, said, kept = gr.State(None), gr.State(None), gr.State(None), gr.State(None)
    with gr.Row(equal_height=False):
        with gr.Column(scale=4, min_width=300):
            file = gr.File(
                label=f"CSV, XLSX, JSON, Rasa …, at most {LIMIT} MB",
                file_types=list(PACKED_TOO), height=150, elem_id="upload",
                visible=shared.server.limits.uploading,
            )  # fmt: skip
            with gr.Column(visible=False) as mapping:
                of_file = file_choices()
                text = gr.Dropdown([], label="Column with the text")
                label = gr.Dropdown([NONE], label="Column with the label", info="Without one, texts can be explored.")
                split = gr.Dropdown(
                    [NONE], label="Column with the split", info="train, dev and test. Otherwise split automatically."
                )
                no_class = gr.CheckboxGroup(
                    [], label="Labels that mean no class", visible=False, elem_id="no-class",
                    info="Their texts test OPEN. Untick what is a class like any other.",
                )  # fmt: skip
                confirm = gr.Button(
                    "Confirm: these mean no class", size="sm", visible=False, elem_id="confirm-no-class"
                )
                join = gr.Checkbox(
                    False, label="Join names that are probably one class", visible=False, elem_id="join",
                    info="They differ only by case, spaces, or 1 and 1.0.",
                )  # fmt: skip
                name = gr.Textbox(label="Name", max_length=60, max_lines=1)
                keep = gr.Button("Save dataset", variant="primary", interactive=False)
        with gr.Column(scale=7, min_width=320):
            report = FindingsComponent(NOTHING if shared.server.limits.uploading else OFF, elem_id="report")
            preview = TextsComponent(elem_id="preview", visible=False)
    return UploadTab(
        shared,
        table=table,
        understood=understood,
        said=said,
        kept=kept,
        file=file,
        of_file=of_file,
        mapping=mapping,
        text=text,
        label=label,
        split=split,
        no_class=no_class,
        confirm=confirm,
        join=join,
        name=name,
        keep=keep,
        report=report,
        preview=preview,
    )


def wire(tab: UploadTab, opening: gr.Tab) -> None:
    """Connect the components with their handlers. Whenever `opening` is opened, the file is looked at again."""
    outcome = [tab.understood, tab.report, tab.preview, tab.keep, tab.no_class, tab.confirm, tab.join]
    given = [tab.table, *tab.columns, tab.join, tab.said]
    read = [tab.table, tab.said, tab.report, tab.mapping, *tab.of_file.both, *tab.columns, tab.join]
    busy: dict[str, Any] = {
        "show_progress": "minimal",
        "show_progress_on": tab.report,
        "api_visibility": "private",
    }
    browser = tab.shared.browser
    opened = tab.file.change(tab.opened, [tab.file, browser], [*read, tab.name], **busy)
    chosen = [tab.file, *tab.of_file.both, browser]
    again = gr.on([menu.input for menu in tab.of_file.both], tab.opened_as, chosen, read, **busy)
    for event in (opened, again):
        event.then(tab.checked, given, outcome, **QUIETLY)
    gr.on([opening.select, *(part.input for part in (*tab.columns, tab.join))], tab.checked, given, outcome, **QUIETLY)
    gr.on([tab.no_class.input, tab.confirm.click], tab.say, tab.no_class, tab.said, **AT_ONCE).then(
        tab.checked, given, outcome, **QUIETLY
    )
    tab.keep.click(
        tab.store,
        [tab.shared.browser, tab.name, tab.understood],
        [tab.kept, tab.table, tab.understood, tab.file],
        **QUIETLY,
    )


def reported(report: Report) -> dict:
    """What was understood, for a person: what is fine, what was left out and why, what hinders a training."""
    table, found = report.table, report.found
    counts = found.counts
    facts = [
        ("Rows read", f"{found.rows:,}"),
        ("Kept", f"{found.kept:,}"),
        ("Left out", f"{found.left_out.total:,}"),
        ("Classes", f"{len(counts):,}"),
    ]
    if counts:
        facts.append(("Texts a class", _range(min(counts.values()), max(counts.values()))))
    how = f"Read as {table.format}{f', {table.encoding}' if table.encoding else ''}."
    findings = [{"kind": "fine", "text": how}] + [
        {"kind": note.kind, "text": note.text, "examples": list(note.examples)[:EXAMPLES]} for note in report.notes
    ]
    return {"state": "done", "title": TITLES[report.status], "facts": facts, "findings": findings}


def _range(least: int, most: int) -> str:
    return f"{least:,}" if least == most else f"{least:,} to {most:,}"


def first_texts(found: Understood) -> dict:
    """The first texts that are kept."""
    rows = [{"text": text, "tag": label or "no label", "kind": "", "aside": ""} for text, label in sample(found)]
    return texts_value(rows, len(rows), "The first texts, as they are kept")

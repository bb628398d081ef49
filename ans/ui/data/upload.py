"""The inner tab of Data for one's own data: upload, map the columns, see what was understood, keep it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from ans.conventions import LONGEST
from ans.data.columns import Columns
from ans.data.intake import FEW, Understood, understand
from ans.data.tables import EXTENSIONS, MOST_BYTES, Table, read_upload
from ans.ui.components import FindingsComponent, TextsComponent, texts_value
from ans.ui.shared import Shared
from ans.ui.wiring import QUIETLY, Changes, refusal
from ans.ui.wording import as_sentence

NONE = "(none)"
PREVIEW, EXAMPLES = 6, 4
LIMIT = MOST_BYTES >> 20
NOTHING = {
    "state": "empty",
    "title": "Your own texts",
    "detail": "Upload a table with one text a row and, to train on it, a column with its label. You see here what was "
    "understood before anything is kept or trained. Only this browser sees what you upload.",
}
OFF = {
    "state": "empty",
    "title": "Uploads are turned off on this server",
    "detail": "Run the app on your own machine to bring your own texts.",
}
ENCODINGS = {
    "utf-8": "UTF-8", "utf-16": "UTF-16", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16", "cp1252": "Windows-1252",
}  # fmt: skip
DELIMITERS = {"\t": "tabs", ",": "commas", ";": "semicolons", "|": "bars"}


@dataclass(frozen=True)
class UploadTab:
    """The tab's components and handlers.

    `table`: the uploaded file, `understood`: what these columns of it hold. `kept`: the path of the dataset that was
    kept last.
    """

    shared: Shared
    table: gr.State
    understood: gr.State
    kept: gr.State
    file: gr.File
    mapping: gr.Column
    text: gr.Dropdown
    label: gr.Dropdown
    split: gr.Dropdown
    after_all: gr.Checkbox
    name: gr.Textbox
    keep: gr.Button
    report: FindingsComponent
    preview: TextsComponent

    @property
    def columns(self) -> list[gr.Dropdown]:
        """Where a column of the file is chosen, in the order of `Columns`."""
        return [self.text, self.label, self.split]

    def opened(self, path: str | None) -> Changes:
        """A file was chosen, or taken away."""
        if path is None:
            return {self.table: None, self.report: NOTHING, self.mapping: gr.update(visible=False)}
        try:
            read = read_upload(Path(path))
        except ValueError as error:
            failed = {"state": "failed", "title": "This file can't be used", "detail": as_sentence(error)}
            return {self.table: None, self.report: failed, self.mapping: gr.update(visible=False)}
        guessed, offered = read.guessed, [NONE, *read.names]
        return {
            self.table: read,
            self.mapping: gr.update(visible=True),
            self.text: gr.update(choices=read.names, value=guessed.text),
            self.label: gr.update(choices=offered, value=guessed.label or NONE),
            self.split: gr.update(choices=offered, value=guessed.split or NONE),
            self.after_all: False,
            self.name: Path(path).stem,
        }

    def checked(
        self, read: Table | None, text: str | None, label: str | None, split: str | None, after_all: bool = False
    ) -> Changes:
        """What the file holds with these columns."""
        nothing = {
            self.understood: None,
            self.preview: gr.update(visible=False),
            self.keep: gr.update(interactive=False),
            self.after_all: gr.update(visible=False),
        }
        if read is None:
            return nothing
        columns = Columns(text or "", None if label == NONE else label, None if split == NONE else split)
        try:
            found = understand(read, columns, after_all)
        except ValueError as error:
            failed = {"state": "failed", "title": "Choose other columns", "detail": as_sentence(error)}
            return {**nothing, self.report: failed}
        return {
            self.understood: found,
            self.report: reported(read, columns, found),
            self.preview: gr.update(value=sample(found), visible=found.texts > 0),
            self.keep: gr.update(interactive=found.texts > 0),
            self.after_all: gr.update(visible=bool(found.no_class), label=_after_all(found.no_class)),
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
    table, understood, kept = gr.State(None), gr.State(None), gr.State(None)
    with gr.Row(equal_height=False):
        with gr.Column(scale=4, min_width=300):
            file = gr.File(
                label=f"CSV, TSV, JSONL, JSON or TXT, at most {LIMIT} MB", file_types=list(EXTENSIONS), height=150,
                elem_id="upload", visible=shared.server.limits.uploading,
            )  # fmt: skip
            with gr.Column(visible=False) as mapping:
                text = gr.Dropdown([], label="Column with the text")
                label = gr.Dropdown([NONE], label="Column with the label", info="Without one, texts can be explored.")
                split = gr.Dropdown(
                    [NONE], label="Column with the split", info="train, dev and test. Otherwise split automatically."
                )
                after_all = gr.Checkbox(
                    False, label="oos is a class like any other", visible=False, elem_id="after-all",
                    info="Else texts with such a label belong to no class.",
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
        kept=kept,
        file=file,
        mapping=mapping,
        text=text,
        label=label,
        split=split,
        after_all=after_all,
        name=name,
        keep=keep,
        report=report,
        preview=preview,
    )


def wire(tab: UploadTab, opening: gr.Tab) -> None:
    """Connect the components with their handlers. Whenever `opening` is opened, the file is looked at again."""
    outcome, given = [tab.understood, tab.report, tab.preview, tab.keep, tab.after_all], [*tab.columns, tab.after_all]
    tab.file.change(
        tab.opened, tab.file, [tab.table, tab.report, tab.mapping, *given, tab.name], show_progress="minimal",
        show_progress_on=tab.report, api_visibility="private",
    ).then(tab.checked, [tab.table, *given], outcome, **QUIETLY)  # fmt: skip
    gr.on([opening.select, *(part.input for part in given)], tab.checked, [tab.table, *given], outcome, **QUIETLY)
    tab.keep.click(
        tab.store,
        [tab.shared.browser, tab.name, tab.understood],
        [tab.kept, tab.table, tab.understood, tab.file],
        **QUIETLY,
    )


def reported(table: Table, columns: Columns, found: Understood) -> dict:
    """What was understood, for a person: what is fine, what was left out and why, what hinders a training."""
    counts = found.counts
    facts = [("Rows", f"{found.rows:,}"), ("Texts kept", f"{found.texts:,}"), ("Classes", f"{len(counts):,}")]
    if counts:
        facts.append(("Texts a class", f"{min(counts.values()):,} to {max(counts.values()):,}"))
    findings = [{"kind": "fine", "text": f"Read as {_how(table)}."}, *_told(table, columns), *_findings(columns, found)]
    return {
        "state": "done",
        "title": "Ready to train" if found.trainable else "This can be explored, not trained on",
        "facts": facts,
        "findings": findings,
    }


def _how(table: Table) -> str:
    if table.delimiter is None:
        return "JSON objects"
    separator = DELIMITERS.get(table.delimiter, table.delimiter)
    columns = f"columns separated by {separator}" if len(table.names) > 1 else "one column"
    return f"{ENCODINGS[table.encoding]}, {columns}"


def _told(table: Table, columns: Columns) -> list[dict]:
    """Which columns were told by their shape, where no name says it: a person should look."""
    made = []
    for what, chosen, why in (("text", columns.text, "the longest cells"), ("label", columns.label, "few values")):
        if chosen is not None and chosen in table.guessed.guessed:
            made.append({"kind": "note", "text": f"“{chosen}” was taken for the {what}: it has {why}."})
    if made:
        made[-1]["text"] += " Choose another column if that is wrong."
    return made


def _after_all(names: list[str]) -> str:
    """The box for whoever has classes of such names."""
    listed = ", ".join(names[:EXAMPLES])
    return f"{listed} {'is a class' if len(names) == 1 else 'are classes'} like any other"


def _no_class(found: Understood) -> str:
    """What becomes of texts of no class."""
    spelt = f" ({', '.join(found.no_class[:EXAMPLES])})" if found.no_class else ""
    return f"labelled as belonging to no class{spelt}: for testing, unless Train is told to learn from them too."


def sample(found: Understood) -> dict:
    """The first texts that are kept."""
    pairs = [pair for part in found.parts.values() for pair in zip(part.texts, part.labels, strict=True)][:PREVIEW]
    rows = [{"text": text, "tag": label or "no label", "kind": "", "aside": ""} for text, label in pairs]
    return texts_value(rows, len(rows), "The first texts, as they are kept")


def _findings(columns: Columns, found: Understood) -> list[dict]:
    made: list[dict[str, Any]] = []
    if columns.label is None:
        made.append({"kind": "note", "text": "No column holds labels; texts without one can only be explored."})
    elif not found.trainable:
        made.append({"kind": "stop", "text": "A training needs at least two classes with enough texts."})
    if len(found.parts) > 1:
        sizes = ", ".join(f"{len(part):,} {name}" for name, part in found.parts.items())
        made.append({"kind": "fine", "text": f"The file's own split: {sizes}."})
    elif found.split_is_unusable:
        made.append(
            {"kind": "note", "text": "The split column lacks train or test; the texts are split automatically."}
        )
    conflicts = [f"{text[:60]}: {', '.join(labels)}" for text, labels in found.conflicting.items()]
    scarce = [f"{name[:40]} ({count})" for name, count in found.scarce.items()]
    lonely = sum(count == 1 for count in found.counts.values())
    doubt = " Is it the right column?" if lonely > max(20, len(found.counts) / 2) else ""
    unlabelled = found.unlabelled if columns.label is not None else 0
    for kind, count, what, then, examples in (
        ("note", found.no_part, "row", "in neither train, dev nor test: left out.", ()),
        ("note", found.empty, "row", "without a text: left out.", ()),
        ("note", found.duplicates, "row", "repeating another: left out.", ()),
        ("note", len(conflicts), "text", "with two different labels: left out.", conflicts),
        ("note", found.cut, "text", f"longer than {LONGEST:,} characters: cut there.", ()),
        ("note", len(scarce), "class", f"with fewer than {FEW} texts: kept; more texts would help.{doubt}", scarce),
        ("fine", found.outside, "text", _no_class(found), ()),
        ("fine", unlabelled, "text", "without a label: for exploring only.", ()),
    ):
        if count:
            named = what if count == 1 else "classes" if what == "class" else f"{what}s"
            made.append({"kind": kind, "text": f"{count:,} {named} {then}", "examples": list(examples)[:EXAMPLES]})
    return made

"""A file with texts to be classified or grouped: the place to drop it, and what can be chosen in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import gradio as gr

from ans.data.lines import Lines, lines_given, offered_by_file
from ans.data.tables import MOST_BYTES, PACKED_TOO
from ans.ui.components import RunComponent
from ans.ui.file_choices import FileChoices, file_choices
from ans.ui.reading import read_apart
from ans.ui.wiring import AT_ONCE, Changes


@dataclass(frozen=True)
class TextsFile:
    """The components, in one column that can be hidden as a whole, and their handlers.

    `card`: where is said that a file can't be read; `failed` makes what it shows, of a title and an error.
    """

    box: gr.Column
    file: gr.File
    choices: FileChoices
    column: gr.Dropdown
    card: RunComponent
    failed: Callable[[str, ValueError], dict]

    @property
    def given(self) -> list[gr.File | gr.Dropdown]:
        """What `texts_given` takes of the page, in its order."""
        return [self.file, *self.choices.both, self.column]

    def brought(self, path: str | None) -> Changes:
        """A file was dropped or taken away: where it has several columns or sheets, they can be chosen."""
        return self.read_as(path, None, None)

    def read_as(self, path: str | None, sheet: str | None, encoding: str | None) -> Changes:
        """The file, read with the sheet and the encoding that somebody has chosen; the card says what is wrong."""
        nothing = {self.column: gr.update(visible=False, value=None), **self.choices.shown(None), self.card: gr.skip()}
        if path is None:
            return nothing
        try:
            found = read_apart(offered_by_file, Path(path), sheet, encoding)
        except ValueError as error:
            told = {self.card: self.failed("This file can't be used", error)}
            return {**nothing, **told} if sheet is None and encoding is None else told  # another choice may do
        column = gr.update(choices=found.columns, value=found.likeliest, visible=bool(found.columns))
        return {self.column: column, **self.choices.shown(found, encoding), self.card: gr.skip()}


def texts_file(
    may_upload: bool, height: int, card: RunComponent, failed: Callable[[str, ValueError], dict], visible: bool = True
) -> TextsFile:
    """Lay out the place for a file, with the menus of what is in it hidden below."""
    with gr.Column(visible=visible, min_width=200) as box:
        file = gr.File(
            label=f"Or a file: CSV, XLSX, JSON, TXT …, at most {MOST_BYTES >> 20} MB",
            file_types=list(PACKED_TOO),
            height=height,
            visible=may_upload,
        )
        choices = file_choices()
        column = gr.Dropdown([], label="Column with the texts", visible=False, elem_classes="text-column")
    return TextsFile(box, file, choices, column, card, failed)


def wire(tab: TextsFile) -> None:
    """Connect the components."""
    changed = [tab.column, *tab.choices.both, tab.card]
    tab.file.change(tab.brought, tab.file, changed, **AT_ONCE)
    gr.on([menu.input for menu in tab.choices.both], tab.read_as, [tab.file, *tab.choices.both], changed, **AT_ONCE)


def texts_given(pasted: str, path: str | None, sheet: str | None, encoding: str | None, column: str | None) -> Lines:
    """The texts that were pasted, or those of the file, read in a process of its own.

    Raises:
        ValueError: both are there, or the file can't be read.
    """
    if path is None:
        return lines_given(pasted, None)
    return read_apart(lines_given, pasted, path, column, sheet, encoding)

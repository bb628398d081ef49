"""What a person chooses of an uploaded file before its columns: sheet and encoding, each where there is a choice."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr

from ans.data.encodings import known_encodings
from ans.data.lines import Offered
from ans.ui.wiring import Changes


@dataclass(frozen=True)
class FileChoices:
    """Two menus that are hidden unless a workbook has several sheets, or an encoding was guessed or chosen."""

    sheet: gr.Dropdown
    encoding: gr.Dropdown

    @property
    def both(self) -> list[gr.Dropdown]:
        """The menus, in the order in which readers take them."""
        return [self.sheet, self.encoding]

    def shown(self, found: Offered | None, chosen: str | None = None) -> Changes:
        """The menus for a file that was read, or for none. `chosen`: the encoding that somebody has chosen."""
        if found is None:
            nothing = gr.update(visible=False, value=None)
            return {self.sheet: nothing, self.encoding: nothing}
        may_differ = bool(chosen) or found.guessed_encoding
        return {
            self.sheet: gr.update(choices=found.sheets, value=found.sheet, visible=bool(found.sheets)),
            self.encoding: gr.update(visible=may_differ, value=(chosen or found.encoding) if may_differ else None),
        }


def file_choices() -> FileChoices:
    """Lay out the two menus, hidden."""
    return FileChoices(
        sheet=gr.Dropdown([], label="Sheet", visible=False, elem_classes="of-file"),
        encoding=gr.Dropdown(
            known_encodings(),
            label="Encoding",
            info="It was guessed. Choose another if letters look wrong.",
            visible=False,
            elem_classes="of-file",
        ),
    )

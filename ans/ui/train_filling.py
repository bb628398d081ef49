"""What fills in the Train tab's form: the last visit's values, the paper's setting, those it began with.

The form outlives a reload: its values stay in the browser, and are looked at when they come back.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.components import Component

from ans.ui.shared import Shared
from ans.ui.train_form import NAMES, OTHER_RATIO, Choices, dataset_choices
from ans.ui.wiring import AT_ONCE, Changes

# Until the values of the last visit are back, what the parts begin with must not take their place.
BACK = "() => { window.ansFormIsBack = true; }"

PAPER = {"dataset": "clinc", "ratio": 0.25}  # the first row of its Table 1; all else is what this app begins with


@dataclass(frozen=True)
class Filling:
    """The form by its parts, what it began with, and the handlers that fill it in. `kept`: its values, in the browser.

    `known_of`: the dataset that the classes picked by hand belong to.
    """

    shared: Shared
    parts: Mapping[str, Component]
    first: Mapping[str, Any]
    known_of: gr.State
    kept: gr.BrowserState
    paper: gr.Button
    reset: gr.Button

    @classmethod
    def of(
        cls,
        shared: Shared,
        form: Choices,
        advanced: Sequence[Component],
        known_of: gr.State,
        kept: gr.BrowserState,
        buttons: tuple[gr.Button, gr.Button],
    ) -> Filling:
        """The parts that a person fills in, by name, with what stands in them now."""
        parts = dict(vars(form)) | dict(zip(NAMES, advanced, strict=True))
        first = {name: part.value for name, part in parts.items()}
        return cls(shared, parts, first, known_of, kept, *buttons)

    @property
    def filled(self) -> list[Component]:
        """What the handlers change."""
        return [*self.parts.values(), self.known_of]

    def back(self, kept: Any, who: str | None) -> Changes:
        """The page is opened: what stood in the form on the last visit stands there again, as far as it may."""
        visitor = self.shared.visitor(who)
        own = gr.Dropdown(dataset_choices(visitor), allow_custom_value=not visitor.restricted, render=False)
        values = restored({**self.parts, "dataset": own}, kept)
        if not values or visitor.is_of_another(values.get("dataset", "")):
            return gr.skip()
        return self._with(values)

    def fill_paper(self) -> Changes:
        """The paper's task, with this app's settings for everything else."""
        return self._with({**self.first, **PAPER})

    def fill_first(self) -> Changes:
        """What stood in the form at the very first visit."""
        return self._with(dict(self.first))

    def _with(self, values: dict[str, Any]) -> Changes:
        known = values.pop("known", [])
        changes: Changes = {self.parts[name]: value for name, value in values.items()}
        other = {"value": values["other"]} if "other" in values else {}
        changes[self.parts["other"]] = gr.update(visible=values.get("ratio") == OTHER_RATIO, **other)
        changes[self.parts["known"]] = gr.update(choices=known, value=known, visible=bool(known))
        changes[self.known_of] = values.get("dataset") if known else None
        return changes

    def wire(self) -> None:
        """Keep what changes, and connect the buttons."""
        parts: list[Any] = list(self.parts.values())  # Gradio's hint knows no events of them
        keep = keep_js(list(self.parts))
        gr.on([part.change for part in parts], None, [*parts, self.kept], self.kept, js=keep, api_visibility="private")
        self.paper.click(self.fill_paper, None, self.filled, **AT_ONCE)
        self.reset.click(self.fill_first, None, self.filled, **AT_ONCE)


def kept_form() -> gr.BrowserState:
    """Where the form's values stay. It must lie outside of the tabs: in one, it is empty until that is first opened."""
    return gr.BrowserState(None, storage_key="ans-train-form", secret="ans")


def presets() -> tuple[gr.Button, gr.Button]:
    """Lay out the buttons for the paper's setting and for what the form began with."""
    with gr.Row():
        paper = gr.Button("Paper's setting", size="sm", min_width=120, elem_id="paper-setting")
        reset = gr.Button("Reset settings", size="sm", min_width=120, elem_id="reset-settings")
    return paper, reset


def keep_js(names: list[str]) -> str:
    """A script from the form's values and what is kept to what is to be kept."""
    return f"""(...values) => {{
  const kept = values.pop();
  return window.ansFormIsBack ? Object.fromEntries({json.dumps(names)}.map((name, i) => [name, values[i]])) : kept;
}}"""


def restored(parts: Mapping[str, Component], kept: Any) -> dict[str, Any]:
    """Of the values that a browser has kept, those that the parts of the form can have."""
    if not isinstance(kept, dict):
        return {}
    return {name: kept[name] for name, part in parts.items() if name in kept and can_have(part, kept[name])}


def can_have(part: Component, value: Any) -> bool:
    """Whether a value is one of those this part can have."""
    if isinstance(part, gr.Dropdown) and part.multiselect:
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    if isinstance(part, (gr.Dropdown, gr.Radio)):
        # A browser gives 1.0 back as 1; and of all that is equal to it, True is no number of a form.
        among = any(value == key and isinstance(value, bool) == isinstance(key, bool) for _, key in part.choices)
        free = isinstance(part, gr.Dropdown) and part.allow_custom_value
        return among or (free and isinstance(value, str))
    if isinstance(part, gr.Checkbox):
        return isinstance(value, bool)
    if isinstance(part, (gr.Number, gr.Slider)):
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        low, high = part.minimum, part.maximum
        return number and (low is None or value >= low) and (high is None or value <= high)
    return isinstance(value, str)

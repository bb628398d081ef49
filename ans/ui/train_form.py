"""The form of the Train tab: what can be chosen, and the TrainConfig that the chosen values make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.components import Component

from ans.config import ENCODER, PHASE_1, PHASE_2, TrainConfig, setting, setting_names
from ans.data.corpora import BUNDLED, usual_ratio
from ans.model.embedded import is_installed
from ans.ui.access import LISTED, Visitor, dataset_named
from ans.ui.wiring import refusal

OTHER_RATIO = -1.0
NEW_RATIO = 0.25  # the quickest, and where one sees most; the starter has shown another already
RATIOS = [("25 %", 0.25), ("50 %", 0.5), ("75 %", 0.75), ("all", 1.0), ("other", OTHER_RATIO)]
SEEDS = [1, 3, 5]
ENCODERS = ("minilm", "mpnet", "bert-base-uncased")
ABOVE_THE_FOLD = ("encoder", "device")  # of the encoder's settings; the device is the server's
# Settings behind the fold, group by group; all that stands there is the settings' own.
ADVANCED = {
    "The encoder": tuple(name for name in setting_names(ENCODER) if name not in ABOVE_THE_FOLD),
    "Phase 1: fine-tune the encoder on the known classes": setting_names(PHASE_1),
    "Phase 2: one-vs-rest heads with synthesized negatives": setting_names(PHASE_2),
}
NAMES = tuple(name for group in ADVANCED.values() for name in group)


@dataclass(frozen=True)
class Choices:
    """What stands above the Train button. `known` holds classes that were picked by hand, and is hidden without any.

    `seeds`: how many trainings, each with another seed. `corrected`: is what was corrected in Ask learnt, too?
    """

    dataset: gr.Dropdown
    ratio: gr.Radio
    other: gr.Slider
    known: gr.Dropdown
    seed: gr.Number
    encoder: gr.Dropdown
    open_texts: gr.Checkbox
    corrected: gr.Checkbox
    seeds: gr.Radio

    @property
    def inputs(self) -> list[Component]:
        """The components in the order in which `form_config` takes their values."""
        return [self.dataset, self.ratio, self.other, self.seed, self.encoder, self.open_texts]


def choices(visitor: Visitor) -> Choices:
    """Lay out dataset, ratio, classes picked by hand, seed and encoder, one below the other."""
    own_paths = (
        "" if visitor.restricted else "Or the path of a folder or of a file with texts and labels on this machine."
    )
    dataset = gr.Dropdown(
        dataset_choices(visitor),
        value=BUNDLED,
        label="Dataset",
        info=own_paths,
        allow_custom_value=not visitor.restricted,
    )
    ratio = gr.Radio(
        RATIOS, value=first_ratio(BUNDLED), label="Classes to learn", info="The rest are hidden, to test OPEN."
    )
    other = gr.Slider(0.05, 1.0, value=0.4, step=0.05, label="Ratio", visible=False)
    known = gr.Dropdown(
        [],
        value=[],
        multiselect=True,
        label="Known classes, picked by hand",
        info="They are used instead of ratio and seed. Empty: picked at random.",
        visible=False,
        elem_id="known-classes",
    )
    with gr.Row():
        seed = gr.Number(0, label="Seed", precision=0, minimum=0, min_width=90, scale=1)
        seeds = gr.Radio(
            SEEDS,
            value=1,
            label="Seeds",
            info="Several, one after the other: mean ± deviation.",
            min_width=150,
            scale=2,
            visible=not visitor.restricted,  # there everybody has one training at a time
            elem_id="seeds",
        )
    encoder = gr.Dropdown(
        [name for name in ENCODERS if name != "mpnet" or is_installed(name)],
        value="minilm",
        label="Encoder",
        allow_custom_value=not visitor.restricted,
    )
    open_texts = gr.Checkbox(
        False,
        label="Learn from texts of no class, too",
        info="Those labelled oos, none and the like: every head learns to refuse them. Else they only test.",
        visible=False,
        elem_id="open-texts",
    )
    corrected = gr.Checkbox(
        True,
        label="Learn from your corrections, too",
        info="What you corrected in Ask. The model is then yours alone.",
        visible=False,
        elem_id="corrected",
    )
    return Choices(
        dataset=dataset,
        ratio=ratio,
        other=other,
        known=known,
        seed=seed,
        encoder=encoder,
        open_texts=open_texts,
        corrected=corrected,
        seeds=seeds,
    )


def advanced_settings() -> list[Component]:
    """Lay out the settings behind the fold; `form_config` takes their values in this order."""
    with gr.Accordion("Advanced settings", open=False):
        made: list[Component] = []
        for heading, names in ADVANCED.items():
            gr.Markdown(heading, elem_classes="quiet")
            made += _inputs(names)
        return made


def first_ratio(dataset: str | None) -> float:
    """The ratio the form begins with: something new of the listed datasets, all classes of one's own."""
    name = dataset_named(dataset)
    return NEW_RATIO if name in LISTED else usual_ratio(name)


def dataset_choices(visitor: Visitor) -> list[tuple[str, str]]:
    """The datasets a person can choose: the bundled one, the public ones, and what this browser has uploaded."""
    own = [(f"{path.stem} (yours)", str(path)) for path in visitor.uploads.all(visitor.browser)]
    return [(name, name) for name in LISTED] + own


def chosen_ratio(share: float, other: float) -> float:
    """The ratio that the buttons and the slider beside them give together."""
    return other if share == OTHER_RATIO else share


def show_other(share: float) -> dict:
    """The slider is there only for another ratio than those of the buttons."""
    return gr.update(visible=share == OTHER_RATIO)


def form_config(values: Sequence[Any], visitor: Visitor, known: tuple[str, ...] = ()) -> TrainConfig:
    """The form's values → a TrainConfig.

    Args:
        values: of `Choices.inputs`, then of `advanced_settings`. known: the known classes by name, instead of a draw.

    Raises:
        gr.Error: a value is out of bounds, or the visitor may not use the dataset or the encoder.
    """
    dataset, ratio, other, seed, encoder, open_texts, *advanced = values
    if visitor.is_of_another(dataset):
        raise refusal("These data belong to another browser. Upload them in Data to train on them.")
    if visitor.restricted and not (visitor.may_use(dataset) and encoder in ENCODERS):
        raise refusal("On this server only the listed datasets and encoders can be used. Run the app on your machine.")
    settings = {name: _number_or_empty(name, value) for name, value in zip(NAMES, advanced, strict=True)}
    try:
        return TrainConfig(
            dataset=dataset_named(dataset),
            known_ratio=chosen_ratio(ratio, other),
            known_classes=known or None,
            seed=seed,
            open_texts="train" if open_texts else "test",
            encoder=str(encoder or "").strip() or "minilm",
            **settings,
        )
    except ValueError as error:
        raise refusal(error) from error


def _number_or_empty(name: str, value: Any) -> Any:
    """Settings that may be empty come from a text box: a number box would turn nothing into 0."""
    if setting(name)["default"] is not None:
        return value
    if setting(name)["low"] is None:  # a prompt ends with a space
        return value or None
    text = str(value or "").strip()
    try:
        return float(text) if text else None
    except ValueError:
        return text  # the config's own message says what it should have been


def _inputs(names: tuple[str, ...]) -> list[Component]:
    """Two settings side by side."""
    made = []
    for start in range(0, len(names), 2):
        with gr.Row():
            made += [_input(name) for name in names[start : start + 2]]
    return made


def _input(name: str) -> Component:
    about = setting(name)
    label = name.replace("_", " ") + (f" ({about['symbol']})" if about["symbol"] else "")
    if about["choices"]:
        return gr.Dropdown(
            list(about["choices"]), value=about["default"], label=label, info=about["explanation"], min_width=130
        )
    if about["default"] is None:
        return gr.Textbox("", label=label, info=about["explanation"], placeholder="empty", max_lines=1, min_width=130)
    return gr.Number(about["default"], label=label, info=about["explanation"], min_width=130)

"""The Train tab: choose data and settings, press Train, watch it learn. The run goes on whatever the page does."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import gradio as gr

from ans.config import TrainConfig, setting
from ans.data.corpora import BUNDLED, PUBLIC
from ans.data.uploads import Uploads
from ans.plots.curves import training_curves
from ans.runs.run import Run
from ans.runs.status import QUEUED, RUNNING
from ans.runs.store import RunStore
from ans.serving.models import Serving
from ans.ui import run_card
from ans.ui.access import Trainings, may_use
from ans.ui.components import PlotView, RunView
from ans.ui.shared import Shared
from ans.ui.wiring import AT_ONCE, QUIETLY
from ans.ui.wording import as_sentence

RATIOS = [("25 %", 0.25), ("50 %", 0.5), ("75 %", 0.75), ("other", -1.0)]
ENCODERS = ["minilm", "bert-base-uncased"]
# Settings behind the fold, in the paper's order; the explanations are the config's own.
PHASE_1 = (
    "trainable_layers", "epochs", "patience", "batch_size", "encoder_lr", "classifier_lr", "label_smoothing",
    "standardising", "max_tokens",
)  # fmt: skip
PHASE_2 = (
    "views", "negatives", "synthesized_weight", "many_classes", "spread_neighbours", "radius_scale", "fixed_radius",
    "gamma", "noise_scale", "ascent_steps", "ascent_rate", "head_steps", "head_batch", "head_lr", "head_dropout",
    "head_averaging",
)  # fmt: skip
SYMBOLS = {
    "synthesized_weight": "λ", "radius_scale": "c", "fixed_radius": "r", "gamma": "γ", "ascent_steps": "k",
    "ascent_rate": "η",
}  # fmt: skip


@dataclass(frozen=True)
class TrainTab:
    """The components the page's poll updates, and those the Data tab fills in.

    `known` holds classes that were picked by hand, `known_of` the dataset they belong to; `trainings` knows who started
    what.
    """

    dataset: gr.Dropdown
    ratio: gr.Radio
    other: gr.Slider
    seed: gr.Number
    known: gr.Dropdown
    known_of: gr.State
    run: RunView
    curves: PlotView
    train: gr.Button
    stop: gr.Button
    watched: gr.State
    device: gr.Markdown
    trainings: Trainings


def build(shared: Shared) -> TrainTab:
    """Lay out the tab inside the current Tab and wire it."""
    store, mine, restricted = shared.store, shared.mine, shared.restricted
    watched, known_of = gr.State(None), gr.State(None)
    uploads, trainings = Uploads(store.uploads), Trainings(store, restricted)
    with gr.Row(equal_height=False):
        with gr.Column(scale=4, min_width=300):
            data_info = "" if restricted else "Or the path of a folder or a CSV, TSV or JSONL file on this machine."
            dataset = gr.Dropdown(
                dataset_choices(store, None),
                value=BUNDLED,
                label="Dataset",
                info=data_info,
                allow_custom_value=not restricted,
            )
            ratio = gr.Radio(RATIOS, value=0.75, label="Known-class ratio", info="The other classes appear as open.")
            other = gr.Slider(0.05, 1.0, value=0.4, step=0.05, label="Ratio", visible=False)
            known = gr.Dropdown(
                [],
                value=[],
                multiselect=True,
                label="Known classes, picked by hand",
                info="They are used instead of ratio and seed. Empty: drawn.",
                visible=False,
                elem_id="known-classes",
            )
            with gr.Row():
                seed = gr.Number(0, label="Seed", precision=0, minimum=0, min_width=90, scale=1)
                encoder = gr.Dropdown(
                    ENCODERS, value="minilm", label="Encoder", allow_custom_value=not restricted, min_width=150, scale=2
                )
            device = gr.Markdown("Looking for a GPU.", elem_classes="quiet")
            with gr.Row():
                train = gr.Button("Train", variant="primary", scale=3, elem_id="train")
                stop = gr.Button("Stop", interactive=False, scale=1, min_width=80, elem_id="stop")
            with gr.Accordion("Advanced settings", open=False):
                gr.Markdown("Phase 1: fine-tune the encoder on the known classes", elem_classes="quiet")
                advanced = _inputs(PHASE_1)
                gr.Markdown("Phase 2: one-vs-rest heads with synthesized negatives", elem_classes="quiet")
                advanced += _inputs(PHASE_2)
        with gr.Column(scale=7, min_width=320):
            run = RunView(nothing_yet(), elem_id="run")
            curves = PlotView(height=330, empty="Loss and dev accuracy appear here.", elem_id="curves")

    def start(by_hand: list[str], browser: str | None, *values: Any) -> tuple[str, str, dict, dict]:
        if not may_use(uploads, browser, values[0], restricted=False):
            raise gr.Error("These data belong to another browser. Upload them in Data to train on them.")
        own = uploads.owns(browser, str(values[0] or ""))
        config = form_config(values, restricted, tuple(by_hand or ()), own)
        try:
            trainings.need_room(browser)
        except ValueError as error:
            raise gr.Error(as_sentence(error), print_exception=False) from error
        created = store.create(config)
        trainings.begun(created.id, browser)
        return created.id, created.id, run_card.view(created, time.time()), gr.update(interactive=True)

    def end(run_id: str | None, browser: str | None) -> dict:
        current = store.get(run_id)
        if current is not None and trainings.is_theirs(run_id, browser):
            current.request_stop()
        return gr.update(interactive=False)

    ratio.change(lambda chosen: gr.update(visible=chosen == -1.0), ratio, other, **AT_ONCE)
    dataset.change(
        lambda name, of: (gr.skip(), of) if name == of else (gr.update(choices=[], value=[], visible=False), None),
        [dataset, known_of],
        [known, known_of],
        **AT_ONCE,
    )
    inputs = [known, shared.browser, dataset, ratio, other, seed, encoder, *advanced]
    train.click(start, inputs, [watched, mine, run, stop], **QUIETLY)
    stop.click(end, [watched, shared.browser], stop, **AT_ONCE)
    return TrainTab(dataset, ratio, other, seed, known, known_of, run, curves, train, stop, watched, device, trainings)


def dataset_choices(store: RunStore, browser: str | None) -> list[tuple[str, str]]:
    """The datasets a person can choose: the bundled one, the public ones, and what this browser has uploaded."""
    named = [(name, name) for name in (BUNDLED, *PUBLIC)]
    return named + [(f"{path.stem} (yours)", str(path)) for path in Uploads(store.uploads).all(browser)]


def form_config(values: tuple, restricted: bool, known: tuple[str, ...] = (), own: bool = False) -> TrainConfig:
    """The form's values → a TrainConfig.

    Args:
        known: the known classes by name, instead of a draw. own: the dataset is this browser's upload.

    Raises:
        gr.Error: a value is out of bounds, or names a path where that is not allowed.
    """
    dataset, ratio, other, seed, encoder, *advanced = values
    listed = own or dataset in (BUNDLED, *PUBLIC)
    if restricted and not (listed and encoder in ENCODERS):
        raise gr.Error("On this server only the listed datasets and encoders can be used. Run the app on your machine.")
    names = (*PHASE_1, *PHASE_2)
    settings = {name: _number_or_empty(name, value) for name, value in zip(names, advanced, strict=True)}
    try:
        return TrainConfig(
            dataset=str(dataset or "").strip() or BUNDLED,
            known_ratio=other if ratio == -1.0 else ratio,
            known_classes=known or None,
            seed=seed,
            encoder=str(encoder or "").strip() or "minilm",
            **settings,
        )
    except ValueError as error:
        raise gr.Error(as_sentence(error), print_exception=False) from error


def _number_or_empty(name: str, value: Any) -> Any:
    """Settings that may be empty come from a text box: a number box would turn nothing into 0."""
    if setting(name)["default"] is not None:
        return value
    text = str(value or "").strip()
    try:
        return float(text) if text else None
    except ValueError:
        return text  # the config's own message says what it should have been


def _inputs(names: tuple[str, ...]) -> list[gr.components.Component]:
    """Two settings side by side."""
    made = []
    for start in range(0, len(names), 2):
        with gr.Row():
            made += [_input(name) for name in names[start : start + 2]]
    return made


def _input(name: str) -> gr.components.Component:
    about = setting(name)
    label = name.replace("_", " ") + (f" ({SYMBOLS[name]})" if name in SYMBOLS else "")
    if about["choices"]:
        return gr.Dropdown(
            list(about["choices"]), value=about["default"], label=label, info=about["explanation"], min_width=130
        )
    if about["default"] is None:
        return gr.Textbox("", label=label, info=about["explanation"], placeholder="empty", max_lines=1, min_width=130)
    return gr.Number(about["default"], label=label, info=about["explanation"], min_width=130)


def device_sentence(serving: Serving) -> str:
    """Where a training will compute, for a person."""
    return f"Trains on {serving.device_name()}. It goes on when you close the page."


def watched_run(store: RunStore, mine: str | None) -> Run | None:
    """The run a newly opened page shows: what trains now, else this browser's last, else the newest there is."""
    return store.active() or store.get(mine) or next(iter(store.all()), None)


def nothing_yet() -> dict:
    """The run card before any training."""
    return {
        "state": "empty",
        "title": "Nothing trained yet",
        "detail": "Choose a dataset and how many of its classes are known, then press Train. "
        "You will see both phases here, and at the end how well known and open texts are told apart.",
    }


def run_update(run: Run | None, theirs: bool) -> tuple[dict, Any, dict]:
    """Run card, curves and Stop button for the watched run; `theirs`: who watches may stop it."""
    if run is None:
        return nothing_yet(), None, gr.update(interactive=False)
    drawn = run.progress.curves()
    figure = training_curves(drawn.losses, drawn.accuracy) if any(x for _, x, _ in drawn.losses) else None
    stoppable = theirs and run.status.state in (QUEUED, RUNNING) and not run.stop_requested
    return run_card.view(run, time.time()), figure, gr.update(interactive=stoppable)

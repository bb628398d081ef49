"""How a negative is made: Algorithm 1 for one class, stage by stage."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import gradio as gr

from ans.plots.stages import stage_distances, stage_loss, stage_map
from ans.serving.maps.maps import MapKey, Maps
from ans.ui.components import StagesView
from ans.ui.map.radius import tried_config
from ans.ui.shared import Shared
from ans.ui.wiring import AT_ONCE
from ans.ui.wording import as_sentence

if TYPE_CHECKING:
    from ans.config import TrainConfig
    from ans.model.negative_stages import NegativeStages

INTRODUCTION = (
    "The paper's Algorithm 1. The classifier has no open text to learn from, so it makes negatives from the texts of "
    "each class. Press Play, or go from stage to stage."
)


@dataclass(frozen=True)
class StagesPart:
    """`wire` connects it: the choice of the part, its name, the class of the map, the typed text, the model in use."""

    wire: Callable[[gr.Radio, str, gr.Dropdown, gr.Textbox, gr.Dropdown], None]


def build(maps: Maps, shared: Shared, settings: gr.State) -> StagesPart:
    """Lay out this part of the tab."""
    gr.Markdown(INTRODUCTION, elem_classes="quiet")
    label = gr.Dropdown([], label="Class", elem_id="made-class")
    view = StagesView({"nothing": "The stages are being computed."}, elem_id="made")

    def show(run_id: str | None, name: str | None, tried) -> str:
        if not run_id or not name:
            return nothing("There is no trained model yet. The starter model comes by itself; or start one in Train.")
        try:
            return told(maps, MapKey(run_id, name, config=tried_config(maps, run_id, tried)))
        except ValueError as error:
            return nothing(as_sentence(error))

    def choose(run_id: str | None, on_map: str | None, before: str | None, typed: str) -> dict:
        if not (known := shared.serving.known(run_id)):
            return gr.update(choices=[], value=None)
        wanted = (on_map, strongest_head(maps, run_id, typed), before, known[0])
        return gr.update(choices=known, value=next(x for x in wanted if x in known))

    inputs = [shared.model, label, settings]

    def wire(part: gr.Radio, mine: str, on_map: gr.Dropdown, query: gr.Textbox, model: gr.Dropdown) -> None:
        def opened(chosen: str, *values) -> dict:
            return choose(*values) if chosen == mine else gr.skip()

        def show_if_open(chosen: str, *values) -> str:
            return show(*values) if chosen == mine else gr.skip()

        for event in (part.change, model.change, on_map.change):
            event(opened, [part, model, on_map, label, query], label, **AT_ONCE).then(
                show_if_open, [part, *inputs], view, **AT_ONCE
            )
        label.change(show_if_open, [part, *inputs], view, **AT_ONCE)

    return StagesPart(wire)


def strongest_head(maps: Maps, run_id: str | None, text: str) -> str | None:
    """The class whose head comes nearest to a yes: the one a person who typed this text wants to see.

    None without a text or a model that answers; the map's own drawing tells what is wrong with that one.
    """
    if not run_id or not (text or "").strip():
        return None
    try:
        return maps.predict(MapKey(run_id), text).candidates[0].label
    except ValueError:
        return None


def nothing(sentence: str) -> str:
    """The view without stages: a sentence instead."""
    return json.dumps({"nothing": sentence})


def told(maps: Maps, key: MapKey) -> str:
    """The stages of one class as the view draws them.

    Raises:
        ValueError: the run is gone, or the class is not known.
    """
    stages, places = maps.stages(key)
    config = maps.model(key).config
    own, nearest = stages.own.numpy(), stages.nearest.numpy()
    names = stage_names(stages)
    figures = {
        "distances": stage_distances(own, nearest, stages.radius, stages.gamma, key.label),
        "loss": stage_loss([round(loss, 4) for loss in stages.losses.tolist()], names, key.label),
    }
    spaces = {
        space: stage_map(one.positives, one.known_negatives, one.moving, f"{key.label}/{space}")
        for space, one in places.items()
    }
    return json.dumps(
        {
            "stages": [
                {"name": name, "sentence": sentence(stages, i, config, key.label)} for i, name in enumerate(names)
            ],
            "maps": {space: json.loads(figure.to_json()) for space, figure in spaces.items()},
            **{name: json.loads(figure.to_json()) for name, figure in figures.items()},
        }
    )


def stage_names(stages: NegativeStages) -> list[str]:
    """A short name for each stage; the steps of the ascent are counted."""
    names, step = [], 0
    for kind in stages.kinds:
        step += kind == "ascent"
        names.append({"positives": "texts", "noise": "noise", "ascent": f"step {step}", "projection": "shell"}[kind])
    return names


def sentence(stages: NegativeStages, i: int, config: TrainConfig, label: str) -> str:
    """What happens at a stage, with its numbers."""
    count, kind, r = len(stages.rows), stages.kinds[i], stages.radius
    yes = int((stages.logits[i] >= 0).sum())
    heard = f"The head says yes to {yes} of the {count}."
    if kind == "positives":
        return f"{count} training texts of {label}. A negative is made from each. {heard}"
    if kind == "noise":
        return (
            f"Line 8: Gaussian noise moves each point off its text, {config.noise_scale:g} standard deviations of the "
            f"class wide in every direction; {stages.own[i].mean():.1f} away on average. {heard}"
        )
    if kind == "ascent":
        return (
            f"Lines 9 to 12: each point goes {config.ascent_rate * r:.2f} along the gradient, to where the head is "
            f"more wrong about it. The loss rises from {stages.losses[i - 1]:.3f} to {stages.losses[i]:.3f}. {heard}"
        )
    before = stages.own[i - 1]
    near, far = int((before < r).sum()), int((before > stages.gamma * r).sum())
    return (
        f"Lines 13 and 14: every point must lie between r = {r:.1f} and γr = {stages.gamma * r:.1f} from the text it "
        f"was made from. {near} lay nearer and {far} farther: these are scaled along their own direction. {heard} "
        "On these points the head now learns to say no."
    )

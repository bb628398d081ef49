"""How a negative is made: Algorithm 1 for one class, stage by stage."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr

from ans.plots.stages import stage_distances, stage_loss, stage_map
from ans.serving.maps.maps import MapKey, Maps
from ans.ui.components import StagesComponent
from ans.ui.map.radius import tried_config
from ans.ui.shared import Shared
from ans.ui.wiring import AT_ONCE, Changes
from ans.ui.wording import as_sentence

if TYPE_CHECKING:
    from ans.config import TrainConfig
    from ans.model.negative_stages import NegativeStages

NO_MODEL = "There is no trained model yet. The starter model comes by itself; or start one in Train."
INTRODUCTION = (
    "The paper's Algorithm 1. The classifier has no open text to learn from, so it makes negatives from the texts of "
    "each class. Press Play, or go from stage to stage."
)


@dataclass(frozen=True)
class StagesPart:
    """This part's components and handlers. `settings`: the head settings that are tried out."""

    shared: Shared
    settings: gr.State
    label: gr.Dropdown
    view: StagesComponent

    def show(self, run_id: str | None, who: str | None, name: str | None, tried: Any) -> Changes:
        """The stages of the chosen class."""
        if not run_id or not name:
            return {self.view: nothing(NO_MODEL)}
        maps = self.shared.maps
        try:
            run = self.shared.visitor(who).trained(run_id)
            return {self.view: told(maps, name, MapKey(run.id, name, config=tried_config(maps, run.id, tried)))}
        except ValueError as error:
            return {self.view: nothing(as_sentence(error))}

    def choose(
        self, run_id: str | None, who: str | None, on_map: str | None, before: str | None, typed: str
    ) -> Changes:
        """The class of the map, else the one the typed text comes nearest to, else the one that was there."""
        if not (known := self.shared.known(who, run_id)):
            return {self.label: gr.update(choices=[], value=None)}
        wanted = (on_map, strongest_head(self.shared.maps, run_id, typed), before, known[0])
        return {self.label: gr.update(choices=known, value=next(x for x in wanted if x in known))}


def build(maps: Maps, shared: Shared, settings: gr.State) -> StagesPart:
    """Lay out this part of the tab; `wire` connects it."""
    gr.Markdown(INTRODUCTION, elem_classes="quiet")
    label = gr.Dropdown([], label="Class", elem_id="made-class")
    return StagesPart(
        shared, settings, label, StagesComponent({"nothing": "The stages are being computed."}, elem_id="made")
    )


def wire(stages: StagesPart, part: gr.Radio, mine: str, on_map: gr.Dropdown, query: gr.Textbox) -> None:
    """Connect this part: nothing is computed while another part of the tab is open.

    Args:
        part: the choice of the part; `mine` is this one's name. on_map: the class of the map. query: what was typed.
    """
    model, browser = stages.shared.model, stages.shared.browser

    def opened(
        chosen: str, run_id: str | None, who: str | None, on_map: str | None, before: str | None, typed: str
    ) -> Changes:
        return stages.choose(run_id, who, on_map, before, typed) if chosen == mine else gr.skip()

    def show_if_open(chosen: str, run_id: str | None, who: str | None, name: str | None, tried: Any) -> Changes:
        return stages.show(run_id, who, name, tried) if chosen == mine else gr.skip()

    shown = [part, model, browser, stages.label, stages.settings]
    for event in (part.change, model.change, on_map.change):
        event(opened, [part, model, browser, on_map, stages.label, query], stages.label, **AT_ONCE).then(
            show_if_open, shown, stages.view, **AT_ONCE
        )
    stages.label.change(show_if_open, shown, stages.view, **AT_ONCE)


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


def told(maps: Maps, label: str, key: MapKey) -> str:
    """The stages of one class as the view draws them.

    Raises:
        ValueError: the run is gone, or the class is not known.
    """
    stages, places = maps.stages(key)
    config = maps.model(key).config
    own, nearest = stages.own.numpy(), stages.nearest.numpy()
    names = stage_names(stages)
    figures = {
        "distances": stage_distances(own, nearest, stages.radius, stages.gamma, label),
        "loss": stage_loss(stages.losses.tolist(), names, label),
    }
    spaces = {
        space: stage_map(one.positives, one.known_negatives, one.moving, f"{label}/{space}")
        for space, one in places.items()
    }
    return json.dumps(
        {
            "stages": [{"name": name, "sentence": sentence(stages, i, config, label)} for i, name in enumerate(names)],
            "maps": {space: json.loads(str(figure.to_json())) for space, figure in spaces.items()},
            **{name: json.loads(str(figure.to_json())) for name, figure in figures.items()},
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

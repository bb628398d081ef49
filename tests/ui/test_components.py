"""The page's own components: one way to declare them, lines that can be read, colours with one home."""

from __future__ import annotations

import re
from pathlib import Path

import gradio as gr
import pytest

from ans.plots import style
from ans.ui import components
from ans.ui.components import PAGE_ASSETS, MistakesComponent, PageComponent, PlotComponent, RunsComponent

ALL = [one for one in vars(components).values() if isinstance(one, type) and issubclass(one, PageComponent)]
DECLARED = [one for one in ALL if one is not PageComponent]


@pytest.mark.parametrize("component", DECLARED, ids=lambda one: one.__name__)
def test_a_component_sends_its_value_as_json_and_its_script_after_the_shared_elements(component):
    made = component({"a": ["<b>"]})
    config = made.get_config()
    assert made.postprocess({"a": ["<b>"]}) == '{"a": ["<b>"]}'
    assert made.postprocess(None) is None
    assert config["js_on_load"].startswith((PAGE_ASSETS / "elements.js").read_text(encoding="utf-8"))
    assert config["js_on_load"].endswith((PAGE_ASSETS / component.script).read_text(encoding="utf-8"))
    assert component.__doc__, "its docstring is the contract of its value"


def test_further_props_are_plain_values_that_no_two_components_share():
    first, second = MistakesComponent(), MistakesComponent()
    assert (first.wanted, RunsComponent().note, PlotComponent().spot) == ({}, "", [])
    assert first.wanted is not second.wanted
    assert MistakesComponent(wanted={"kind": "taken"}).wanted == {"kind": "taken"}


def test_text_of_the_frame_is_text():
    assert "&lt;i&gt;" in PlotComponent(empty="<i>").html_template


def test_every_script_belongs_to_a_component_or_to_the_page():
    used = {component.script for component in DECLARED} | {"elements.js", "queue.js", "first_load.js"}
    assert {path.name for path in PAGE_ASSETS.glob("*.js")} == used


@pytest.mark.parametrize("path", sorted(PAGE_ASSETS.iterdir()), ids=lambda path: path.name)
def test_no_line_of_the_browsers_side_is_longer_than_120(path: Path):
    long = [number for number, line in enumerate(path.read_text("utf-8").splitlines(), 1) if len(line) > 120]
    assert long == []


def test_plots_and_page_have_the_same_colours_for_known_open_and_the_rest():
    sheet = (PAGE_ASSETS / "style.css").read_text(encoding="utf-8")
    light = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", sheet.split(".dark")[0]))
    assert light["known"] == style.KNOWN
    assert light["open"] == style.OPEN
    assert isinstance(gr.HTML, type)

"""The page's own components: one way to declare them, lines that can be read, colours with one home."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from gradio.blocks import postprocess_update_dict

from ans.plots import style
from ans.serving.models import Serving
from ans.ui import components, page, theme
from ans.ui.changes import StoreChanges
from ans.ui.components import MistakesComponent, PlotComponent, RunsComponent
from ans.ui.launch import launch_options
from ans.ui.page_component import PAGE_ASSETS, PAGE_SCRIPTS, PageComponent

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


@pytest.mark.parametrize(("component", "name"), [(one, name) for one in DECLARED for name in one.extras])
def test_an_update_of_a_prop_reaches_the_script_and_carries_nothing_but_json(component, name):
    for built in (component(), component(**{name: ["given"]})):
        sent = postprocess_update_dict(built, {name: getattr(built, name)})
        assert json.loads(json.dumps(sent))["props"] == {name: getattr(built, name)}
    assert f"watch('{name}'" in (PAGE_ASSETS / component.script).read_text(encoding="utf-8")


@pytest.mark.parametrize("component", DECLARED, ids=lambda one: one.__name__)
def test_a_script_names_its_component_and_finds_the_html_it_draws_into(component):
    script = (PAGE_ASSETS / component.script).read_text(encoding="utf-8")
    assert component.__name__ in script.splitlines()[0]
    wanted = re.search(r"element\.querySelector\('\.(\w[\w-]*)'\)", script)
    assert wanted is not None
    assert re.match(rf'<\w+ class="{wanted[1]}[" ]', component().html_template)


def test_what_is_built_again_for_an_update_keeps_its_frame():
    built = PlotComponent(height=270, empty="Type", elem_id="small-map")
    again = PlotComponent(**{**built.constructor_args, "spot": [1, 2, "here"], "render": False})
    assert again.html_template == built.html_template
    assert 'style="height:270px"' in again.html_template
    assert again.elem_id == "small-map"


def test_text_of_the_frame_is_text():
    assert "&lt;i&gt;" in PlotComponent(empty="<i>").html_template


def test_every_script_belongs_to_a_component_or_to_the_page():
    used = {name for component in DECLARED for name in (*component.parts, component.script)}
    used |= {"elements.js", "terms.js"} | {path.name for path in PAGE_SCRIPTS}
    assert {path.name for path in PAGE_ASSETS.glob("*.js")} == used


@pytest.mark.parametrize("path", sorted(PAGE_ASSETS.iterdir()), ids=lambda path: path.name)
def test_no_line_of_the_browsers_side_is_longer_than_120(path: Path):
    long = [number for number, line in enumerate(path.read_text("utf-8").splitlines(), 1) if len(line) > 120]
    assert long == []


def found(files: str, pattern: str) -> set[str]:
    """What a pattern finds in the files of assets/page."""
    return {name for path in PAGE_ASSETS.glob(files) for name in re.findall(pattern, path.read_text(encoding="utf-8"))}


def test_every_colour_is_told_in_the_theme_alone():
    """In the CSS and the scripts it has a name, which is declared: here, by Gradio's theme, or where it is used."""
    assert found("*.[cj]s*", r"#[0-9a-fA-F]{6}\b|#[0-9a-fA-F]{3}\b(?=[;'])") == set()
    used = found("*.css", r"var\(--([\w-]+)\)") | found("*.js", r"colour\('([\w-]+)'")
    of_gradio = set(re.findall(r"--([\w-]+):", theme.theme()._get_theme_css()))
    in_place = found("*.css", r"--([\w-]+):") | found("*.js", r"setProperty\('--([\w-]+)'")
    unnumbered = {re.sub(r"(?<=-)\d+$", "", name) for name in theme.COLOURS}  # `class-0` and on; a script counts up
    assert used - of_gradio - in_place <= set(theme.COLOURS) | unnumbered
    assert unnumbered <= {re.sub(r"(?<=-)\d+$", "", name) for name in used}


def test_each_colour_is_declared_for_light_and_for_dark(store):
    light, dark = theme.custom_properties().splitlines()
    assert light.startswith(f":root {{ --known: {style.KNOWN}; --open: {style.OPEN};")
    assert dark.startswith(".dark { --known: #6ea0ff; --open: #ff6f9c;")
    assert light.count(";") == dark.count(";") == len(theme.COLOURS)
    assert launch_options(page.build(Serving(store)), StoreChanges(store))["css"] == theme.custom_properties()

"""The Discover tab: groups among the open texts; one of them becomes a known class, and can be taken back."""

from __future__ import annotations

from typing import Any

import gradio as gr

from ans.serving.batch import Batch
from ans.ui import texts_file
from ans.ui.ask.many_texts import ManyTab
from ans.ui.components import GroupsComponent, PlotComponent, RunComponent
from ans.ui.discover import cards
from ans.ui.discover.findings import Findings
from ans.ui.discover.handlers import OWN, TEST, DiscoverTab
from ans.ui.headed_tab import headed_tab
from ans.ui.shared import Shared
from ans.ui.wiring import AT_ONCE, QUIETLY, Changes

SOURCES = [("The test texts", TEST), ("My own texts", OWN)]


def build(shared: Shared, query: gr.Textbox, many: ManyTab) -> None:
    """Lay out the tab inside the current Tabs and wire it. `query` is Ask's text box, `many` its tab for many texts."""
    with headed_tab("Discover", "discover"):
        tab = layout(shared)
    wire(tab, query, many)


def layout(shared: Shared) -> DiscoverTab:
    """The card of where a person stands; below it what to look at, beside the map and the chosen group."""
    findings, leaving = gr.State(Findings()), gr.State(None)
    card = RunComponent(cards.NO_MODEL, elem_id="discover-card")
    with gr.Row(visible=False, elem_id="discover-next") as after:
        ask = gr.Button("Ask it", variant="primary", min_width=140)
        back = gr.Button("Undo: take the class back", min_width=140, visible=False)
    with gr.Row(equal_height=False):
        with gr.Column(scale=4, min_width=300):
            asked = _what_to_look_at(shared, card)
        with gr.Column(scale=7, min_width=320):
            plot = PlotComponent(
                height=420,
                name="Where the open texts lie",
                empty="The map of the open texts appears here.",
                elem_id="found",
            )
            with gr.Column(visible=False, elem_id="one-group") as panel:
                group = _one_group()
    return DiscoverTab(
        shared=shared, findings=findings, leaving=leaving, card=card, after=after, ask=ask, back=back, plot=plot,
        panel=panel, **asked, **group,
    )  # fmt: skip


def _what_to_look_at(shared: Shared, card: RunComponent) -> dict[str, Any]:
    return {
        "source": gr.Radio(SOURCES, value=TEST, label="Look among"),
        "pasted": gr.Textbox(
            label="One text a line", lines=6, max_lines=10, visible=False, placeholder="is the gym open today"
        ),
        "own": texts_file.texts_file(shared.server.limits.uploading, 150, card, cards.unreadable, visible=False),
        "smallest": gr.Slider(
            0,
            50,
            value=0,
            step=1,
            label="Minimum texts per group",
            info="0: automatic, a hundredth of all, from 5 to 13.",
        ),
        "find": gr.Button("Find groups", variant="primary", elem_id="find-groups"),
        "groups": GroupsComponent(cards.group_list(None, None), elem_id="groups"),
    }


def _one_group() -> dict[str, Any]:
    with gr.Row(equal_height=False):
        name = gr.Textbox(
            label="Name of the class", info="Enter renames the group.", max_length=80, max_lines=1, scale=5
        )
        make = gr.Button("Make it a known class", variant="primary", scale=4, min_width=190)
    texts = gr.CheckboxGroup([], label="Its texts; only checked ones count", elem_id="group-texts")
    with gr.Row(equal_height=False):
        drop = gr.Button("Drop the unchecked", size="md", min_width=190)
        other = gr.Dropdown([], label="Merge with", scale=2, min_width=180)
        merge = gr.Button("Merge", size="md", min_width=90)
    return {"name": name, "make": make, "texts": texts, "drop": drop, "other": other, "merge": merge}


def wire(tab: DiscoverTab, query: gr.Textbox, many: ManyTab) -> None:
    """Connect the controls. `query` is Ask's text box, `many` its tab for many texts."""
    model, browser = tab.shared.model, tab.shared.browser
    chosen = [tab.findings, tab.card, *tab.of_groups]
    tab.source.change(tab.choose_source, tab.source, [tab.pasted, tab.own.box], **AT_ONCE)
    texts_file.wire(tab.own)
    model.change(tab.opened, [model, tab.findings, browser], tab.of_run, **AT_ONCE)

    def take_open(batch: Batch | None) -> Changes:
        """The OPEN ones of many texts are looked at here."""
        texts = "\n".join(many.open_texts(batch))
        return {
            tab.shared.tabs: gr.Tabs(selected="discover"),
            tab.source: OWN,
            tab.pasted: gr.update(value=texts, visible=True),
            tab.own.box: gr.update(visible=True),
            tab.own.file: None,
        }

    taken = [tab.shared.tabs, tab.source, tab.pasted, tab.own.box, tab.own.file]
    handed = many.table.find_groups.click(take_open, many.batch, taken, **QUIETLY)
    asked = [model, tab.findings, tab.source, tab.pasted, *tab.own.given, tab.smallest, browser]
    for wanted in (tab.find.click, handed.success):
        found = wanted(tab.wait_to_find, None, tab.card, **AT_ONCE).then(
            tab.look_for, asked, tab.of_run, concurrency_limit=2, **QUIETLY
        )
        # Another model may have been chosen meanwhile: what was found is kept with the one it was found with.
        found.then(tab.opened, [model, tab.findings, browser], tab.of_run, **AT_ONCE)
    tab.groups.click(tab.look_at, tab.findings, chosen, **AT_ONCE)
    tab.plot.click(tab.look_at_point, tab.findings, chosen, **AT_ONCE)
    tab.name.submit(tab.rename, [tab.findings, tab.name], chosen, **AT_ONCE)
    tab.drop.click(tab.keep, [tab.findings, tab.texts, tab.name], chosen, **QUIETLY)
    tab.merge.click(tab.join, [tab.findings, tab.other, tab.name], chosen, **QUIETLY)
    tab.make.click(tab.wait_to_make, tab.name, tab.card, **AT_ONCE).then(
        tab.make_known,
        [tab.findings, tab.name, tab.texts, browser],
        [model, tab.shared.mine, *tab.of_run],
        concurrency_limit=1,
        **QUIETLY,
    )
    # First the page leaves the run, then the run goes: nobody asks a model that is not there any more.
    tab.back.click(tab.take_back, [model, tab.findings, browser], [model, tab.leaving, *tab.of_run], **QUIETLY).then(
        tab.remove, [tab.leaving, browser], None, **QUIETLY
    )
    tab.ask.click(tab.ask_it, [model, browser], [tab.shared.tabs, query], **AT_ONCE)

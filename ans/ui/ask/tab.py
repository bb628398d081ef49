"""The Ask tab: type a sentence, see at once which known class it is, or that it is open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import gradio as gr

from ans.conventions import LONGEST
from ans.serving.models import Serving
from ans.ui import strictness, use_model, verdict_card
from ans.ui.ask import link, many_texts, small_map, teach
from ans.ui.components import ChipsComponent, VerdictComponent
from ans.ui.shared import Shared
from ans.ui.wiring import AT_ONCE, QUIETLY, Changes

KINDS = {
    "known": ("Texts of known classes", "Test texts of classes the model was trained on"),
    "held_out": ("Texts of held-out classes", "Real intents the model has never seen: these should be OPEN"),
    "oos": ("Out of scope", "Texts that belong to no class of the dataset: these should be OPEN"),
}


@dataclass(frozen=True)
class AskTab:
    """The tab's components and handlers. `inner`: the choice between `one` text and many."""

    shared: Shared
    inner: gr.Tabs
    one: gr.Tab
    query: gr.Textbox
    verdict: VerdictComponent
    chips: ChipsComponent
    many: many_texts.ManyTab
    strict: strictness.Strictness
    taught: teach.Teach

    def answer(self, text: str, run_id: str | None, who: str | None, tried: float | None = None) -> Iterator[Changes]:
        """The verdict of the typed text, by the line that is tried, if one is."""
        for card in verdict_card.verdicts(self.shared.serving, self.shared.visitor(who), text, run_id, tried):
            yield {self.verdict: card}

    def take_example(self, event: gr.EventData) -> Changes:
        """A click on an example: it is what was typed."""
        return {self.query: str(getattr(event, "text", ""))}

    def take_one_of_many(self, event: gr.EventData) -> Changes:
        """A click on one of many texts: it is looked at alone."""
        return {**self.take_example(event), self.inner: gr.Tabs(selected="one")}


def build(shared: Shared) -> AskTab:
    """Lay out the tab inside the current Tab and wire it."""
    tab, model = layout(shared), shared.model
    asked = [tab.query, model, shared.browser]
    tab.query.change(tab.answer, [*asked, tab.strict.tried], tab.verdict, concurrency_limit=4, **QUIETLY)
    model.change(tab.answer, asked, tab.verdict, **QUIETLY)
    for moved in strictness.wire(tab.strict, tab.one):
        moved.then(tab.answer, [*asked, tab.strict.tried], tab.verdict, trigger_mode="always_last", **QUIETLY)
    shared.kept.change(tab.answer, asked, tab.verdict, **QUIETLY)  # in Evaluate
    tab.chips.click(tab.take_example, None, tab.query, **AT_ONCE)
    tab.many.table.rows.click(tab.take_one_of_many, None, [tab.query, tab.inner], **AT_ONCE)
    teach.wire(tab.taught, tab.query, tab.one)
    return tab


def layout(shared: Shared) -> AskTab:
    """The text box and its examples, beside them the verdict and a small map; many texts behind a tab of their own."""
    with gr.Tabs() as inner:
        with gr.Tab("One text", id="one") as one, gr.Row(equal_height=False, elem_id="ask"):
            with gr.Column(scale=5, min_width=320):
                query = gr.Textbox(
                    label="Type a message",
                    placeholder="my card was swallowed by the machine",
                    lines=3,
                    max_lines=6,
                    max_length=LONGEST,
                    autofocus=True,
                    elem_id="query",
                )
                with gr.Row(elem_classes="take-along"):
                    link.copy_button(shared.model, query)
                    use_model.button(shared)
                chips = ChipsComponent(elem_id="examples")
            with gr.Column(scale=6, min_width=320):
                verdict = VerdictComponent(verdict_card.EMPTY, elem_id="verdict")
                taught = teach.layout(shared, below_verdict=True)
                small_map.build(shared, verdict)
                strict = strictness.layout(shared, each_class=False)
        with gr.Tab("Many texts", id="many") as opening:
            many = many_texts.build(shared, opening)
    return AskTab(shared, inner, one, query, verdict, chips, many, strict, taught)


def examples(serving: Serving, run_id: str | None) -> list[dict]:
    """The example chips of a run, in the groups of `KINDS`; none without a run, or if it is gone in this moment."""
    if not run_id:
        return []
    try:
        texts = serving.examples(run_id)
    except ValueError:  # the list of models tells soon enough
        return []
    return [
        {"kind": kind, "name": name, "explanation": explanation, "texts": texts[kind]}
        for kind, (name, explanation) in KINDS.items()
    ]

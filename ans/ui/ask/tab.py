"""The Ask tab: type a sentence, see at once which known class it is, or that it is open."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import gradio as gr

from ans.conventions import LONGEST
from ans.serving.models import Serving
from ans.ui import strictness, use_model, verdict_card
from ans.ui.ask import link, many_texts, small_map, teach
from ans.ui.components import ChipsComponent, KnownClassesComponent, TourComponent, VerdictComponent
from ans.ui.shared import Shared
from ans.ui.wiring import AT_ONCE, Changes

KINDS = {
    "known": (
        "Texts of known classes",
        "From the test part of the dataset, of classes that the model has learned. It has not seen these very texts. "
        "They are drawn blindly, so some may be answered wrongly.",
    ),
    "held_out": (
        "Texts of held-out classes",
        "Of classes that were kept from the model on purpose. It has never seen one, so the answer should be OPEN.",
    ),
    "oos": (
        "Out of scope",
        "Texts that belong to no class of the dataset at all. The answer should be OPEN.",
    ),
}
PAPER = "https://aclanthology.org/2022.emnlp-main.295/"
METHOD = (
    "The method: just outside of each class it makes *negatives* from the texts of the class. So each class learns to "
    "refuse what is not its own, without one example of anything else "
    f"([Open World Classification with Adaptive Negative Samples, EMNLP 2022]({PAPER}))."
)

ASK, AWAIT = "(...asked) => window.askVerdict(...asked)", "card => window.awaitVerdict(card)"  # assets/page/ask.js


@dataclass(frozen=True)
class AskTab:
    """The tab's components and handlers. `inner`: the choice between `one` text and many.

    `how` and `own` lead to other tabs: how a negative is made, and one's own texts.
    """

    shared: Shared
    inner: gr.Tabs
    one: gr.Tab
    query: gr.Textbox
    verdict: VerdictComponent
    chips: ChipsComponent
    classes: KnownClassesComponent
    tour: TourComponent
    how: gr.Button
    own: gr.Button
    many: many_texts.ManyTab
    strict: strictness.Strictness
    taught: teach.Teach

    def introduce(self, run_id: str | None, who: str | None) -> Changes:
        """Another model is in use: its examples and its classes; none if there is none, or it has just been deleted."""
        serving = self.shared.serving
        try:
            run = self.shared.visitor(who).trained(run_id)
            known = [{"name": name, "texts": texts} for name, texts in serving.samples(run.id).items()]
            chips = examples(serving, run.id)
        except ValueError:  # the list of models tells soon enough
            known, chips = [], []
        return {self.chips: chips, self.classes: {"classes": known}, self.tour: {"classes": len(known)}}

    def take_example(self, event: gr.EventData) -> Changes:
        """A click on an example: it is what was typed."""
        return {self.query: str(getattr(event, "text", ""))}

    def take_one_of_many(self, event: gr.EventData) -> Changes:
        """A click on one of many texts: it is looked at alone."""
        return {**self.take_example(event), self.inner: gr.Tabs(selected="one")}


def build(shared: Shared) -> AskTab:
    """Lay out the tab inside the current Tab and wire it."""
    tab, model = layout(shared), shared.model
    asked, shown = [tab.query, model, shared.browser], [tab.verdict, tab.chips]
    with_line = [*asked, tab.strict.effect]
    moved = [event.then for event in strictness.wire(tab.strict, tab.one)]
    by_own_line = [model.change, shared.kept.change]  # the latter in Evaluate
    for events, values in (([tab.query.change, *moved], with_line), (by_own_line, asked)):
        for event in events:
            said = event(None, values, shown, js=ASK, api_visibility="private")
            said.then(None, tab.verdict, shown, js=AWAIT, api_visibility="private")
    model.change(tab.introduce, [model, shared.browser], [tab.chips, tab.classes, tab.tour], **AT_ONCE)
    gr.on([tab.chips.click, tab.classes.click], tab.take_example, None, tab.query, **AT_ONCE)
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
                classes = KnownClassesComponent(elem_id="known")
                with gr.Column(elem_id="about"):
                    gr.Markdown(METHOD, elem_classes="quiet")
                    with gr.Row():
                        how = gr.Button("How it works", size="sm", min_width=120)
                        own = gr.Button("Train on your own texts", size="sm", min_width=180, elem_id="bring-own")
                tour = TourComponent(elem_id="tour")
            with gr.Column(scale=6, min_width=320):
                verdict = VerdictComponent(verdict_card.EMPTY, elem_id="verdict")
                taught = teach.layout(shared, below_verdict=True)
                small_map.build(shared, verdict)
                strict = strictness.layout(shared, each_class=False)
        with gr.Tab("Many texts", id="many") as opening:
            many = many_texts.build(shared, opening)
    return AskTab(
        shared, inner, one, query, verdict, chips, classes, tour, how, own, many, strict, taught
    )  # fmt: skip


def examples(serving: Serving, run_id: str) -> list[dict]:
    """The example chips of a run, in the groups of `KINDS`.

    Raises:
        ValueError: there is no such run, or its test part is damaged.
    """
    found = serving.examples(run_id)
    return [
        {"kind": kind, "name": name, "explanation": explanation, "texts": [asdict(one) for one in found[kind]]}
        for kind, (name, explanation) in KINDS.items()
    ]

"""The inner tab of Data for looking into a dataset: its classes and texts, and which classes are known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import gradio as gr

from ans.config import TrainConfig
from ans.data.corpora import BUNDLED, make_open_world_split, usual_ratio
from ans.data.listing import Library, Listing
from ans.ui.access import Visitor, dataset_named
from ans.ui.components import PAGE, ClassesComponent, FindingsComponent, TextsComponent
from ans.ui.data import content
from ans.ui.data.content import BUSY, NO_TEXTS, NOTHING_ASKED
from ans.ui.shared import Shared
from ans.ui.train import TrainTab
from ans.ui.train_form import RATIOS, chosen_ratio, dataset_choices, show_other
from ans.ui.wiring import AT_ONCE, QUIETLY, Changes, refusal, told_number
from ans.ui.wording import as_sentence


@dataclass(frozen=True)
class BrowseTab:
    """The tab's components and handlers.

    `picks`: the classes picked by hand, None while the draw decides. `asked`: what the list of texts answers, a class
    or a search, and `turn` which samples of the class. `drawn`: the choices that are drawn now.
    """

    shared: Shared
    train: TrainTab
    picks: gr.State
    asked: gr.State
    turn: gr.State
    drawn: gr.State
    dataset: gr.Dropdown
    seed: gr.Number
    ratio: gr.Radio
    other: gr.Slider
    draw_note: gr.Markdown
    classes: ClassesComponent
    use: gr.Button
    redraw: gr.Button
    owned: gr.Row
    delete: gr.Button
    sure: gr.Button
    facts: FindingsComponent
    search: gr.Textbox
    texts: TextsComponent
    library: Library = field(default_factory=Library)

    # The dataset and its draw

    def show(
        self, name: str | None, share: float, other: float, number: float | None, who: str | None
    ) -> Iterator[Changes]:
        """A dataset, drawn again from the beginning: nothing is picked, nothing asked."""
        visitor, seed = self.shared.visitor(who), int(number or 0)
        fresh: Changes = {
            self.texts: NO_TEXTS,
            self.search: "",
            self.drawn: (name, share, other, number),
            self.picks: None,
            self.asked: NOTHING_ASKED,
            self.owned: gr.update(visible=visitor.owns(name)),
            self.sure: gr.update(visible=False),
            self.redraw: gr.update(interactive=False),
        }
        if visitor.may_use(name) and not self.library.has(dataset_named(name), seed):
            yield {self.facts: BUSY, self.classes: content.no_classes("One moment."), self.draw_note: "", **fresh}
            fresh = {}  # what a person does while the texts are read stays
        try:
            found = self._listing(visitor, name, number)
        except (ValueError, OSError) as error:
            failed = {"state": "failed", "title": "These data can't be read", "detail": as_sentence(error)}
            nothing = content.no_classes("There is nothing to show.")
            yield {self.facts: failed, self.classes: nothing, self.draw_note: "", **fresh}
            return
        classes, note = content.drawn(found, chosen_ratio(share, other), seed)
        yield {self.facts: content.summary(found), self.classes: classes, self.draw_note: note, **fresh}

    def come_back(
        self, name: str, share: float, other: float, number: float, who: str | None, before: tuple | None
    ) -> Iterator[Changes]:
        """The tab is opened: what was picked by hand stays, unless the choices have changed meanwhile."""
        if before == (name, share, other, number):
            yield gr.skip()
        else:
            yield from self.show(name, share, other, number, who)

    def pick(self, name: str, number: float, who: str | None, event: gr.EventData) -> Changes:
        """Boxes of classes were ticked or unticked."""
        found = self._listing_or_refuse(who, name, number)
        picked = getattr(event, "picked", None)
        chosen = [str(label) for label in picked] if isinstance(picked, list) else []
        note = content.picked_by_hand(found, chosen)
        return {self.picks: chosen, self.draw_note: note, self.redraw: gr.update(interactive=True)}

    def usual_ratio(self, name: str | None) -> float:
        """The ratio to begin with, for a dataset that has just been chosen."""
        return usual_ratio(dataset_named(name))

    def take(
        self, name: str, share: float, other: float, number: float, chosen: list[str] | None, who: str | None
    ) -> Changes:
        """The button that takes the choices to Train."""
        found = self._listing_or_refuse(who, name, number)
        if found.corpus is None:
            raise refusal(f"these texts can be explored, not trained on: {found.trouble}")
        given, ratio = None if chosen is None else tuple(chosen), chosen_ratio(share, other)
        try:
            config = TrainConfig(seed=int(number or 0), known_ratio=ratio, known_classes=given)
            make_open_world_split(found.corpus, config)
        except ValueError as error:
            raise refusal(error) from error
        form, by_hand = self.train.form, chosen is not None
        return {
            form.dataset: gr.update(choices=dataset_choices(self.shared.visitor(who)), value=name),
            form.ratio: share,
            form.other: other,
            form.seed: number,
            form.known: gr.update(choices=[one.name for one in found.classes], value=chosen or [], visible=by_hand),
            self.train.known_of: name if by_hand else None,
            self.shared.tabs: gr.Tabs(selected="train"),
        }

    def ask_to_delete(self) -> Changes:
        """One more button stands between a person and the loss of their data."""
        return {self.sure: gr.update(visible=True)}

    def remove(self, name: str, in_train: str, who: str | None) -> Changes:
        """The shown dataset, an upload of this browser, is deleted."""
        visitor = self.shared.visitor(who)
        try:
            visitor.uploads.delete(visitor.browser, name)
        except ValueError as error:
            raise refusal(error) from error
        choices, left = dataset_choices(visitor), BUNDLED if in_train == name else in_train
        return {
            self.dataset: gr.update(choices=choices, value=BUNDLED),
            self.train.form.dataset: gr.update(choices=choices, value=left),
        }

    # Its texts

    def class_chosen(self, name: str, number: float, who: str | None, event: gr.EventData) -> Changes:
        """The name of a class was clicked: samples of it."""
        question = ("class", str(getattr(event, "label", "")))
        return {
            self.texts: self._texts(name, number, who, question),
            self.asked: question,
            self.turn: 0,
            self.search: "",
        }

    def searched(self, name: str, number: float, who: str | None, words: str, question: tuple[str, str]) -> Changes:
        """Something was typed into the search."""
        if words.strip():
            question = ("search", words)
            return {self.texts: self._texts(name, number, who, question), self.asked: question}
        if question[0] == "class":  # a click on a class has emptied it
            return gr.skip()
        return {self.texts: NO_TEXTS, self.asked: NOTHING_ASKED}

    def turned(self, name: str, number: float, who: str | None, question: tuple[str, str], turn: int) -> Changes:
        """Other samples of the class are asked for."""
        return {self.texts: self._texts(name, number, who, question, turn + 1), self.turn: turn + 1}

    def grown(
        self, name: str, number: float, who: str | None, question: tuple[str, str], turn: int, event: gr.EventData
    ) -> Changes:
        """More rows of the same are asked for."""
        most = (told_number(event, "count") or 0) + PAGE
        return {self.texts: self._texts(name, number, who, question, turn, most)}

    def _texts(
        self, name: str, number: float, who: str | None, question: tuple[str, str], turn: int = 0, most: int = PAGE
    ) -> dict:
        try:
            found = self._listing(self.shared.visitor(who), name, number)
        except ValueError as error:
            return NO_TEXTS | {"empty": as_sentence(error)}
        return content.texts_asked_for(found, question, turn, most)

    def _listing(self, visitor: Visitor, name: Any, number: float | None) -> Listing:
        """The dataset with this name, as a training with this seed would split it.

        Raises:
            ValueError: the visitor may not use it, or it can't be read.
        """
        if not visitor.may_use(name):
            raise ValueError("on this server only the listed datasets and your own uploads can be looked into.")
        return self.library.listing(dataset_named(name), int(number or 0))

    def _listing_or_refuse(self, who: str | None, name: str, number: float) -> Listing:
        try:
            return self._listing(self.shared.visitor(who), name, number)
        except ValueError as error:
            raise refusal(error) from error


def layout(shared: Shared, train: TrainTab) -> BrowseTab:
    """Dataset, draw and classes on the left, facts and texts on the right."""
    with gr.Row(equal_height=False):
        picks, asked, turn, drawn = gr.State(None), gr.State(NOTHING_ASKED), gr.State(0), gr.State(None)
        with gr.Column(scale=5, min_width=320):
            with gr.Row():
                dataset = gr.Dropdown(
                    dataset_choices(shared.visitor(None)),
                    value=BUNDLED,
                    label="Dataset",
                    allow_custom_value=not shared.restricted,
                    scale=3,
                    min_width=180,
                    elem_id="corpus",
                )
                seed = gr.Number(0, label="Seed", precision=0, minimum=0, scale=1, min_width=80)
            ratio = gr.Radio(RATIOS, value=0.75, label="Classes to learn")
            other = gr.Slider(0.05, 1.0, value=0.4, step=0.05, label="Ratio", visible=False)
            with gr.Column(elem_classes="card"):
                draw_note = gr.Markdown("", elem_classes="quiet", elem_id="draw")
                classes = ClassesComponent(elem_id="classes")
            with gr.Row():
                use = gr.Button("Use in Train", variant="primary", scale=3)
                redraw = gr.Button("Reset selection", scale=2, min_width=140, interactive=False)
            with gr.Row(visible=False) as owned:
                delete = gr.Button("Delete these data", size="sm", variant="secondary")
                sure = gr.Button("Delete permanently", size="sm", variant="stop", visible=False)
        with gr.Column(scale=6, min_width=320):
            facts = FindingsComponent(BUSY, elem_id="facts")
            search = gr.Textbox(label="Search texts and labels", placeholder="credit limit", max_length=200)
            texts = TextsComponent(NO_TEXTS, elem_id="texts")
    return BrowseTab(
        shared,
        train,
        picks=picks,
        asked=asked,
        turn=turn,
        drawn=drawn,
        dataset=dataset,
        seed=seed,
        ratio=ratio,
        other=other,
        draw_note=draw_note,
        classes=classes,
        use=use,
        redraw=redraw,
        owned=owned,
        delete=delete,
        sure=sure,
        facts=facts,
        search=search,
        texts=texts,
    )


def wire(tab: BrowseTab, opened: gr.Tab) -> None:
    """Connect the components with their handlers. `opened`: the tab around it, whose opening draws the dataset."""
    shared, train = tab.shared, tab.train
    choices = [tab.dataset, tab.ratio, tab.other, tab.seed, shared.browser]
    where = [tab.dataset, tab.seed, shared.browser]
    drawing = [
        tab.facts, tab.classes, tab.draw_note, tab.texts, tab.search, tab.drawn, tab.picks, tab.asked, tab.owned,
        tab.sure, tab.redraw,
    ]  # fmt: skip
    opened.select(tab.come_back, [*choices, tab.drawn], drawing, **QUIETLY)
    drawn = gr.on(
        [tab.dataset.change, tab.ratio.change, tab.other.release, tab.seed.change, tab.redraw.click],
        tab.show, choices, drawing, trigger_mode="always_last", concurrency_limit=4, **QUIETLY,
    )  # fmt: skip
    # Where dataset and ratio change in one moment, both start a draw, and the first may end last.
    drawn.then(tab.come_back, [*choices, tab.drawn], drawing, trigger_mode="multiple", **QUIETLY)
    tab.ratio.change(show_other, tab.ratio, tab.other, **AT_ONCE)
    tab.dataset.change(tab.usual_ratio, tab.dataset, tab.ratio, **AT_ONCE)
    # Every tick counts, also one that comes while the last is on its way. Each carries all boxes: one after the other.
    tab.classes.select(
        tab.pick, where, [tab.picks, tab.draw_note, tab.redraw], trigger_mode="multiple", concurrency_limit=1, **QUIETLY
    )
    tab.classes.click(tab.class_chosen, where, [tab.texts, tab.asked, tab.turn, tab.search], **QUIETLY)
    tab.search.change(
        tab.searched, [*where, tab.search, tab.asked], [tab.texts, tab.asked], concurrency_limit=4, **QUIETLY
    )
    tab.texts.retry(tab.turned, [*where, tab.asked, tab.turn], [tab.texts, tab.turn], **QUIETLY)
    tab.texts.select(tab.grown, [*where, tab.asked, tab.turn], tab.texts, **QUIETLY)
    form = train.form
    tab.use.click(
        tab.take,
        [tab.dataset, tab.ratio, tab.other, tab.seed, tab.picks, shared.browser],
        [form.dataset, form.ratio, form.other, form.seed, form.known, train.known_of, shared.tabs],
        **QUIETLY,
    )
    tab.delete.click(tab.ask_to_delete, None, tab.sure, **AT_ONCE)
    tab.sure.click(tab.remove, [tab.dataset, form.dataset, shared.browser], [tab.dataset, form.dataset], **QUIETLY)

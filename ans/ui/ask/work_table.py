"""Many classified texts as a table to work with: filter, search, sort, a second model beside, select and correct.

Rows are sent page by page; the server filters and sorts. What is selected is kept there too, with the batch.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import gradio as gr
from gradio.events import Dependency

from ans.data.corrections import Correction, right_class
from ans.serving.batch import Batch
from ans.serving.batch_csv import as_csv
from ans.serving.batch_view import ALL, CHANGED, GIVEN, ORDERS, kind_counts, rows_of
from ans.ui.ask.shown_rows import IS_OPEN, NAMES, ROWS, START, Place, bars_value, table_value, view_of
from ans.ui.components import ClassCountsComponent, WorkTableComponent
from ans.ui.download import SAVE_FILE, counted_file
from ans.ui.shared import Shared
from ans.ui.wiring import AT_ONCE, QUIETLY, Changes, refusal, told_number

NO_MODEL = ""
TO_CHOICE = "() => document.querySelector('#right-answer input')?.focus()"


@dataclass(frozen=True)
class WorkTable:
    """The table's components and handlers. `place` is the person's `Place`, `second` the model beside the first."""

    shared: Shared
    bars: ClassCountsComponent
    results: gr.Column
    place: gr.State
    kind: gr.Radio
    words: gr.Textbox
    second: gr.Dropdown
    find_groups: gr.Button
    download: gr.Button
    file: gr.DownloadButton
    right: gr.Dropdown
    correct: gr.Button
    rows: WorkTableComponent

    @property
    def of_view(self) -> list:
        """What says which rows are shown."""
        return [self.kind, self.words, self.place]

    @property
    def of_batch(self) -> list:
        """What changes with the batch."""
        return [*self.of_view, self.results, self.bars, self.second, self.right, self.rows]

    def cleared(self) -> Changes:
        """Other texts: nothing is filtered any more."""
        return {
            self.words: "", self.place: START, self.kind: gr.update(value=ALL), self.results: gr.update(visible=False),
            self.bars: None, self.second: gr.update(value=NO_MODEL), self.right: gr.update(value=None),
        }  # fmt: skip

    def looked(self, batch: Batch, who: str | None, kind: str, words: str, place: Place) -> Changes:
        """Everything about a batch, as far as it is."""
        if not batch.first.ended or not batch.verdicts:
            return {self.results: gr.update(visible=False), self.bars: None}
        if not batch.now.ended:  # the second model is at work: the table stays as it is
            return {}
        counts = kind_counts(batch)
        offered = [one for one in NAMES if one != CHANGED or batch.second is not None]
        kind = kind if kind in offered else ALL
        others = [(name, run) for name, run in self.shared.models(who) if run != batch.first.run_id]
        known = self.shared.known(who, batch.first.run_id)
        return {
            self.results: gr.update(visible=True),
            self.kind: gr.update(choices=[(f"{NAMES[one]} ({counts[one]:,})", one) for one in offered], value=kind),
            self.second: gr.update(
                choices=[("No second model", NO_MODEL), *others],
                value=NO_MODEL if batch.second is None else batch.second.run_id,
            ),
            self.right: gr.update(choices=[IS_OPEN, *known]),
            **self.drawn(batch, kind, words, place),
        }

    # What is shown

    def show(self, batch: Batch | None, kind: str, words: str, place: Place) -> Changes:
        """Another filter or search: its first page."""
        if batch is None or not batch.first.ended or not batch.verdicts:
            return gr.skip()
        return self.drawn(batch, kind, words, replace(place, page=0))

    def choose_class(self, batch: Batch | None, kind: str, words: str, place: Place, event: gr.EventData) -> Changes:
        """A click on a bar: only this answer; on the pressed one: all again."""
        label = getattr(event, "label", None)
        label = None if not isinstance(label, str) or label == place.label else label
        return self.show(batch, kind, words, replace(place, label=label))

    def sort(self, batch: Batch | None, kind: str, words: str, place: Place, event: gr.EventData) -> Changes:
        """A click on a heading: up, down, and then as given."""
        order = getattr(event, "order", GIVEN)
        if order not in ORDERS:
            return gr.skip()
        if order != place.order:
            return self.show(batch, kind, words, replace(place, order=order, down=False))
        then = replace(place, down=True) if not place.down else replace(place, order=GIVEN, down=False)
        return self.show(batch, kind, words, then)

    def turn(self, batch: Batch | None, kind: str, words: str, place: Place, event: gr.EventData) -> Changes:
        """Another page."""
        page = told_number(event, "page")
        if batch is None or page is None:
            return gr.skip()
        return self.drawn(batch, kind, words, replace(place, page=page))

    def clear(self, batch: Batch | None, place: Place) -> Changes:
        """All rows again, in the order that was chosen."""
        if batch is None:
            return gr.skip()
        return {self.kind: ALL, self.words: "", **self.show(batch, ALL, "", replace(place, label=None))}

    def offer(self, batch: Batch | None, kind: str, words: str, place: Place, who: str | None) -> Changes:
        """The file of the rows that are shown.

        Raises:
            gr.Error: there are none, or this visitor has had as many files as it may.
        """
        if batch is None or not batch.verdicts:
            raise refusal("There is no text to save; classify some first.")
        content = as_csv(batch, rows_of(batch, view_of(kind, words, place)))
        try:
            return {self.file: counted_file(self.shared, who, self.file, "texts.csv", content)}
        except ValueError as error:
            raise refusal(error) from error

    def drawn(self, batch: Batch, kind: str, words: str, place: Place) -> Changes:
        """The rows of one page, and the bars."""
        found = rows_of(batch, view_of(kind, words, place))
        place = replace(place, page=min(max(0, place.page), max(0, len(found) - 1) // ROWS))
        return {self.place: place, self.bars: bars_value(batch, place), self.rows: table_value(batch, found, place)}

    # Selecting and correcting

    def select(self, batch: Batch | None, kind: str, words: str, place: Place, event: gr.EventData) -> Changes:
        """A box was ticked: of one row, of all that are shown (on all pages), or none any more."""
        row, ticked = told_number(event, "row"), bool(getattr(event, "on", False))
        if batch is None or (row is None and getattr(event, "row", None) is not None):
            return gr.skip()
        found = set(rows_of(batch, view_of(kind, words, place)))
        asked = found if row is None else {row} & set(range(len(batch.verdicts)))
        if ticked:
            batch.chosen |= asked
        else:
            batch.chosen -= set(batch.chosen) if row is None else asked
        return self.drawn(batch, kind, words, place)

    def choose_one(self, batch: Batch | None, kind: str, words: str, place: Place, event: gr.EventData) -> Changes:
        """“That's wrong” of one row: it alone is selected."""
        row = told_number(event, "row")
        if batch is None or row is None or row not in range(len(batch.verdicts)):
            return gr.skip()
        batch.chosen = {row}
        return self.drawn(batch, kind, words, place)

    def correct_chosen(
        self, batch: Batch | None, right: str | None, who: str | None, kind: str, words: str, place: Place
    ) -> Changes:
        """The selected rows have this right answer: it joins the browser's corrections of the model's dataset."""
        if batch is None or not batch.chosen:
            raise refusal("Select the texts first whose answer is wrong.")
        label = right_class(right or "", self.shared.known(who, batch.first.run_id))
        if label == "":
            raise refusal("Choose the right answer first: a class, OPEN, or a new class's name.")
        wrong = [row for row in sorted(batch.chosen) if batch.verdicts[row].label != label]
        if not wrong:
            raise refusal(f"The answer is {label or IS_OPEN} already.")
        try:
            visitor = self.shared.visitor(who)
            dataset = visitor.trained(batch.first.run_id).config.dataset
            made = [Correction(batch.verdicts[row].text, label, batch.verdicts[row].label) for row in wrong]
            visitor.corrections.add(visitor.browser, dataset, made)
        except (ValueError, OSError) as error:
            raise refusal(error) from error
        batch.right.update(dict.fromkeys(wrong, label))
        batch.chosen = set()
        gr.Info(
            f"{len(wrong):,} {'correction' if len(wrong) == 1 else 'corrections'} kept. The model can learn from them."
        )
        return {self.right: None, **self.drawn(batch, kind, words, place)}


def counts() -> ClassCountsComponent:
    """The bars, placed here: beside what is typed."""
    return ClassCountsComponent(elem_id="class-counts")


def layout(shared: Shared, bars: ClassCountsComponent) -> WorkTable:
    """Filter and search above, what can be done with the selected rows, and the rows."""
    place = gr.State(START)
    with gr.Column(visible=False, elem_id="work") as results:
        with gr.Row(equal_height=False, elem_id="work-filter"):
            kind = gr.Radio([(NAMES[ALL], ALL)], value=ALL, label="Show", scale=6, min_width=320, elem_id="kind")
            words = gr.Textbox(label="Search texts and answers", max_lines=1, scale=3, min_width=200, elem_id="words")
            second = gr.Dropdown(
                [("No second model", NO_MODEL)], value=NO_MODEL, label="Beside it, another model", scale=3,
                min_width=220, elem_id="second-model",
            )  # fmt: skip
        with gr.Row(equal_height=False, elem_id="work-actions"):
            right = gr.Dropdown(
                [IS_OPEN], value=None, label="That's wrong. The right answer of the selected texts", scale=5,
                allow_custom_value=True, min_width=260, elem_id="right-answer",
                info="A class, OPEN, or type a new class's name.",
            )  # fmt: skip
            correct = gr.Button("Correct the selected", size="md", scale=2, min_width=180, elem_id="correct")
            groups = gr.Button("Find groups in the OPEN ones", size="md", scale=3, min_width=230, elem_id="to-groups")
            download = gr.Button("Download CSV", size="md", scale=2, min_width=150, elem_id="csv")
        rows = WorkTableComponent(elem_id="verdicts")
    file = gr.DownloadButton(visible=False)
    return WorkTable(shared, bars, results, place, kind, words, second, groups, download, file, right, correct, rows)


def wire(table: WorkTable, batch: gr.State) -> Dependency:
    """Connect the table with its handlers; the event after which there are new corrections."""
    view, drawn = [batch, *table.of_view], [table.place, table.bars, table.rows]
    always: dict[str, Any] = {"trigger_mode": "always_last", **AT_ONCE}
    each: dict[str, Any] = {"trigger_mode": "multiple", **AT_ONCE}
    table.kind.input(table.show, view, drawn, **always)
    table.words.change(table.show, view, drawn, **always)
    table.bars.click(table.choose_class, view, drawn, **each)
    table.rows.apply(table.sort, view, drawn, **each)
    table.rows.clear(table.clear, [batch, table.place], [table.kind, table.words, *drawn], **AT_ONCE)
    offered = table.download.click(table.offer, [*view, table.shared.browser], table.file, **QUIETLY)
    offered.success(None, table.file, None, js=SAVE_FILE)
    table.rows.expand(table.turn, view, drawn, **each)
    table.rows.select(table.select, view, drawn, **each)
    table.rows.edit(table.choose_one, view, drawn, **each).then(None, js=TO_CHOICE, api_visibility="private")
    corrected = [batch, table.right, table.shared.browser, *table.of_view]
    return table.correct.click(table.correct_chosen, corrected, [table.right, *drawn], **QUIETLY)

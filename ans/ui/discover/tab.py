"""The Discover tab: groups among the open texts; one of them becomes a known class, and can be taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import gradio as gr

from ans.data.lines import lines_given
from ans.plots.discovery import group_map
from ans.serving import discovery
from ans.serving.discovery import REST, Discovery
from ans.ui.components import GroupsView, PlotView, RunView
from ans.ui.discover import cards
from ans.ui.discover.findings import Findings
from ans.ui.shared import Shared
from ans.ui.wiring import AT_ONCE, QUIETLY
from ans.ui.wording import as_sentence
from ans.workflows.promote import Group, promote, undo

GONE = "The groups are not here any more, the page was left alone for too long. Find groups again."
TEST, OWN = "The test texts", "My own texts"
FILE_TYPES = [".csv", ".tsv", ".txt", ".jsonl"]


def build(shared: Shared, query: gr.Textbox) -> None:
    """Lay out the tab inside the current Tabs and wire it. `query` is Ask's text box."""
    with gr.Tab("Discover", id="discover"):
        findings, leaving = gr.State(Findings()), gr.State(None)
        card = RunView(cards.NO_MODEL, elem_id="discover-card")
        with gr.Row(visible=False, elem_id="discover-next") as after:
            ask = gr.Button("Ask it", variant="primary", min_width=140)
            back = gr.Button("Undo: take the class back", min_width=140, visible=False)
        with gr.Row(equal_height=False):
            with gr.Column(scale=4, min_width=300):
                source = gr.Radio([TEST, OWN], value=TEST, label="Look among")
                pasted = gr.Textbox(
                    label="One text a line", lines=6, max_lines=10, visible=False, placeholder="is the gym open today"
                )
                file = gr.File(
                    label="Or a file: CSV, TSV, JSONL, TXT", file_types=FILE_TYPES, height=110, visible=False
                )
                smallest = gr.Slider(
                    0, 50, value=0, step=1, label="Smallest group", info="In texts. 0: a hundredth of all, 5 to 13."
                )
                find = gr.Button("Find groups", variant="primary", elem_id="find-groups")
                groups = GroupsView(cards.group_list(None, None), elem_id="groups")
            with gr.Column(scale=7, min_width=320):
                plot = PlotView(height=420, empty="The map of the open texts appears here.", elem_id="found")
                with gr.Column(visible=False, elem_id="one-group") as panel:
                    with gr.Row(equal_height=False):
                        name = gr.Textbox(
                            label="Name of the class",
                            info="Enter renames the group.",
                            max_length=80,
                            max_lines=1,
                            scale=5,
                        )
                        make = gr.Button("Make it a known class", variant="primary", scale=4, min_width=190)
                    texts = gr.CheckboxGroup([], label="Its texts; only checked ones count", elem_id="group-texts")
                    with gr.Row(equal_height=False):
                        drop = gr.Button("Drop the unchecked", size="md", min_width=190)
                        other = gr.Dropdown([], label="Merge with", scale=2, min_width=180)
                        merge = gr.Button("Merge", size="md", min_width=90)

    store, serving, model, browser = shared.store, shared.serving, shared.model, shared.browser
    views = [groups, plot, panel, name, texts, other]

    def opened(run_id: str | None, now: Findings, who: str | None) -> tuple:
        if now.run_id == run_id and run_id is not None:
            return tuple(gr.skip() for _ in range(4 + len(views)))
        then = now.at(run_id)
        first, buttons = standing(then, who)
        return then, first, *buttons, *shown(then)

    def standing(now: Findings, who: str | None) -> tuple[dict, tuple[dict, dict]]:
        """The card of a run that comes into use, and the two buttons below it."""
        run = store.get(now.run_id)
        if run is None:
            return cards.NO_MODEL, _next(False, False)
        promotion = run.promotion
        buttons = _next(False, False) if promotion is None else _next(True, promotion.browser == who)
        if now.chosen is not None:
            return cards.looked_at(now.found, now.chosen), buttons
        if promotion is not None:
            return cards.promoted(run), buttons
        return cards.start() if now.found is None else cards.found(now.found, now.judged, now.own), buttons

    def look_for(
        run_id: str | None, now: Findings, where: str, typed: str, upload: str | None, size: float
    ) -> Iterator[tuple]:
        nothing, own = tuple(gr.skip() for _ in views), where == OWN
        buttons = gr.skip(), gr.skip()  # the class that was added last can still be asked and taken back
        if not run_id:
            yield now, cards.NO_MODEL, *buttons, *nothing
            return
        try:
            yield now, cards.busy("Finding groups", "Reading the open texts.", cards.FIND, 0.05), *buttons, *nothing
            run, classifier = serving.run(run_id), serving.model(run_id)
            if own:
                given = lines_given(typed, upload).texts
                if not given:
                    raise ValueError("there is nothing to look at yet; paste some texts, one a line, or choose a file.")
                if len(given) > discovery.MOST:
                    raise ValueError(
                        f"up to {discovery.MOST:,} texts can be looked at, got {len(given):,}; bring fewer."
                    )
                progress = "Judging your texts: which of them are open?"
                for open_texts in discovery.open_among(classifier, given):
                    share = 0.6 * open_texts.judged / len(given)
                    yield now, cards.busy("Finding groups", progress, cards.FIND, share), *buttons, *nothing
            else:
                open_texts = discovery.open_test_texts(run, classifier.encoder.dim)
            detail = (
                f"Clustering {len(open_texts.texts):,} open texts: some seconds, for thousands up to half a minute."
            )
            yield now, cards.busy("Finding groups", detail, cards.FIND, 0.65), *buttons, *nothing
            seen = discovery.discover(open_texts, int(size) if size >= 2 else None, run.config.seed)
        except ValueError as error:
            yield now, cards.failed("No groups", error, cards.FIND), *buttons, *nothing
            return
        after_it = replace(now.at(run_id), own=own, judged=open_texts.judged, found=seen, chosen=None)
        yield after_it, cards.found(seen, open_texts.judged, own), *buttons, *shown(after_it)

    def look_at(now: Findings, event: gr.EventData) -> tuple:
        return looking_at(now, int(event.id))

    def look_at_point(now: Findings, event: gr.EventData) -> tuple:
        return looking_at(now, int(event.about))

    def looking_at(now: Findings, group: int) -> tuple:
        if now.found is None or group in (REST, now.chosen):  # what a person has unchecked in the chosen group stays so
            return unchanged()
        return changed(replace(now, chosen=group))

    def unchanged() -> tuple:
        return tuple(gr.skip() for _ in range(2 + len(views)))

    def rename(now: Findings, typed: str) -> tuple:
        if now.chosen is None or not typed.strip() or typed == now.found.clusters[now.chosen].name:
            return unchanged()
        return changed(replace(now, found=now.found.renamed(now.chosen, typed)))

    def keep(now: Findings, rows: list[int], typed: str) -> tuple:
        return edited(now, typed, lambda found: found.keeping(now.chosen, rows))

    def join(now: Findings, second: int | None, typed: str) -> tuple:
        if second is None:
            raise gr.Error("Choose the group to merge with first.", print_exception=False)
        place = None if now.chosen is None else now.chosen - (second < now.chosen)
        return edited(now, typed, lambda found: found.merged(now.chosen, second), place)

    def make_known(now: Findings, typed: str, rows: list[int], who: str) -> Iterator[tuple]:
        nothing, hidden = tuple(gr.skip() for _ in views), _next(False, False)
        if now.found is None or now.chosen is None:
            yield now, gr.skip(), cards.failed("There is no group", GONE, cards.FIND), gr.skip(), gr.skip(), *nothing
            return
        detail = "One new head is trained, with synthesized negatives of its own. The others stay as they are."
        yield now, gr.skip(), cards.making(typed, detail, 0.5), *hidden, *nothing
        try:
            kept = now.found.keeping(now.chosen, rows)
            own_rows = kept.clusters[now.chosen].rows
            truth = None if kept.labels is None else [kept.labels[row] for row in own_rows]
            group = Group(typed, [kept.texts[row] for row in own_rows], truth)
            parent = serving.run(now.run_id)
            run = promote(store, parent, serving.model(parent.id), group, who, now.own or shared.restricted)
        except ValueError as error:
            card = cards.failed("This group can't become a class", error, cards.NAME)
            yield now, gr.skip(), card, *standing(now, who)[1], *nothing
            return
        then = replace(now.at(run.id), own=now.own, judged=now.judged, found=kept.without(now.chosen))
        yield then, _menu(shared, run.id, who), cards.promoted(run), *_next(True, True), *shown(then)

    def take_back(run_id: str | None, now: Findings, who: str) -> tuple:
        run = store.get(run_id)
        promotion = None if run is None else run.promotion
        if promotion is None or promotion.browser != who:
            raise gr.Error("Only a class that was added in this browser can be taken back.", print_exception=False)
        parent = promotion.parent if store.get(promotion.parent) is not None else None
        then = now.at(parent)  # the groups are as they were before
        first, buttons = standing(then, who)
        return then, _menu(shared, parent, who), run.id, first, *buttons, *shown(then)

    def remove(run_id: str | None, who: str) -> None:
        run = store.get(run_id)
        if run is not None:
            undo(store, run, who)

    def ask_it(run_id: str | None) -> tuple:
        run = store.get(run_id)
        promotion = None if run is None else run.promotion
        text = gr.skip() if promotion is None else (promotion.kept_back or promotion.texts)[0]
        return gr.Tabs(selected="ask"), text

    source.change(
        lambda where: (gr.update(visible=where == OWN), gr.update(visible=where == OWN)),
        source,
        [pasted, file],
        **AT_ONCE,
    )
    standing_views = [findings, card, after, back, *views]
    model.change(opened, [model, findings, browser], standing_views, **AT_ONCE)
    waiting = find.click(lambda: cards.WAITING, None, card, **AT_ONCE)
    waiting.then(
        look_for, [model, findings, source, pasted, file, smallest], standing_views, concurrency_limit=2, **QUIETLY
    )
    groups.click(look_at, findings, [findings, card, *views], **AT_ONCE)
    plot.click(look_at_point, findings, [findings, card, *views], **AT_ONCE)
    name.submit(rename, [findings, name], [findings, card, *views], **AT_ONCE)
    drop.click(keep, [findings, texts, name], [findings, card, *views], **QUIETLY)
    merge.click(join, [findings, other, name], [findings, card, *views], **QUIETLY)
    waiting = make.click(lambda typed: cards.making(typed, "Waiting for its turn.", 0), name, card, **AT_ONCE)
    waiting.then(
        make_known,
        [findings, name, texts, browser],
        [findings, model, card, after, back, *views],
        concurrency_limit=1,
        **QUIETLY,
    )
    # First the page leaves the run, then the run goes: nobody asks a model that is not there any more.
    back.click(
        take_back, [model, findings, browser], [findings, model, leaving, card, after, back, *views], **QUIETLY
    ).then(remove, [leaving, browser], None, **QUIETLY)
    ask.click(ask_it, model, [shared.tabs, query], **AT_ONCE)


def shown(now: Findings) -> tuple:
    """List, map, and what is inside the panel of the chosen group."""
    found, chosen = now.found, now.chosen
    if found is None or chosen is None:
        panel = (gr.update(visible=False), gr.skip(), gr.skip(), gr.skip())
    else:
        cluster = found.clusters[chosen]
        choices = [(found.texts[row], row) for row in cluster.rows]
        others = [(c.name, index) for index, c in enumerate(found.clusters) if index != chosen]
        panel = (
            gr.update(visible=True),
            gr.update(value=cluster.name),
            gr.update(choices=choices, value=cluster.rows),
            gr.update(choices=others, value=None),
        )
    return cards.group_list(found, chosen), _figure(now), *panel


def changed(now: Findings) -> tuple:
    """Everything about the group that is looked at, anew."""
    return now, cards.looked_at(now.found, now.chosen), *shown(now)


def edited(now: Findings, typed: str, edit: Callable[[Discovery], Discovery], place: int | None = None) -> tuple:
    """`changed` after an edit of the groups. The chosen one takes the typed name along, and is at `place` after it.

    Raises:
        gr.Error: the edit is not possible.
    """
    if now.found is None or now.chosen is None:
        raise gr.Error(GONE, print_exception=False)
    try:
        named = now.found.renamed(now.chosen, typed) if typed.strip() else now.found
        return changed(replace(now, found=edit(named), chosen=now.chosen if place is None else place))
    except ValueError as error:
        raise gr.Error(as_sentence(error), print_exception=False) from error


def _figure(now: Findings) -> Any:
    found = now.found
    if found is None or not len(found.texts):
        return None
    names, key = [cluster.name for cluster in found.clusters], f"{now.run_id}/{now.judged}/{len(found.texts)}"
    return group_map(found.places.tolist(), found.texts, found.assignment.tolist(), names, now.chosen, key)


def _next(visible: bool, undoable: bool) -> tuple[dict, dict]:
    """The row with what one can do with a new class, and its button to take it back."""
    return gr.update(visible=visible), gr.update(visible=undoable)


def _menu(shared: Shared, run_id: str | None, who: str) -> dict:
    """The choice of the model in use, with this run chosen."""
    return gr.update(choices=shared.models(who), value=run_id)

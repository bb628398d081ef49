"""The whole page: headline, the model in use, the tabs, and what asks for polls of the run store."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.blocks import Block

from ans.durable import MACHINE_ERRORS, remedy
from ans.runs.status import QUEUED
from ans.serving.maps.maps import Maps
from ans.serving.models import Serving
from ans.ui import runs, train, use_model, verdict_card
from ans.ui.access import Visitor
from ans.ui.api.endpoints import publish
from ans.ui.api.operations import Desk
from ans.ui.api.routes import mounted
from ans.ui.ask import link, routes
from ans.ui.ask import tab as ask
from ans.ui.ask.tab import AskTab
from ans.ui.compare import tab as compare
from ans.ui.components import ChangesComponent
from ans.ui.data import tab as data
from ans.ui.data.tab import DataTab
from ans.ui.discover import tab as discover
from ans.ui.entries import check_types
from ans.ui.evaluate import tab as evaluate
from ans.ui.headed_tab import headed_tab
from ans.ui.map import tab as map
from ans.ui.map.tab import MADE, MapTab
from ans.ui.page_component import PLOTLY_JS
from ans.ui.polling import (
    Listed,
    Snapshot,
    finished,
    first_model,
    first_watched,
    last_used,
    listed,
    model_in_use,
    newer_active,
    place_of,
    with_id,
)
from ans.ui.runs import RunsTab
from ans.ui.server import Server
from ans.ui.shared import Shared
from ans.ui.train import TrainTab
from ans.ui.train_filling import BACK, kept_form
from ans.ui.wiring import AT_ONCE, QUIETLY, Changes, LenientBlocks, end_unchanged, let_one_wait, say_what_is_wrong

log = logging.getLogger("ans.ui")
TITLE = "Open-world text classification"
HEADLINE = f"# {TITLE}\n\nIt learns the classes you know, and says OPEN to everything else."
TOGETHER = "(...values) => [values]"  # a list of the values of all outputs, which are one
LOOKING = ("Map", "Evaluate", "Compare", "Discover")  # there a person looks into a model, which must not go away
STARTING_SECONDS = 1.0  # between two looks for the first model


@dataclass(frozen=True)
class Page:
    """What the opening of the page and its polls keep up to date, and the handlers that do it.

    `seen`: what the page has drawn of the store. `changes`: asks for polls. `using`: see `opened`. `notice`: what
    everybody should know who looks at the page now.
    """

    shared: Shared
    ask: AskTab
    train: TrainTab
    data: DataTab
    map: MapTab
    runs: RunsTab
    seen: gr.State
    notice: gr.Markdown
    changes: ChangesComponent
    using: gr.BrowserState

    @property
    def polled(self) -> list[Block]:
        """All components that a poll may change."""
        train = self.train
        of_train = [train.run, train.curves, train.stop, train.watched, train.note, train.again]
        return [*of_train, self.seen, self.notice, self.changes, self.shared.model, self.ask.verdict, self.runs.view]

    def opened(self, last: str | None, using: Any, who: str | None, request: gr.Request) -> Changes:
        """The page is opened, perhaps with a link; a browser that has no name gets one.

        Args:
            last: the run this browser has started last. using: the model it used last, and the run it had started last
                by then. What was trained since then answers, else what was used, unless a link names another.
        """
        who = self.shared.server.welcome(who, request, self.shared.store.has_something_of)
        visitor, asked = self.shared.visitor(who), link.link_of(request)
        self.shared.trainings.came_from(visitor.browser, self.shared.server.address(request))
        found = listed(visitor.runs)
        now = self._seen(visitor, found, first_watched(found, last))
        if asked.run is not None and asked.run not in now.ready:
            gr.Warning("The link names a model that is not here; another one answers instead.")
        chosen = next((one for one in (asked.run, *last_used(last, using)) if one in now.ready), None)
        changes = self._changes(visitor, found, now, None, chosen)
        text = {self.ask.query: asked.text} if asked.text else {}
        return {**changes, self.shared.browser: who, self.changes: "open", **text}

    def poll(
        self, watched: str | None, before: Snapshot | None, chosen: str | None, who: str | None, event: gr.EventData
    ) -> Changes:
        """What has changed since the page has drawn `before`; a page that this server has forgotten opens again.

        Args:
            event: `tab` is the open tab.
        """
        visitor = self.shared.visitor(who)
        try:
            found = listed(visitor.runs)
            run = with_id(found, watched)
            if not visitor.restricted:  # one person's machine: a run started in another tab is this person's too
                run = newer_active(found, run)
            now = self._seen(visitor, found, run)
            if now == before:
                return gr.skip()
            gone = {self.changes: "gone"} if before is None else {}
            stays = getattr(event, "tab", None) in LOOKING
            return self._changes(visitor, found, now, before, chosen, stays) | gone
        except (ValueError, FileNotFoundError):  # a run was deleted while it was read; the next tick sees it gone
            return gr.skip()

    def bring_own(self) -> Changes:
        """Ask invites to train on one's own texts."""
        return {self.shared.tabs: gr.Tabs(selected="data"), self.data.inner: gr.Tabs(selected="own")}

    def show_how(self) -> Changes:
        """Ask leads to how a negative is made."""
        return {self.shared.tabs: gr.Tabs(selected="map"), self.map.part: MADE}

    def _seen(self, visitor: Visitor, found: Sequence[Listed], watched: Listed | None) -> Snapshot:
        place = None
        if watched is not None and watched.status.state == QUEUED:
            place = place_of(visitor.store, watched.run)
        return Snapshot.take(found, watched, self.shared.server.trouble(), place)

    def _changes(
        self,
        visitor: Visitor,
        found: Sequence[Listed],
        now: Snapshot,
        before: Snapshot | None,
        chosen: str | None,
        stays: bool = False,
    ) -> Changes:
        """Everything that shows something of the runs that were found.

        Args:
            stays: whether the model in use does, also when another one is trained.
        """
        watched = with_id(found, now.watched)
        turns = watched is not None and visitor.started(watched.id) and not stays  # as soon as it is trained
        first = first_model(found, visitor.browser, self.shared.store.preferred)
        model_id = model_in_use(now, before if turns else None, chosen, first)
        changes: Changes = {
            **self.train.showing(None if watched is None else watched.run, visitor, found, now.place),
            self.train.watched: now.watched,
            self.seen: now,
            self.notice: gr.update(value=now.trouble or "", visible=now.trouble is not None),
            self.runs.view: runs.listing(visitor, model_id, found),
        }
        if before is None or (now.ready, now.names) != (before.ready, before.names):
            named = [(one.name, one.id) for one in finished(found)]
            value = {} if before is not None and model_id == chosen else {"value": model_id}  # a tab may be choosing
            changes[self.shared.model] = gr.update(choices=named, visible=bool(now.ready), **value)
        if not now.ready:
            changes[self.ask.verdict] = verdict_card.waiting(self.shared.serving)
        return changes


def build(serving: Serving, server: Server | None = None) -> LenientBlocks:
    """The page over a run store. Nothing trains or loads here. server: how it is run; None as on one's own machine."""
    gr.set_static_paths([PLOTLY_JS])
    with LenientBlocks(title=TITLE, analytics_enabled=False, delete_cache=(3600, 86400)) as blocks:
        page = layout(serving, server or Server())
        wire(page, blocks)
        blocks.desk = Desk(page.shared)
        blocks.plain_routes = [*routes.routes(page.shared), mounted(blocks.desk)]
        publish(page.shared)
    check_types(blocks)
    say_what_is_wrong(blocks)
    end_unchanged(blocks)
    let_one_wait(blocks)
    blocks.queue(api_open=False, default_concurrency_limit=4, max_size=1024)
    return blocks


def layout(serving: Serving, server: Server) -> Page:
    """Headline, the model in use, and the tabs, each wired by itself."""
    mine = gr.BrowserState(None, storage_key="ans-last-run", secret="ans")
    browser = gr.BrowserState(None, storage_key="ans-browser", secret="ans")
    using = gr.BrowserState(None, storage_key="ans-model", secret="ans")
    form = kept_form()
    seen, kept = gr.State(None), gr.State(None)  # outside of the tabs: Gradio counts what lies in them as a tab
    with gr.Row(elem_id="top"):
        with gr.Column(scale=7, min_width=300):
            gr.Markdown(HEADLINE, elem_id="headline")
        with gr.Column(scale=5, min_width=280):
            model = gr.Dropdown([], label="Model in use", interactive=True, visible=False, elem_id="model")
    # Before all else that a chosen model changes: that waits for it to be loaded, and a reload meanwhile would bring
    # the model before.
    model.change(None, [model, mine], using, js=TOGETHER, api_visibility="private")
    notice, changes = gr.Markdown(visible=False, elem_id="notice"), ChangesComponent(elem_id="changes")
    with gr.Tabs(overflow_behavior="wrap") as tabs:
        shared = Shared(serving, Maps(serving), server, model, tabs, browser, mine, kept)
        with headed_tab("Ask", "ask"):
            ask_tab = ask.build(shared)
        with headed_tab("Train", "train"):
            train_tab = train.build(shared, form)
        data_tab = data.build(shared, train_tab)
        map_tab = map.build(shared, ask_tab.query)
        evaluate.build(shared, ask_tab.query)
        compare.build(shared, ask_tab.query)
        discover.build(shared, ask_tab.query, ask_tab.many)
        runs_tab = runs.build(shared)
    use_model.build(shared)
    ask_tab.many.watch.render()  # outside of the tabs: there it ticks whichever is open
    return Page(shared, ask_tab, train_tab, data_tab, map_tab, runs_tab, seen, notice, changes, using)


def wire(page: Page, blocks: gr.Blocks) -> None:
    """Connect what happens when the page opens, with each tick, and when another model is chosen."""
    shared, tab = page.shared, page.train
    opening = [shared.mine, page.using, shared.browser]
    opened = blocks.load(page.opened, opening, [*page.polled, shared.browser, page.ask.query], **QUIETLY)
    opened.then(None, shared.browser, shared.browser, js="name => window.oneName(name)", api_visibility="private")
    polling = [tab.watched, page.seen, shared.model, shared.browser]
    # A page that the server has forgotten must be able to ask, and of that one Gradio would refuse the model, which no
    # list of it holds any more. `poll` looks itself whether the model is there for this browser.
    asking: dict[str, Any] = {**AT_ONCE, "trigger_mode": "always_last", "preprocess": False}
    page.changes.click(page.poll, polling, page.polled, **asking)
    shared.model.change(None, None, None, js="() => window.dimWhatIsOld()", api_visibility="private")
    offered = blocks.load(page.data.offer, shared.browser, page.data.datasets, **AT_ONCE)
    filling = tab.filling
    back = offered.then(filling.back, [filling.kept, shared.browser], filling.filled, **AT_ONCE)
    back.then(None, None, None, js=BACK)
    blocks.load(tab.found_device, None, tab.device, **AT_ONCE)
    page.ask.own.click(page.bring_own, None, [shared.tabs, page.data.inner], **AT_ONCE)
    page.ask.how.click(page.show_how, None, [shared.tabs, page.map.part], **AT_ONCE)


def warm(serving: Serving, loaded: Callable[[], None]) -> None:
    """Import and compile what the first visitor would wait for. Runs in a thread after the page is up.

    Args:
        loaded: is called once the model answers, or can't: what may wait until then.
    """
    from ans.serving import umap_apart

    try:
        try:
            serving.warm()
        finally:
            loaded()
        if not serving.store.finished():  # a starter is trained first: leave the cores to it, then load it
            while not serving.store.finished():
                time.sleep(STARTING_SECONDS)
            serving.warm()
        umap_apart.warm()
    except MACHINE_ERRORS as error:  # then the first visitor waits for it
        log.warning("The page is not warmed up: %s", remedy(error) or error)

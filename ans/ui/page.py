"""The whole page: headline, the model in use, the tabs, and one timer that polls the run store."""

from __future__ import annotations

import secrets
import time
from typing import Any

import gradio as gr

from ans.serving.maps.maps import Maps
from ans.serving.models import Serving
from ans.ui import evaluate, runs, train
from ans.ui.ask import link
from ans.ui.ask import tab as ask
from ans.ui.compare import tab as compare
from ans.ui.components import FIRST_LOAD_JS, PLOTLY_JS, QUEUE_JS, STYLES
from ans.ui.data import tab as data
from ans.ui.discover import tab as discover
from ans.ui.map import tab as map
from ans.ui.polling import Snapshot, model_in_use, newer_active
from ans.ui.shared import Shared
from ans.ui.wiring import AT_ONCE, QUIETLY, end_unchanged

TITLE = "Open-world text classification"
HEADLINE = f"# {TITLE}\n\nIt learns the classes you know, and says OPEN to everything else."
FONT = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif"]
POLL_SECONDS = 1.0


def theme() -> gr.themes.Base:
    """Quiet greys, one blue."""
    return gr.themes.Base(
        primary_hue="blue", neutral_hue="slate", radius_size="lg", font=FONT, font_mono=["ui-monospace", "monospace"]
    ).set(
        body_text_color_subdued="#55637a",
        body_text_color_subdued_dark="#a6b3c8",
        block_info_text_color="#55637a",
        block_info_text_color_dark="#a6b3c8",
        body_background_fill="#f6f8fb",
        body_background_fill_dark="#0b1120",
        block_background_fill="white",
        block_background_fill_dark="#111a2e",
        block_border_width="1px",
        block_border_color="#dde3ec",
        block_border_color_dark="#22304a",
        block_radius="14px",
        block_shadow="none",
        form_gap_width="0px",
        block_label_background_fill="transparent",
        block_label_background_fill_dark="transparent",
        button_primary_background_fill="#2f6fed",
        button_primary_background_fill_hover="#245bd0",
        button_primary_background_fill_dark="#2f6fed",
        button_primary_text_color="white",
    )


def launch_options() -> dict[str, Any]:
    """What `Blocks.launch` needs for this page: look, and nothing that tells tales or leaves the machine."""
    return {
        "theme": theme(),
        "css_paths": STYLES,
        "head": "".join(f"<script>{path.read_text(encoding='utf-8')}</script>" for path in (QUEUE_JS, FIRST_LOAD_JS)),
        "run_history": False,
        "enable_monitoring": False,
        "footer_links": ["settings"],
        "max_file_size": "500mb",  # a downloaded run, on its way back
        "state_session_capacity": 500,  # visitors whose choices are remembered, at about a megabyte each
        "quiet": True,
        "ssr_mode": False,
        "app_kwargs": {"openapi_url": None},
    }


def build(serving: Serving, restricted: bool = False) -> gr.Blocks:
    """The page over a run store. Nothing trains or loads here.

    Args:
        restricted: strangers can reach the page, so nobody may name paths or hub models.
    """
    gr.set_static_paths([PLOTLY_JS])
    store = serving.store
    with gr.Blocks(title=TITLE, analytics_enabled=False, delete_cache=(3600, 86400)) as page:
        mine = gr.BrowserState(None, storage_key="ans-last-run", secret="ans")
        browser = gr.BrowserState(None, storage_key="ans-browser", secret="ans")
        seen = gr.State(None)
        with gr.Row(elem_id="top"):
            with gr.Column(scale=7, min_width=300):
                gr.Markdown(HEADLINE, elem_id="headline")
            with gr.Column(scale=5, min_width=280):
                model = gr.Dropdown([], label="Model in use", interactive=True, visible=False, elem_id="model")
        with gr.Tabs() as tabs:
            shared = Shared(serving, Maps(serving), restricted, model, tabs, browser, mine)
            with gr.Tab("Ask", id="ask"):
                ask_tab = ask.build(shared)
            with gr.Tab("Train", id="train"):
                train_tab = train.build(shared)
            data_tab = data.build(shared, train_tab)
            map.build(shared, ask_tab.query)
            evaluate.build(shared, ask_tab.query)
            compare.build(shared, ask_tab.query)
            discover.build(shared, ask_tab.query)
            runs_view = runs.build(shared)
        timer = gr.Timer(POLL_SECONDS)

        polled = [
            train_tab.run, train_tab.curves, train_tab.stop, train_tab.watched, seen, model, ask_tab.verdict,
            runs_view,
        ]  # fmt: skip

        def opened(last: str | None, who: str | None, request: gr.Request) -> tuple:
            who = who or secrets.token_hex(16)
            visible, asked = store.seen_by(who), link.link_of(request)
            now = Snapshot.take(visible, train.watched_run(visible, last))
            if asked.run is not None and asked.run not in now.ready:
                gr.Warning("The link names a model that is not here; another one answers instead.")
            return *changed(now, None, asked.run, who), who, asked.text or gr.skip()

        def poll(watched: str | None, before: Snapshot, chosen: str | None, who: str | None) -> tuple:
            visible = store.seen_by(who)
            try:
                run = visible.get(watched)
                if not restricted:  # one person's machine: a run started in another tab is this person's too
                    run = newer_active(visible, run)
                now = Snapshot.take(visible, run)
                return tuple(gr.skip() for _ in polled) if now == before else changed(now, before, chosen, who)
            except (ValueError, FileNotFoundError):  # a run was deleted while it was read; the next tick sees it gone
                return tuple(gr.skip() for _ in polled)

        def changed(now: Snapshot, before: Snapshot | None, chosen: str | None, who: str | None) -> tuple:
            theirs = train_tab.trainings.is_theirs(now.watched, who)
            card, curves, stop = train.run_update(store.get(now.watched), theirs)
            menu, model_id = gr.skip(), model_in_use(now, before if theirs else None, chosen)
            if before is None or (now.ready, now.names) != (before.ready, before.names):
                menu = gr.update(
                    choices=shared.models(who),
                    visible=bool(now.ready),
                    **(
                        {} if before is not None and model_id == chosen else {"value": model_id}
                    ),  # a tab may be choosing
                )
            waiting = gr.skip() if now.ready else ask.waiting(serving)
            return card, curves, stop, now.watched, now, menu, waiting, runs.listing(shared, who, model_id)

        page.load(opened, [mine, browser], [*polled, browser, ask_tab.query], **QUIETLY)
        timer.tick(poll, [train_tab.watched, seen, model, browser], polled, **AT_ONCE)
        page.load(data.choices(shared), browser, [data_tab.dataset, train_tab.dataset], **AT_ONCE)
        page.load(lambda: train.device_sentence(serving), None, train_tab.device, **AT_ONCE)

        model.change(lambda run_id: ask.examples(serving, run_id), model, ask_tab.chips, **AT_ONCE)

        def classify(text: str, model_id: str | None = None) -> dict:
            """Judge one text: its known class, or open (label null), with every strong head and the nearest texts."""
            everybodys = store.seen_by(None)  # whoever calls this shows no browser, so owns nothing
            newest = next(iter(everybodys.finished()), None)
            try:
                if model_id and everybodys.get(model_id) is None:
                    raise ValueError(f"no trained model {model_id!r}; leave it out for the newest.")
                return serving.answer(model_id or (newest.id if newest is not None else None), text)[0].to_dict()
            except ValueError as error:
                raise gr.Error(str(error), print_exception=False) from error

        gr.api(classify, api_name="classify", concurrency_limit=4)
    end_unchanged(page)
    page.queue(api_open=False, default_concurrency_limit=4, max_size=64)
    return page


def warm(serving: Serving) -> None:
    """Import and compile what the first visitor would wait for. Runs in a thread after the page is up."""
    from ans.serving.projection import warm_umap

    serving.warm()
    if not serving.store.finished():  # the first start: leave the cores to the starter model, then load it
        while not serving.store.finished():
            time.sleep(POLL_SECONDS)
        serving.warm()
    warm_umap()

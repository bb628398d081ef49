"""The whole page: headline, the model in use, the tabs, and one timer that polls the run store."""

from __future__ import annotations

import secrets
import time
from typing import Any

import gradio as gr

from ans import progress
from ans.serving import Serving
from ans.ui import ask, compare, map, train
from ans.ui.shared import Shared
from ans.ui.views import PLOTLY_JS, STYLES

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
        "run_history": False,
        "enable_monitoring": False,
        "footer_links": ["settings"],
        "max_file_size": "20mb",
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
            shared = Shared(serving, restricted, model, tabs, browser, mine)
            with gr.Tab("Ask", id="ask"):
                ask_tab = ask.build(shared)
            with gr.Tab("Train", id="train"):
                train_tab = train.build(shared)
            map_label = map.build(shared, ask_tab.query)
            compare.build(shared, ask_tab.query)
        timer = gr.Timer(POLL_SECONDS)

        polled = [
            train_tab.run, train_tab.curves, train_tab.stop, train_tab.watched, seen, model, ask_tab.verdict,
        ]  # fmt: skip

        def opened(last: str | None, who: str | None) -> tuple:
            run = train.watched_run(store, last)
            return *changed(progress.Snapshot.take(store, run), None, None), who or secrets.token_hex(16)

        def poll(watched: str | None, before: progress.Snapshot, chosen: str | None) -> tuple:
            run = store.get(watched)
            if not restricted:  # one person's machine: a run started in another tab is this person's too
                run = progress.newer_active(store, run)
            now = progress.Snapshot.take(store, run)
            return tuple(gr.skip() for _ in polled) if now == before else changed(now, before, chosen)

        def changed(now: progress.Snapshot, before: progress.Snapshot | None, chosen: str | None) -> tuple:
            card, curves, stop = train.run_update(store.get(now.watched))
            menu = gr.skip()
            if before is None or now.ready != before.ready:
                menu = gr.update(
                    choices=[(run.name, run.id) for run in store.finished()],
                    value=progress.model_in_use(now, before, chosen),
                    visible=bool(now.ready),
                )
            waiting = gr.skip() if now.ready else ask.waiting(serving)
            return card, curves, stop, now.watched, now, menu, waiting

        quietly = {"show_progress": "hidden", "api_visibility": "private"}
        page.load(opened, [mine, browser], [*polled, browser], **quietly)
        timer.tick(poll, [train_tab.watched, seen, model], polled, **quietly)
        page.load(lambda: train.device_sentence(serving), None, train_tab.device, **quietly)

        def chosen_model(run_id: str | None) -> tuple[dict, list]:
            if not run_id:
                return gr.update(choices=[], value=None), []
            known = serving.run(run_id).evaluation["known"]
            return gr.update(choices=known, value=known[0]), ask.examples(serving, run_id)

        model.change(chosen_model, model, [map_label, ask_tab.chips], **quietly)

        def classify(text: str, model_id: str | None = None) -> dict:
            """Judge one text: its known class, or open (label null), with every strong head and the nearest texts."""
            newest = next(iter(store.finished()), None)
            try:
                return serving.answer(model_id or (newest.id if newest is not None else None), text)[0].to_dict()
            except ValueError as error:
                raise gr.Error(str(error), print_exception=False) from error

        gr.api(classify, api_name="classify", concurrency_limit=4)
    page.queue(api_open=False, default_concurrency_limit=4, max_size=64)
    return page


def warm(serving: Serving) -> None:
    """Import and compile what the first visitor would wait for. Runs in a thread after the page is up."""
    from ans.projection import warm_umap

    serving.warm()
    if not serving.store.finished():  # the first start: leave the cores to the starter model, then load it
        while not serving.store.finished():
            time.sleep(POLL_SECONDS)
        serving.warm()
    warm_umap()

"""The whole page behind a proxy that takes a prefix off, and in a frame of another site that may keep nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.running_app import running_app
from tests.browser.stripping_proxy import stripping_proxy
from tests.browser.test_first_minute import DENIED
from tests.browser.waiting import until

PREFIX = "/ans"  # the hardest one: the page's own routes begin like it
DRAWN = "() => [...document.querySelectorAll('.js-plotly-plot')].some(one => one.offsetParent && one._fullData?.length)"


@pytest.fixture(scope="module")
def prefixed(tmp_path_factory):
    home = tmp_path_factory.mktemp("prefixed")
    with running_app(home, GRADIO_ROOT_PATH=PREFIX) as app, stripping_proxy(app, PREFIX) as proxied:
        yield proxied


def test_behind_a_prefix_every_script_route_plot_upload_and_download_is_found(
    prefixed, browser, tmp_path: Path
) -> None:
    page = browser.new_page(accept_downloads=True)
    failed: list[str] = []
    page.on("response", lambda reply: failed.append(f"{reply.status} {reply.url}") if reply.status >= 400 else None)
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(request.url.split("?")[0].removeprefix(prefixed.address)))
    page.goto(prefixed.address)
    page.get_by_label("Type a message").fill("wake me up at seven")
    page.locator("#verdict .answer strong", has_text="alarm_set").wait_for()
    page.wait_for_function(DRAWN)  # the small map

    page.get_by_role("tab", name="Map", exact=True).click()
    page.wait_for_function(DRAWN)
    page.get_by_role("tab", name="Data", exact=True).click()
    page.get_by_role("tab", name="Bring your own").click()
    (tmp_path / "mine.csv").write_text("text,label\nhello there,greet\ngood bye,leave\nhi,greet\nbye,leave\n")
    page.locator("#upload input[type=file]").set_input_files(tmp_path / "mine.csv")
    page.locator("#report").get_by_text("greet").first.wait_for()
    page.get_by_role("tab", name="Runs", exact=True).click()
    with page.expect_download() as saved:
        page.locator("#runs").get_by_role("button", name="Download").first.click()
    assert Path(saved.value.path()).stat().st_size > 1_000_000

    until(lambda: any(one.startswith("ans/changes") for one in asked), "changes are asked for")
    assert {"ans/verdict", "ans/small-map"} <= asked
    assert any(one.endswith("plotly.min.js") for one in asked)
    page.close()
    assert [one for one in failed if not one.endswith("/favicon.ico")] == []
    assert prefixed.outside == []


def test_in_a_frame_of_hugging_faces_page_that_may_keep_nothing_a_text_is_answered(prefixed, browser) -> None:
    hub = "https://huggingface.co/spaces/someone/something"
    context = browser.new_context()
    context.grant_permissions(["local-network-access"], origin="https://huggingface.co")  # the frame is on this machine
    page, errors = context.new_page(), []
    page.add_init_script(DENIED)
    page.on("pageerror", lambda error: errors.append(str(error)))
    frame = f'<!doctype html><title>A Space</title><iframe src="{prefixed.address}" width="1200" height="900"></iframe>'
    page.route(hub, lambda route: route.fulfill(body=frame, content_type="text/html"))
    page.goto(hub)
    app = page.frame_locator("iframe")
    app.get_by_label("Type a message").fill("wake me up at seven")
    app.locator("#verdict .answer strong", has_text="alarm_set").wait_for()
    app.get_by_role("tab", name="Map", exact=True).click()
    page.frames[1].wait_for_function(DRAWN)
    context.close()
    assert errors == []

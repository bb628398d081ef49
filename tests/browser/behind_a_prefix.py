"""What a visitor does on a page behind a proxy that takes a prefix off, and what must be found there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext

from tests.browser.stripping_proxy import Proxied
from tests.browser.waiting import until

HUB = "https://huggingface.co"
KNOWN, ITS_CLASS = "wake me up at seven", "alarm_set"
PLOTS = "document.querySelectorAll('.js-plotly-plot')"
DRAWN = f"() => [...{PLOTS}].some(one => one.offsetParent && one._fullData?.length)"
# Before the page puts a memory of its own in the place of a storage that is denied.
LOOK = "try { window.stores = localStorage !== null; } catch { window.stores = false; }"
WITH_PLOTS = ("Map", "Evaluate", "Compare")


def walk(browser: Browser, proxied: Proxied, folder: Path, tabs: Sequence[str] = WITH_PLOTS) -> None:
    """Ask, open these tabs until their plots are drawn, upload a file, download a run; fail if an address is wrong."""
    page = browser.new_page(accept_downloads=True)
    failed: list[str] = []
    page.on("response", lambda reply: failed.append(f"{reply.status} {reply.url}") if reply.status >= 400 else None)
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(request.url.split("?")[0].removeprefix(proxied.address)))
    page.goto(proxied.address)
    page.get_by_label("Type a message").fill(KNOWN)
    page.locator("#verdict .answer strong", has_text=ITS_CLASS).wait_for()
    page.wait_for_function(DRAWN)  # the small map

    for tab in tabs:
        page.get_by_role("tab", name=tab, exact=True).click()
        page.wait_for_function(DRAWN)
    page.get_by_role("tab", name="Data", exact=True).click()
    page.get_by_role("tab", name="Bring your own").click()
    (folder / "mine.csv").write_text("text,label\nhello there,greet\ngood bye,leave\nhi,greet\nbye,leave\n")
    page.locator("#upload input[type=file]").set_input_files(folder / "mine.csv")
    page.locator("#report").get_by_text("greet").first.wait_for()
    page.get_by_role("tab", name="Runs", exact=True).click()
    with page.expect_download() as saved:
        page.locator("#runs").get_by_role("button", name="Download").first.click()
    assert Path(saved.value.path()).stat().st_size > 1_000_000

    until(lambda: "ans/changes" in asked, "changes are asked for")
    assert {"ans/verdict", "ans/small-map"} <= asked
    assert any(one.endswith("plotly.min.js") for one in asked)
    page.close()
    assert [one for one in failed if not one.endswith("/favicon.ico")] == []
    assert proxied.outside == []


def ask_in_a_frame(context: BrowserContext, address: str, script: str = "") -> None:
    """Ask a page that stands in a frame of Hugging Face's and may store nothing; fail if something is thrown there.

    Args:
        script: runs in all frames before anything else.
    """
    context.grant_permissions(["local-network-access"], origin=HUB)  # the frame's server is on this machine
    page, errors = context.new_page(), []
    page.add_init_script(f"{script};{LOOK}")
    page.on("pageerror", lambda error: errors.append(str(error)))
    frame = f'<!doctype html><title>A Space</title><iframe src="{address}" width="1200" height="900"></iframe>'
    page.route(f"{HUB}/spaces/*", lambda route: route.fulfill(body=frame, content_type="text/html"))
    page.goto(f"{HUB}/spaces/something")
    app = page.frame_locator("iframe")
    app.get_by_label("Type a message").fill(KNOWN)
    app.locator("#verdict .answer strong", has_text=ITS_CLASS).wait_for()
    app.get_by_role("tab", name="Map", exact=True).click()
    page.frames[1].wait_for_function(DRAWN)
    assert page.frames[1].evaluate("window.stores") is False
    page.close()
    assert errors == []

"""The whole page behind a proxy that takes a prefix off, and in a frame of another site that may keep nothing."""

from __future__ import annotations

import pytest

from tests.browser.behind_a_prefix import ask_in_a_frame, walk
from tests.browser.running_app import running_app
from tests.browser.stripping_proxy import stripping_proxy
from tests.browser.test_first_minute import DENIED

PREFIX = "/ans"  # the hardest one: the page's own routes begin like it


@pytest.fixture(scope="module")
def prefixed(tmp_path_factory):
    home = tmp_path_factory.mktemp("prefixed")
    with running_app(home, None, {"GRADIO_ROOT_PATH": PREFIX}) as app, stripping_proxy(app, PREFIX) as proxied:
        yield proxied


def test_behind_a_prefix_every_script_route_plot_upload_and_download_is_found(prefixed, browser, tmp_path) -> None:
    walk(browser, prefixed, tmp_path, ["Map"])


def test_in_a_frame_of_hugging_faces_page_that_may_keep_nothing_a_text_is_answered(prefixed, browser) -> None:
    context = browser.new_context()
    ask_in_a_frame(context, prefixed.address, DENIED)
    context.close()

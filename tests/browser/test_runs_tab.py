"""A visitor renames, downloads, uploads and deletes a run; nobody reaches the runs of another browser."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from ans.json_files import write_json
from ans.runs.run import Run
from tests.browser.waiting import until


@pytest.fixture
def private(starter) -> Run:
    """A finished run that belongs to a browser which is none of these."""
    source = next(run for run in starter.finished() if run.is_starter)
    folder = starter.root / "20200101-000000-secret"
    shutil.copytree(source.folder, folder)
    write_json(folder / "owner.json", "f" * 32)
    write_json(folder / "name.json", "Somebody's secret")
    yield Run(folder)
    shutil.rmtree(folder)


def test_a_visitor_downloads_a_run_uploads_it_names_it_opens_it_and_deletes_it(
    app, starter, private, browser, tmp_path: Path
) -> None:
    url, store = app
    page = browser.new_page(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(url)
    page.locator("#examples button").first.wait_for()
    page.get_by_role("tab", name="Runs").click()
    page.locator("#runs tbody tr").first.wait_for()
    before = {run.id for run in store.all()}
    everybodys = {run.id for run in store.seen_by(None).all()}
    assert private.id in before - everybodys
    assert page.locator("#runs tbody tr").count() == len(everybodys)
    assert page.get_by_text("secret").count() == 0

    with page.expect_download() as download:
        page.get_by_role("button", name="Download Everyday assistant, 48 classes known", exact=True).click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    broken = tmp_path / "broken.zip"
    broken.write_bytes(path.read_bytes()[:1000])
    chooser, note = page.locator("input[type=file][accept='.zip']"), page.locator("#runs .note")
    chooser.set_input_files(broken)
    note.get_by_text("This is no run that can be opened here: the zip can't be read").wait_for()
    chooser.set_input_files(path)
    note.get_by_text("is added, for this browser alone").wait_for()
    added = next(run for run in store.all() if run.id not in before)
    assert added.evaluation.metrics == next(r for r in starter.finished() if r.is_starter).evaluation.metrics

    row = page.locator("#runs tbody tr").first
    row.get_by_text("only you").wait_for()
    row.get_by_role("button", name="Rename").click()
    page.keyboard.type("<b>Mine</b>")
    page.keyboard.press("Enter")
    note.get_by_text("It is called <b>Mine</b> now.").wait_for()
    row.get_by_role("button", name="Open").click()
    until(lambda: page.get_by_label("Model in use").input_value() == "<b>Mine</b>", "the uploaded model is in use")
    page.get_by_label("Type a message").fill("wake me up at seven")
    page.locator("#verdict .answer strong", has_text="alarm_set").wait_for()

    page.get_by_role("tab", name="Runs").click()
    row.get_by_role("button", name="Delete").click()
    row.get_by_role("button", name="Cancel").click()
    assert store.get(added.id) is not None
    row.get_by_role("button", name="Delete").click()
    row.get_by_role("button", name="Yes, delete").click()
    note.get_by_text("<b>Mine</b> is deleted.").wait_for()
    assert store.get(added.id) is None
    until(lambda: page.get_by_label("Model in use").input_value() != "<b>Mine</b>", "another model is in use")
    assert errors == []
    page.close()


def test_whoever_knows_the_id_of_anothers_run_gets_no_answer_from_it_through_the_api(app, private) -> None:
    with pytest.raises(AppError, match=r"No trained model .* answers to this: the id is wrong, or"):
        Client(app[0], verbose=False).predict(text="hello", model_id=private.id, api_name="/classify")

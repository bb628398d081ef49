"""The app's API, and a visitor's walk through the page: ask and train."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from gradio_client import Client

from ans.runs.status import FINISHED, QUEUED, RUNNING, STOPPED
from ans.ui.api.operations import OPERATIONS
from tests.assistant_texts import training_texts_of
from tests.browser.waiting import until


def test_the_api_names_a_known_text_and_leaves_an_unknown_one_open(app, starter) -> None:
    client = Client(app[0], verbose=False)
    known = client.predict(text="set an alarm for six thirty tomorrow morning", api_name="/classify")
    assert known["label"] == "alarm_set"
    assert known["open"] is False
    assert known["candidates"][0]["logit"] > 0
    foreign = client.predict(text="what is the boiling point of helium", api_name="/classify")
    assert foreign["label"] is None
    assert foreign["open"] is True
    assert all(candidate["logit"] < 0 for candidate in foreign["candidates"])


def test_only_what_programs_ask_is_a_public_endpoint(app) -> None:
    named = Client(app[0], verbose=False).view_api(return_format="dict", print_info=False)["named_endpoints"]
    assert [name.strip("/") for name in named] == [operation.name for operation in OPERATIONS]


def test_a_visitor_asks_and_trains(app, starter, browser) -> None:
    url, store = app
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    errors, elsewhere = [], []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("dialog", lambda dialog: (errors.append("a dialog opened"), dialog.dismiss()))
    page.on("request", lambda request: elsewhere.append(request.url) if not _local(request.url) else None)
    page.goto(url)
    box, verdict = page.get_by_label("Type a message"), page.locator("#verdict .verdict")

    # Ask: each of the three kinds of example is there, and typing is judged
    for name in ("Texts of known classes", "Texts of held-out classes", "Out of scope"):
        page.get_by_text(name, exact=True).wait_for()
    box.press_sequentially("wake me up at seven", delay=20)
    page.locator("#verdict .is-known .head.yes.chosen", has_text="alarm_set").wait_for()  # each key has a verdict
    page.locator("#verdict .is-known .near").nth(2).wait_for()
    box.fill("what is the boiling point of helium")
    page.locator("#verdict .answer strong", has_text="OPEN").wait_for()
    assert page.locator("#verdict .head.yes").count() == 0
    box.fill("<img src=x onerror=alert(1)> ${alert(2)} {{alert(3)}}")
    until(lambda: "is-open" in (verdict.get_attribute("class") or ""), "hostile text is judged")
    box.fill("")
    page.get_by_text("Type a message, or click an example").wait_for()

    # Train: settings out of bounds say so; a training goes on through a reload and ends with numbers and a model
    page.get_by_role("tab", name="Train").click()
    with page.expect_response("**/run/predict*"):  # a field that is filled while it is being made keeps its default
        page.get_by_text("Advanced settings").click()
        page.get_by_label("head averaging").wait_for()  # the last one
    page.get_by_label("gamma").fill("0.5")
    page.get_by_role("button", name="Train", exact=True).click()
    page.get_by_test_id("toast-body").get_by_text("Gamma must be a number between 1 and 1000, got 0.5.").wait_for()
    page.get_by_label("gamma").fill("2")
    beside = browser.new_page()
    beside.goto(url)
    beside.get_by_role("tab", name="Train").click()
    beside.locator("#run", has_text="Everyday assistant, 48 classes known").wait_for()
    page.get_by_label("trainable layers").fill("0")
    assert page.get_by_label("25 %", exact=True).is_checked()  # it begins with what the starter has not shown
    page.get_by_role("button", name="Train", exact=True).click()
    run = until(lambda: next((r for r in store.all() if not r.is_starter), None), "the run is created")
    until(lambda: run.status.state == RUNNING and len(run.progress.events) > 5, "the training is under way")
    os.kill(run.status.process, signal.SIGSTOP)  # however slow the page is, the training is there to be looked at
    page.get_by_role("button", name="Train", exact=True).click()  # pressed twice: it says so, and queues no twin
    page.get_by_text("It is not queued a second time.").wait_for()
    page.locator("#train-again").wait_for()
    assert len([r for r in store.all() if not r.is_starter]) == 1
    page.get_by_label("50 %", exact=True).click()
    page.get_by_label("Seed", exact=True).fill("1")  # another setting waits, and the running one stays in view
    page.get_by_role("button", name="Train", exact=True).click()
    page.locator("#run .queue li", has_text="seed 1").get_by_role("button", name="Remove").click()
    until(lambda: any(r.status.state == STOPPED for r in store.all()), "the waiting one is out of the queue")
    page.get_by_label("Seed", exact=True).fill("0")
    page.wait_for_function("() => parseFloat(document.querySelector('#run .progress .done')?.style.width) > 0")
    assert "left" in page.locator("#run .clock").inner_text()
    page.reload()
    page.get_by_role("tab", name="Train").click()
    until(lambda: page.get_by_label("50 %", exact=True).is_checked(), "the form survives")
    page.locator("#run", has_text="· 25 %").or_(page.locator("#run", has_text="25 % of its classes")).wait_for()
    beside.locator("#run", has_text="· 25 %").or_(beside.locator("#run", has_text="25 % of its classes")).wait_for()
    beside.close()
    os.kill(run.status.process, signal.SIGCONT)
    until(lambda: run.status.state == FINISHED, "the run finishes")
    page.locator("#run table.numbers").first.wait_for()
    assert page.locator("#run table.numbers").first.locator("tr").nth(1).locator("td").count() == 5
    assert len(run.evaluation.known) == 16
    theirs, own = run.evaluation.msp["f1"], run.evaluation.metrics.f1
    page.get_by_text(f"MSP: F1 {theirs:.1f}, this model: F1 {own:.1f}.").wait_for()
    until(lambda: "16 classes known" in page.get_by_label("Model in use").input_value(), "the new model is in use")

    # What is on the card can be taken along, its buttons open the tabs, and the form goes back to where it began
    page.locator("#run .export summary").first.click()
    accuracy, f1 = (f"{number:.1f}" for number in (run.evaluation.metrics.accuracy, run.evaluation.metrics.f1))
    for name, line in (
        ("CSV", f"This run,{accuracy},{f1},"),
        ("Markdown", f"| This run | {accuracy} | {f1} |"),
        ("LaTeX", f"  This run & {accuracy} & {f1} &"),
        ("BibTeX of the paper", "@inproceedings{bai-etal-2022-open,"),
    ):
        with page.expect_download() as download:
            page.locator("#run .export").first.get_by_role("button", name=f"Save as {name}", exact=True).click()
        assert line in Path(download.value.path()).read_text()
    page.locator("#run .go").get_by_role("button", name="Evaluate").click()
    page.locator("#overview .good .name", has_text="16 classes known").wait_for()
    page.get_by_role("tab", name="Train").click()
    page.get_by_role("button", name="Reset settings").click()
    until(lambda: page.get_by_label("25 %", exact=True).is_checked(), "the form is as it began")

    # Stop ends a run and takes nothing else along
    page.get_by_label("50 %", exact=True).click()
    page.get_by_role("button", name="Train", exact=True).click()
    known = {run.id for run in store.all() if run.status.state not in (QUEUED, RUNNING)}
    second = until(lambda: next((r for r in store.all() if r.id not in known), None), "a second run")
    page.locator("#run", has_text="50 % of its classes").wait_for()  # Stop is for the run that is shown
    page.get_by_role("button", name="Stop", exact=True).click()
    until(lambda: second.status.state not in (QUEUED, RUNNING), "the second run ends")
    assert second.status.state == STOPPED
    page.locator("#run", has_text="Stopped").wait_for()

    # Ask answers with the new model: a class it doesn't know any more is open now
    page.get_by_role("tab", name="Ask").click()
    label = run.evaluation.known[0]
    box.fill(training_texts_of(label)[0])
    page.locator("#verdict .answer strong", has_text=label).wait_for()

    assert errors == []
    assert elsewhere == []
    page.close()


def _local(url: str) -> bool:
    return url.startswith(("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:"))

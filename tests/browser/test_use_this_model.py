"""A visitor takes a model along: every snippet that the page shows is run as it stands, against the running app."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from ans.conventions import Prediction
from ans.runs.keys import keys_of
from ans.serving.models import Serving, load_classifier
from ans.ui.snippets import MOST_LABELS, Snippet, Subject, snippets
from ans.ui.use_model import subject
from tests.assistant_texts import training_texts_of
from tests.browser.running_app import ROOT
from tests.browser.waiting import until

HAND_OVER = "I can't help with that. Let me get a colleague."
NAMES = ["Python", "curl", "JavaScript", "gradio_client", "Command line", "Chatbot"]


def run_snippet(snippet: Snippet, folder: Path, typed: str = "", key: str | None = None) -> str:
    """What one prints, in this project, with this folder as the place of the zip."""
    bins = Path(sys.executable).parent
    env = {**os.environ, "PATH": f"{bins}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    env |= {"NO_PROXY": "127.0.0.1", **({} if key is None else {"ANS_KEY": key})}
    command = ["sh", "-c"] if snippet.name in ("curl", "Command line") else ["python", "-c"]
    done = subprocess.run(
        [*command, snippet.code], cwd=folder, env=env, input=typed, capture_output=True, text=True, timeout=180
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def run_javascript(page, code: str, key: str = "") -> list[str]:
    """What JavaScript prints, run in a page; a key stands where Node has it."""
    return page.evaluate(
        """async ([code, key]) => {
          const lines = [], print = { log: (...said) => lines.push(said.join(' ')) };
          const Async = (async () => {}).constructor;
          await new Async('console', 'process', code)(print, { env: { ANS_KEY: key } });
          return lines;
        }""",
        [code, key],
    )


def named(said: Prediction) -> str:
    return "OPEN" if said.open else str(said.label)


def bot_says(said: Prediction, about: Subject) -> str:
    if said.unsure:
        return "Do you mean " + " or ".join(name for name in said.between if name != "open") + "?"
    has_line = said.label in about.labels[: MOST_LABELS // 2]
    return f"TODO: what the bot says to {said.label}" if has_line else HAND_OVER


def code_shown(page) -> dict[str, str]:
    """The code of each tab of the dialog, by arrow keys alone."""
    shown, dialog = {}, page.locator(".use-model")
    dialog.get_by_role("tab", name="Python").press("End")
    for name in NAMES:
        page.keyboard.press("ArrowRight")
        shown[name] = dialog.get_by_label(f"{name} code", exact=True).inner_text()
        assert page.evaluate("document.activeElement.textContent") == name
    return shown


def test_every_snippet_of_a_public_and_of_a_private_model_answers_as_the_model_does(
    app, starter, browser, tmp_path: Path
) -> None:
    url, store = app
    run = next(run for run in starter.finished() if run.is_starter)
    model = load_classifier(run, "cpu")
    about = subject(Serving(store), run, url)
    known, foreign = model.explain([about.known, about.foreign])
    texts = [training_texts_of(label)[0] for label in about.labels[:3]] + [about.known, about.foreign]
    bot = [f"bot: {bot_says(said, about)}" for said in model.explain(texts)]
    assert f"bot: {HAND_OVER}" in bot
    assert any("TODO" in line for line in bot)

    page = browser.new_page(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{url}?run={run.id}")
    page.locator("#examples button").first.wait_for()

    # The starter, from Ask: no key, and what is shown is what the function makes
    page.get_by_role("button", name="Use this model").click()
    dialog = page.locator(".use-model")
    dialog.get_by_text("None is needed").wait_for()
    shown = code_shown(page)
    made = {snippet.name: snippet for snippet in snippets(about)}
    assert shown == {name: snippet.code for name, snippet in made.items()}
    until(lambda: dialog.locator(".cost b").count() == 2, "the cost is measured")
    with page.expect_download() as download:
        dialog.get_by_role("button", name="Download the zip").click()
    download.value.save_as(tmp_path / download.value.suggested_filename)
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "use-this-model"

    both = f"{named(known)} ← {about.known}\n{named(foreign)} ← {about.foreign}\n"
    assert run_snippet(made["Python"], tmp_path) == both
    said = [json.loads(line) for line in run_snippet(made["Command line"], tmp_path).splitlines()]
    assert [one["label"] for one in said] == [known.label, foreign.label]
    assert json.loads(run_snippet(made["curl"], tmp_path))["label"] == known.label
    assert run_javascript(page, made["JavaScript"].code) == [named(known)]
    assert run_snippet(made["gradio_client"], tmp_path) == f"{named(known)}\n{both}"
    assert bot_lines(run_snippet(made["Chatbot"], tmp_path, "\n".join([*texts, "", ""]))) == bot

    # A private run, from Runs: with its key, shown this once, and with none or a revoked one no answer
    page.get_by_role("tab", name="Runs").click()
    before = {one.id for one in store.all()}
    page.locator("input[type=file][accept='.zip']").set_input_files(tmp_path / download.value.suggested_filename)
    page.locator("#runs .note").get_by_text("is added").wait_for()
    own = next(one for one in store.all() if one.id not in before)
    page.locator("#runs tbody tr").first.get_by_role("button", name="elsewhere").click()
    dialog.get_by_role("button", name="Make a key").click()
    key = dialog.locator(".fresh code").inner_text()
    assert page.evaluate("document.activeElement.ariaLabel") == "Copy the key"
    private = {one.name: one for one in snippets(subject(Serving(store), own, url))}
    assert code_shown(page) == {name: snippet.code for name, snippet in private.items()}
    assert [one.name for one in private.values() if one.needs_key] == NAMES[1:4] + NAMES[5:]

    assert json.loads(run_snippet(private["curl"], tmp_path, key=key))["model_id"] == own.id
    assert run_javascript(page, private["JavaScript"].code, key) == [named(known)]
    assert run_snippet(private["gradio_client"], tmp_path, key=key) == f"{named(known)}\n{both}"
    assert bot_lines(run_snippet(private["Chatbot"], tmp_path, "\n".join([*texts, "", ""]), key)) == bot
    refused = json.loads(run_snippet(private["curl"], tmp_path))
    assert refused["error"].startswith(f"No trained model '{own.id}' answers to this")
    without = run_snippet(private["Chatbot"], tmp_path, f"{about.known}\n\n", "wrong")
    assert f"bot: {HAND_OVER}" in without
    assert "no answer from the model" in without

    page.keyboard.press("Escape")
    page.locator("#runs tbody tr").first.get_by_role("button", name="elsewhere").click()
    dialog.get_by_text(f"{key[:10]}…", exact=True).wait_for()
    assert key not in page.content()
    dialog.get_by_role("button", name=f"Revoke {key[:10]}", exact=True).click()
    dialog.get_by_role("button", name="Cancel").click()
    assert len(keys_of(own.folder)) == 1
    dialog.get_by_role("button", name=f"Revoke {key[:10]}", exact=True).click()
    dialog.get_by_role("button", name="Yes, revoke").click()
    until(lambda: keys_of(own.folder) == [], "the key is revoked")
    assert "error" in json.loads(run_snippet(private["curl"], tmp_path, key=key))

    assert key not in (store.root.parent / "log").read_text()
    assert errors == []
    page.close()
    store.delete(own)


README, PROGRAMS = ROOT / "README.md", ROOT / "assets" / "guide" / "programs.md"


def shown(page: Path, heading: str, language: str, app) -> list[str]:
    """The pieces of code in a language that a section of a page shows, for the app of these tests."""
    section = page.read_text(encoding="utf-8").split(f"\n## {heading}\n")[1].split("\n## ")[0]
    found = re.findall(rf"^```{language}\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)
    return [code.replace("http://127.0.0.1:7860", app[0].rstrip("/")) for code in found]


def test_what_the_readme_shows_of_the_api_is_run_and_prints_what_stands_behind_it(app, starter, browser) -> None:
    languages = ("sh", "js", "py")
    (curl, *_), (script,), (client,) = (shown(README, "API and assistants", one, app) for one in languages)
    env = {**os.environ, "NO_PROXY": "127.0.0.1"}
    said = subprocess.run(["sh", "-c", curl], capture_output=True, text=True, check=True, timeout=180, env=env)
    assert json.loads(said.stdout)["label"] == "alarm_set"

    page = browser.new_page()
    page.goto(app[0])
    assert run_javascript(page, script) == re.findall("// (.*)", script)
    page.close()

    training, _ = shown(PROGRAMS, "API", "py", app)
    for code in (client, training):
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=180, env=env)
        assert done.stdout.splitlines() == re.findall(r"\)  # (.*)", code), done.stderr


def test_from_a_csv_to_an_answer_of_curl_as_the_readme_says(app, starter) -> None:
    *_, whole = shown(README, "From your CSV to a bot's answer in five minutes", "sh", app)
    env = {**os.environ, "NO_PROXY": "127.0.0.1"}
    said = subprocess.run(["sh", "-ec", whole], cwd=ROOT, capture_output=True, text=True, timeout=300, env=env)
    name, answer = said.stdout.splitlines()
    assert answer.startswith('{"text":"do you have a coffee machine","label":null,"open":true,'), said.stderr
    (run,) = (run for run in starter.finished() if run.config.dataset.endswith("messages.csv"))
    assert name == run.id
    starter.delete(run)


def test_the_gate_of_the_readme_lets_a_bot_answer_what_is_its_business_alone(app, starter) -> None:
    _, gate_code = shown(PROGRAMS, "API", "py", app)
    file = (ROOT / "assets" / "examples" / "fallback.py").read_text(encoding="utf-8")
    assert gate_code == file.replace("http://127.0.0.1:7860", app[0].rstrip("/"))
    assert len(file.splitlines()) <= 30
    gate: dict = {}
    exec(gate_code, gate)

    def reply(text: str) -> str:
        return gate["reply"](
            text,
            bot=lambda text: "The alarm is set.",  # as a closed model answers, whatever is said
            hand_over=lambda text, closest: f"A person takes over; {len(closest)} near.",
            ask_back=lambda between: "Do you mean " + " or ".join(between) + "?",
        )

    assert reply("wake me up at seven") == "The alarm is set."
    assert reply("what is the boiling point of helium") == "A person takes over; 3 near."
    run = next(run for run in starter.finished() if run.is_starter)
    answers = load_classifier(run, "cpu").explain(run.load_test()[0][:400], 1, 0)
    assert reply(next(said.text for said in answers if said.unsure)).startswith("Do you mean ")
    gate["ADDRESS"] = "http://127.0.0.1:9"  # where nobody listens
    assert reply("what is the boiling point of helium") == "The alarm is set."


def test_the_api_page_opens_without_asking_another_machine(app, browser) -> None:
    page = browser.new_page()
    elsewhere = []
    page.on("request", lambda request: elsewhere.append(request.url) if "127.0.0.1" not in request.url else None)
    page.goto(app[0])
    page.get_by_role("button", name="Use via API").click()
    page.get_by_text("/classify_batch").first.wait_for()
    assert [url for url in elsewhere if not url.startswith(("data:", "blob:"))] == []
    page.close()


def bot_lines(printed: str) -> list[str]:
    return [line.removeprefix("you: ") for line in printed.splitlines() if "bot: " in line]

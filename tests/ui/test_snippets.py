"""The code that the page shows: this run's id and this server's address are in it, and an odd text stays a text."""

from __future__ import annotations

import ast
import json
import shlex

import pytest

from ans.ui.snippets import MOST_LABELS, Subject, snippets

ODD = """it's $HOME `id` "quoted" \\ \n ADDRESS BODY "KNOWN_TEXT" ü 🧭 {x} %s"""


def subject(private: bool = True, text: str = "i lost my card", labels=("card", "alarm")) -> Subject:
    return Subject("https://host:7860/demo", "20261127-1", private, "my-tickets", text, "do fish sleep", labels)


def code(about: Subject) -> dict[str, str]:
    return {snippet.name: snippet.code for snippet in snippets(about)}


@pytest.mark.parametrize("private", [True, False])
def test_each_names_what_it_needs_and_no_word_of_a_template_is_left(private):
    for snippet in snippets(subject(private)):
        of_server = snippet.name in ("curl", "JavaScript", "gradio_client", "Chatbot")
        assert ("20261127-1" in snippet.code) is of_server
        assert ("https://host:7860/demo" in snippet.code) is of_server
        assert ("my-tickets.zip" in snippet.code) is not of_server
        assert ("ANS_KEY" in snippet.code) is snippet.needs_key is (private and of_server)
        for word in ("ADDRESS", "MODEL_ID", "ZIP_NAME", "KNOWN_TEXT", "FOREIGN_TEXT", "BODY", "LABEL", "# if private"):
            assert word not in snippet.code


@pytest.mark.parametrize("private", [True, False])
def test_an_odd_text_stays_a_text_in_python(private):
    for name in ("Python", "gradio_client", "Chatbot"):
        tree = ast.parse(code(subject(private, ODD, (ODD,)))[name])
        assert ODD in [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]


@pytest.mark.parametrize("private", [True, False])
def test_an_odd_text_stays_a_text_in_a_shell(private):
    found = code(subject(private, ODD))
    assert shlex.split(found["Command line"])[-2:] == [ODD, "do fish sleep"]
    *command, body = shlex.split(found["curl"])
    assert json.loads(body) == {"text": ODD, "model_id": "20261127-1"}
    assert command[:2] == ["curl", "-sS"]
    assert ("Authorization: Bearer $ANS_KEY" in command) is private
    assert ('"Authorization: Bearer $ANS_KEY"' in found["curl"]) is private, "the shell puts the key there"


@pytest.mark.parametrize("private", [True, False])
def test_an_odd_text_stays_a_text_in_javascript(private):
    body = code(subject(private, ODD))["JavaScript"].split("JSON.stringify({ text: ")[1].split(", model_id: ")[0]
    assert json.loads(body) == ODD, "a string of JSON is one of JavaScript"


def test_the_bot_has_a_line_for_each_class_and_of_many_says_how_many_more_there_are():
    few, many = [f"c{i}" for i in range(MOST_LABELS)], [f"c{i}" for i in range(150)]
    bot = code(subject(labels=few))["Chatbot"]
    assert all(f'"{label}": "TODO: what the bot says to {label}",' in bot for label in few)
    bot = code(subject(labels=many))["Chatbot"]
    assert "# and so on, for 140 more classes" in bot
    assert '"c10"' not in bot

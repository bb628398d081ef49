"""Ready code for using a run elsewhere, from the templates in assets/snippets, each a program that runs as it stands.

In a template the words ADDRESS, MODEL_ID, ZIP_NAME, KNOWN_TEXT, FOREIGN_TEXT, BODY and LABEL stand for what differs; a
line that ends in `# if private` is there for a private run alone. Texts, labels and ids become literals of the
template's language, so none of them can be more than a text. No snippet holds a key: it is read from ANS_KEY.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from ans.paths import ASSETS

TEMPLATES, ONLY_PRIVATE = ASSETS / "snippets", "  # if private"
MOST_LABELS = 20  # lines for answers in the bot
FOREIGN = "what is the boiling point of helium"
WITH_PROJECT = "Runs in this project's folder, with the downloaded zip in it. It needs neither this server nor a key."
FROM_ANYWHERE = "Runs wherever this server can be reached"
# Name, template, where it runs, whether it asks this server.
KINDS = (
    ("Python", "python.py", WITH_PROJECT, False),
    ("curl", "curl.sh", f"{FROM_ANYWHERE}, in one request.", True),
    ("JavaScript", "javascript.js", f"{FROM_ANYWHERE}, in Node.", True),
    ("gradio_client", "client.py", f"{FROM_ANYWHERE}, after pip install gradio_client.", True),
    ("Command line", "command_line.sh", WITH_PROJECT, False),
    ("Chatbot", "chatbot.py", f"{FROM_ANYWHERE}, with Python alone. Fill in the answers; an empty line ends it.", True),
)


@dataclass(frozen=True)
class Subject:
    """What the snippets are about: a run, where its server is, and what to ask it.

    `known`, `foreign`: a text of a known class, and one of none. `labels`: the known classes.
    """

    address: str
    model_id: str
    private: bool
    zip_name: str
    known: str
    foreign: str
    labels: Sequence[str]


@dataclass(frozen=True)
class Snippet:
    """One of them, as the page shows it. `needs_key`: ANS_KEY must be set to run it."""

    name: str
    where: str
    code: str
    needs_key: bool


def snippets(about: Subject) -> list[Snippet]:
    """All of them, in the order of the page."""
    return [
        Snippet(name, where, _filled(template, about), asks_server and about.private)
        for name, template, where, asks_server in KINDS
    ]


def _filled(template: str, about: Subject) -> str:
    lines = (TEMPLATES / template).read_text(encoding="utf-8").strip().splitlines()
    kept = [line.removesuffix(ONLY_PRIVATE) for line in lines if about.private or not line.endswith(ONLY_PRIVATE)]
    code = "\n".join(kept).strip()
    words = _in_shell(about) if template.endswith(".sh") else _in_python(about)
    # In one pass, so that no word is looked for in what stands for another.
    return re.sub("|".join(map(re.escape, words)), lambda found: words[found.group()], code)


def _in_python(about: Subject) -> dict[str, str]:
    line = '    "LABEL": "TODO: what the bot says",'
    shown = about.labels if len(about.labels) <= MOST_LABELS else about.labels[: MOST_LABELS // 2]
    answers = [f"    {_literal(label)}: {_literal(f'TODO: what the bot says to {label}')}," for label in shown]
    if rest := len(about.labels) - len(shown):
        answers.append(f"    # and so on, for {rest} more classes")
    return {
        line: "\n".join(answers),
        '"KNOWN_TEXT"': _literal(about.known),
        '"FOREIGN_TEXT"': _literal(about.foreign),
        '"MODEL_ID"': _literal(about.model_id),
        "ZIP_NAME": about.zip_name,
        "ADDRESS": about.address,
    }


def _in_shell(about: Subject) -> dict[str, str]:
    return {
        "BODY": shlex.quote(_literal({"text": about.known, "model_id": about.model_id})),
        "KNOWN_TEXT": shlex.quote(about.known),
        "FOREIGN_TEXT": shlex.quote(about.foreign),
        "ZIP_NAME": about.zip_name,
        "ADDRESS": about.address,
    }


def _literal(value: object) -> str:
    """JSON, which is Python and JavaScript as well for texts."""
    return json.dumps(value, ensure_ascii=False)

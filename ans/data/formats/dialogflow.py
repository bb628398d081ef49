"""Dialogflow's exports: a file for the phrases of each intent in each language, beside one that tells its name."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import PurePosixPath

from ans.data.columns import Columns
from ans.data.formats.json_records import spoken
from ans.data.rows import Cell, Table

PHRASES = re.compile(r"(.+)_usersays_([A-Za-z]{2,3}(?:-[A-Za-z]+)*)\.json")  # of ES
FOLDER = "trainingPhrases"  # of CX, below that of the intent


def intent_and_language(path: PurePosixPath) -> tuple[PurePosixPath, str] | None:
    """(Where the intent's own file lies, language) of a file of phrases; None of any other."""
    if (found := PHRASES.fullmatch(path.name)) is not None:
        return path.with_name(f"{found[1]}.json"), found[2]
    if path.parent.name == FOLDER and path.suffix == ".json" and len(path.parts) > 2:
        intent = path.parent.parent
        return intent / f"{intent.name}.json", path.stem
    return None


def name_of_intent(raw: bytes) -> str:
    """The name in an intent's own file; "" if it tells none."""
    try:
        value = json.loads(raw)
    except ValueError:
        return ""
    found = (value.get("displayName") or value.get("name")) if isinstance(value, Mapping) else None
    return found if isinstance(found, str) else ""


def read_phrases(raw: bytes, intent: str) -> Table:
    """The phrases of one intent, each in one piece though its entities are apart.

    Raises:
        ValueError: it is no list of phrases; the sentence follows a file's name.
    """
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"is no valid JSON ({error}).") from error
    listed = value.get(FOLDER) if isinstance(value, Mapping) else value
    if not isinstance(listed, list):
        raise ValueError("holds no list of phrases, as Dialogflow writes one.")
    texts = map(spoken, listed)
    rows: list[list[Cell]] = [[text if isinstance(text, str) else None, intent] for text in texts]
    usual = Columns("text", "intent")
    return Table("Dialogflow", "UTF-8", ["text", "intent"], rows, [*range(1, len(rows) + 1)], usual=usual)

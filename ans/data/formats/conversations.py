"""Conversations as language models are taught with them: what a person said is the text; the label is the file's own
where there is one, else the answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard

from ans.data.columns import LABEL_COLUMNS, bare, usual_column

CONVERSATIONS = (
    "messages",
    "contents",
    "conversations",
    "conversation",
    "input",
    "prompt",
    "dialogue",
    "dialog",
    "turns",
)
SPEAKER, SAID = ("role", "from", "speaker", "sender", "author"), ("content", "parts", "value", "text", "utterance")
ASKING, ANSWERING = ("user", "human"), ("assistant", "model", "gpt")
BESIDE = ("system", "developer", "tool")
# In logs of chats, whose answers are no labels.
ASKING_TOO = (*ASKING, "customer", "client", "caller", "usr", "visitor")
EXPECTED_ANSWERS = ("ideal", "completion")  # OpenAI's evals, TRL


def of_conversation(value: Any) -> dict[str, Any] | None:
    """A record with a conversation as one with a text and a label; None for any other value."""
    if isinstance(value, list):  # its turns alone
        roles = {_speaker(one, ("role",)) for one in value}
        alone = not roles.isdisjoint(ASKING) and roles <= {*ASKING, *ANSWERING, *BESIDE}
        return of_conversation({"messages": value}) if alone else None
    if not isinstance(value, Mapping):
        return None
    for key in CONVERSATIONS:
        messages = value.get(key)
        if not _is_conversation(messages):
            continue
        rest = {name: item for name, item in value.items() if name not in CONVERSATIONS}
        label = own_label(value)
        if label is not None:
            text = _said(messages, ASKING_TOO)
            if text is None:
                return None
            answer = _last_said(rest[label], ANSWERING) if _is_conversation(rest[label]) else rest[label]
            name = "label" if bare(label) in EXPECTED_ANSWERS else label
            return {**{one: item for one, item in rest.items() if one != label}, "text": text, name: answer}
        if all(_speaker(one, ("role", "from")) for one in messages):
            return {**rest, "text": _last_said(messages, ASKING), "label": _last_said(messages, ANSWERING)}
    return None


def own_label(value: Mapping[str, Any]) -> str | None:
    """The key of the label that a record has beside its conversation; None if it has none."""
    names = [str(name) for name in value if name not in CONVERSATIONS]
    return usual_column(names, (*LABEL_COLUMNS, *EXPECTED_ANSWERS))


def _is_conversation(messages: Any) -> TypeGuard[list[Mapping]]:
    return isinstance(messages, list) and bool(messages) and all(_speaker(one, SPEAKER) for one in messages)


def _speaker(message: Any, keys: Sequence[str]) -> str:
    """Who says a message, as OpenAI, Google, ShareGPT or a log of a chat write it; "" for what is none."""
    if not isinstance(message, Mapping):
        return ""
    found = next((message[key] for key in keys if key in message), None)
    return found.casefold() if isinstance(found, str) else ""


def _said(messages: Sequence[Mapping], roles: tuple[str, ...]) -> str | None:
    """All that somebody said in a conversation."""
    said = [_text(one) for one in messages if _speaker(one, SPEAKER) in roles]
    return " ".join(text for text in said if text) or None


def _last_said(messages: Sequence[Mapping], roles: tuple[str, ...]) -> str | None:
    """What somebody said last in a conversation."""
    return next((_text(one) for one in reversed(messages) if _speaker(one, SPEAKER) in roles), None)


def _text(message: Mapping) -> str | None:
    said = next((message[key] for key in SAID if key in message), None)
    pieces = said if isinstance(said, list) else [said]
    texts = [piece.get("text") if isinstance(piece, Mapping) else piece for piece in pieces]
    return " ".join(text for text in texts if isinstance(text, str)).strip() or None

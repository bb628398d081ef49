"""Records that were found in a JSON value, and those found under several of its keys as one list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ans.data.columns import bare
from ans.data.languages import is_language
from ans.data.rows import Note, check_count

# Where a record has several texts of one class: chatbot tutorials, Rasa's JSON, Snips, and their relatives.
SEVERAL_TEXTS = (
    "patterns",
    "examples",
    "utterances",
    "texts",
    "phrases",
    "sentences",
    "queries",
    "samples",
    "questions",
)
# Also with a word before them that says whose they are: `sampleUtterances`, `exampleSentences`.
SAID = ("utterances", "phrases")
OF_THE_BOT = ("bot", "agent", "system", "confirmation", "negative")
BEFORE_TEXTS = ("training", "train", "sample", "example", "user", "customer")
TYPED = (*SEVERAL_TEXTS, "q", "text", "inputs", "intents", "nlu", "commonexamples", "trainingdata")
# What is kept beside these, often in the same shape, and is nothing that people type.
NEVER_TYPED = (
    "responses", "answers", "replies", "a", "outputs", "actions", "entities", "synonyms", "entitysynonyms", "lookups",
    "lookuptables", "regex", "regexfeatures", "slots", "stories", "rules",
)  # fmt: skip


@dataclass(frozen=True)
class Records:
    """Records of one kind, each an object by its keys, and what the shape is called ("" for plain records). `notes`:
    what else to know of them."""

    records: list[dict[str, Any]]
    shape: str = ""
    notes: tuple[Note, ...] = ()

    @property
    def keys(self) -> frozenset[str]:
        """Of its first record."""
        return frozenset(self.records[0]) if self.records else frozenset()


def are_texts(items: Any) -> bool:
    """Whether it is a list of texts: also of numbers, truth values and nothing, but not of these alone."""
    return (
        isinstance(items, list)
        and all(item is None or isinstance(item, (str, int, float)) for item in items)
        and (not items or any(isinstance(item, str) for item in items))
    )


def is_several_texts(name: str) -> bool:
    """Whether a key or a path says that texts of one class are there, in any of its parts."""
    return any(_says_several(bare(part)) for part in name.split("."))


def _says_several(name: str) -> bool:
    if name in SEVERAL_TEXTS or name in ("trainingdata", "positive", "positives", "positiveexamples"):
        return True
    before = next((word for word in BEFORE_TEXTS if name.startswith(word)), None)
    if before is not None and name.removeprefix(before) in SEVERAL_TEXTS:
        return True
    return name.endswith(SAID) and not name.startswith(OF_THE_BOT)


def spoken(text: Any) -> Any:
    """A text that comes in pieces, as one: Snips has `data`, Dialogflow `parts`, others a `text`."""
    if isinstance(text, Mapping):
        for pieces in (text.get("data"), text.get("parts")):
            if isinstance(pieces, list):
                said = [piece.get("text") for piece in pieces if isinstance(piece, Mapping)]
                return "".join(str(one) for one in said if one is not None)
        return next((item for key, item in text.items() if bare(str(key)) in ("text", "utterance", "phrase")), None)
    return text


def typed(value: Mapping[str, Any]) -> dict[str, Any]:
    """What is below the keys of an object but for a bot's answers, entities and the like, where its names tell them."""
    names = {key: bare(str(key)) for key in value}
    if not any(name in TYPED or is_language(str(key)) for key, name in names.items()):
        return dict(value)
    return {key: item for key, item in value.items() if names[key] not in NEVER_TYPED}


def most_of(found: Mapping[str, Records]) -> Records | None:
    """Of what was found by key the longest list, joined with the others that are like it; None if there is none.

    Groups of classes, sources of texts: to read the longest of them alone would lose classes without a word.
    """
    if not found:
        return None
    key, longest = max(found.items(), key=lambda item: len(item[1].records))
    alike = [one for one in found.values() if one.keys == longest.keys and one.shape == longest.shape]
    if len(alike) > 1:
        check_count(sum(len(one.records) for one in alike))
        records = [record for one in alike for record in one.records]
        notes = tuple(note for one in alike for note in one.notes)
        return Records(records, f"{longest.shape or 'records'} under {len(alike)} keys", notes)
    if "under" in longest.shape:
        return longest
    return Records(longest.records, f"{longest.shape or 'records'} under “{key}”", longest.notes)

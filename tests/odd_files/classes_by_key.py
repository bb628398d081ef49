"""Files whose keys are the classes, with one object a class, or with texts in pieces below them."""

from __future__ import annotations

import json

from tests.odd_files.made import OddFile, adding, by_class, lines_of

FILES: dict[str, OddFile] = {}
add = adding(FILES)

texts_of = by_class()


def in_pieces(text: str) -> dict:
    """A text as Snips has it."""
    return {"data": [{"text": text[:9]}, {"text": text[9:14], "entity": "thing"}, {"text": text[14:]}]}


add("Snips, merged", "a.json", json.dumps({label: list(map(in_pieces, texts)) for label, texts in texts_of.items()}))
add(
    "Snips, merged, a list",
    "a.json",
    json.dumps([{label: list(map(in_pieces, texts))} for label, texts in texts_of.items()]),
)
add(
    "Snips, parts with ids",
    "a.json",
    json.dumps(
        {
            "version": 2,
            **{
                label: [{"id": text[:9], "parts": in_pieces(text)["data"]} for text in texts]
                for label, texts in texts_of.items()
            },
        }
    ),
)
add("a class an object", "a.json", json.dumps([{label: texts} for label, texts in texts_of.items()]))
add("a class an object, in lines", "a.jsonl", lines_of({label: texts} for label, texts in texts_of.items()))
add(
    "a class in two objects",
    "a.json",
    json.dumps([{label: texts[at : at + 3]} for at in (0, 3) for label, texts in texts_of.items()]),
)
add(
    "a class an object with examples",
    "a.json",
    json.dumps({"intents": [{label: {"examples": texts, "answers": ["ok"]}} for label, texts in texts_of.items()]}),
)
add(
    "a class an object, YAML",
    "a.yml",
    "intents:\n"
    + "".join(f"  - {label}:\n" + "".join(f"      - {text}\n" for text in texts) for label, texts in texts_of.items()),
)
add(
    "a class an object, YAML without a key above",
    "a.yaml",
    "".join(f"- {label}:\n" + "".join(f"  - {text}\n" for text in texts) for label, texts in texts_of.items()),
)

"""Texts that a bot must not understand, beside its classes and below them."""

from __future__ import annotations

import json

from tests.odd_files.made import EACH, ROWS, OddFile, adding, by_class

FILES: dict[str, OddFile] = {}
add = adding(FILES)

NOBODYS = ["do you like pizza", "what is the capital of France", "sing me a song"]
intents = [{"intent": a, "examples": [{"text": text} for text in b]} for a, b in by_class().items()]
watson = {"name": "shop", "intents": intents, "entities": [], "dialog_nodes": []}
add(
    "Watson, counterexamples",
    "a.json",
    json.dumps({**watson, "counterexamples": [{"text": text} for text in NOBODYS]}),
    no_class={"oos": 3},
)
add(
    "Watson, counterexamples in a workspace",
    "a.json",
    json.dumps({"workspace": {**watson, "counterexamples": [{"text": text} for text in NOBODYS]}, "version": 2}),
    no_class={"oos": 3},
)
add(
    "intents by their names beside texts of no class",
    "a.json",
    json.dumps({"intents": {a: {"utterances": b} for a, b in by_class().items()}, "out_of_scope": NOBODYS}),
    no_class={"oos": 3},
)
add(
    "records beside texts of no class",
    "a.json",
    json.dumps({"examples": [{"text": a, "intent": b} for a, b in ROWS], "oos": NOBODYS}),
    no_class={"oos": 3},
)
for positive, negative in (("positive", "negative"), ("examples", "negative_examples"), ("phrases", "counterexamples")):
    each = {a: {positive: b, negative: [f"no {a}", "what is love"]} for a, b in by_class().items()}
    add(f"classes with {negative}", "a.json", json.dumps(each))
    add(f"records with {negative}", "a.json", json.dumps([{"name": a, **b} for a, b in each.items()]))
add(
    "products with what people feel about them",
    "a.json",
    json.dumps({a: {"positive": b[:2], "neutral": b[2:4], "negative": b[4:]} for a, b in by_class().items()}),
    classes={**EACH},
)

"""YAML whose texts and classes are words that it has another meaning for: yes, no, on, off, numbers, times, dates."""

from __future__ import annotations

import json

from tests.odd_files.made import OddFile, adding

FILES: dict[str, OddFile] = {}
add = adding(FILES)

TEXTS = {
    "affirm": ["yes", "Yes", "sure", "true"],
    "deny": ["no", "nope", "n", "false"],
    "on": ["on", "turn it on", "lights on"],
    "off": ["off", "turn it off"],
    "12": ["12", "12:30", "2026-11-29", "1_000", "0x1F", "1e3", "twelve"],
}
COUNTS = {label: len(texts) for label, texts in TEXTS.items()}
add(
    "YAML of classes, truth values",
    "a.yml",
    "".join(f"{label}:\n" + "".join(f"  - {text}\n" for text in texts) for label, texts in TEXTS.items()),
    classes=COUNTS,
)
add(
    "YAML of records, truth values",
    "a.yml",
    "".join(f"- text: {text}\n  label: {label}\n" for label, texts in TEXTS.items() for text in texts),
    classes=COUNTS,
)
add(
    "YAML of intents, truth values and nothing",
    "a.yaml",
    "intents:\n"
    + "".join(
        f"  - name: {label}\n    examples: [{', '.join(texts)}]\n"
        for label, texts in {**TEXTS, "nothing": ["~", "null", "nil"]}.items()
    ),
    classes={**COUNTS, "nothing": 1},
    left_out={"no text": 2},
)
add(
    "JSON of classes with numbers",
    "a.json",
    json.dumps({"affirm": ["yes", "sure", 1, True], "deny": ["no", "never", 0], "rate": ["five", 5, 4.5]}),
    classes={"affirm": 4, "deny": 3, "rate": 3},
)
add(
    "JSON of classes with numbers, in groups",
    "a.json",
    json.dumps({"a": {"affirm": ["yes", "sure", 1]}, "b": {"deny": ["no", "never", 0, None], "rate": ["five", 5]}}),
    classes={"affirm": 3, "deny": 3, "rate": 2},
    left_out={"no text": 1},
)

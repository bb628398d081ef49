"""Conversations of people with a bot or with each other, labelled by the bot's answer or by a label of their own."""

from __future__ import annotations

import json

from tests.odd_files.made import CLASSES, ROWS, OddFile, adding, lines_of

FILES: dict[str, OddFile] = {}
add = adding(FILES)

ANSWER = {"role": "assistant", "content": "How can I help you with that?"}
THANKS = {"role": "user", "content": "thanks a lot"}
for key in ("intent", "label", "category"):
    add(
        f"conversations with their own {key}",
        "a.jsonl",
        lines_of({"messages": [{"role": "user", "content": text}, ANSWER, THANKS], key: a} for text, a in ROWS),
    )
add(
    "conversations, some without a label",
    "a.json",
    json.dumps(
        [
            {"id": i, "conversation": [{"role": "user", "content": text}, ANSWER], "label": label if i % 6 else None}
            for i, (text, label) in enumerate(ROWS)
        ]
    ),
    classes=dict.fromkeys(CLASSES, 5),
    left_out={"unlabelled": 3},
)
add(
    "turns alone",
    "a.json",
    json.dumps([[{"role": "user", "content": a}, {"role": "assistant", "content": b}] for a, b in ROWS]),
)
add(
    "OpenAI's evals",
    "a.jsonl",
    lines_of(
        {"input": [{"role": "system", "content": "Classify."}, {"role": "user", "content": text}], "ideal": label}
        for text, label in ROWS
    ),
)
add(
    "prompt and completion as conversations",
    "a.jsonl",
    lines_of(
        {
            "prompt": [{"role": "user", "content": text}],
            "completion": [{"role": "assistant", "content": label}],
        }
        for text, label in ROWS
    ),
)
add(
    "ShareGPT with a topic",
    "a.json",
    json.dumps(
        [
            {"conversations": [{"from": "human", "value": a}, {"from": "gpt", "value": f"I see: {i}"}], "topic": b}
            for i, (a, b) in enumerate(ROWS)
        ]
    ),
)
add(
    "chats with their label",
    "a.json",
    json.dumps(
        [
            {"chat_id": i, "turns": [{"speaker": "Agent", "text": "Hi"}, {"speaker": "Customer", "text": a}], "tag": b}
            for i, (a, b) in enumerate(ROWS)
        ]
    ),
)

"""What annotation tools write."""

from __future__ import annotations

import json

from tests.odd_files.made import CLASSES, EACH, ROWS, OddFile, adding, lines_of, written

FILES: dict[str, OddFile] = {}
add = adding(FILES)

add(
    "doccano, label list",
    "a.jsonl",
    lines_of({"id": place, "text": text, "label": [label]} for place, (text, label) in enumerate(ROWS)),
)
add(
    "doccano, labels",
    "a.jsonl",
    lines_of(
        [
            *({"id": place, "text": text, "labels": [label]} for place, (text, label) in enumerate(ROWS)),
            {"id": 90, "text": "none yet", "labels": []},
            {"id": 91, "text": "both of them", "labels": ["login", "refund"]},
        ]
    ),
    left_out={"unlabelled": 1, "multi-label": 1},
)
add(
    "doccano, data",
    "a.jsonl",
    lines_of({"id": place, "data": text, "label": [label]} for place, (text, label) in enumerate(ROWS)),
)
add("doccano, CSV", "a.csv", written([(place, *row) for place, row in enumerate(ROWS)], "id,data,label"))
add(
    "Prodigy",
    "a.jsonl",
    lines_of(
        {"text": text, "label": label, "answer": "reject" if place == 3 else "accept", "_input_hash": place}
        for place, (text, label) in enumerate(ROWS)
    ),
    classes={**EACH, "refund": 5},
    left_out={"cancelled annotation": 1},
)
add(
    "Prodigy, choice",
    "a.jsonl",
    lines_of(
        {
            "text": text,
            "options": [{"id": one, "text": one.upper()} for one in CLASSES],
            "accept": [label],
            "answer": "accept",
        }
        for text, label in ROWS
    ),
)
add(
    "spaCy",
    "a.jsonl",
    lines_of({"text": text, "cats": {one: float(one == label) for one in CLASSES}} for text, label in ROWS),
)
add(
    "spaCy, pairs",
    "a.json",
    json.dumps([[text, {"cats": {one: one == label for one in CLASSES}}] for text, label in ROWS]),
)
add(
    "Label Studio",
    "a.json",
    json.dumps(
        [
            {
                "id": place,
                "data": {"text": text},
                "annotations": [
                    {
                        "result": [
                            {
                                "value": {"choices": [label]},
                                "from_name": "sentiment",
                                "to_name": "text",
                                "type": "choices",
                            }
                        ]
                    }
                ],
                "meta": {},
            }
            for place, (text, label) in enumerate(ROWS)
        ]
    ),
)
add(
    "Label Studio, min",
    "a.json",
    json.dumps(
        [
            {
                "text": text,
                "id": place,
                "sentiment": label,
                "annotator": 1,
                "annotation_id": place,
                "created_at": "2026-01-01",
                "updated_at": "2026-01-01",
                "lead_time": 1.5,
            }
            for place, (text, label) in enumerate(ROWS)
        ]
    ),
)
add(
    "Label Studio, CSV",
    "a.csv",
    written(
        [(place, json.dumps({"choices": [label]}), text, 1.5) for place, (text, label) in enumerate(ROWS)],
        "id,sentiment,text,lead_time",
    ),
)
add(
    "Label Studio, CSV of lists",
    "a.csv",
    written(
        [
            (1, place, "2026-01-01", place, 1.5, json.dumps([{"choices": [label]}]), text)
            for place, (text, label) in enumerate(ROWS)
        ],
        "annotator,annotation_id,created_at,id,lead_time,category,text",
    ),
)
add(
    "Argilla",
    "a.jsonl",
    lines_of(
        {"id": str(place), "fields": {"text": text}, "responses": {"label": [{"value": label, "status": "submitted"}]}}
        for place, (text, label) in enumerate(ROWS)
    ),
)
add(
    "answers of a bot beside text and label",
    "a.jsonl",
    lines_of({"text": text, "label": label, "answer": f"We look into your {label}."} for text, label in ROWS),
)
add(
    "answers of a bot beside lists of labels",
    "a.json",
    json.dumps(
        [
            {"id": place, "text": text, "label": [label], "answer": "accept" if place % 2 else "It is done."}
            for place, (text, label) in enumerate(ROWS)
        ]
    ),
)
add(
    "answers that are not there yet",
    "a.jsonl",
    lines_of({"text": text, "label": label, "answer": None} for text, label in ROWS),
)

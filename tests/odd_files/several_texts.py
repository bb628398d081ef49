"""Rows that hold several texts of a class, as chatbots and spreadsheets keep them; and rows that hold one in pieces."""

from __future__ import annotations

import io
import json

import pandas as pd

from tests.odd_files.made import CLASSES, PLAIN, ROWS, OddFile, adding, by_class, lines_of, workbook, written

FILES: dict[str, OddFile] = {}
add = adding(FILES)

texts_of = by_class()
halved = [(label, texts[at : at + 3]) for label, texts in texts_of.items() for at in (0, 3)]
add(
    "texts of a class under text, with answers",
    "Intent.json",
    json.dumps(
        {
            "intents": [
                {"intent": label, "text": texts, "responses": ["Sure, it is done!"] * 9, "context": {"in": ""}}
                for label, texts in texts_of.items()
            ]
        }
    ),
)
add(
    "messages of a class",
    "a.jsonl",
    lines_of({"category": label, "messages": texts} for label, texts in texts_of.items()),
)
add("messages of a class, two rows each", "a.json", json.dumps([{"topic": a, "messages": b} for a, b in halved]))
add(
    "more than twenty texts in a cell",
    "a.json",
    json.dumps([{"intent": a, "text": [f"{text} {i}" for text in b for i in range(9)]} for a, b in texts_of.items()]),
    classes=dict.fromkeys(CLASSES, 54),
)
add(
    "Home Assistant",
    "a.yaml",
    "language: en\nintents:\n"
    + "".join(
        f"  {label}:\n    data:\n      - sentences:\n" + "".join(f'          - "{text}"\n' for text in texts)
        for label, texts in texts_of.items()
    ),
)
out = io.BytesIO()
pd.DataFrame({"intent": list(texts_of), "utterances": list(texts_of.values())}).to_parquet(out)
add("lists in Parquet", "a.parquet", out.getvalue())
frame = pd.DataFrame([{"tag": a, "patterns": b, "responses": [f"A long answer to {a}, here."] * 4} for a, b in halved])
add("lists that pandas wrote", "a.csv", frame.to_csv())
add("lists that pandas wrote, a row a class", "a.csv", written([(a, str(b)) for a, b in texts_of.items()], "tag,text"))
add("lists as JSON in cells", "a.csv", written([(a, json.dumps(b)) for a, b in halved], "intent,examples"))
add("a list of one text in each cell", "a.csv", written([(str([a]), b) for a, b in ROWS]))
add("words in lists in cells", "a.csv", written([(str(a.split()), b) for a, b in ROWS], "tokens,label"))
add(
    "lines in cells of a workbook",
    "a.xlsx",
    workbook(
        (
            "Intents",
            [
                ("Intent", "Description", "Training phrases", "Response"),
                *((label, f"About {label}", "\n".join(texts), "It is done.") for label, texts in texts_of.items()),
            ],
        )
    ),
)
add(
    "dashes in lines of cells",
    "a.xlsx",
    workbook(
        (
            "Intents",
            [("Intent", "Utterance"), *((a, "\n".join(f"- {text}" for text in b)) for a, b in texts_of.items())],
        )
    ),
)
add(
    "lines in cells of a CSV",
    "a.csv",
    written([(a, "\n".join(b)) for a, b in texts_of.items()], "Intent,Examples"),
)
add(
    "dashes in lines of cells of a CSV",
    "a.csv",
    written([(a, "\n".join(f"- {text}" for text in b)) for a, b in halved], "Intent,Examples"),
)
add("bars in cells", "a.csv", written([(a, " | ".join(b)) for a, b in halved], "intent,examples"))
add("semicolons in cells", "a.csv", written([(a, "; ".join(b)) for a, b in texts_of.items()], "intent,text"))
add(
    "Cognigy",
    "a.json",
    json.dumps(
        [{"name": a, "exampleSentences": b, "confirmationSentences": ["Did you mean it?"]} for a, b in texts_of.items()]
    ),
)
add(
    "Voiceflow",
    "a.json",
    json.dumps(
        {
            "version": {
                "platformData": {
                    "intents": [
                        {"key": f"k{place}", "name": a, "inputs": [{"text": text, "slots": []} for text in b]}
                        for place, (a, b) in enumerate(texts_of.items())
                    ]
                }
            },
            "diagrams": {},
        }
    ),
)
add(
    "training data by class",
    "a.json",
    json.dumps({"classes": [{"name": a, "description": a, "training_data": b} for a, b in texts_of.items()]}),
)
add(
    "Botpress, questions",
    "a.json",
    json.dumps(
        {
            "qnas": [
                {"id": a, "data": {"contexts": ["global"], "questions": {"en": b}, "answers": {"en": ["An answer."]}}}
                for a, b in texts_of.items()
            ]
        }
    ),
)
add(
    "what two people say in turn",
    "a.jsonl",
    lines_of(
        {"conversation": [{"speaker": "customer", "text": a}, {"speaker": "agent", "text": "I see, ok"}], "label": b}
        for a, b in ROWS
    ),
)
add("mails in lines", "a.csv", written([(f"Hello,\n{a}\nMany thanks", b) for a, b in ROWS]))
add("bars in texts", "a.csv", written([(f"{a} | sent from my phone", b) for a, b in PLAIN]))
blocks = "".join(f"  {a}: |\n" + "".join(f"    - {text}\n" for text in b) for a, b in texts_of.items())
add("blocks of lines, YAML", "a.yml", f"intents:\n{blocks}")
add("blocks of lines, YAML without a key above", "a.yml", blocks)
add("lines of each class, JSON", "a.json", json.dumps({a: "\n".join(b) for a, b in texts_of.items()}))

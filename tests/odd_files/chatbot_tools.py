"""What chatbot frameworks, language models and ticket systems write."""

from __future__ import annotations

import json

from tests.odd_files.made import CLASSES, ROWS, OddFile, adding, by_class, lines_of, written

FILES: dict[str, OddFile] = {}
add = adding(FILES)

nlu = "version: '3.1'\nnlu:\n" + "".join(
    f"- intent: {label}\n  examples: |\n"
    + "".join(f"    - {text.replace(label, f'[{label}](thing)')}\n" for text in texts)
    for label, texts in by_class().items()
)
add(
    "Rasa",
    "nlu.yml",
    nlu + "- lookup: city\n  examples: |\n    - Rome\n- synonym: money\n  examples: |\n    - cash\n"
    "- regex: zip\n  examples: |\n    - \\d{5}\nresponses:\n  utter_hi:\n  - text: hi\n",
)
add("Rasa, entities as objects", "nlu.yml", nlu.replace("(thing)", '{"entity": "thing", "value": "x"}'))
add(
    "Rasa, text keys",
    "nlu.yml",
    "nlu:\n"
    + "".join(
        f"- intent: {label}\n  examples:\n" + "".join(f"  - text: |\n      {text}\n" for text in texts)
        for label, texts in by_class().items()
    ),
)
add(
    "Rasa, Markdown",
    "nlu.md",
    "".join(
        f"## intent:{label}\n" + "".join(f"- {text}\n" for text in texts) + "\n" for label, texts in by_class().items()
    )
    + "## lookup:city\n- Rome\n## synonym:money\n- cash\n## regex:zip\n- \\d{5}\n",
)
add(
    "Rasa, JSON",
    "nlu.json",
    json.dumps(
        {
            "rasa_nlu_data": {
                "common_examples": [{"text": text, "intent": label, "entities": []} for text, label in ROWS],
                "regex_features": [],
                "lookup_tables": [],
                "entity_synonyms": [],
            }
        }
    ),
)
add("fastText", "a.txt", "".join(f"__label__{label} {text}\n" for text, label in ROWS))
add("fastText, commas", "a.csv", "".join(f"__label__{label} , {text}\n" for text, label in ROWS))
add("fastText, label last", "a.txt", "".join(f"{text} __label__{label}\n" for text, label in ROWS))
add(
    "CLINC",
    "a.json",
    json.dumps(
        {
            "train": ROWS[::2],
            "val": [],
            "test": ROWS[1::2],
            "oos_train": [],
            "oos_val": [],
            "oos_test": [["what is love", "oos"]],
        }
    ),
    no_class={"oos": 1},
)
add(
    "Snips",
    "a.json",
    json.dumps(
        {
            "language": "en",
            "intents": {
                label: {
                    "utterances": [{"data": [{"text": text[:9]}, {"text": text[9:], "entity": "x"}]} for text in texts]
                }
                for label, texts in by_class().items()
            },
            "entities": {},
        }
    ),
)
add(
    "LUIS",
    "a.json",
    json.dumps(
        {
            "luis_schema_version": "7.0.0",
            "intents": [{"name": label} for label in CLASSES],
            "entities": [],
            "utterances": [{"text": text, "intent": label, "entities": []} for text, label in ROWS],
        }
    ),
)
add(
    "CLU",
    "a.json",
    json.dumps(
        {
            "projectFileVersion": "2022-10-01",
            "assets": {
                "projectKind": "Conversation",
                "intents": [{"category": label} for label in CLASSES],
                "entities": [],
                "utterances": [
                    {"text": text, "intent": label, "language": "en-us", "dataset": "Train", "entities": []}
                    for text, label in ROWS
                ],
            },
        }
    ),
)
add("Watson, CSV", "a.csv", written(ROWS, None))
add(
    "Watson, JSON",
    "a.json",
    json.dumps(
        {
            "name": "shop",
            "intents": [
                {"intent": label, "examples": [{"text": text} for text in texts]} for label, texts in by_class().items()
            ],
            "entities": [],
            "dialog_nodes": [],
        }
    ),
)
add(
    "Dialogflow",
    "usersays.json",
    json.dumps(
        [
            {
                "id": str(place),
                "data": [
                    {"text": text[:8], "userDefined": False},
                    {"text": text[8:], "meta": "@sys.any", "userDefined": True},
                ],
                "count": 0,
                "intent": label,
            }
            for place, (text, label) in enumerate(ROWS)
        ]
    ),
)
add(
    "Botpress",
    "a.json",
    json.dumps(
        {
            "intents": [
                {"name": label, "contexts": ["global"], "utterances": {"en": texts}, "slots": []}
                for label, texts in by_class().items()
            ]
        }
    ),
)
add(
    "Lex",
    "a.json",
    json.dumps(
        {
            "resource": {
                "name": "bot",
                "intents": [{"name": label, "sampleUtterances": texts} for label, texts in by_class().items()],
            }
        }
    ),
)
add(
    "Lex, second version",
    "a.json",
    json.dumps(
        [
            {"name": label, "sampleUtterances": [{"utterance": text} for text in texts]}
            for label, texts in by_class().items()
        ]
    ),
)
add(
    "Dialogflow CX",
    "a.json",
    json.dumps(
        {
            "intents": [
                {
                    "displayName": label,
                    "trainingPhrases": [
                        {"parts": [{"text": text[:7]}, {"text": text[7:]}], "repeatCount": 1} for text in texts
                    ],
                }
                for label, texts in by_class().items()
            ]
        }
    ),
)
add(
    "Alexa",
    "a.json",
    json.dumps(
        {
            "interactionModel": {
                "languageModel": {
                    "invocationName": "shop",
                    "intents": [{"name": label, "slots": [], "samples": texts} for label, texts in by_class().items()],
                }
            }
        }
    ),
)
add(
    "chatbot tutorial",
    "intents.json",
    json.dumps(
        {"intents": [{"tag": label, "patterns": texts, "responses": ["ok"]} for label, texts in by_class().items()]}
    ),
)
add(
    "Zendesk",
    "a.csv",
    written(
        [
            (place, "closed", text.split(",")[0], text, "2026-01-01 10:00", label, "agent@x.org")
            for place, (text, label) in enumerate(ROWS)
        ],
        "Id,Status,Subject,Description,Created at,Category,Assignee",
    ),
)

add(
    "MASSIVE",
    "a.jsonl",
    lines_of(
        {
            "id": str(place),
            "locale": "en-US",
            "partition": ("train", "dev", "test")[place % 3],
            "scenario": "x",
            "intent": label,
            "utt": text,
            "annot_utt": text,
        }
        for place, (text, label) in enumerate(ROWS)
    ),
)
add(
    "Rasa's answers",
    "a.json",
    json.dumps(
        [
            {
                "text": text,
                "intent": {"name": label, "confidence": 0.9},
                "entities": [],
                "intent_ranking": [{"name": label, "confidence": 0.9}],
            }
            for text, label in ROWS
        ]
    ),
)
add(
    "Rasa, retrieval intents, CRLF",
    "nlu.yml",
    nlu.replace("- intent: ", "- intent: faq/").replace("\n", "\r\n"),
    classes={f"faq/{label}": 6 for label in CLASSES},
)
add(
    "conversations",
    "a.jsonl",
    lines_of(
        {
            "messages": [
                {"role": "system", "content": "Classify."},
                {"role": "user", "content": text},
                {"role": "assistant", "content": label},
            ]
        }
        for text, label in ROWS
    ),
)
add(
    "conversations in parts",
    "a.jsonl",
    lines_of(
        {"contents": [{"role": "user", "parts": [{"text": text}]}, {"role": "model", "parts": [{"text": label}]}]}
        for text, label in ROWS
    ),
)
add("prompt and completion", "a.jsonl", lines_of({"prompt": text, "completion": f" {label}"} for text, label in ROWS))
add(
    "Alpaca",
    "a.json",
    json.dumps([{"instruction": "Classify the text", "input": text, "output": label} for text, label in ROWS]),
)
add(
    "Vertex",
    "a.jsonl",
    lines_of({"textContent": text, "classificationAnnotation": {"displayName": label}} for text, label in ROWS),
)
add(
    "SageMaker",
    "a.jsonl",
    lines_of(
        {
            "source": text,
            "my-job": place % 3,
            "my-job-metadata": {"class-name": label, "confidence": 0.9, "type": "groundtruth/text-classification"},
        }
        for place, (text, label) in enumerate(ROWS)
    ),
)
add(
    "LightTag",
    "a.json",
    json.dumps({"examples": [{"content": text, "classifications": [{"classname": label}]} for text, label in ROWS]}),
)
add(
    "Snips, YAML",
    "a.yml",
    "".join(
        f"---\ntype: intent\nname: {label}\nutterances:\n" + "".join(f"  - {text}\n" for text in texts)
        for label, texts in by_class().items()
    ),
)

answer = "Thank you for your message {}. One of us will look into it and write to you as soon as we can."
for kind, header, order in (
    ("Bitext", "flags,instruction,category,intent,response", "ntcla"),
    ("a bot's answers beside", "user_input,bot_response,intent", "tal"),
    ("an agent's answers beside", "topic,agentReply,customerMessage", "lat"),
    ("an assistant's answers beside", "assistant,Eingabe des Kunden,topic", "atl"),
    ("a description of each class beside", "Intent,Description,Training phrase,Response", "ldta"),
):
    add(
        kind,
        "a.csv",
        written(
            [
                [
                    {"t": text, "l": label, "a": answer.format(place), "d": f"about {label}: {place}, or so it is said",
                     "n": "B", "c": "SHOP"}[one]
                    for one in order
                ]
                for place, (text, label) in enumerate(ROWS)
            ],
            header,
        ),
    )  # fmt: skip
add(
    "a bot's answers beside, JSON",
    "a.json",
    json.dumps(
        [{"user": text, "bot": answer.format(place), "intent": label} for place, (text, label) in enumerate(ROWS)]
    ),
)

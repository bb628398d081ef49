"""The shapes that JSON and YAML come in."""

from __future__ import annotations

import json

from tests.odd_files.made import PLAIN, RECORDS, ROWS, OddFile, adding, by_class, lines_of

FILES: dict[str, OddFile] = {}
add = adding(FILES)

add("JSON list", "a.json", json.dumps(RECORDS))
add("JSON pairs", "a.json", json.dumps(ROWS))
add("JSON of columns", "a.json", json.dumps({"text": [row[0] for row in ROWS], "label": [row[1] for row in ROWS]}))
add("pandas, split", "a.json", json.dumps({"columns": ["text", "label"], "index": list(range(18)), "data": ROWS}))
add("pandas, index", "a.json", json.dumps({str(place): record for place, record in enumerate(RECORDS)}))
add(
    "pandas, table",
    "a.json",
    json.dumps({"schema": {"fields": [{"name": "text", "type": "string"}], "pandas_version": "1.4"}, "data": RECORDS}),
)
add("under data", "a.json", json.dumps({"version": 1, "data": RECORDS}))
add("under two keys", "a.json", json.dumps({"result": {"total": 18, "items": RECORDS}, "status": "ok"}))
add(
    "hits of a search engine",
    "a.json",
    json.dumps(
        {
            "hits": {
                "total": 18,
                "hits": [{"_id": str(place), "_source": record} for place, record in enumerate(RECORDS)],
            }
        }
    ),
)
add("classes with texts", "a.json", json.dumps(by_class()))
add("printed one after the other", "a.json", "\n".join(json.dumps(record, indent=2) for record in RECORDS))
add("pretty, .jsonl", "a.jsonl", "\n".join(json.dumps(record, indent=2) for record in RECORDS))
add("a list, .jsonl", "a.jsonl", json.dumps(RECORDS))
add("JSON Lines, .json", "a.json", lines_of(RECORDS))
add("JSON Lines, .txt", "a.txt", lines_of(RECORDS))
add("JSON Lines of pairs", "a.jsonl", lines_of(ROWS))
add("JSON Lines with commas", "a.jsonl", lines_of(RECORDS).replace("\n", ",\n"))
add("JSON with a mark", "a.json", b"\xef\xbb\xbf" + json.dumps(RECORDS).encode())
add("JSON in UTF-16", "a.json", json.dumps(RECORDS).encode("utf-16"))
add(
    "NaN and null",
    "a.jsonl",
    lines_of([*RECORDS, {"text": "one more", "label": None}, {"text": float("nan"), "label": "login"}]),
    left_out={"unlabelled": 1, "no text": 1},
)
add("nested", "a.jsonl", lines_of({"data": {"text": text}, "label": {"name": label}} for text, label in ROWS))
add(
    "mongoexport",
    "a.json",
    lines_of({"_id": {"$oid": f"{place:024x}"}, **record} for place, record in enumerate(RECORDS)),
)

add("lists one after the other", "a.json", json.dumps(RECORDS[:9]) + "\n" + json.dumps(RECORDS[9:]))
add("a comma at the end", "a.json", "[\n" + ",\n".join(map(json.dumps, RECORDS)) + ",\n]")
add("texts with their labels", "a.json", json.dumps(dict(ROWS)))
add(
    "a list of objects as labels",
    "a.json",
    json.dumps([{"text": text, "labels": [{"name": label}]} for text, label in ROWS]),
)
add("words apart", "a.jsonl", lines_of({"tokens": text.split(), "intent": label} for text, label in PLAIN))
add("YAML", "a.yml", "".join(f"- text: {text}\n  label: {label}\n" for text, label in PLAIN))
add(
    "YAML of classes",
    "a.yml",
    "".join(f"{label}:\n" + "".join(f"  - {text}\n" for text in texts) for label, texts in by_class().items()),
)
add(
    "Elasticsearch, in bulk",
    "a.ndjson",
    "".join(
        f"{json.dumps({'index': {'_id': str(place)}})}\n{json.dumps(record)}\n" for place, record in enumerate(RECORDS)
    ),
    left_out={"no text": 18},
)
add("JSON in JSON", "a.json", json.dumps(json.dumps(RECORDS)))
add("a key a record", "a.json", json.dumps([{label: text} for text, label in ROWS]))

halved = {label: (texts[:3], texts[3:]) for label, texts in by_class().items()}
in_parts = {label: {"train": texts[:4], "test": texts[4:]} for label, texts in by_class().items()}
by_language = {label: {"en": first, "de": last} for label, (first, last) in halved.items()}
add(
    "classes in groups",
    "a.json",
    json.dumps({"shop": {**by_class(), "login": []}, "app": {"login": by_class()["login"]}}),
)
add(
    "classes in groups of groups",
    "a.json",
    json.dumps({"domains": {"all": {"shop": {**by_class(), "login": []}, "app": {"login": by_class()["login"]}}}}),
)
add("classes in languages", "a.json", json.dumps(by_language))
add(
    "languages with classes",
    "a.json",
    json.dumps({tongue: {label: one[tongue] for label, one in by_language.items()} for tongue in ("en", "de")}),
)
add(
    "sources with the same classes",
    "a.json",
    json.dumps(
        {source: {label: one[place] for label, one in halved.items()} for place, source in enumerate(("web", "app"))}
    ),
)
add("classes in parts", "a.json", json.dumps(in_parts))
add(
    "languages as classes, in parts",
    "a.json",
    json.dumps({tongue: in_parts[label] for tongue, label in zip(("en", "de", "fr"), in_parts, strict=True)}),
    classes={"en": 6, "de": 6, "fr": 6},
)
add(
    "classes in two registers, one of them in one",
    "a.json",
    json.dumps(
        {label: {"formal": a, "casual": b} for label, (a, b) in halved.items() if label != "login"}
        | {"login": {"formal": by_class()["login"]}}
    ),
)
add(
    "classes with a bot's answers",
    "a.json",
    json.dumps({label: {"q": texts, "a": [f"An answer to {label}."]} for label, texts in by_class().items()}),
)
add(
    "questions and answers by class",
    "a.json",
    json.dumps({"questions": by_class(), "answers": {label: ["An answer."] * 9 for label in by_class()}}),
)
add(
    "groups of intents in lists",
    "a.json",
    json.dumps(
        {
            label: [{"name": label, "examples": texts[:2]}, {"name": label, "examples": texts[2:]}]
            for label, texts in by_class().items()
        }
    ),
)
add(
    "groups of intents by their names",
    "a.json",
    json.dumps(
        {
            f"about {label}": {label: {"examples": texts}, "none": {"examples": []}}
            for label, texts in by_class().items()
        }
    ),
    left_out={"no text": 3},
)
add(
    "texts in languages",
    "a.json",
    json.dumps(
        [{"text": {"de": f"auf deutsch viel länger: {text}", "en": text}, "label": label} for text, label in ROWS]
    ),
)

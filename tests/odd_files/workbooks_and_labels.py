"""Spreadsheets, Parquet, packed files; names of classes, and classes in columns."""

from __future__ import annotations

import bz2
import gzip
import io
import zipfile
from itertools import zip_longest

import pyarrow as pa
import pyarrow.parquet as pq

from tests.odd_files.made import CLASSES, EACH, RECORDS, ROWS, OddFile, adding, by_class, lines_of, workbook, written

FILES: dict[str, OddFile] = {}
add = adding(FILES)

add("Excel", "a.xlsx", workbook(("one", [("text", "label"), *ROWS])))
add(
    "Excel, merged title above",
    "a.xlsx",
    workbook(
        (
            "one",
            [
                ("Tickets of May", None, None),
                (),
                ("Nr", "Nachricht", "Kategorie"),
                *((place, *row) for place, row in enumerate(ROWS)),
            ],
        ),
        merged=["A1:C1"],
    ),
    left_out={"before the table": 1},
)
add(
    "Excel, a total below",
    "a.xlsx",
    workbook(
        ("one", [("Nr", "text", "label"), *((place, *row) for place, row in enumerate(ROWS)), ("Total", None, 18)])
    ),
    left_out={"total": 1},
)
add(
    "Excel, not in the corner",
    "a.xlsx",
    workbook(("one", [(), (), (None, None, "text", "label"), *((None, None, *row) for row in ROWS)])),
)
add("Excel, an empty cover", "a.xlsx", workbook(("Cover", []), ("Data", [("text", "label"), *ROWS])))
add("Excel called .csv", "a.csv", workbook(("one", [("text", "label"), *ROWS])))

add(
    "Excel, two rows of headers",
    "a.xlsx",
    workbook(
        (
            "one",
            [("Customer", None, "Team"), ("text", "date", "label"), *((text, "2026", label) for text, label in ROWS)],
        )
    ),
    left_out={"before the table": 1},
)
add(
    "Excel, labels merged down",
    "a.xlsx",
    workbook(
        (
            "one",
            [
                ("label", "text"),
                *((label if place % 6 == 0 else None, text) for place, (text, label) in enumerate(ROWS)),
            ],
        ),
        merged=["A2:A7", "A8:A13", "A14:A19"],
    ),
)
add(
    "Excel, labels in the first row of each group",
    "a.xlsx",
    workbook(
        (
            "one",
            [
                ("Nr", "Team", "Phrase"),
                *((place, label if place % 6 == 0 else None, text) for place, (text, label) in enumerate(ROWS)),
            ],
        )
    ),
)
add(
    "labels in the first row of each group",
    "a.csv",
    written([(label if place % 6 == 0 else "", text) for place, (text, label) in enumerate(ROWS)], "intent,utterance"),
)
add(
    "labels in rows of their own",
    "a.csv",
    written(
        [row for label, texts in by_class().items() for row in (("", label), *((text, "") for text in texts))],
        "utterance,intent",
    ),
    left_out={"no text": 3},
)
add(
    "Excel, labels with a point",
    "a.xlsx",
    workbook(("one", [("text", "label"), *((text, float(CLASSES.index(label))) for text, label in ROWS)])),
    classes={"0": 6, "1": 6, "2": 6},
)
add(
    "spellings of no class",
    "a.csv",
    written(
        [
            *ROWS,
            ("what is love", "OOS"),
            ("who are you", "Out of Scope"),
            ("sing a song", "out-of-domain"),
            ("so so", "NLU_FALLBACK"),
        ]
    ),
    no_class={"NLU_FALLBACK": 1, "OOS": 1, "Out of Scope": 1, "out-of-domain": 1},
)
add(
    "what is written for no text",
    "a.csv",
    written(
        [
            *ROWS,
            *((text, "login") for text in ("nan", "NaN", "NULL", "#N/A", "#REF!", "#BEZUG!", "-", "[deleted]")),
            *((text, "refund") for text in ("nah", "na", "?", "#1", "-1")),
        ]
    ),
    classes={**EACH, "refund": 11},
    left_out={"written for no text": 8},
)
add(
    "composed and not",
    "a.csv",
    written(
        [
            (
                text,
                "Ré clamation"
                if label == "login" and place % 2
                else "Re\u0301\u00a0clamation\u200b"
                if label == "login"
                else label,
            )
            for place, (text, label) in enumerate(ROWS)
        ]
    ),
    classes={"refund": 6, "delivery": 6, "Ré clamation": 6},
)
add("lists written as Python does", "a.csv", written([(text, f"['{label}']") for text, label in ROWS]))
add("gzip, CSV", "a.csv.gz", gzip.compress(written(ROWS).encode()))
add("bzip2, JSON Lines", "a.jsonl.bz2", bz2.compress(lines_of(RECORDS).encode()))
packed = io.BytesIO()
with zipfile.ZipFile(packed, "w") as archive:
    archive.writestr("export/tickets.csv", written(ROWS))
add("zip", "a.zip", packed.getvalue())
add(
    "one column a class",
    "a.csv",
    written([(text, *(int(one == label) for one in CLASSES)) for text, label in ROWS], "text," + ",".join(CLASSES)),
)
add(
    "one column a class, JSON",
    "a.jsonl",
    lines_of({"text": text, **{one: one == label for one in CLASSES}} for text, label in ROWS),
)
add(
    "one column a class, none and two",
    "a.csv",
    written(
        [
            *((text, *(int(one == label) for one in CLASSES)) for text, label in ROWS),
            ("none of them", 0, 0, 0),
            ("two of them", 1, 1, 0),
        ],
        "comment," + ",".join(CLASSES),
    ),
    left_out={"unlabelled": 1, "multi-label": 1},
)
columnar = io.BytesIO()
pq.write_table(
    pa.table({"text": [row[0] for row in ROWS], "label": [row[1] for row in ROWS], "vector": [[0.5] * 9] * 18}),
    columnar,
)
add("Parquet", "a.parquet", columnar.getvalue())
arrow = io.BytesIO()
table = pa.table({"text": [row[0] for row in ROWS], "label": pa.array([row[1] for row in ROWS]).dictionary_encode()})
with pa.ipc.new_stream(arrow, table.schema) as writer:
    writer.write_table(table)
add("Arrow stream", "a.arrow", arrow.getvalue())
add("lists in lists", "a.csv", written([(text, str([[label]])) for text, label in ROWS]))
add("sets written as Python does", "a.csv", written([(text, str({label})) for text, label in ROWS]))
add("objects as labels", "a.csv", written([(text, f'{{"label": "{label}"}}') for text, label in ROWS]))
add(
    "arrays written as numpy does",
    "a.csv",
    written(
        [(text, f"['{label}' 'more']" if place == 0 else f"['{label}']") for place, (text, label) in enumerate(ROWS)]
    ),
    classes={**EACH, "refund": 5},
    left_out={"multi-label": 1},
)

three = [(label, *texts[place : place + 3]) for label, texts in by_class().items() for place in (0, 3)]
add("several texts a row", "a.csv", written(three, "intent,utterance_1,utterance_2,utterance_3"))
keys = ("intent", "ex1", "ex2", "ex3")
add("several texts a row, JSON Lines", "a.jsonl", lines_of(dict(zip(keys, row, strict=True)) for row in three))
add(
    "several texts a row, some empty, described",
    "a.xlsx",
    workbook(
        (
            "Intents",
            [
                ("Intent", "Description", *(f"Training phrase {place}" for place in range(1, 8)), "Response"),
                *(
                    (label, f"all that is said about a {label} in the shop", *texts, None, "We will look into it.")
                    for label, texts in by_class().items()
                ),
            ],
        )
    ),
)
add(
    "several texts a row, the first without a number",
    "a.csv",
    written([(*row[1:], row[0]) for row in three], "Phrase,Phrase (2),Phrase (3),Team", ";"),
)
ragged = [texts[: 6 - place] for place, texts in enumerate(by_class().values())]
add(
    "a column of texts a class",
    "a.csv",
    written(zip_longest(*ragged, fillvalue=""), ",".join(CLASSES)),
    classes={"refund": 6, "delivery": 5, "login": 4},
)
add("a column of texts a class, Excel", "a.xlsx", workbook(("one", [CLASSES, *zip_longest(*by_class().values())])))
for yes, no in (("Yes", "No"), ("yes", ""), ("✔\ufe0f", None), ("WAHR", "FALSCH"), ("Да", "Нет"), ("hit", "miss")):
    marked = [(text, *(yes if one == label else no for one in CLASSES)) for text, label in ROWS]
    add(f"{yes} or {no}, one column a class", "a.csv", written(marked, "Message," + ",".join(CLASSES)))
ticked = [(text, *("✔\ufe0f" if one == label else None for one in CLASSES)) for text, label in ROWS]
add("ticked, one column a class, Excel", "a.xlsx", workbook(("one", [("Message", *CLASSES), *ticked])))
chosen = [(text, *(one if one == label else "" for one in CLASSES)) for text, label in ROWS]
add("answers of a survey, one column a choice", "a.csv", written(chosen, "Said," + ",".join(CLASSES)))
add(
    "Jira, labels in two columns",
    "a.csv",
    written(
        [
            (f"K-{place}", text, "High", label, "urgent" if place % 6 == 0 else "")
            for place, (text, label) in enumerate(ROWS)
        ],
        "Issue key,Summary,Priority,Labels,Labels",
    ),
    classes=dict.fromkeys(CLASSES, 5),
    left_out={"multi-label": 3},
)

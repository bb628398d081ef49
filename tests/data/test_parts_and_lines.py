"""Parts of a corpus in one JSON value, and the lines of Rasa's and fastText's files, however they are written."""

from __future__ import annotations

import json

import pytest

from ans.data.formats.recognised import read_bytes
from ans.data.intake import Understood, understand
from ans.data.rows import Table

CLASSES = ("refund", "delivery", "login")
ROWS = [(f"case {i} of {label}, please", label) for label in CLASSES for i in range(8)]
PLAIN = [(text.replace(",", ""), label) for text, label in ROWS]
EACH = dict.fromkeys(CLASSES, 8)


def read(content: str, suffix: str) -> Table:
    return read_bytes(content.encode(), suffix)


def found_in(table: Table) -> Understood:
    return understand(table, table.guessed)


PARTS = {"train": ROWS[::2], "test": ROWS[1::2]}


@pytest.mark.parametrize(
    "value",
    [
        {part: {"text": [t for t, _ in own], "label": [c for _, c in own]} for part, own in PARTS.items()},
        {f"{name}_{part}": [r[place] for r in own] for part, own in PARTS.items() for place, name in enumerate("Xy")},
        {f"{p}-{n}": [r[i] for r in own] for p, own in PARTS.items() for i, n in enumerate(("texts", "labels"))},
        {part: {c: [t for t, own in rows if own == c] for c in CLASSES} for part, rows in PARTS.items()},
    ],
    ids=["columns", "X and y", "texts and labels", "classes"],
)
def test_parts_of_columns_and_of_classes_are_read_as_parts_of_records_are(value):
    found = found_in(read(json.dumps(value), ".json"))
    assert {part: sorted(zip(texts.texts, texts.labels, strict=True)) for part, texts in found.parts.items()} == {
        "train": sorted(PARTS["train"]),
        "dev": [],
        "test": sorted(PARTS["test"]),
    }


def test_lists_of_other_records_and_settings_beside_the_texts_are_left():
    beside = {"training": {"epochs": 3}, "users": [{"name": "a"}], "data": [{"text": t, "label": c} for t, c in ROWS]}
    assert found_in(read(json.dumps(beside), ".json")).counts == EACH


def test_classes_with_one_text_each_are_no_texts_with_their_labels():
    value = {"refund": ["I want my money back"], "delivery": ["where is my parcel"], "login": ["I can't log in"]}
    assert found_in(read(json.dumps(value), ".json")).counts == dict.fromkeys(CLASSES, 1)


@pytest.mark.parametrize("style", [">", ">-", "> # folded", "|", "|-"])
@pytest.mark.parametrize("indent", ["", "  "])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_each_example_of_rasa_is_a_text_also_where_yaml_folds_them_into_one(style, indent, end):
    lines = [f"- intent: {c}\n  examples: {style}\n    - {c}, please\n    - my {c}\n\n" for c in CLASSES]
    content = "nlu:\n" + "".join(f"{indent}{line}\n" for line in "".join(lines).split("\n")[:-1])
    table = read(content.replace("\n", end), ".yml")
    assert table.rows == [[text, c] for c in CLASSES for text in (f"{c}, please", f"my {c}")]
    assert table.lines == [4, 5, 9, 10, 14, 15]


@pytest.mark.parametrize("between", ["", "---\n"])
def test_files_of_rasa_that_were_joined_are_read_whole(between):
    files = [f"version: '3.1'\nnlu:\n- intent: {c}\n  examples: |\n    - my {c}\n    - the {c}\n" for c in CLASSES]
    assert found_in(read(between.join(files), ".yml")).counts == dict.fromkeys(CLASSES, 2)


@pytest.mark.parametrize(
    ("content", "suffix"),
    [
        ("".join(f"## intent:{c}\n- my {c}\n- the {c}\n" for c in CLASSES), ".md"),
        ("".join(f"__label__{c} {text} {c}\n" for c in CLASSES for text in ("my", "the")), ".txt"),
        ("".join(f"{c}:\n- my {c}\n- the {c}\n" for c in CLASSES), ".yml"),
        ("".join(f'{{"text": "{t} {c}", "label": "{c}"}}\n' for c in CLASSES for t in ("my", "the")), ".jsonl"),
    ],
    ids=["Rasa's Markdown", "fastText", "YAML", "JSON Lines"],
)
def test_lines_that_end_in_a_carriage_return_are_lines_in_every_format(content, suffix):
    found = found_in(read(content.replace("\n", "\r"), suffix)).parts[""]
    assert found.texts == [f"{text} {c}" for c in CLASSES for text in ("my", "the")]
    assert found.labels == [c for c in CLASSES for _ in range(2)]


@pytest.mark.parametrize(("header", "row"), [("label,text", "__label__{1},{0}"), ("text\tlabel", "{0}\t__label__{1}")])
def test_names_of_columns_above_fasttexts_labels_are_no_text(header, row):
    found = found_in(read("\n".join([header, *(row.format(*pair) for pair in PLAIN)]), ".csv"))
    assert (found.counts, found.rows) == (EACH, len(PLAIN))

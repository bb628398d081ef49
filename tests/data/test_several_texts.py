"""Several texts in one cell are rows of their own and that is told; one text in pieces stays one."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from ans.data.formats.recognised import read_bytes
from ans.data.intake import understand
from ans.data.report import Report
from ans.data.tables import table_of
from tests.odd_files.made import EACH, ROWS, by_class, lines_of, written

DOCUMENTS = [
    ([f"I write about my {label} today", f"number {place}", text], label) for place, (text, label) in enumerate(ROWS)
]


def report_of(content: str, suffix: str) -> Report:
    table = read_bytes(content.encode(), suffix)
    return Report(table, table.guessed, understand(table, table.guessed))


def texts_in(report: Report) -> list[str]:
    return [text for part in report.found.parts.values() for text in part.texts]


def test_the_examples_of_a_class_in_one_cell_are_its_texts_and_that_is_a_note():
    report = report_of(json.dumps([{"intent": a, "text": b} for a, b in by_class().items()]), ".json")
    assert report.found.counts == EACH
    assert [note.kind for note in report.notes if "hold several texts each" in note.text] == ["note"]


def test_lists_in_many_rows_of_a_class_may_be_texts_in_parts_and_are_a_doubt():
    report = report_of(lines_of({"text": a, "label": b} for a, b in DOCUMENTS), ".jsonl")
    assert report.found.rows == 3 * len(ROWS)
    assert [note.kind for note in report.notes if "join them in the file" in note.text] == ["doubt"]


def test_a_data_frame_with_lists_is_read_as_the_file_that_it_is_written_to():
    frame = pd.DataFrame([{"tag": a, "patterns": b} for a, b in by_class().items()])
    for of_frame in (frame, frame.assign(patterns=frame.patterns.map(lambda texts: pd.Series(texts).to_numpy()))):
        table = table_of(of_frame)
        assert understand(table, table.guessed).counts == EACH


@pytest.mark.parametrize(
    "texts",
    [
        ["我想要退款", "请把钱退给我", "退款什么时候到账"],
        ["返金してほしいです", "お金を返してください", "返金はいつになりますか"],
    ],
)
def test_texts_of_scripts_without_spaces_are_told_from_words(texts):
    rows = [
        {"text": texts, "label": "refund"},
        {"text": ["你好我是小王", "早上好啊大家", "晚上好各位"], "label": "greet"},
    ]
    assert report_of(json.dumps(rows), ".json").found.counts == {"refund": 3, "greet": 3}


def test_lists_of_words_are_one_text_each():
    report = report_of(lines_of({"text": a.split(), "label": b} for a, b in ROWS), ".jsonl")
    assert texts_in(report) == [text for text, _ in ROWS]
    words = [["我", "想要", "退款"], ["请", "退", "钱"], ["包裹", "在", "哪里"], ["快递", "没", "到"]]
    report = report_of(json.dumps([{"text": one, "label": "ab"[i // 2]} for i, one in enumerate(words)]), ".json")
    assert report.found.rows == 4


def test_words_in_lists_are_texts_where_each_class_has_one_row_and_that_is_a_doubt():
    rows = {"greet": ["hi", "hello", "hey"], "bye": ["bye", "ciao"], "thank": ["thanks", "cheers"]}
    report = report_of(json.dumps([{"intent": label, "text": words} for label, words in rows.items()]), ".json")
    assert report.found.counts == {label: len(words) for label, words in rows.items()}
    assert [note.kind for note in report.notes if "join them in the file" in note.text] == ["doubt"]


def test_of_a_long_list_of_words_none_is_lost():
    text = " ".join(f"w{place}" for place in range(90))
    report = report_of(lines_of({"tokens": f"{text} {a}".split(), "intent": b} for a, b in ROWS), ".jsonl")
    assert texts_in(report)[0] == f"{text} {ROWS[0][0]}"


def test_a_row_with_an_empty_list_is_left_out_by_its_line():
    rows = [{"intent": a, "text": b} for a, b in by_class().items()]
    report = report_of(json.dumps([rows[0], {"intent": "nothing", "text": []}, *rows[1:]]), ".json")
    assert report.found.counts == EACH
    assert report.found.left_out["no text"].lines == [2]


@pytest.mark.parametrize("sign", ["\n", " | ", "; "])
def test_a_row_a_class_with_signs_between_its_texts_is_a_doubt_where_no_name_says_so(sign):
    report = report_of(
        written([(a, sign.join(b).replace(",", "")) for a, b in by_class().items()], "label,text"), ".csv"
    )
    assert report.found.counts == EACH
    assert [note.kind for note in report.notes if "If each cell is one text" in note.text] == ["doubt"]


@pytest.mark.parametrize(
    "text",
    [
        "Hello,\nI want my money back\nMany thanks",
        "Where is it?\n\nIt is late.\n\nAnna",
        "one line alone, please",
        "yes; no",
    ],
)
def test_one_mail_for_each_class_stays_one_text(text):
    rows = [(f"{text} {name}", name) for name in ("refund", "delivery", "login")]
    report = report_of(lines_of({"text": one, "label": name} for one, name in rows), ".jsonl")
    assert texts_in(report) == [" ".join(one.split()) for one, _ in rows]


def test_brackets_and_lists_in_some_texts_are_letters():
    rows = [(f"[urgent] {a} (please)" if place % 2 else f"['{a}'] was written", b) for place, (a, b) in enumerate(ROWS)]
    assert texts_in(report_of(written(rows), ".csv")) == [text for text, _ in rows]


def test_lists_beside_a_column_of_texts_are_no_texts():
    rows = [{"text": a, "label": b, "examples": ["something else here", "and this too"]} for a, b in ROWS]
    report = report_of(
        written([(r["text"], r["label"], str(r["examples"])) for r in rows], "text,label,examples"), ".csv"
    )
    assert texts_in(report) == [text for text, _ in ROWS]

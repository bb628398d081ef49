"""Every format of the trade is read as what it is: all rows, the right classes, its name in the report."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import datasets
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ans.data.corpora import load_corpus
from ans.data.formats.recognised import read_bytes
from ans.data.intake import Understood, understand
from ans.data.rows import Table
from ans.data.tables import read_table

CLASSES = ("refund", "delivery", "login")
ASKS = ("how do i get a {} today", "please help with my {}", "tell me about the {} again", "urgent {} please")
ROWS = [(f"{ASKS[i % 4].format(label)}, case {i}", label) for label in CLASSES for i in range(8)]
PLAIN = [(text.replace(",", ""), label) for text, label in ROWS]
EACH = dict.fromkeys(CLASSES, 8)


def read(content: str | bytes, suffix: str) -> Table:
    return read_bytes(content if isinstance(content, bytes) else content.encode(), suffix)


def found_in(table: Table) -> Understood:
    found = understand(table, table.guessed)
    assert found.rows == found.kept + found.left_out.total
    return found


def lines(rows: Sequence[Sequence[str]], delimiter: str = ",", header: str | None = "text,label") -> str:
    return "\n".join(delimiter.join(row) for row in [*([header.split(",")] if header else []), *rows]) + "\n"


def json_lines(records: Sequence[Mapping]) -> str:
    return "\n".join(json.dumps(record) for record in records)


def quoted(place: int, text: str) -> str:
    return f'"{text}' if place in (3, 17) else text


TABLES = {
    "two lone quotes": (lines([(quoted(i, t), c) for i, (t, c) in enumerate(PLAIN)]), "2 quotes were taken as letters"),
    "a lone quote and an inch": (
        lines([('"' + t if i == 2 else t + ' 24"' if i == 9 else t, c) for i, (t, c) in enumerate(PLAIN)], "\t"),
        "1 quote was taken as a letter",
    ),
    "commas without quotes": (lines(ROWS), "24 texts were cut by a delimiter without quotes"),
    "commas without quotes, label first": (
        lines([(c, t) for t, c in ROWS], header="intent,utterance"),
        "put together again",
    ),
    "commas without quotes, no header": (
        lines([(c, t if i % 4 == 0 else t.replace(",", "")) for i, (t, c) in enumerate(ROWS)], header=None),
        "6 texts were cut by a delimiter",
    ),
    "commas in the middle of five columns": (
        lines([(str(i), "2026-11-29", t, c, "en") for i, (t, c) in enumerate(ROWS)], header="id,date,text,label,lang"),
        "put together again",
    ),
    "backslashes": (lines([(f'"he said \\"hi\\", {t}"', c) for t, c in ROWS]), "A backslash before a quote"),
    "a space before the quote": (lines([(f' "{t}"', f" {c}") for t, c in ROWS]), ""),
    "single quotes": (lines([(f"'{t}'", f"'{c}'") for t, c in ROWS], header="'text','label'"), ""),
    "a line of its own for the delimiter": ("sep=;\n" + lines(ROWS, ";"), "The first line, sep=;, was obeyed"),
    "comments": (
        "# made by me, today\n" + lines(PLAIN[:5]) + "# half of it\n" + lines(PLAIN[5:], header=None),
        "comments",
    ),
    "a title above": ("Tickets of November\n\n" + lines(PLAIN), ""),
    "the header again": (lines(PLAIN[:9]) + lines(PLAIN[9:]), ""),
    "carriage returns": (lines(PLAIN).replace("\n", "\r"), ""),
    "separators of Unicode": (lines([(t.replace(" ", "\u2028", 1), c) for t, c in PLAIN]), ""),
    "a header in another language": (lines(PLAIN, header="Viesti,Luokka"), ""),
    "no header": (lines(PLAIN, header=None), ""),
    "names of rows, as R writes them": (lines([(str(i), *row) for i, row in enumerate(PLAIN, 1)]), ""),
    "names beside numbers": (
        lines([(t, str(CLASSES.index(c)), c) for t, c in PLAIN], header="text,label,label_name"),
        "",
    ),
    "whole lines in quotes": (
        "\n".join('"' + row.replace('"', '""') + '"' for row in lines(PLAIN).split("\n")[:-1]),
        "",
    ),
    "lists as Python writes them": (lines([(t, f"['{c}']") for t, c in PLAIN]), ""),
    "lines in a cell": (lines([(f'"{t}\n\nthanks, me"', c) for t, c in ROWS]), ""),
    "fastText in a column": (lines([(t, f"__label__{c}") for t, c in PLAIN]), ""),
}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_read_as_its_author_meant_it_and_repairs_are_told(name):
    content, told = TABLES[name]
    table = read(content, ".csv")
    found = found_in(table)
    assert found.counts == EACH
    assert not set(found.left_out) - {"comment", "before the table", "repeated header"}
    assert told in " ".join([*(note.text for note in table.notes), *(f"{reason}s" for reason in found.left_out)])


def test_a_title_and_a_body_are_one_text(tmp_path):
    path = tmp_path / "tickets.csv"
    path.write_text(lines([(f"about {c}", t, c) for t, c in PLAIN], header="subject,body,queue_label"))
    found = read_table(path, label_column="queue_label")
    assert found.texts[0] == f"about refund {PLAIN[0][0]}"
    assert read_table(path, "body", "queue_label").texts[0] == PLAIN[0][0]


@pytest.mark.parametrize("header", ["text\n", "Nachricht\n", "", "sep=;\ntext\n"])
@pytest.mark.parametrize("suffix", [".csv", ".txt"])
def test_of_texts_alone_whole_lines_are_read_whatever_stands_in_them(header, suffix):
    texts = ["hello, how are you", "stop; i mean it", "a|b or not", "where is it, exactly, please", "late"]
    table = read(header + "\n".join(texts), suffix)
    assert [row[0] for row in table.rows][-5:] == texts
    assert len(table.names) == 1


RECORDS = [{"text": text, "label": label} for text, label in ROWS]
JSON = {
    "list of objects": json.dumps(RECORDS),
    "list of pairs": json.dumps(ROWS),
    "list of pairs with a header": json.dumps([["text", "label"], *ROWS]),
    "columns": json.dumps({"text": [text for text, _ in ROWS], "label": [label for _, label in ROWS]}),
    "pandas columns": pd.DataFrame(RECORDS).to_json(),
    "pandas split": pd.DataFrame(RECORDS).to_json(orient="split"),
    "pandas index": pd.DataFrame(RECORDS).to_json(orient="index"),
    "pandas table": pd.DataFrame(RECORDS).to_json(orient="table"),
    "under a key": json.dumps({"version": 1, "result": {"items": RECORDS}}),
    "pretty-printed, one after another": "\n".join(json.dumps(record, indent=2) for record in RECORDS),
    "nested": json.dumps([{"data": {"text": text}, "annotation": {"label": label}} for text, label in ROWS]),
    "label with a name": json.dumps([{"text": text, "label": {"id": 1, "name": label}} for text, label in ROWS]),
    "classes with texts": json.dumps({label: [text for text, own in ROWS if own == label] for label in CLASSES}),
    "intents": json.dumps({"intents": [{"tag": c, "patterns": [t for t, own in ROWS if own == c]} for c in CLASSES]}),
    "Rasa": json.dumps({"rasa_nlu_data": {"common_examples": [{"text": t, "intent": c} for t, c in ROWS]}}),
    "Label Studio": json.dumps(
        [{"data": {"msg": t}, "annotations": [{"result": [{"value": {"choices": [c]}}]}]} for t, c in ROWS]
    ),
    "lines": json_lines(RECORDS),
    "lines of pairs": json_lines([list(row) for row in ROWS]),  # type: ignore[list-item]
    "doccano": json_lines([{"id": i, "text": t, "label": [c]} for i, (t, c) in enumerate(ROWS)]),
    "doccano of old": json_lines(
        [{"id": i, "text": t, "annotations": [{"label": c}]} for i, (t, c) in enumerate(ROWS)]
    ),
    "pandas columns in another language": pd.DataFrame(ROWS, columns=["Meldung", "Sorte"]).to_json(),
    "pandas index in another language": pd.DataFrame(ROWS, columns=["Meldung", "Sorte"]).to_json(orient="index"),
    "classes with records": json.dumps({c: [{"id": 1, "text": t} for t, own in ROWS if own == c] for c in CLASSES}),
    "classes by name, with texts": json.dumps(
        {c: {"description": c * 2, "examples": [t for t, own in ROWS if own == c], "answers": [""]} for c in CLASSES}
    ),
    "pages of records": json.dumps({"page 1": RECORDS[:9], "page 2": RECORDS[9:]}),
    "texts with a list of one label": json.dumps({text: [label] for text, label in ROWS}),
    "ShareGPT": json_lines(
        [{"conversations": [{"from": "human", "value": t}, {"from": "gpt", "value": c}]} for t, c in ROWS]
    ),
    "cut off": json.dumps([*RECORDS, {"text": "bro"}])[:-6],
}


@pytest.mark.parametrize("name", JSON)
def test_json_is_read_in_every_shape(name):
    found = found_in(read(JSON[name], ".json"))
    assert found.counts == EACH
    assert found.parts[""].texts == [text for text, _ in ROWS]


def test_a_list_of_one_label_is_it_of_none_unlabelled_and_of_several_counted():
    labels = [["refund"], [], ["refund", "login"], None, ["login"], float("nan"), "refund"]
    records = [{"id": i, "text": f"text {i}", "label": label} for i, label in enumerate(labels)]
    table = read(json_lines(records), ".jsonl")
    found = found_in(table)
    assert table.format == "doccano JSON Lines"
    assert found.counts == {"refund": 2, "login": 1}
    assert {reason: (entry.count, entry.lines) for reason, entry in found.left_out.items()} == {
        "multi-label": (1, [3]),
        "unlabelled": (3, [2, 4, 6]),
    }


def test_a_broken_line_is_left_out_and_named_and_true_and_numbers_are_names():
    content = json_lines([{"text": f"t {i}", "label": i % 2 == 0} for i in range(6)]) + '\n{"text": \n'
    found = found_in(read(content, ".jsonl"))
    assert found.counts == {"true": 3, "false": 3}
    assert found.left_out["no valid JSON"].lines == [7]


@pytest.mark.parametrize("content", ["0{}", "[{}, {}]", "{}\n{}\n", "[[]]", "{}"])
def test_json_without_a_value_is_refused_in_a_sentence(content):
    with pytest.raises(ValueError, match=r"^holds no (columns|records); expected .*\.$"):
        read(content, ".json")


def test_clinc_is_read_with_its_parts_and_its_texts_of_no_class():
    parts = {"train": ROWS, "val": [(f"val {t}", c) for t, c in ROWS], "test": [(f"test {t}", c) for t, c in ROWS]}
    table = read(json.dumps({**parts, "oos_train": [["who", "oos"]], "oos_test": [["why", "oos"]]}), ".json")
    found = found_in(table)
    assert (table.format, found.outside) == ("CLINC JSON", 2)
    assert {name: len(part) for name, part in found.parts.items()} == {"train": 25, "dev": 24, "test": 25}


NLU = "version: '3.1'\nnlu:\n" + "".join(
    f"- intent: faq/{c}\n  examples: |\n" + "".join(f"    - {t}\n" for t, own in ROWS if own == c) for c in CLASSES
)
ASIDE = "- lookup: city\n  examples: |\n    - rome\n- intent: nlu_fallback\n  examples: |\n    - [Rome](city) or so\n"


def test_rasas_data_are_read_with_entities_as_words_and_lookups_left_aside():
    table = read(NLU + ASIDE, ".yml")
    found = found_in(table)
    assert (table.format, found.counts) == ("Rasa nlu.yml", {f"faq/{label}": 8 for label in CLASSES})
    assert (found.no_class, found.parts[""].texts[-1]) == ({"nlu_fallback": 1}, "Rome or so")
    assert table.lines[0] == 5
    assert "1 lookup" in table.notes[0].text
    old = "".join(f"## intent:{c}\n" + "".join(f"- {t}\n" for t, own in ROWS if own == c) for c in CLASSES)
    older = read(f"{old}\n## synonym:x\n- y\n<!-- - no -->\n", ".md")
    assert (older.format, found_in(older).counts) == ("Rasa nlu.md", EACH)


@pytest.mark.parametrize(
    "content",
    [
        "nlu:\n- intent: a\n  examples: &x |\n    - b\n- intent: c\n  examples: *x\n",
        "nlu: [" * 5000,
        "nlu:\n- intent: [\n",
    ],
    ids=["references", "depth", "broken"],
)
def test_yaml_that_is_broken_or_made_to_harm_is_refused_in_a_sentence(content):
    with pytest.raises(ValueError, match=r"^(holds references|is nested too deeply|is no valid YAML|is YAML)"):
        read(content, ".yml")


def test_a_mapping_where_rasa_has_examples_is_no_example_and_stops_nothing():
    table = read(NLU + "- intent: odd\n  examples:\n    a: b\n    c: d\n", ".yml")
    assert found_in(table).counts == {f"faq/{label}": 8 for label in CLASSES}


@pytest.mark.parametrize("key", ["no", "1", "on", "2026-01-01", "~", "1.5"])
def test_a_key_of_yaml_that_is_no_text_is_read_as_one(key):
    records = "".join(f"- {key}: 1\n  text: {text}\n  label: {label}\n" for text, label in ROWS)
    assert found_in(read(records, ".yml")).counts == EACH
    one = read(f"{key}: x\ntext: hello\nlabel: greet\n", ".yml")
    assert one.column("text") == ["hello"]


def test_a_task_of_label_studio_that_lacks_a_part_or_holds_another_is_a_row_like_any_other():
    def task(text: str, label: str) -> dict:
        return {"data": {"text": text}, "annotations": [{"result": [{"value": {"choices": [label]}}]}]}

    tasks: list[dict] = [task(f"{text} {i}", label) for i in range(3) for text, label in ROWS]
    odd = [{"annotations": []}, {"data": 5, "annotations": []}, {"data": {"text": "a"}, "annotations": 5}]
    odd += [{"data": {"text": "b"}, "annotations": [{"result": 5}, {"result": [{"value": {"choices": 5}}]}]}]
    table = read(json.dumps([*tasks, *odd]), ".json")
    assert table.format == "Label Studio JSON"
    assert sum(found_in(table).counts.values()) >= len(tasks)


def test_fasttext_is_read_with_one_label_several_and_none():
    content = "".join(f"__label__{c} {t}\n" for t, c in ROWS) + "__label__a __label__b two\nnone at all\n"
    table = read(content, ".txt")
    found = found_in(table)
    assert (table.format, found.counts) == ("fastText", EACH)
    assert {reason: entry.lines for reason, entry in found.left_out.items()} == {
        "multi-label": [25],
        "unlabelled": [26],
    }


def hugging_face() -> datasets.Dataset:
    features = datasets.Features({"text": datasets.Value("string"), "label": datasets.ClassLabel(names=list(CLASSES))})
    records = [{"text": text, "label": CLASSES.index(label)} for text, label in ROWS]
    return datasets.Dataset.from_list(records, features=features)


def test_parquet_arrow_and_tables_in_memory_are_read_with_the_names_of_their_classes(tmp_path):
    whole = hugging_face()
    whole.to_parquet(tmp_path / "a.parquet")
    whole.save_to_disk(tmp_path / "saved")
    (arrow,) = (tmp_path / "saved").glob("*.arrow")
    for path in (tmp_path / "a.parquet", arrow):
        assert Counter(read_table(path).labels) == EACH
    assert Counter(read_table(whole).labels) == EACH
    assert read_table(pd.DataFrame(RECORDS)).labels == [label for _, label in ROWS]
    assert read_table(RECORDS).texts == [text for text, _ in ROWS]
    out = io.BytesIO()
    pq.write_table(pa.table({"text": ["a"], "vector": [[0.5] * 30]}), out)
    assert read(out.getvalue(), ".parquet").rows[0][0] == "a"
    with pytest.raises(ValueError, match="is a damaged Parquet file"):
        read(out.getvalue()[:60] + b"PAR1", ".parquet")


def test_a_folder_of_hugging_face_is_read_saved_or_sharded(tmp_path: Path):
    parts = datasets.DatasetDict(train=hugging_face(), test=hugging_face())
    parts.save_to_disk(tmp_path / "saved")
    (tmp_path / "cloned" / "data").mkdir(parents=True)
    for name, part in parts.items():
        for shard in range(2):
            part.shard(2, shard).to_parquet(tmp_path / "cloned" / "data" / f"{name}-0000{shard}-of-00002.parquet")
    for folder in ("saved", "cloned"):
        corpus = load_corpus(str(tmp_path / folder))
        assert (corpus.classes, len(corpus.train), len(corpus.test)) == (sorted(CLASSES), 24, 24)

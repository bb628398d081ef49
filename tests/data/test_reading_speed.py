"""No file costs more than it should, whatever stands in it: CPU seconds, as other work must not count, and memory."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent

MIB = 1 << 20
WORDS = "how do i get the invoice for my parcel today please help with login and account it is late again"
ROWS = [(f"{WORDS} {WORDS} number {i}", f"class {i % 50}") for i in range(100_000)]


def cost(content: bytes, suffix: str, folder: Path) -> dict:
    """CPU seconds, megabytes and rows (0 of a file that is refused) of reading a file in a process of its own."""
    path = folder / f"a{suffix}"
    path.write_bytes(content)
    command = [sys.executable, "-m", "tests.data.cost_of_reading", str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120)
    return json.loads(done.stdout)


@pytest.mark.parametrize("kind", ["plain", "quoted", "with lone quotes", "JSON Lines", "20,000 labels"])
def test_a_hundred_thousand_rows_of_20_mb_are_understood_in_three_seconds_and_500_mb(kind, tmp_path):
    lines = [f"{text},{label}" for text, label in ROWS]
    if kind == "quoted":
        lines = [f'"{text}, ""so""",{label}' for text, label in ROWS]
    elif kind == "with lone quotes":
        lines = [f'"{line}' if place % 1000 == 7 else line for place, line in enumerate(lines)]
    elif kind == "20,000 labels":  # names that differ in their numbers, which might be one class
        lines = [f"{text},Class {place % 20_000}" for place, (text, _) in enumerate(ROWS)]
    elif kind == "JSON Lines":
        lines = [json.dumps({"text": text, "label": [label]}) for text, label in ROWS]
    content = "\n".join(lines if kind == "JSON Lines" else ["text,label", *lines]).encode()
    assert len(content) > 20 * MIB
    found = cost(content, ".jsonl" if kind == "JSON Lines" else ".csv", tmp_path)
    assert found["rows"] == len(ROWS)
    assert found["seconds"] < 3
    assert found["megabytes"] < 500


@pytest.mark.parametrize(
    ("name", "piece", "suffix"),
    [
        ("depth", '{"a":[', ".json"),
        ("one line", "word ", ".txt"),
        ("columns", "a,", ".csv"),
        ("opened quotes", '"a""\n' + "x" * 50, ".csv"),
        ("quotes alone", '"', ".csv"),
        ("cells that open", '"x,', ".csv"),
        ("backslashes", '\\",', ".csv"),
        ("keys", '{"k": [{"k": 1}, {"k": "v"}], "text": "t"}\n' + " " * 50, ".jsonl"),
        ("bad bytes", "\udce9 a\n", ".csv"),
        ("labels", "__label__a ", ".txt"),
        ("entities", "## intent:a\n- [a" + "[b" * 40, ".md"),
        ("flow", "nlu: [{intent: a, examples: [", ".yml"),
        ("small objects", '{"a":1}', ".json"),
        ("empty lists", "[],", ".json"),
        ("bad bytes in one line", "\udce9 a", ".csv"),
        ("wide rows", "a," * 900 + "a\n", ".csv"),
    ],
    ids=lambda value: value if len(value) < 16 else "",
)
def test_no_input_of_20_mb_takes_more_than_20_seconds_or_500_mb(name, piece, suffix, tmp_path):
    content = (piece * (20 * MIB // len(piece))).encode("utf-8", "surrogateescape")
    found = cost(content, suffix, tmp_path)
    assert found["seconds"] < 20, name
    assert found["megabytes"] < 500, name


@pytest.mark.parametrize("shape", ["list", "classes", "intents", "columns"])
def test_json_of_millions_of_texts_is_refused_before_they_are_rows(shape, tmp_path):
    texts = ["a b"] * 200
    content = {
        "list": texts * 10_000,
        "classes": {f"class {i}": texts for i in range(10_000)},
        "intents": {"intents": [{"tag": f"class {i}", "patterns": texts} for i in range(10_000)]},
        "columns": {"text": texts * 5000, "label": texts * 5000},
    }[shape]
    found = cost(json.dumps(content).encode(), ".json", tmp_path)
    assert found["rows"] == 0
    assert found["megabytes"] < 400


def test_a_parquet_file_of_a_few_bytes_cannot_take_all_memory(tmp_path):
    words = pa.array(["x" * 1000] * 400_000).dictionary_encode()
    tables = {
        "long texts": pa.table({"text": words, "b": words}),
        "cells": pa.table({f"c{i}": words for i in range(20)}),
    }
    lists = pa.ListArray.from_arrays(pa.array(range(0, 1001 * 5000, 5000), pa.int32()), pa.array([1] * 5_000_000))
    tables["values in lists"] = pa.table({"text": ["a"] * 1000, "x": lists})
    for name, table in tables.items():
        pq.write_table(table, tmp_path / "small.parquet")
        content = (tmp_path / "small.parquet").read_bytes()
        assert len(content) < MIB, name
        found = cost(content, ".parquet", tmp_path)
        assert (found["rows"], found["megabytes"] < 300) == (0, True), name

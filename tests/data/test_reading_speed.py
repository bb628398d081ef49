"""No file costs more than it should, whatever stands in it: CPU seconds, so that a busy machine does not matter."""

from __future__ import annotations

import json
import time

import pytest

from ans.data.formats.recognised import read_bytes
from ans.data.intake import understand

MIB = 1 << 20
WORDS = "how do i get the invoice for my parcel today please help with login and account it is late again"
ROWS = [(f"{WORDS} {WORDS} number {i}", f"class {i % 50}") for i in range(100_000)]


def seconds(content: bytes, suffix: str) -> tuple[float, int]:
    """CPU seconds to read and understand a file, and the rows that were read; 0 of one that is refused."""
    started = time.process_time()
    try:
        table = read_bytes(content, suffix)
    except ValueError:
        return time.process_time() - started, 0
    found = understand(table, table.guessed)
    assert found.rows == found.kept + found.left_out.total
    return time.process_time() - started, found.rows


@pytest.mark.parametrize("kind", ["plain", "quoted", "with lone quotes", "JSON Lines"])
def test_a_hundred_thousand_rows_of_20_mb_are_understood_in_three_seconds(kind):
    lines = [f"{text},{label}" for text, label in ROWS]
    if kind == "quoted":
        lines = [f'"{text}, ""so""",{label}' for text, label in ROWS]
    elif kind == "with lone quotes":
        lines = [f'"{line}' if place % 1000 == 7 else line for place, line in enumerate(lines)]
    elif kind == "JSON Lines":
        lines = [json.dumps({"text": text, "label": [label]}) for text, label in ROWS]
    content = "\n".join(lines if kind == "JSON Lines" else ["text,label", *lines]).encode()
    assert len(content) > 20 * MIB
    taken, rows = seconds(content, ".jsonl" if kind == "JSON Lines" else ".csv")
    assert rows == len(ROWS)
    assert taken < 3


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
        ("bad bytes", "\udce9 a", ".csv"),
        ("labels", "__label__a ", ".txt"),
        ("entities", "## intent:a\n- [a" + "[b" * 40, ".md"),
        ("flow", "nlu: [{intent: a, examples: [", ".yml"),
    ],
    ids=lambda value: value if len(value) < 16 else "",
)
def test_no_input_of_20_mb_takes_more_than_20_seconds(name, piece, suffix):
    content = (piece * (20 * MIB // len(piece))).encode("utf-8", "surrogateescape")
    taken, _ = seconds(content, suffix)
    assert taken < 20, name

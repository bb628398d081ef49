"""Nothing is lost in silence: whatever a table looks like, every row is kept or left out by a reason with its line.

`ANS_TABLES=50000` runs as many generated tables as that instead of 500.
"""

from __future__ import annotations

import csv
import io
import os
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ans.data import rows as rows_module
from ans.data.formats.recognised import read_bytes
from ans.data.intake import understand
from ans.data.rows import Table, clean

TABLES = int(os.environ.get("ANS_TABLES", "500"))
MANY = settings(
    max_examples=TABLES,
    deadline=None,
    derandomize=TABLES == 500,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
DELIMITERS = st.sampled_from([",", ";", "\t", "|"])
ENDS = st.sampled_from(["\n", "\r\n", "\r"])
ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
SUFFIXES = st.sampled_from([".csv", ".tsv", ".txt"])
LABELS = st.sampled_from(["billing", "shipping", "where is it", "Ré, clamation", "oos"])
WORDS = st.sampled_from(
    [
        '"',
        '""',
        "'",
        ",",
        ";",
        "|",
        "a",
        "é",
        "please",
        '5" pipe',
        "\u2028",
        "it's",
        "\\",
        '\\"',
        "#",
        "-",
        "日本",
        "=1+1",
    ]
)
TOKEN = re.compile(r"w\d+w")


@pytest.fixture(autouse=True)
def _every_sample(monkeypatch):
    """All rows that are left out are shown whole, so that each word can be looked for."""
    monkeypatch.setattr(rows_module, "SHOWN_SAMPLES", 1000)
    monkeypatch.setattr(rows_module, "LONGEST_SAMPLE", 100_000)


@st.composite
def texts(draw, breaks: bool) -> str:
    """A text of odd signs around a place for a word that no other text has; perhaps with line breaks."""
    odd = draw(st.lists(WORDS | st.just("\n") if breaks else WORDS, max_size=6))
    place = draw(st.integers(0, len(odd)))
    return draw(st.sampled_from([" ", ""])).join([*odd[:place], "{}", *odd[place:]])


@st.composite
def tables(draw, breaks: bool) -> list[tuple[str, str]]:
    """(text, label) of each row. Each text has a word of its own, w0w, w1w, …"""
    found = draw(st.lists(st.tuples(texts(breaks), LABELS), min_size=1, max_size=14))
    return [(text.replace("{}", f"w{place}w"), label) for place, (text, label) in enumerate(found)]


def accounted(table: Table) -> None:
    """See that the numbers add up, before and after looking at texts and labels."""
    assert len(table.rows) == len(table.lines)
    assert all(len(row) == len(table.names) for row in table.rows)
    found = understand(table, table.guessed)
    assert found.rows == found.kept + found.left_out.total
    assert sum(map(len, found.parts.values())) == found.texts


def told(error: ValueError) -> None:
    """See that a refusal is a sentence that goes on after the file's name."""
    assert re.fullmatch(r"[a-z].{15,}\.", str(error), re.DOTALL), error


def tokens(table: Table) -> list[str]:
    """The words of all rows, of the names, and of what was left out, each as often as it is there."""
    cells = [clean(cell) for row in table.rows for cell in row]
    samples = [sample for entry in table.left_out.values() for sample in entry.samples]
    return sorted(word for text in (*cells, *table.names, *samples) for word in TOKEN.findall(text))


@MANY
@given(
    tables(breaks=True), DELIMITERS, ENDS, ENCODINGS, st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]), st.booleans()
)
def test_a_table_that_is_written_by_the_rules_comes_back_as_it_was(
    rows, delimiter, end, encoding, quoting, label_first
):
    if end == "\r":  # a line feed would stand there without quotes
        rows = [(text.replace("\n", "\r"), label) for text, label in rows]
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator=end)
    order = slice(None, None, -1) if label_first else slice(None)
    writer.writerow(("text", "label")[order])
    writer.writerows(row[order] for row in rows)
    table = read_bytes(out.getvalue().encode(encoding), ".tsv" if delimiter == "\t" else ".csv")
    assert [
        (clean(text), clean(label)) for text, label in zip(table.column("text"), table.column("label"), strict=True)
    ] == [(clean(text), clean(label)) for text, label in rows]
    assert not table.left_out
    accounted(table)


@MANY
@given(
    tables(breaks=False), DELIMITERS, ENDS, ENCODINGS, SUFFIXES, st.booleans(), st.lists(st.integers(0, 4), max_size=14)
)
def test_of_a_table_without_any_rules_every_word_is_kept_or_shown_among_what_was_left_out(
    rows, delimiter, end, encoding, suffix, header, extra
):
    lines = ["text" + delimiter + "label"] if header else []
    for place, (text, label) in enumerate(rows):
        more = extra[place] if place < len(extra) else 0
        cells = [text, label] if more < 2 else [text] if more == 2 else [text, label, *["x"] * (more - 2)]
        lines.append(delimiter.join(cells))
    try:
        table = read_bytes(end.join(lines).encode(encoding), suffix)
    except ValueError as error:
        told(error)
        return
    assert tokens(table) == sorted(f"w{place}w" for place in range(len(rows)))
    accounted(table)


@MANY
@given(st.text(max_size=300) | st.text(alphabet="ab,;\t|\"'\n\r#[]{}: \\", max_size=120), SUFFIXES | st.just(".json"))
def test_whatever_is_in_a_file_it_is_read_or_refused_with_a_reason(content, suffix):
    try:
        table = read_bytes(content.encode("utf-8", "surrogatepass"), suffix)
    except ValueError as error:
        told(error)
        return
    accounted(table)


@MANY
@given(st.binary(max_size=300), st.sampled_from([".csv", ".json", ".xlsx", ".parquet", ".yml", ".txt"]))
def test_whatever_bytes_are_in_a_file_they_are_read_or_refused_with_a_reason(raw, suffix):
    try:
        table = read_bytes(raw, suffix)
    except ValueError as error:
        told(error)
        return
    assert "\x00" not in "".join(clean(cell) for row in table.rows for cell in row)
    accounted(table)

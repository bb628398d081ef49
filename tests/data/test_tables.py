"""Labelled texts as people really have them: every encoding, delimiter and column name that is promised."""

import json
from pathlib import Path

import pytest

from ans.data.columns import LABEL_COLUMNS, TEXT_COLUMNS
from ans.data.tables import LabelledTexts, read_table, read_upload
from ans.data.text_bytes import decode

ROWS = LabelledTexts(["où est ma carte", "set a timer"], ["card", "timer"])
TABLE = "text,label\noù est ma carte,card\nset a timer,timer\n"


@pytest.fixture
def read(tmp_path: Path):
    """A function (file name, content) → what read_table makes of it."""

    def write_and_read(name: str, content: str | bytes, **columns: str) -> LabelledTexts:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_table(path, **columns)

    return write_and_read


def refusal(path: Path, content: str | bytes | None, **columns: str) -> str:
    """The sentence with which read_table refuses a file, without the path's folder."""
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ValueError) as caught:  # noqa: PT011  the caller compares the whole sentence
        read_table(path, **columns)
    return str(caught.value).replace(f"{path.parent}/", "")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_every_usual_encoding_is_read(read, encoding):
    assert read("data.csv", TABLE.encode(encoding)) == ROWS


def test_both_byte_orders_of_utf_16_are_told_by_their_mark():
    assert decode(b"\xff\xfe" + "é".encode("utf-16-le")).text == "é"
    assert decode(b"\xfe\xff" + "é".encode("utf-16-be")).text == "é"


@pytest.mark.parametrize("delimiter", [",", ";", "|", "\t"])
@pytest.mark.parametrize("extension", ["csv", "txt"])
def test_the_delimiter_is_found(read, delimiter, extension):
    assert read(f"data.{extension}", TABLE.replace(",", delimiter)) == ROWS


def test_in_a_tsv_file_only_the_tab_separates(read):
    assert read(
        "data.tsv", "text, as it, was given\tlabel\na, b; c\tx\n", text_column="text, as it, was given"
    ) == LabelledTexts(["a, b; c"], ["x"])


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_line_ending_is_read_and_blank_lines_are_none(read, ending):
    assert read("data.csv", TABLE.replace("\n", ending) + ending) == ROWS


def test_delimiters_quotes_and_line_breaks_inside_quotes_belong_to_the_text(read):
    content = 'text,label\n"one, two\nand ""three""",x\nfour,y\n'
    assert read("data.csv", content) == LabelledTexts(['one, two and "three"', "four"], ["x", "y"])


def test_whitespace_around_and_inside_texts_is_made_single(read):
    assert read("data.tsv", "text\tlabel\n  a \u00a0 b \t x \n") == LabelledTexts(["a b"], ["x"])


@pytest.mark.parametrize("text_name", TEXT_COLUMNS)
def test_every_usual_name_of_the_text_column_is_found_between_others(read, text_name):
    assert read("data.csv", f"id,{text_name.upper()},label\n7,a,x\n") == LabelledTexts(["a"], ["x"])


@pytest.mark.parametrize("label_name", LABEL_COLUMNS)
def test_every_usual_name_of_the_label_column_is_found_between_others(read, label_name):
    assert read("data.csv", f"{label_name.title()},id,text\nx,7,a\n") == LabelledTexts(["a"], ["x"])


def test_the_usual_name_that_comes_first_in_the_list_wins(read):
    assert read("data.csv", "title,text,topic,intent\nA,a,T,t\n") == LabelledTexts(["a"], ["t"])


def test_columns_that_are_named_win_over_the_usual_ones(read):
    content = "text,said,label,kind\na,b,x,y\n"
    assert read("data.csv", content, text_column="said", label_column="kind") == LabelledTexts(["b"], ["y"])


@pytest.mark.parametrize(
    "content", ["where is my card,card\nset a timer,timer\n", "card,where is my card\ntimer,set a timer\n"]
)
def test_two_columns_without_a_header_are_told_by_their_length_and_the_first_row_is_kept(read, content):
    assert read("data.csv", content) == LabelledTexts(["where is my card", "set a timer"], ["card", "timer"])


def test_a_delimiter_inside_the_texts_of_a_headerless_file_is_none(read):
    content = "yes, please, do it\ta\nno, not, ever\tb\n"
    assert read("data.txt", content) == LabelledTexts(["yes, please, do it", "no, not, ever"], ["a", "b"])


def test_blank_lines_before_the_header_are_skipped(read):
    assert read("data.tsv", "\n \t \ntext\tlabel\na\tx\n") == LabelledTexts(["a"], ["x"])


def test_a_lone_quote_inside_a_text_is_part_of_it(read):
    content = 'text\tlabel\na 5" pipe\tx\n"quoted" word\ty\n"last\nline"\tz\n'
    assert read("data.tsv", content) == LabelledTexts(['a 5" pipe', '"quoted" word', "last line"], ["x", "y", "z"])


@pytest.mark.parametrize("character", ["\u2028", "\x85", "\x0b"])
def test_json_lines_end_at_line_feeds_alone(read, character):
    row = {"text": f"a{character}b", "label": "x"}
    assert read("data.jsonl", json.dumps(row, ensure_ascii=False)) == LabelledTexts(["a b"], ["x"])


def test_half_a_surrogate_pair_is_replaced_because_no_tokenizer_takes_it(read):
    assert read("data.jsonl", '{"text": "a \\ud83c", "label": "x"}') == LabelledTexts(["a ?"], ["x"])


@pytest.mark.parametrize("extension", ["jsonl", "ndjson", "json"])
def test_one_object_per_line_is_read(read, extension):
    lines = [json.dumps({"id": 1, "utterance": text, "intent": label}) for text, label in zip(*_columns(), strict=True)]
    assert read(f"data.{extension}", "\n".join(lines) + "\n\n") == ROWS


def test_one_json_list_is_read_and_numbers_become_names(read):
    rows = [{"text": "a", "label": 0}, {"label": 1, "text": "b", "more": [1]}]
    assert read("data.json", json.dumps(rows, indent=1)) == LabelledTexts(["a", "b"], ["0", "1"])


def test_rows_without_a_text_or_a_label_are_dropped(read):
    assert read("data.csv", "text,label\na,x\n,x\nb,\nc\n ,  \nd,y\n") == LabelledTexts(["a", "d"], ["x", "y"])
    rows = '{"text": "a", "label": "x"}\n{"text": "b", "label": null}\n{"label": "y"}\n'
    assert read("data.jsonl", rows) == LabelledTexts(["a"], ["x"])


def test_words_that_other_readers_take_for_nothing_stay_words(read):
    assert read("data.csv", "text,label\nnull,NA\nnan,None\n") == LabelledTexts(["null", "nan"], ["NA", "None"])


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("gone.csv", None, "expected a file at gone.csv, found none."),
        ("empty.csv", "", "empty.csv is empty; expected rows with a text and a label."),
        ("blank.jsonl", " \n\n", "blank.jsonl is empty; expected rows with a text and a label."),
        ("head.csv", "text,label\n", "head.csv holds no row with both a 'text' and a 'label'."),
        (
            "strange.csv",
            "id,utt,cls\n1,a,x\n",
            "strange.csv has the columns id, utt, cls; expected one for the text, named for example text or utterance. "
            "Choose it (--text-column), or rename it.",
        ),
        (
            "unlabelled.csv",
            "id,text,when\n1,a,x\n",
            "unlabelled.csv has the columns id, text, when; expected one for the label, named for example label or "
            "intent. Choose it (--label-column), or rename it.",
        ),
        (
            "broken.jsonl",
            '{"text": "a", \n{"text": \n',
            "broken.jsonl is no valid JSON: Expecting property name enclosed in double quotes: line 2 column 1 (char "
            "15); expected one object per line, or one list.",
        ),
        (
            "numbers.json",
            "[1, 2]",
            "numbers.json holds no records; expected objects with a text and a label, in a list or one per line.",
        ),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_the_reason(tmp_path, name, content, sentence):
    assert refusal(tmp_path / name, content) == sentence


def test_a_named_column_that_is_missing_is_refused_with_those_there_are(tmp_path):
    sentence = refusal(tmp_path / "data.csv", TABLE, label_column="kind")
    assert sentence == "data.csv has no column 'kind'; it has text, label."


def test_rows_are_picked_with_their_labels():
    assert ROWS.only([1, 0, 1]) == LabelledTexts(
        ["set a timer", "où est ma carte", "set a timer"], ["timer", "card", "timer"]
    )
    assert len(ROWS) == 2


def _columns() -> tuple[list[str], list[str]]:
    return ROWS.texts, ROWS.labels


def test_an_upload_of_more_rows_than_are_read_is_refused_with_both_numbers(tmp_path):
    path = tmp_path / "many.csv"
    path.write_text("text,label\n" + "".join(f"text {i},a\n" for i in range(6)), encoding="utf-8")
    assert len(read_upload(path, most_rows=6).rows) == 6
    with pytest.raises(ValueError, match=r"^many\.csv holds 6 texts, and 5 are the most; keep fewer\.$"):
        read_upload(path, most_rows=5)

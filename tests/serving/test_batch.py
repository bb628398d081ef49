"""Many texts at once: how they are read, judged, stopped and written."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from ans.data.lines import MOST_LINES, Lines, columns_of_file, lines_given, lines_of, lines_of_file
from ans.data.tables import MOST_BYTES, read_table
from ans.serving.batch import CHUNK, Batch, Verdict, as_csv


def written(path: Path, content: str) -> Path:
    path.write_text(content, encoding="utf-8")
    return path


def test_pasted_lines_are_texts_and_blank_ones_are_none():
    assert lines_of("  one  text \n\n\t\ntwo\r\n") == Lines(["one text", "two"], ["", ""])


def test_a_text_file_is_one_text_a_line_whatever_stands_in_it(tmp_path):
    path = written(tmp_path / "a.txt", "text, with commas\nlabel; and more\n")
    assert lines_of_file(path).texts == ["text, with commas", "label; and more"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "id,utterance,intent\n1,hello there,greet\n2,bye,leave\n"),
        ("a.tsv", "utterance\tintent\nhello there\tgreet\nbye\tleave\n"),
        ("a.jsonl", '{"text": "hello there", "label": "greet"}\n{"text": "bye", "label": "leave"}\n'),
    ],
)
def test_the_text_column_of_a_table_is_judged_and_its_labels_are_kept(tmp_path, name, content):
    assert lines_of_file(written(tmp_path / name, content)) == Lines(["hello there", "bye"], ["greet", "leave"])


def test_a_table_of_texts_alone_loses_no_row_to_a_header(tmp_path):
    path = written(tmp_path / "a.csv", "where is my card\nset a timer\n")
    assert lines_of_file(path).texts == ["where is my card", "set a timer"]


def test_the_only_column_of_a_table_is_the_text_whatever_it_is_called(tmp_path):
    path = written(tmp_path / "a.jsonl", '{"said": "hello there"}\n{"said": "bye"}\n')
    assert lines_of_file(path).texts == ["hello there", "bye"]


def test_without_a_usual_name_the_longest_cells_are_the_texts_unless_another_column_is_chosen(tmp_path):
    path = written(tmp_path / "a.csv", "Nr;Nachricht;Von\n1;wo ist mein Paket;Eva\n2;Rechnung fehlt noch;Ali\n")
    assert lines_of_file(path).texts == ["wo ist mein Paket", "Rechnung fehlt noch"]
    assert lines_of_file(path, "Von").texts == ["Eva", "Ali"]
    assert columns_of_file(path) == (["Nr", "Nachricht", "Von"], "Nachricht")
    assert columns_of_file(written(tmp_path / "a.txt", "a;b\n")) == ([], None)
    with pytest.raises(ValueError, match=r"^a\.csv has no column 'gone'; it has Nr, Nachricht, Von\.$"):
        lines_of_file(path, "gone")


@pytest.mark.parametrize("name", ["photo.txt", "photo.csv"])
def test_a_file_that_is_no_text_is_refused_by_its_own_name(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    with pytest.raises(ValueError, match=rf"^{name} looks like a PNG image, not like texts"):
        lines_of_file(path)


def test_more_texts_than_fit_are_counted_and_left_out():
    lines = lines_of("x\n" * (MOST_LINES + 3))
    assert (len(lines.texts), lines.beyond) == (MOST_LINES, 3)


def test_a_batch_gives_the_classifiers_own_answers_chunk_by_chunk(classifier, small_split):
    texts = [small_split.test.texts[i % len(small_split.test)] for i in range(CHUNK + 5)]
    batch = Batch(Lines(texts, [""] * len(texts)))
    assert list(batch.run(classifier)) == [CHUNK, CHUNK + 5]
    assert batch.done
    alone = classifier.predict(texts[:20])
    assert [verdict.label for verdict in batch.verdicts[:20]] == [prediction.label for prediction in alone]
    assert [v.strongest for v in batch.verdicts[:20]] == [prediction.candidates[0].label for prediction in alone]
    assert [v.score for v in batch.verdicts[:20]] == pytest.approx([p.score for p in alone], abs=1e-3)


def test_a_stopped_batch_keeps_what_is_judged_and_judges_no_more(classifier):
    batch = Batch(Lines(["set an alarm"] * (3 * CHUNK), [""] * (3 * CHUNK)))
    for _ in batch.run(classifier):
        batch.stop()
    assert len(batch.verdicts) == CHUNK
    assert not batch.done
    assert list(batch.run(classifier)) == []


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-2", "@sum", '=HYPERLINK("http://x")'])
def test_no_cell_of_the_download_is_a_formula(text):
    verdicts = [Verdict(text, None, -3.0, text), Verdict("a, b", text, 2.0, text)]
    rows = list(csv.reader(io.StringIO(as_csv(verdicts, ["", text]).decode("utf-8-sig"))))
    assert rows[0] == ["text", "verdict", "class", "score", "strongest_head", "between", "given_label"]
    for row in rows[1:]:
        cells = [cell for i, cell in enumerate(row) if i != 3]  # the score is a number of our own
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    assert [row[3] for row in rows[1:]] == ["-3.000", "2.000"]


def test_the_download_is_a_table_this_app_reads_again(tmp_path):
    verdicts = [Verdict("où, est\tma carte", "card", 1.0, "card"), Verdict("x", None, -1.0, "card")]
    path = tmp_path / "verdicts.csv"
    path.write_bytes(as_csv(verdicts))
    assert read_table(path, "text", "verdict").texts == ["où, est ma carte", "x"]


def test_pasted_texts_and_a_file_at_once_are_refused_since_nobody_knows_which_are_meant(tmp_path):
    path = tmp_path / "some.txt"
    path.write_text("from the file")
    assert lines_given(" ", path).texts == ["from the file"]
    assert lines_given("pasted", None).texts == ["pasted"]
    with pytest.raises(ValueError, match="remove one of them"):
        lines_given("pasted", path)


@pytest.mark.parametrize("name", ["large.txt", "large.csv"])
def test_a_file_beyond_the_limit_is_not_read(tmp_path, name):
    path = tmp_path / name
    with path.open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    with pytest.raises(ValueError, match=rf"^{name} is larger than 20 MB"):
        lines_given("", path)

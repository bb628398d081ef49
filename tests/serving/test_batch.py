"""Many texts at once: how they are read, classified, stopped, filtered and written."""

from __future__ import annotations

import csv
import io
import threading
from pathlib import Path

import pytest

from ans.data.lines import MOST_LINES, Lines, lines_given, lines_of, lines_of_file, offered_by_file
from ans.data.tables import MOST_BYTES, read_table
from ans.serving.batch import CHUNK, Batch, Pass, Verdict
from ans.serving.batch_csv import as_csv
from ans.serving.batch_view import CHANGED, KNOWN, OPEN, View, class_counts, kind_counts, rows_of


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
    offered = offered_by_file(path)
    assert (offered.columns, offered.likeliest, offered.sheets) == (["Nr", "Nachricht", "Von"], "Nachricht", [])
    assert offered_by_file(written(tmp_path / "a.txt", "a;b\n")).columns == []
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


def begun(texts: list[str], load) -> Pass:
    one = Pass(texts, "a-run", "A run")
    one.begin(load)
    assert one.wait(60)
    return one


def test_a_pass_gives_the_classifiers_own_answers_chunk_by_chunk(classifier, small_split):
    texts = [small_split.test.texts[i % len(small_split.test)] for i in range(CHUNK + 5)]
    one = Pass(texts, "a-run", "A run")
    assert list(one.run(classifier)) == [CHUNK, CHUNK + 5]
    alone = classifier.explain(texts[:20])
    assert [verdict.label for verdict in one.verdicts[:20]] == [prediction.label for prediction in alone]
    assert [v.strongest for v in one.verdicts[:20]] == [prediction.candidates[0].label for prediction in alone]
    assert [v.score for v in one.verdicts[:20]] == pytest.approx([p.score for p in alone], abs=0.06)


def test_a_stopped_pass_keeps_what_is_classified_and_goes_no_farther(classifier):
    one = Pass(["set an alarm"] * (3 * CHUNK), "a-run", "A run")
    for _ in one.run(classifier):
        one.stop()
    assert len(one.verdicts) == CHUNK
    assert list(one.run(classifier)) == []


def test_a_begun_pass_ends_whatever_happens_and_says_how(classifier):
    assert (begun(["set an alarm"], lambda: classifier).state, begun([], lambda: classifier).state) == ("done", "done")

    def gone():
        raise ValueError("the run is gone.")

    def broken():
        raise RuntimeError("/secret/path")

    assert [(one.state, one.error) for one in (begun(["a"], gone), begun(["a"], broken))] == [
        ("failed", "the run is gone."),
        ("failed", "something went wrong on the server; try again."),
    ]
    assert begun(["set an alarm"], lambda: classifier).state == "done"  # a failed one keeps no place


def test_a_pass_that_waits_for_its_turn_can_be_stopped_and_nobody_waits_for_a_closed_page(classifier, monkeypatch):
    monkeypatch.setattr("ans.serving.batch.AT_A_TIME", threading.Semaphore(0))
    waiting = Pass(["a"], "a-run", "A run")
    waiting.begin(lambda: classifier)
    assert waiting.state == "waiting"
    waiting.stop()
    assert waiting.wait(60)
    assert waiting.state == "stopped"
    monkeypatch.setattr("ans.serving.batch.UNSEEN_SECONDS", -1.0)
    assert begun(["a"], lambda: classifier).state == "stopped"


def batch_of(*answers: tuple[str, str | None], labels: list[str] | None = None, other: list | None = None) -> Batch:
    """(text, class or None) with scores 0.5, 1.5, …, negative for open ones; `other`: a second model's classes."""
    texts = [text for text, _ in answers]
    batch = Batch(Lines(texts, labels or [""] * len(texts)), Pass(texts, "one", "One"))
    for i, (text, label) in enumerate(answers):
        score = -i - 0.5 if label is None else i + 0.5
        batch.first.verdicts.append(Verdict(text, label, score, label or "a"))
    if other is not None:
        batch.second = Pass(texts, "two", "Two")
        batch.second.verdicts = [Verdict(text, label, 1.0, "a") for text, label in zip(texts, other, strict=True)]
    return batch


FIVE = (("wake me", "alarm"), ("who are you", None), ("Wake up", "alarm"), ("lost card", "card"), ("moons", None))


@pytest.mark.parametrize(
    ("view", "rows"),
    [
        (View(), [0, 1, 2, 3, 4]),
        (View(OPEN), [1, 4]),
        (View(KNOWN), [0, 2, 3]),
        (View(CHANGED), [1, 3]),
        (View(label="alarm"), [0, 2]),
        (View(label=""), [1, 4]),
        (View(words="WAKE"), [0, 2]),
        (View(words="up alarm"), [2]),
        (View(words="open"), [1, 3, 4]),
        (View(KNOWN, "a", "card"), [3]),
        (View(order="score"), [4, 1, 0, 2, 3]),
        (View(order="score", down=True), [3, 2, 0, 1, 4]),
        (View(order="text"), [3, 4, 0, 2, 1]),
        (View(order="answer"), [1, 4, 2, 0, 3]),
        (View(order="other"), [3, 4, 0, 1, 2]),
    ],
)
def test_rows_are_filtered_searched_and_sorted(view, rows):
    batch = batch_of(*FIVE, other=["alarm", "alarm", "alarm", None, None])
    assert rows_of(batch, view) == rows


def test_each_answer_and_each_kind_is_counted():
    batch = batch_of(*FIVE, other=["alarm", "alarm", "alarm", None, None])
    assert class_counts(batch) == [(None, 2), ("alarm", 2), ("card", 1)]
    assert kind_counts(batch) == {"all": 5, "open": 2, "known": 3, "unsure": 0, "changed": 2}
    assert class_counts(batch_of(("a", "x"))) == [(None, 0), ("x", 1)]


def read(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-2", "@sum", '=HYPERLINK("http://x")'])
def test_no_cell_of_the_download_is_a_formula(text):
    batch = batch_of((text, None), ("a, b", text), labels=["", text], other=[text, None])
    batch.right = {0: text}
    for row in read(as_csv(batch, [0, 1])):
        cells = [cell for name, cell in row.items() if not name.endswith("score")]  # numbers of our own
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
        assert float(row["score"])


def test_the_download_holds_scores_states_labels_the_second_models_answers_and_corrections():
    batch = batch_of(("wake me", "alarm"), ("moons", None), labels=["alarm", ""], other=[None, None])
    batch.right = {0: None}
    first, second = read(as_csv(batch, [1, 0]))
    assert second == {
        "text": "wake me", "answer": "known", "class": "alarm", "score": "0.500", "state": "sure",
        "closest_class": "alarm", "between": "", "second_model": "Two", "second_answer": "OPEN", "second_class": "",
        "second_score": "1.000", "changed": "yes", "given_label": "alarm", "right_answer": "OPEN",
    }  # fmt: skip
    assert (first["answer"], first["changed"], first["right_answer"]) == ("OPEN", "no", "")
    plain = read(as_csv(batch_of(("moons", None)), [0]))
    assert list(plain[0]) == ["text", "answer", "class", "score", "state", "closest_class", "between"]


def test_the_download_is_a_table_this_app_reads_again(tmp_path):
    path = tmp_path / "texts.csv"
    path.write_bytes(as_csv(batch_of(("où, est\tma carte", "card"), ("x", None)), [0, 1]))
    assert read_table(path, "text", "answer").texts == ["où, est ma carte", "x"]


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

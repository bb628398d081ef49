"""From a path to a corpus: the choices of whoever reads it count, and a file says the same at every door."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ans.__main__ import main
from ans.config import TrainConfig
from ans.data.corpora import corpus_of
from ans.data.intake import ReadAs
from ans.data.lines import lines_of_file
from ans.data.reading import understood
from ans.data.tables import read_table

WORDS = (
    "where is the parcel",
    "i want my money",
    "change the plan",
    "it does not work",
    "call me back",
    "thanks a lot",
)


def rows_of(*labels: str, count: int = 6) -> list[tuple[str, str]]:
    return [(f"{WORDS[i % 6]} {label} {i}", label) for label in labels for i in range(count)]


@pytest.fixture
def file(tmp_path: Path):
    """A function that writes rows as a CSV and returns its path."""

    def write(rows: list[tuple[str, ...]], header: tuple[str, ...] = ("text", "label"), name: str = "mine.csv") -> Path:
        path = tmp_path / name
        path.write_text("\n".join(",".join(row) for row in [header, *rows]) + "\n", encoding="utf-8")
        return path

    return write


def inspected(capsys, *arguments: object) -> tuple[int, dict]:
    """The exit status of `inspect --json`, and its object."""
    status = main(["inspect", *map(str, arguments), "--json"])
    out = capsys.readouterr()
    assert not out.err
    return status, json.loads(out.out)


def test_the_columns_that_somebody_chooses_are_read_by_every_door(file, capsys):
    rows = [(text, f"said {text}", label, label.upper()) for text, label in rows_of("a", "b")]
    path = file(rows, ("text", "said", "label", "queue"))
    config = TrainConfig(dataset=str(path), text_column="said", label_column="Queue")
    assert corpus_of(config).classes == ["A", "B"]
    assert all(text.startswith("said ") for text in corpus_of(config).train.texts)
    status, found = inspected(capsys, path, "--text-column", "said", "--label-column", "queue")
    assert (status, found["classes"]) == (0, {"A": 6, "B": 6})
    assert (found["text_column"], found["label_column"]) == ("said", "queue")
    assert read_table(path, "said", "queue").labels == [row[3] for row in rows]
    assert lines_of_file(path, "said").texts == [row[1] for row in rows]


def test_a_column_that_is_not_there_is_refused_with_those_there_are(file, capsys):
    assert main(["inspect", str(path := file(rows_of("a", "b"))), "--label-column", "queue"]) == 2
    assert capsys.readouterr().err == f"error: {path} has no column 'queue'; it has text, label.\n"


def test_labels_of_no_class_are_those_spelt_so_unless_somebody_says_which(file):
    path = str(file(rows_of("a", "b", "other", "OOS", "unknown")))
    assert corpus_of(TrainConfig(dataset=path)).classes == ["a", "b", "other"]
    said = TrainConfig(dataset=path, no_class=("other", "OOS"))
    assert corpus_of(said).classes == ["a", "b", "unknown (class)"]
    assert corpus_of(TrainConfig(dataset=path, no_class=())).classes == [
        "OOS (class)",
        "a",
        "b",
        "other",
        "unknown (class)",
    ]


def test_names_that_are_probably_one_class_are_joined_when_somebody_says_so(file):
    path = str(file(rows_of("Billing", "billing", "1", "1.0", "True", "true", "a/b")))
    assert len(corpus_of(TrainConfig(dataset=path)).classes) == 7
    assert corpus_of(TrainConfig(dataset=path, near_names="joined")).classes == ["1", "Billing", "True", "a/b"]


def test_a_file_with_a_split_of_its_own_is_trained_and_tested_by_it(file):
    rows = [(*row, part) for part in ("train", "test") for row in rows_of(f"a{part[0]}", f"b{part[0]}")]
    rows = [(f"{text} {part}", label[0], part) for text, label, part in rows]
    corpus = corpus_of(TrainConfig(dataset=str(file(rows, ("text", "label", "split")))))
    assert all(text.endswith("train") for text in corpus.train.texts)
    assert all(text.endswith("test") for text in corpus.test.texts)
    assert not corpus.is_one_file


def test_a_repeated_text_of_a_file_cannot_train_and_test_at_once(file):
    path = file([*rows_of("a", "b"), *rows_of("a", "b")])
    corpus = corpus_of(TrainConfig(dataset=str(path)))
    assert not set(corpus.train.texts) & set(corpus.test.texts)
    assert understood(path, ReadAs()).found.left_out["repeated"].count == 12


def test_rows_of_a_folder_stay_as_whoever_split_it_made_them(tmp_path, file):
    for part in ("train", "test"):
        file([*rows_of("a", "b"), *rows_of("a")], ("Meldung", "Sorte"), f"{part}.csv")
    corpus = corpus_of(TrainConfig(dataset=str(tmp_path)))
    assert (len(corpus.train), len(corpus.test), corpus.classes) == (18, 18, ["a", "b"])


def test_inspect_tells_by_its_status_whether_data_train_with_doubts_or_not(file, capsys):
    assert inspected(capsys, file(rows_of("a", "b")))[0] == 0
    status, found = inspected(capsys, file(rows_of("a", "b", "Out of Scope")))
    assert (status, found["out_of_scope"]) == (1, {"Out of Scope": 6})
    assert inspected(capsys, file(rows_of("a", "b", "Out of Scope")), "--no-class", "Out of Scope")[0] == 0
    assert inspected(capsys, file(rows_of("a", "A", "b")))[1]["probably_one"] == [["A", "a"]]
    assert inspected(capsys, file(rows_of("a")))[0] == 2


def test_inspect_accounts_for_every_row_and_shows_some(file, capsys):
    rows = [*rows_of("a", "b"), ("", "a"), rows_of("a")[0], ("both", "a"), ("both", "b"), ("cut short",)]
    status, found = inspected(capsys, file(rows))
    assert status == 1
    assert found["left_out"] == {"too few cells": 1, "no text": 1, "two labels for one text": 2, "repeated": 1}
    assert found["rows"] == found["kept"] + sum(found["left_out"].values()) == 17
    assert found["left_out_lines"]["no text"] == [14]
    assert found["sample"][0] == {"text": rows[0][0], "label": "a"}
    assert sum(found["classes"].values()) == found["kept"]


def test_texts_that_the_encoder_cannot_read_are_told_at_once_with_their_language(file, capsys):
    thai = [(text, "กขค") for text in ("ฉันอยากได้เงิน", "ของยังไม่ถึง", "ช่วยด้วยครับ", "เปลี่ยนที่อยู่")]
    path = file([*thai, *((f"{text}ค่ะ", "งจฉ") for text, _ in thai)])
    status, found = inspected(capsys, path)
    assert status == 2
    assert found["notes"][-1].startswith("100 % of the words are unknown to minilm. They look Thai.")
    assert main(["train", "--dataset", str(path)]) == 2
    assert "100 % of the words are unknown to minilm" in capsys.readouterr().err


def test_a_training_says_what_was_read_otherwise_than_it_is_written(file, capsys):
    path = file([*rows_of("a", "b"), ("oh, no", "a")])
    assert main(["train", "--dataset", str(path), "--known-ratio", "0.1"]) == 2  # it ends before torch
    err = capsys.readouterr().err
    assert "! 1 text was cut by a delimiter without quotes, and put together again: line 14." in err


def test_labels_that_stand_for_none_or_for_several_are_asked_about(file, capsys):
    rows = [*rows_of("a", "b"), ("so what", "nan"), ("who else", "a;c"), ("why not", "x;y")]
    status, found = inspected(capsys, file(rows))
    assert status == 1
    notes = " ".join(found["notes"])
    assert "Programs and people write nan (1) where there is no label; kept as a class." in notes
    assert "These labels seem to name several classes each" in notes
    apart = [*rows_of("a/c", "x;y", "a"), *rows_of("b")]
    assert inspected(capsys, file(apart))[0] == 0

"""A file that is answered row by row: cut off, it goes on where it was; another task starts anew."""

from __future__ import annotations

import json
from argparse import Namespace
from pathlib import Path

import pytest

from ans.bulk import predict as bulk
from ans.bulk.rows import read_rows

TEXTS = ["I lost my bank card", "", "who wrote hamlet", "wake me up at seven", "fly me to Rome"]


class CutOff(Exception):
    """Stands for a kill."""


@pytest.fixture
def given(tmp_path, monkeypatch) -> Namespace:
    monkeypatch.setattr(bulk, "AT_ONCE", 2)
    source = tmp_path / "asked.jsonl"
    source.write_text("".join(f"{json.dumps({'text': text, 'label': 'mine'})}\n" for text in TEXTS), encoding="utf-8")
    return Namespace(
        model="model", input=str(source), out=str(tmp_path / "answered.parquet"), text=[], text_column=None,
        sheet=None, encoding=None, refused=None, candidates=5, neighbours=3, quiet=True,
    )  # fmt: skip


class Counted:
    """The model, and how many texts it was asked; it may end like a killed process."""

    def __init__(self, model, most: int = 1000) -> None:
        self.model, self.asked, self.most = model, 0, most

    def explain_many(self, texts, candidates, neighbours):
        self.asked += len(texts)
        if self.asked > self.most:
            raise CutOff
        return self.model.explain_many(texts, candidates, neighbours)


def test_a_run_that_was_cut_off_goes_on_and_gives_what_a_whole_one_gives(given, classifier, tmp_path):
    bulk.predict(given, lambda _: Counted(classifier))
    whole = read_rows(Path(given.out)).rows
    assert [row["answer_label"] for row in whole] == ["card_lost", None, None, "alarm_set", "flight_book"]
    assert [row["answer_open"] for row in whole] == [False, None, True, False, False]
    assert {row["label"] for row in whole} == {"mine"}
    Path(given.out).unlink()
    with pytest.raises(CutOff):
        bulk.predict(given, lambda _: Counted(classifier, most=2))
    part = tmp_path / "answered.parquet.part"
    with part.open("a", encoding="utf-8") as torn:
        torn.write('{"label": "car')
    assert not Path(given.out).exists()
    second = Counted(classifier)
    bulk.predict(given, lambda _: second)
    assert second.asked == 3, "the texts after the rows that were kept, of four"
    assert read_rows(Path(given.out)).rows == whole
    assert not part.exists()


def test_what_was_kept_of_another_task_is_not_used(given, classifier):
    with pytest.raises(CutOff):
        bulk.predict(given, lambda _: Counted(classifier, most=2))
    given.refused = 0.5
    second = Counted(classifier)
    bulk.predict(given, lambda _: second)
    assert second.asked == 4
    assert len(read_rows(Path(given.out)).rows) == 5


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"out": None}, "--input and --out go together"),
        ({"text": ["a"]}, "give texts or --input, not both"),
        ({"out": "answers.docx"}, "must end in .csv, .tsv, .jsonl, .ndjson or .parquet"),
        ({"out": "nowhere/answers.csv"}, "the folder of nowhere/answers.csv doesn't exist"),
        ({"text_column": "body"}, "asked.jsonl has no column 'body'; it has text, label"),
    ],
)
def test_what_cannot_be_done_is_told_before_a_model_is_loaded(given, changes, sentence):
    with pytest.raises(ValueError, match=sentence):
        bulk.predict(Namespace(**{**vars(given), **changes}), lambda _: pytest.fail("loaded"))


def test_the_input_is_never_written_over(given):
    given.out = given.input
    with pytest.raises(ValueError, match="is the input itself"):
        bulk.predict(given, lambda _: pytest.fail("loaded"))

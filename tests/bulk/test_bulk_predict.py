"""A file that is answered row by row: cut off, it goes on where it was; another task starts anew."""

from __future__ import annotations

import copy
import io
import json
import sys
from argparse import Namespace
from pathlib import Path

import pytest

from ans.__main__ import main
from ans.bulk import answered_files
from ans.bulk import predict as bulk
from ans.bulk.rows import read_rows

TEXTS = ["I lost my bank card", "", "who wrote hamlet", "wake me up at seven", "fly me to Rome"]


class CutOff(Exception):
    """Stands for a kill."""


@pytest.fixture
def given(tmp_path, monkeypatch) -> Namespace:
    monkeypatch.setattr(answered_files, "AT_ONCE", 2)
    source = tmp_path / "asked.jsonl"
    source.write_text("".join(f"{json.dumps({'text': text, 'label': 'mine'})}\n" for text in TEXTS), encoding="utf-8")
    return Namespace(
        model="model", input=str(source), out=str(tmp_path / "answered.parquet"), text=[], text_column=None,
        sheet=None, encoding=None, refused=None, candidates=5, neighbours=3, quiet=True, engine="local",
    )  # fmt: skip


class Counted:
    """The model, and how many texts it was asked; it may end like a killed process."""

    def __init__(self, model, most: int = 1000) -> None:
        self.model, self.asked, self.most, self.encoder = model, 0, most, model.encoder

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


def test_what_holds_no_letter_is_empty_whether_it_is_an_argument_a_line_or_a_row(
    given, classifier, capsys, monkeypatch
):
    blank = ["", "  ", "\u00a0", "\u200b", "\u3000"]
    Path(given.input).write_text(
        "".join(f"{json.dumps({'text': text})}\n" for text in [*blank, "hi"]), encoding="utf-8"
    )
    bulk.predict(given, lambda _: classifier)
    assert [row["answer_open"] is None for row in read_rows(Path(given.out)).rows] == [True] * 5 + [False]
    lines = io.TextIOWrapper(io.BytesIO("\n".join([*blank, "hi"]).encode()))
    for text in ([*blank, "hi"], []):
        monkeypatch.setattr(sys, "stdin", lines)
        capsys.readouterr()
        bulk.predict(Namespace(**{**vars(given), "input": None, "out": None, "text": text}), lambda _: classifier)
        found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        assert [(one["text"], one["open"]) for one in found[:5]] == [("", None)] * 5
        assert (found[5]["text"], found[5]["open"] is None) == ("hi", False)


def test_a_home_that_is_written_as_a_tilde_is_found_and_a_model_that_changed_there_answers_anew(
    classifier, tmp_path, monkeypatch, capsys
):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "asked").mkdir()
    (tmp_path / "asked" / "a.csv").write_text("text\nwake me up at seven\n", encoding="utf-8")
    command = ["predict", "~/model", "--input", "~/asked", "--out", "~/answered", "--device", "cpu", "--json"]
    for _ in range(2):
        classifier.save(tmp_path / "model")
        assert main(command) == 0
        assert json.loads(capsys.readouterr().out)["rows"] == 1, "the model is another one by its time"
    assert main(command) == 0
    assert json.loads(capsys.readouterr().out)["rows"] == 0, "now nothing has changed"
    assert {path.name for path in tmp_path.iterdir()} == {"asked", "answered", "model"}


def test_a_long_file_is_answered_by_a_recorded_encoder_a_short_one_by_another_and_both_alike(
    given, classifier, tmp_path, monkeypatch
):
    model, rows = copy.deepcopy(classifier), []
    for least, recorded in ((len(TEXTS), True), (len(TEXTS) + 1, False)):
        monkeypatch.setattr(answered_files, "RECORDED_FROM", least)
        bulk.predict(given, lambda _: Counted(model))
        assert bool(model.encoder._recorded) is recorded
        rows.append(read_rows(Path(given.out)).rows)
        Path(given.out).unlink()
    for one, other in zip(*rows, strict=True):
        assert one.pop("answer_score") == pytest.approx(other.pop("answer_score"), abs=0.05)  # both in bfloat16
        below = [row.pop("answer_known_below") for row in (one, other)]
        assert below[0] == pytest.approx(below[1], abs=0.05)
        assert one == other


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_an_output_as_input_loses_no_column_and_says_what_its_columns_are_called_now(
    given, classifier, tmp_path, kind, capsys
):
    given.out = str(tmp_path / f"first.{kind}")
    bulk.predict(given, lambda _: Counted(classifier))
    first = read_rows(Path(given.out))
    given.input, given.out, given.text_column = given.out, str(tmp_path / f"second.{kind}"), "text"
    given.quiet = False
    capsys.readouterr()
    bulk.predict(given, lambda _: Counted(classifier))
    said = capsys.readouterr().err
    assert "Its column 'row' is kept as 'input_row', since the answers have one of that name." in said
    second = read_rows(Path(given.out))
    assert second.names == [
        "row", "input_row", "text", "label", *(f"input_{name}" for name in first.names[3:]), *first.names[3:]
    ]  # fmt: skip
    for before, after in zip(first.rows, second.rows, strict=True):
        for name, cell in before.items():
            assert after.get(name if name in ("text", "label") else f"input_{name}") == cell, name
    given.input, given.out, given.quiet = given.out, str(tmp_path / f"third.{kind}"), True
    bulk.predict(given, lambda _: Counted(classifier))
    third = read_rows(Path(given.out)).names
    assert third[:3] == ["row", "input_input_row", "input_row"]
    assert len(set(third)) == len(third) == 4 + 3 * 6 + 1


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


def test_answers_that_were_cut_off_within_a_batch_are_asked_for_again_together(given, classifier, tmp_path):
    with pytest.raises(CutOff):
        bulk.predict(given, lambda _: Counted(classifier, most=2))
    part = tmp_path / "answered.parquet.part"
    first, *answers = part.read_text(encoding="utf-8").splitlines(keepends=True)
    assert len(answers) == 2
    part.write_text("".join([first, *answers, answers[0]]), encoding="utf-8")
    second = Counted(classifier)
    bulk.predict(given, lambda _: second)
    assert second.asked == 3, "those of the second batch, too"
    assert len(read_rows(Path(given.out)).rows) == 5


def test_two_runs_never_write_one_file(given):
    def load(_):
        with pytest.raises(ValueError, match=r"another run is writing .*answered\.parquet; wait until it has ended"):
            bulk.predict(given, lambda _: pytest.fail("loaded"))
        raise CutOff

    with pytest.raises(CutOff):
        bulk.predict(given, load)


def test_a_pattern_answers_each_file_into_a_folder_and_goes_on_with_the_files_that_lack(given, classifier, tmp_path):
    lines, out = tmp_path / "lines", tmp_path / "out"
    lines.mkdir()
    for name, text in (("a.jsonl", '{"text": "I lost my bank card"}\n'), ("b.txt", "wake me up at seven\n\nhm\n")):
        (lines / name).write_text(text, encoding="utf-8")
    given.input, given.out = str(lines / "*"), str(out)
    with pytest.raises(CutOff):
        bulk.predict(given, lambda _: Counted(classifier, most=2))
    second = Counted(classifier)
    bulk.predict(given, lambda _: second)
    assert second.asked == 1, "the last one of b.txt"
    assert sorted(path.name for path in out.iterdir()) == [".answered.json", "a.jsonl", "b.txt.csv"]
    assert [row["answer_label"] for row in read_rows(out / "a.jsonl").rows] == ["card_lost"]
    assert [row["answer_label"] for row in read_rows(out / "b.txt.csv").rows] == ["alarm_set", "", ""]
    bulk.predict(given, lambda _: pytest.fail("all is answered"))
    (lines / "b.txt").write_text("who wrote hamlet\n", encoding="utf-8")
    bulk.predict(given, lambda _: second)
    assert second.asked == 2, "a file that has changed is answered again"
    given.input = str(lines)
    bulk.predict(given, lambda _: pytest.fail("the folder holds the same files"))
    (lines / "b.txt.csv").write_text("text\nhello\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"b\.txt and .*b\.txt\.csv would both be answered in .*; rename one"):
        bulk.predict(given, lambda _: pytest.fail("loaded"))
    given.input = str(lines / "*.tsv")
    with pytest.raises(ValueError, match="names no files; expected some"):
        bulk.predict(given, lambda _: pytest.fail("loaded"))


def test_without_ray_its_engine_says_in_one_sentence_what_brings_it(given, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "ray", None)
    assert main(["predict", "model", "--input", given.input, "--out", given.out, "--engine", "ray"]) == 2
    said = capsys.readouterr().err
    assert said == (
        "error: --engine ray needs Ray, which is not installed: pip install '.[cluster]' in the clone brings it.\n"
    )
    given.engine, given.input, given.out, given.text = "ray", None, None, ["a"]
    with pytest.raises(ValueError, match="--engine ray answers files; name them with --input and --out"):
        bulk.predict(given, lambda _: pytest.fail("loaded"))


@pytest.mark.parametrize("name", ["answered.parquet.part", ".answered.parquet.lock"])
def test_a_file_of_somebody_else_where_the_answers_are_kept_is_named_and_stays_as_it_is(given, tmp_path, name):
    (tmp_path / name).write_text("my notes\n", encoding="utf-8")
    with pytest.raises(ValueError, match=rf"{name} is needed for .*, and holds something else; move it, or name ano"):
        bulk.predict(given, lambda _: pytest.fail("loaded"))
    assert (tmp_path / name).read_text(encoding="utf-8") == "my notes\n"


def test_what_was_cut_off_in_its_first_line_is_begun_anew(given, classifier, tmp_path):
    for torn in ("", '"', '"0a', f'"{"0a" * 32}', f'"{"0a" * 32}"'):
        (tmp_path / "answered.parquet.part").write_text(torn, encoding="utf-8")
        bulk.predict(given, lambda _: Counted(classifier))
        assert len(read_rows(Path(given.out)).rows) == 5


class Slowly(io.RawIOBase):
    """Bytes that come one by one."""

    def __init__(self, content: bytes) -> None:
        self.left = content

    def readable(self) -> bool:
        return True

    def readinto(self, into) -> int:
        into[: len(self.left[:1])], self.left, count = self.left[:1], self.left[1:], len(self.left[:1])
        return count


@pytest.mark.parametrize(
    ("codec", "named"),
    [("utf-16", None), ("utf-8-sig", None), ("utf-8", None), ("utf-32", None), ("cp1251", "Windows-1251")],
)
def test_lines_on_stdin_are_read_in_the_encoding_that_their_mark_or_an_option_names(
    given, classifier, monkeypatch, capsys, codec, named
):
    lines = ["где моя посылка", "", "wake me up at seven", "end"]
    given.input = given.out = None
    given.encoding = named
    for raw in (io.BytesIO("\r\n".join(lines).encode(codec)), Slowly("\r\n".join(lines).encode(codec))):
        reader = io.BufferedReader(raw)  # pyright: ignore[reportArgumentType]
        monkeypatch.setattr(sys, "stdin", Namespace(buffer=reader, isatty=lambda: False))
        bulk.predict(given, lambda _: Counted(classifier))
        assert [json.loads(line)["text"] for line in capsys.readouterr().out.splitlines()] == lines


def test_an_encoding_of_stdin_that_is_none_is_told_before_a_model_is_loaded(given):
    given.input = given.out = None
    given.encoding = "klingon"
    with pytest.raises(ValueError, match="stdin can't be read as 'klingon', which is no encoding"):
        bulk.predict(given, lambda _: pytest.fail("loaded"))


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_table_of_no_rows_is_answered_by_one_with_its_columns_and_a_word_and_an_empty_file_by_an_error(
    given, classifier, tmp_path, kind, capsys
):
    given.input, given.out, given.quiet = str(tmp_path / "asked.csv"), str(tmp_path / f"out.{kind}"), False
    Path(given.input).write_text("text,label\n", encoding="utf-8")
    told = bulk.predict(given, lambda _: Counted(classifier))
    assert told is not None
    assert (told["files"], told["rows"]) == (1, 0)
    assert "asked.csv has a header and no rows; is it the right file?" in capsys.readouterr().err
    if kind == "csv":
        assert Path(given.out).read_text(encoding="utf-8").startswith("row,text,label,answer_label,")
    else:
        assert read_rows(Path(given.out)).names[:4] == ["row", "text", "label", "answer_label"]
    Path(given.input).write_text("", encoding="utf-8")
    with pytest.raises(ValueError, match="is empty; expected rows"):
        bulk.predict(given, lambda _: Counted(classifier))

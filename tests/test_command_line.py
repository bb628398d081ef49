"""`python -m ans` as a user runs it: what the commands print, what they leave, how they end."""

import csv
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer

import pytest

from ans.__main__ import main
from ans.data.corpora import load_corpus

ROOT = Path(__file__).resolve().parent.parent
COMMAND = [sys.executable, "-m", "ans"]
PHASES = ["data", "load", "cache", "check", "encoder", "heads", "evaluate"]
KNOWN, HELD_OUT = ["alarm_set", "card_lost", "flight_book"], "leave_request"
QUICK = ["--trainable-layers", "0", "--epochs", "30", "--patience", "30", "--head-steps", "150", "--device", "cpu"]
SURENESS = ("known_below", "between")
NUMBERS = ("accuracy", "f1", "f1_known", "f1_open", "auroc")


def run(*arguments: str | Path) -> subprocess.CompletedProcess:
    """One command to its end."""
    return subprocess.run(
        [*COMMAND, *map(str, arguments)], cwd=ROOT, capture_output=True, encoding="utf-8", timeout=120
    )


@contextmanager
def started(*arguments: str | Path) -> Iterator[subprocess.Popen]:
    """One command that is running, killed after two minutes. Ctrl-C reaches it even where the tests don't hear it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        process = subprocess.Popen([*COMMAND, *map(str, arguments)], cwd=ROOT, **pipes)
    finally:
        signal.signal(signal.SIGINT, before)
    watchdog = Timer(120, process.kill)
    watchdog.start()
    try:
        with process:
            yield process
    finally:
        watchdog.cancel()


@pytest.fixture(scope="module")
def corpus_file(tmp_path_factory) -> Path:
    """One TSV file: 40 texts of each of four classes of the bundled dataset, and 40 open ones."""
    corpus = load_corpus("assistant")
    rows = []
    for data, label in ((corpus.test, "oos"), *((corpus.train, name) for name in (*KNOWN, HELD_OUT))):
        rows += [(text, own) for text, own in zip(data.texts, data.labels, strict=True) if own == label][:40]
    path = tmp_path_factory.mktemp("corpus") / "four.tsv"
    path.write_text("text\tlabel\n" + "".join(f"{text}\t{label}\n" for text, label in rows), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def trained(corpus_file, tmp_path_factory) -> tuple[subprocess.CompletedProcess, Path]:
    """A finished `train --json` on three of four classes, and the folder of its model."""
    out = tmp_path_factory.mktemp("trained") / "below" / "model"
    given = ["--dataset", corpus_file, "--known-classes", ",".join(KNOWN), "--seed", "3"]
    return run("train", *given, *QUICK, "--out", out, "--json"), out


# Training


def test_train_ends_with_one_json_object_that_holds_the_whole_result(trained, corpus_file):
    done, out = trained
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout.splitlines()[-1])
    assert all(0 <= result[name] <= 100 for name in NUMBERS)
    assert result["accuracy"] > 75  # easy classes
    assert list(result["seconds"]) == PHASES
    assert all(value >= 0 for value in result["seconds"].values())
    assert set(result["held_out"]) == {
        "known_refused", "known_texts", "other_classes_let_in", "labelled_open_let_in", "warning",
    }  # fmt: skip

    assert 0 <= result["held_out"]["known_refused"] <= 100
    about = {name: value for name, value in result.items() if name not in (*NUMBERS, "seconds", "held_out")}
    assert about == {
        "num_known_classes": 3,
        "device": "cpu",
        "dataset": str(corpus_file),
        "known_ratio": None,
        "seed": 3,
        "encoder": "minilm",
        "encoder_reads": "BertModel, 6 layers; a text is the mean of its tokens: 384 numbers; 96 tokens at a time, "
        "longer texts in up to 8 pieces, averaged.",
        "out": str(out),
        "known_classes": KNOWN,
        "learnt_left_out": 0,
    }


def test_train_shows_one_full_bar_per_phase_on_stderr(trained):
    full = [line for line in trained[0].stderr.splitlines() if "100%" in line]
    assert list(dict.fromkeys(line.split(":")[0].strip() for line in full)) == ["start", *PHASES]
    assert "error" not in trained[0].stderr


def test_the_options_reach_the_saved_model(trained):
    config = json.loads((trained[1] / "model.json").read_text(encoding="utf-8"))["config"]
    asked = {"trainable_layers": 0, "epochs": 30, "patience": 30, "head_steps": 150, "seed": 3, "device": "cpu"}
    assert {name: config[name] for name in asked} == asked
    assert config["known_classes"] == KNOWN


def test_without_out_the_result_is_for_reading_and_stderr_says_that_nothing_is_kept(capsys, corpus_file, tmp_path):
    ratio = ["--known-ratio", "0.5", "--epochs", "1", "--head-steps", "1"]
    assert main(["train", "--dataset", str(corpus_file), *QUICK, *ratio]) == 0
    said = capsys.readouterr()
    names = [line[:9].strip() for line in said.out.splitlines()]
    assert names == ["accuracy", "F1", "F1-known", "F1-open", "refused", "let in", "encoder", "seconds", "model"]
    assert all(line.endswith(" %") for line in said.out.splitlines()[:4])
    assert said.out.endswith("not saved\n")
    assert said.err.startswith("The model will not be saved; name a folder with --out to keep it.\n")


def test_ctrl_c_ends_a_training_with_130_and_one_line_and_leaves_nothing(corpus_file, tmp_path):
    long = ["--epochs", "40", "--patience", "40", "--device", "cpu"]
    with started("train", "--dataset", corpus_file, "--out", tmp_path / "model", *long) as process:
        seen = b""
        while b"check" not in seen:
            byte = process.stderr.read(1)
            assert byte, seen.decode()
            seen += byte
        process.send_signal(signal.SIGINT)
        said, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert errors.decode().splitlines()[-1] == "interrupted"
    assert b"Traceback" not in seen + errors
    assert said == b""
    assert list(tmp_path.iterdir()) == []


# Answers


def test_predict_answers_each_text_with_one_line_of_json(trained):
    texts = ["set an alarm for six in the morning", "", "i lost my bank card", "wie heißt der Mond 🌝"]
    done = run("predict", trained[1], *texts, "--device", "cpu", "--candidates", "2", "--neighbours", "1")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(answer["row"], answer["text"]) for answer in answers] == list(enumerate(texts, 1))
    assert [answer["label"] for answer in answers] == ["alarm_set", None, "card_lost", None]
    assert answers[1] == {"row": 2, "text": "", "label": None, "open": None, "unsure": None, "score": None}
    assert "heißt der Mond 🌝" in done.stdout
    for answer in (answers[0], *answers[2:]):
        assert list(answer) == [
            "row",
            "text",
            "label",
            "open",
            "unsure",
            "score",
            "candidates",
            "neighbours",
            *SURENESS,
        ]
        assert answer["open"] == (answer["label"] is None) == (answer["score"] < 0)
        assert answer["candidates"][0]["logit"] == answer["score"]
        assert {candidate["label"] for candidate in answer["candidates"]} < set(KNOWN)
        assert (len(answer["candidates"]), len(answer["neighbours"])) == (2, 1)


def test_predict_answers_lines_while_stdin_is_still_open_and_ends_quietly_when_nobody_reads(trained):
    with started("predict", trained[1], "--device", "cpu", "--candidates", "1") as process:
        process.stdin.write(b"\xef\xbb\xbfset an alarm for six in the morning\r\n\n  \nsecond\n")
        process.stdin.flush()
        answers = [json.loads(process.stdout.readline()) for _ in range(4)]
        process.stdin.write(b"no line break at the end, 3 \xc3\xa9")
        process.stdin.flush()
        assert [answer["text"] for answer in answers] == ["set an alarm for six in the morning", "", "", "second"]
        process.stdin.write(b"\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["text"] == "no line break at the end, 3 é"
        process.stdout.close()
        process.stdin.write(b"one more\n")
        process.stdin.close()
        assert process.wait(timeout=60) == 0
        assert process.stderr.read() == b""


def test_predict_reads_the_last_line_without_a_line_break(capsys, monkeypatch, trained, tmp_path):
    path = tmp_path / "texts.txt"
    path.write_bytes(b"first\nlast")
    with path.open(encoding="utf-8") as file:
        monkeypatch.setattr(sys, "stdin", file)
        assert main(["predict", str(trained[1])]) == 0
    assert [json.loads(line)["text"] for line in capsys.readouterr().out.splitlines()] == ["first", "last"]


def test_predict_answers_the_rows_of_a_file_beside_their_columns_and_says_how_it_was_read(trained, tmp_path):
    source, out = tmp_path / "asked.csv", tmp_path / "answered.csv"
    source.write_bytes("id;message\r\n7;i lost my bank card\r\n8;\r\n9;Wie heißt der Mond\r\n".encode("cp1252"))
    done = run("predict", trained[1], "--input", source, "--out", out, "--device", "cpu", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told.pop("seconds") >= 0
    assert told == {"files": 1, "rows": 3, "known": 1, "open": 1, "empty": 1, "out": str(out)}
    assert "asked.csv: 3 rows, read as Windows-1252; the texts are in the column 'message'." in done.stderr
    assert f"3 rows are in {out}: 1 open, 1 empty." in done.stderr
    rows = list(csv.DictReader(out.read_text(encoding="utf-8").splitlines()))
    assert [(row["row"], row["id"], row["message"]) for row in rows] == [
        ("1", "7", "i lost my bank card"), ("2", "8", ""), ("3", "9", "Wie heißt der Mond"),
    ]  # fmt: skip
    assert [(row["answer_label"], row["answer_open"]) for row in rows] == [
        ("card_lost", "false"), ("", ""), ("", "true"),
    ]  # fmt: skip


def test_quiet_leaves_stderr_empty(trained, corpus_file, tmp_path):
    source = tmp_path / "asked.txt"
    source.write_text("i lost my bank card\n", encoding="utf-8")
    given = ["--input", source, "--out", tmp_path / "out.jsonl", "--device", "cpu", "--quiet"]
    assert run("predict", trained[1], *given).stderr == ""
    assert run("evaluate", trained[1], "--dataset", corpus_file, "--device", "cpu", "--quiet").stderr == ""


# Evaluation


def test_evaluate_on_the_same_corpus_gives_the_numbers_of_the_training(trained, corpus_file):
    done = run("evaluate", trained[1], "--dataset", corpus_file, "--device", "cpu", "--json")
    assert done.returncode == 0, done.stderr
    before, after = json.loads(trained[0].stdout), json.loads(done.stdout)
    assert list(after) == list(before)
    for name in (*NUMBERS, "num_known_classes", "known_classes", "known_ratio", "seed", "encoder", "device", "out"):
        assert after[name] == pytest.approx(before[name], abs=1e-6), name


def test_evaluate_takes_texts_of_all_other_classes_for_open(capsys, trained, tmp_path):
    lines = [
        f"{text} {i}\t{label}" for text, label in (("?", "zebra"), *((name, name) for name in KNOWN)) for i in range(5)
    ]
    path = tmp_path / "other.tsv"
    path.write_text("text\tlabel\n" + "\n".join(lines), encoding="utf-8")
    assert main(["evaluate", str(trained[1]), "--dataset", str(path), "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["known_classes"] == KNOWN
    assert result["f1_open"] is not None
    assert result["dataset"] == str(path)

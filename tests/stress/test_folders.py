"""Models that nobody vouches for, given by their folders in every way there is, with drawn damage.

`ANS_FOLDERS=20000` draws as many as that instead of 300.
"""

from __future__ import annotations

import csv
import io
import logging
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ans.__main__ import main
from ans.stress.drawn_folders import WAYS
from ans.stress.folders import ASKED, DOORS, Case, Door, Folders, Given

CASES = int(os.environ.get("ANS_FOLDERS", "300"))
MANY = settings(
    max_examples=CASES,
    deadline=None,
    derandomize=CASES == 300,
    database=None,
    phases=[Phase.generate],  # what was done to a folder is told in a line; less of it tells no more
    suppress_health_check=list(HealthCheck),
)
MOST_MEMORY = 2 << 30  # bytes, beside those that this process has


def predicted(case: Case) -> None:
    """`ans predict DIR --input …` ends with 0 and all answers, or with 2, one sentence and nothing left behind."""
    with TemporaryDirectory() as name:
        rows, out = Path(name) / "rows.csv", Path(name) / "out.csv"
        rows.write_text("text\n" + "".join(f"{text}\n" for text in ASKED[2:3] * 3))
        asked = ["predict", str(case.model), "--input", str(rows), "--out", str(out), "--quiet", "--device", "cpu"]
        told, said = io.StringIO(), io.StringIO()
        with redirect_stdout(told), redirect_stderr(said), _log_to(said):
            status = main(asked)
        if status == 0:
            assert [row["answer_label"] for row in csv.DictReader(out.open())].count(None) == 0
            assert len(list(csv.DictReader(out.open()))) == 3
            return
        assert status == 2
        assert told.getvalue() == ""
        assert [path.name for path in Path(name).iterdir()] == [rows.name]
        (line,) = said.getvalue().splitlines()
        assert line.startswith("error: ")
        raise ValueError(line.removeprefix("error: "))


ALL_DOORS = {**DOORS, "ans predict": Door(predicted)}


@contextmanager
def _log_to(stream: io.StringIO) -> Iterator[None]:
    """As Python does where nobody has set a log up: warnings go to stderr."""
    handler = logging.StreamHandler(stream)
    handler.setLevel(logging.WARNING)
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)


@contextmanager
def _memory_within(more: int) -> Iterator[None]:
    """This process may not have more memory than it has now and so many bytes; without Linux it may."""
    if sys.platform != "linux":
        yield
        return
    told = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    before = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (1024 * int(told["VmData"].split()[0]) + more, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, before)


@pytest.fixture(scope="module")
def folders(tmp_path_factory) -> Folders:
    return Folders(tmp_path_factory.mktemp("folders"))


def test_every_damaged_folder_answers_or_is_refused_with_a_sentence_and_nothing_else_is_touched(folders):
    met = Given()

    @MANY
    @given(st.randoms(use_true_random=True), st.sampled_from(sorted(ALL_DOORS)))
    def give(draw, door) -> None:
        folders.give(draw, door, ALL_DOORS, met)
        assert met.wrong == []

    with _memory_within(MOST_MEMORY):
        give()
    assert set(met.ways) == set(WAYS), "every kind of damage was drawn"
    for door in ALL_DOORS:
        assert met.outcomes[f"{door}: refused"] >= 3, door
        assert met.outcomes[f"{door}: answered"] >= 1, f"{door}: not all that is drawn is refused"


def cut(weights: Path) -> None:
    os.truncate(weights, 1000)


def piped(weights: Path) -> None:
    weights.unlink()
    os.mkfifo(weights)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="only Unix has pipes")
@pytest.mark.parametrize("harm", [cut, piped])
def test_a_process_that_is_given_a_damaged_model_says_one_sentence_and_nothing_else(folders, tmp_path, harm):
    (weights,) = (folders.place / "whole").rglob("model/weights.safetensors")
    model = shutil.copytree(weights.parent, tmp_path / "model")
    harm(model / weights.name)
    asked = [sys.executable, "-m", "ans", "predict", str(model), "hi"]
    done = subprocess.run(asked, capture_output=True, check=False, timeout=120)
    assert (done.returncode, done.stdout) == (2, b"")
    reason = f"the model in {model} is damaged (weights.safetensors can't be read)"
    assert done.stderr.decode() == f"error: {reason}; train it again or copy it again.\n"

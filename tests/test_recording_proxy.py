"""The proxy that the walks put before the app does see who asks another machine."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.recording_proxy import recording_proxy

ASK = "import urllib.request as r; r.urlopen('http://somewhere.example/a', timeout=20)"


def test_a_process_that_asks_another_machine_is_written_down_and_lets_nothing_out():
    with recording_proxy() as (variables, asked):
        done = subprocess.run(
            [sys.executable, "-c", ASK],
            env={**os.environ, **variables, "NO_PROXY": ""},
            capture_output=True,
            check=False,
        )
        assert done.returncode != 0
        assert asked == ["GET http://somewhere.example/a HTTP/1.1"]


def test_training_and_asking_at_the_command_line_ask_no_other_machine(small_corpus_file, tmp_path):
    quick = ["--epochs", "1", "--head-steps", "5", "--folds", "0", "--trainable-layers", "0", "--device", "cpu"]
    model = str(tmp_path / "model")
    with recording_proxy() as (variables, asked):
        online = {"HF_HUB_OFFLINE": "0", "HF_DATASETS_OFFLINE": "0", "NO_PROXY": "", "no_proxy": ""}
        for command in (
            ["train", "--dataset", str(small_corpus_file), *quick, "--out", model],
            ["predict", model, "wake me up at seven"],
        ):
            env = {**os.environ, **variables, **online}
            done = subprocess.run([sys.executable, "-m", "ans", *command], env=env, capture_output=True, check=False)
            assert done.returncode == 0, done.stderr
    assert asked == []

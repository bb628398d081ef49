"""Help, version and completion of the command line."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from ans import __version__
from ans.__main__ import main
from ans.config import TrainConfig

ROOT = Path(__file__).resolve().parent.parent
COMMANDS = ("app", "inspect", "train", "predict", "teach", "evaluate", "benchmark", "stress", "doctor")


def ended(capsys, *arguments: str) -> str:
    """What is printed by arguments that end the program at once, and well."""
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code in (0, None)
    return capsys.readouterr().out


def test_the_help_names_every_command_and_the_version_is_told(capsys):
    said = ended(capsys, "--help")
    offered = [line.split()[0] for line in said.split("\n  COMMAND\n")[1].splitlines() if line.startswith(" " * 4)]
    assert set(COMMANDS) <= set(offered)
    assert "Exit status: 0 done;" in said
    assert ended(capsys, "--version") == f"ans {__version__}\n"


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_each_command_tells_its_output_and_how_it_ends(capsys, command):
    said = ended(capsys, command, "--help")
    assert "Exit status: 0 " in " ".join(said.split())
    assert "%%" not in said
    if command != "app":
        assert f"example:\n  python -m ans {command}" in said
        assert "\noutput: " in said


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh"])
def test_the_completion_of_each_shell_knows_every_command_and_what_a_benchmark_can_be(capsys, shell):
    script = ended(capsys, "--print-completion", shell)
    options = () if shell == "tcsh" else ("--known-ratio",)  # shtab's script for tcsh has no command's options
    for word in (*COMMANDS, "few-choices", *options):
        assert word in script, word
    if found := shutil.which(shell):
        checked = subprocess.run([found, "-n"], input=script, capture_output=True, text=True, timeout=30)
        assert checked.returncode == 0, checked.stderr


def test_the_help_of_train_has_every_setting_with_its_explanation_and_default_in_its_group(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "400")
    with pytest.raises(SystemExit):
        main(["train", "--help"])
    said = capsys.readouterr().out
    for spec in fields(TrainConfig):
        default = "" if spec.default is None else f" (default: {spec.default})"
        if spec.name == "known_ratio":
            default = " (default: 0.75; of your own data 1, all)"
        assert f"{spec.metadata['explanation']}{default}\n" in said
    # Each group's title stands right before its first setting.
    marks = ["\nData:", "--dataset", "--seed", "\nEncoder:", "--encoder", "--max-tokens", "\nPhase 1:", "--epochs"]
    marks += ["--warmup", "\nPhase 2:", "--head-steps", "--gamma"]
    options = said[said.index("\noptions:") :]
    places = [options.index(mark) for mark in marks]
    assert places == sorted(places)


def test_help_and_argument_errors_wait_for_no_heavy_import():
    program = """
import sys
from ans.__main__ import main
from ans.command_arguments import parsed
assert main(["train", "--gamma", "0"]) == main(["bogus"]) == main(["train", "--out", __file__]) == 2
try:
    main(["train", "--help"])
except SystemExit:
    print(sorted({"torch", "transformers", "datasets", "sklearn", "numpy", "tqdm"} & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-"],
        input=f"__file__ = {__file__!r}\n{program}",
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
    )
    assert done.stdout.splitlines()[-1] == "[]", done.stderr

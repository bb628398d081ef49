"""What a command shows where somebody watches: bars and colours, none with NO_COLOR, and nothing when quiet."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHOW = """
from ans.terminal import Progress, note, print_table
import sys
with Progress(quiet='quiet' in sys.argv) as progress:
    for step in range(3):
        progress({'phase': 'heads', 'step': step, 'steps': 3, 'loss': 0.5})
    progress({'phase': 'evaluate'})
    progress.finish()
note('by the way', 'quiet' in sys.argv)
print_table([('accuracy', '91.2 %'), ('F1', '80 %')])
"""
COLOUR = re.compile(r"\x1b\[[\d;]*[1-9]m")


def on_a_terminal(*arguments: str, **variables: str) -> str:
    """What a person sees, with its control characters."""
    shown, theirs = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "CI")}
    process = subprocess.Popen(
        [sys.executable, "-c", SHOW, *arguments], cwd=ROOT, stdout=theirs, stderr=theirs,
        env={**environment, "TERM": "xterm-256color", "COLUMNS": "100", **variables},
    )  # fmt: skip
    os.close(theirs)
    seen = b""
    try:
        while part := os.read(shown, 4096):
            seen += part
    except OSError:  # the terminal is closed
        pass
    assert process.wait(30) == 0
    return seen.decode()


def test_a_person_sees_bars_with_colours_and_a_table():
    seen = on_a_terminal()
    assert COLOUR.search(seen)
    assert "3/3" in seen, "the bar of a phase that is over is full"
    assert "loss 0.500" in seen
    assert "by the way" in seen
    assert "accuracy" in seen


def test_no_color_takes_the_colours_and_leaves_the_rest():
    seen = on_a_terminal(NO_COLOR="1")
    assert not re.search(r"\x1b\[[\d;]*3[0-9;]*m", seen)
    assert "3/3" in seen


def test_quiet_shows_the_result_alone():
    plain = re.sub(r"\x1b\[[\d;?]*[a-zA-Z]", "", on_a_terminal("quiet"))
    assert [line.split() for line in plain.splitlines()] == [["accuracy", "91.2", "%"], ["F1", "80", "%"]]


@pytest.mark.parametrize(
    ("arguments", "log"),
    [([], ["heads …", "heads: 100%", "evaluate …", "evaluate: 100%", "by the way"]), (["quiet"], [])],
)
def test_a_log_has_a_line_when_a_phase_begins_and_one_when_it_is_over(arguments, log):
    done = subprocess.run(
        [sys.executable, "-c", SHOW, *arguments], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert [line.partition(" in ")[0] for line in done.stderr.splitlines()] == log
    assert done.stdout == "accuracy  91.2 %\nF1        80 %\n"

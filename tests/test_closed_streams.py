"""A command whose stdin, stdout or stderr is closed says what is wrong, or works for nobody, without a traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TABLE = "text\tlabel\n" + "".join(f"text {i} of {name}\t{name}\n" for name in ("one", "two") for i in range(9))


def run(closed: str, *arguments: str | Path) -> subprocess.CompletedProcess:
    """One command, started by a shell that closes streams."""
    command = [sys.executable, "-m", "ans", *map(str, arguments)]
    shell = ["sh", "-c", f'exec "$@" {closed}', "sh"]
    return subprocess.run([*shell, *command], cwd=ROOT, capture_output=True, text=True, timeout=120)


@pytest.fixture
def table(tmp_path) -> Path:
    path = tmp_path / "rows.tsv"
    path.write_text(TABLE, encoding="utf-8")
    return path


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_a_command_ends_as_it_does_where_somebody_reads_it(closed, table):
    whole, done = run("", "inspect", table), run(closed, "inspect", table)
    assert done.returncode == whole.returncode
    assert done.stdout == ("" if ">&-" in closed.replace("2>&-", "") else whole.stdout)
    assert done.stderr == ""
    assert run(closed, "inspect", table.parent / "none.tsv").returncode == 2
    assert table.read_text(encoding="utf-8") == TABLE, "what is printed goes into no file"


def test_predict_says_that_no_text_can_come_from_a_closed_stdin(tmp_path):
    done = run("<&-", "predict", tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "error: there are no texts, as stdin is closed; give some, or name a file with --input and --out.\n"
    )

"""`ans stress kills` finds what is wrong, and finds nothing after real kills."""

from __future__ import annotations

from pathlib import Path

import pytest

from ans.config import TrainConfig
from ans.runs.status import FINISHED, RUNNING
from ans.runs.store import RunStore
from ans.stress import kills
from ans.stress.stand_in import BROWSER


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with one finished run."""
    run = RunStore(tmp_path / "runs").create(TrainConfig())
    run.set_status(RUNNING)
    run.set_status(FINISHED)
    return tmp_path


def looked_at(home: Path, before: set[str]) -> kills.Tally:
    tally = kills.Tally()
    kills._look(home, before, tally)
    return tally


def test_it_finds_nothing_where_all_is_well(home):
    (run,) = RunStore(home / "runs").all()
    assert looked_at(home, {run.id}).well


def test_it_finds_a_finished_run_that_is_gone(home):
    (run,) = RunStore(home / "runs").all()
    RunStore(home / "runs").delete(run)
    assert looked_at(home, {run.id}).lost == [f"finished run {run.id} is gone"]


def test_it_finds_half_a_file_and_half_a_table_and_a_leftover(home):
    (run,) = RunStore(home / "runs").all()
    (run.folder / "config.json").write_bytes((run.folder / "config.json").read_bytes()[:20])
    (home / "uploads" / BROWSER).mkdir(parents=True)
    (home / "uploads" / BROWSER / "table.tsv").write_text("text\tlabel\na text\ta\n")
    (home / "uploads" / BROWSER / ".table.tsv.123456").touch()
    tally = looked_at(home, set())
    assert len(tally.half_read) == 2
    assert tally.left_over == [f"uploads/{BROWSER}/.table.tsv.123456"]
    assert not tally.well


def test_after_real_kills_nothing_is_lost_stuck_half_read_or_left_over(monkeypatch, tiny_encoder_folder):
    """`python -m ans stress kills --times 200` is the long one."""
    monkeypatch.setattr(kills, "LONGEST_LIFE", 4.0)
    monkeypatch.setattr(kills, "TRAINING", kills.TRAINING.with_(encoder=str(tiny_encoder_folder)))
    tally = kills.kills(3, seed=1)
    assert sum(tally.phases.values()) == tally.kills == 3
    assert set(tally.phases) <= {"none", "start", "data", "cache", "check", "encoder", "heads", "evaluate"}
    assert str(tally).splitlines()[2:] == [
        "0 finished runs lost, 0 stuck, 0 half files read, 0 leftovers after the next start."
    ]
    assert tally.finished > 0

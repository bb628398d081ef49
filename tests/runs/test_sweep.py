"""What killed processes leave is cleared away at the next start, and nothing else is."""

from __future__ import annotations

from pathlib import Path

import pytest

from ans.config import TrainConfig
from ans.runs.status import RUNNING
from ans.runs.store import RunStore
from ans.runs.sweep import Home, sweep
from tests.other_process import another_process

LEFT = (
    "runs/.20260101-000000-abcdef.123456/config.json",
    "runs/{run}/.status.json.a1b2c3",
    "runs/{run}/.model-x1y2/weights.safetensors",
    "runs/{run}/.model-x1y2-old/weights.safetensors",
    "runs/{run}/.test.safetensors.d4e5f6",
    "runs/{run}/checkpoints/.encoder.safetensors.a1b2c3",
    "uploads/0123/.mine.tsv.a1b2c3",
    "uploads/0123/.a1b2c3d4/train.tsv",
    "corrections/0123/.corrections.json.a1b2c3",
)
KEPT = (
    "runs/{run}/model/weights.safetensors", "uploads/0123/mine.tsv", "uploads/0123/mine/train.tsv",
    "corrections/0123/corrections.json", "runs/{run}/checkpoints/encoder.safetensors", ".elsewhere/file",
    "cache/.hidden",
)  # fmt: skip


@pytest.fixture
def run(tmp_path):
    return RunStore(tmp_path / "runs").create(TrainConfig())


def put(home: Path, run_id: str, names: tuple[str, ...]) -> list[Path]:
    """Files of these names, each with some bytes."""
    paths = [home / name.format(run=run_id) for name in names]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(path.name.encode())
    return paths


def test_the_first_app_on_a_home_clears_away_what_was_not_written_to_its_end(tmp_path, run):
    kept, left = put(tmp_path, run.id, KEPT), put(tmp_path, run.id, LEFT)
    home = Home(tmp_path)
    assert home.first
    assert not any(path.exists() for path in left)
    assert all(path.exists() for path in kept)
    assert [path for path in tmp_path.glob("[ruc]*/**/.*") if path not in kept] == []
    assert [one.id for one in RunStore(tmp_path / "runs").all()] == [run.id]
    home.leave()


def test_a_second_app_on_a_home_leaves_alone_what_the_first_may_be_writing(tmp_path, run):
    home = Home(tmp_path)
    left = put(tmp_path, run.id, LEFT)
    assert not Home(tmp_path).first
    assert all(path.exists() for path in left)
    home.leave()
    again = Home(tmp_path)
    assert again.first
    assert not any(path.exists() for path in left)
    again.leave()


def test_what_a_training_that_still_goes_on_is_writing_is_left_alone(tmp_path, run):
    run.set_status(RUNNING)
    (building,) = put(tmp_path, run.id, LEFT[2:3])
    claim = "from ans.runs.run import Run; assert Run(pathlib.Path(sys.argv[1])).claim()"
    with another_process(claim, run.folder):
        assert sweep(tmp_path) == []
    sweep(tmp_path)
    assert not building.exists()


def test_a_model_that_was_moved_aside_for_one_that_never_came_is_put_back(tmp_path, run):
    put(tmp_path, run.id, LEFT[2:4])
    sweep(tmp_path)
    assert (run.folder / "model" / "weights.safetensors").read_bytes() == b"weights.safetensors"
    assert list(run.folder.glob(".model*")) == []

"""A sweep on Ray leaves the records of a sweep on this machine, and computes none twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from ans.baselines.heads import ans
from ans.benchmark.cells import Settings, run
from ans.benchmark.methods import Method
from ans.benchmark.on_ray import run_on_ray
from ans.benchmark.results import Results
from ans.config import TrainConfig
from ans.model.threads import computing_with


@pytest.fixture
def one_thread():
    """As a worker of Ray has."""
    with computing_with(1):
        yield


def test_tasks_of_ray_fill_the_cells_that_lack_with_the_records_of_a_local_sweep(
    ray_cluster, one_thread, small_corpus_file, tiny_encoder_folder, tmp_path, monkeypatch
):
    config = TrainConfig(
        dataset=str(small_corpus_file), encoder=str(tiny_encoder_folder), trainable_layers=1, epochs=1, head_steps=2,
        batch_size=8, device="cpu",
    )  # fmt: skip
    methods = [Method("ANS", ans), Method("fewer", ans, {"head_steps": 1})]

    def swept(seeds: tuple[int, ...], out: Path, engine) -> list[dict]:
        with (tmp_path / "bar").open("w") as bar:
            engine(methods, Settings((config.dataset,), (0.5,), seeds, config), Results(out, "tiny"), bar)
        return Results(out, "tiny").records

    there = tmp_path / "there.json"
    first = swept((0,), there, run_on_ray)
    both = swept((0, 1), there, run_on_ray)
    assert both[:2] == first, "what is finished is not computed again"
    monkeypatch.setenv("ANS_HOME", str(tmp_path / "home"))  # where no phase 1 is kept
    here = swept((0, 1), tmp_path / "here.json", run)
    assert len(both) == len(here) == 4

    def key(record: dict) -> tuple:
        return record["method"], record["config"]["seed"]

    for one, other in zip(sorted(both, key=key), sorted(here, key=key), strict=True):
        assert {**one, "seconds": 0} == {**other, "seconds": 0}

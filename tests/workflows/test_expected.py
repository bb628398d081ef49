"""What a training is expected to take, from its size and from what the last one like it took on this machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from ans.config import TrainConfig
from ans.data.corpora import load_corpus, make_open_world_split
from ans.runs.evaluation import ClassScore, Evaluation, Metrics
from ans.runs.progress import PHASES
from ans.runs.status import FINISHED, RUNNING
from ans.runs.store import RunStore
from ans.workflows.expected import pace_of, work_of

WORK = {"cache": 2.0, "check": 0.0, "encoder": 10.0, "heads": 5.0, "evaluate": 8.0}


def work(config: TrainConfig) -> dict[str, float]:
    return work_of(config, make_open_world_split(load_corpus(config.dataset), config))


def trained(store: RunStore, config: TrainConfig, seconds: dict[str, float], here: bool = True) -> None:
    """A run that ended and took so long, on this machine or on another one."""
    run = store.create(config)
    if here:
        run.set_status(RUNNING)
    run.event_writer()({"phase": "data", "known": 2, "texts": 20, "work": WORK})
    classes = [ClassScore(name, 50.0, 50.0, 50.0, 1) for name in ("a", "b", "open")]
    metrics = Metrics(50.0, 50.0, 50.0, None, None, classes, [[1, 0, 0], [0, 1, 0], [0, 0, 1]])
    Evaluation(metrics, ["a", "b"], [], seconds, "cpu").write(run.folder)
    run.set_status(FINISHED)


def test_every_phase_after_the_data_is_expected_in_its_order_and_more_work_takes_longer():
    small, large = work(TrainConfig(known_ratio=0.25)), work(TrainConfig(known_ratio=1.0))
    assert list(small) == [phase for phase in PHASES if phase != "data"]
    assert all(large[phase] > small[phase] for phase in ("cache", "encoder", "heads", "evaluate"))
    assert small["check"] == 0  # dev texts check the line
    assert work(TrainConfig(known_ratio=0.25, trainable_layers=0))["encoder"] < small["encoder"] / 10
    assert work(TrainConfig(known_ratio=0.25, texts_per_class=10))["check"] > 0


def test_the_pace_is_that_of_the_latest_training_with_this_encoder_on_as_many_layers(tmp_path: Path):
    store, config = RunStore(tmp_path), TrainConfig()
    assert pace_of(store, config) == {}
    trained(store, config, {"cache": 2.0, "encoder": 10.0})
    trained(store, config.with_(seed=1), {"cache": 4.0, "encoder": 30.0, "heads": 5.0, "evaluate": 4000.0})
    trained(store, config.with_(trainable_layers=0), {"cache": 9.0})
    trained(store, config, {"cache": 90.0}, here=False)
    assert pace_of(store, config) == pytest.approx({"cache": 2.0, "encoder": 3.0, "heads": 1.0, "evaluate": 100.0})
    assert pace_of(store, config.with_(encoder="bert-base-uncased")) == {}

"""`benchmark speed`: what ours is compared with does the same work, and a table says what was reached."""

import json

import pytest
import torch

from ans.__main__ import main
from ans.benchmark import speed, speed_references, speed_rows
from ans.benchmark.own_process import peak_memory
from ans.benchmark.readme import block
from ans.benchmark.results import Results, timed_record
from ans.config import TrainConfig
from ans.model.encoder import TextEncoder
from ans.model.loading import load_model

TEXTS = ["what is my balance?", "hello", "play some slow jazz for me please", "book a table", "stop", "why is it late?"]


def test_the_straightforward_way_makes_the_same_features():
    encoder = TextEncoder.load("minilm")
    expected = encoder.features(encoder.cache(TEXTS))
    assert torch.allclose(speed_references.encode(load_model("minilm"), TEXTS), expected, atol=1e-4)


def test_the_straightforward_pass_tunes_the_last_layers_and_nothing_else():
    loaded = load_model("minilm")
    before = {name: value.clone() for name, value in loaded.model.state_dict().items()}
    config = TrainConfig(batch_size=2, trainable_layers=2)
    speed_references.one_epoch(loaded, TEXTS, torch.tensor([0, 1, 2, 0, 1, 2]), config)
    moved = {name for name, value in loaded.model.state_dict().items() if not torch.equal(value, before[name])}
    assert moved
    assert all(name.startswith(("encoder.layer.4.", "encoder.layer.5.")) for name in moved)


def test_both_ways_take_turns_and_the_median_of_each_counts(monkeypatch):
    done, clock = [], iter([0, 4, 4, 5, 5, 13, 13, 16, 16, 21, 21, 23])
    monkeypatch.setattr(speed_rows.time, "perf_counter", lambda: next(clock))
    found = speed_rows.compared(lambda: done.append("reference"), lambda: done.append("ours"), repeats=3)
    assert done == ["reference", "ours"] * 3
    assert found == {"reference": 5, "ours": 2, "ratio": 2.5}


def test_the_table_says_what_was_measured_and_whether_it_reaches_the_aim(tmp_path):
    kept = Results(tmp_path / "speed.json", "speed")
    kept.keep(timed_record("heads-38", {"reference": 30.0, "ours": 5.0, "ratio": 6.0}, 4))
    kept.keep(timed_record("query", {"p50": 11.0, "p95": 30.0}, 4))
    kept.keep(timed_record("clinc-75", {"seconds": 110.0, "mib": 1024.0}, 4))
    kept.keep(timed_record("query", {"p50": 11.0, "p95": 31.0}, 4))
    _, _, heads, query, clinc = speed.table(kept.records).splitlines()
    assert "5 s" in heads
    assert "one at a time: 30 s" in heads
    assert heads.endswith("| **6.0×** | ≥ 5× | yes |")
    assert "p50 11 ms, p95 31 ms" in query, "a row that is measured again takes the place of the old one"
    assert query.endswith("| – | p50 ≤ 12 ms, p95 ≤ 25 ms | no |")
    assert "110 s, memory 1.0 GiB" in clinc
    assert clinc.endswith("| ≤ 120 s, memory ≤ 1.5 GiB | yes |")
    record = kept.records[0]
    assert {"machine", "date", "versions", "load"} <= record.keys()
    assert block(tmp_path / "speed.json").endswith(speed.note(kept.records))


def test_one_row_is_measured_alone_and_kept(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(speed_rows, "HEAD_TEXTS", 3)
    monkeypatch.setattr(speed_rows, "HEAD_STEPS", 1)
    out = tmp_path / "speed.json"
    assert main(["benchmark", "speed", "--only", "heads-38", "--out", str(out), "--json", "--quiet"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [record["method"] for record in found["runs"]] == ["heads-38"]
    assert found["runs"] == json.loads(out.read_text())["runs"]
    assert found["runs"][0]["numbers"]["ratio"] > 0


def test_an_unknown_row_is_refused_with_the_names_of_all(capsys):
    assert main(["benchmark", "speed", "--only", "speed-of-light"]) == 2
    said = capsys.readouterr().err
    assert "no row 'speed-of-light'; it has phase-one," in said


def test_the_most_memory_of_a_process_is_at_least_what_it_has_now():
    import os

    assert peak_memory(os.getpid()) > 50


@pytest.mark.parametrize("row", speed.ROWS, ids=lambda row: row.name)
def test_each_row_says_what_is_to_be_reached(row):
    assert "≥" in row.reach or "≤" in row.reach

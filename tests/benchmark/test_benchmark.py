"""The benchmark: one protocol, resumable, blind to open texts; its records, tables and the README agree."""

import argparse
import json
from dataclasses import fields
from pathlib import Path

import pytest
import torch

from ans.baselines.heads import ans
from ans.baselines.rule import Answers, from_scores
from ans.benchmark import readme
from ans.benchmark.cells import Settings, run
from ans.benchmark.command import WHICH, named, numbers, ratios
from ans.benchmark.methods import Method, best_threshold_f1
from ans.benchmark.own_texts_report import TABLES
from ans.benchmark.phase_one import CorpusStates, phase_one_features
from ans.benchmark.report import mean, settings_of
from ans.benchmark.results import RESULTS_FOLDER, Results
from ans.benchmark.reuse import take_over
from ans.benchmark.tables import BENCHMARKS
from ans.config import PHASE_2, TrainConfig, setting_names
from ans.conventions import OPEN
from ans.evaluation.published import published
from ans.workflows.experiment import run_experiment

WORDS = {
    "fly": "book a flight to",
    "card": "I lost my card in",
    "song": "play some music by",
    "lamp": "turn the light on",
}
OTHER = {"fly": "I lost my card in", "card": "xyzzy", "song": "what is the weather like", "lamp": "book a flight to"}


@pytest.fixture
def no_output(tmp_path):
    """Somewhere for the progress bar."""
    with (tmp_path / "bar").open("w") as file:
        yield file


def corpus_folder(folder: Path, words: dict[str, str], test_words: dict[str, str] | None = None) -> Path:
    """A corpus of four classes in three files, 10 / 3 / 5 texts a class."""
    folder.mkdir()
    for part, size in (("train", 10), ("dev", 3), ("test", 5)):
        said = (test_words or words) if part == "test" else words
        rows = [f"{said[label]} {part} {i}\t{label}" for label in sorted(words) for i in range(size)]
        (folder / f"{part}.tsv").write_text("\n".join(["text\tlabel", *rows]), encoding="utf-8")
    return folder


@pytest.fixture
def config(tmp_path, tiny_encoder_folder) -> TrainConfig:
    """A training of a moment: two of four classes known."""
    folder = corpus_folder(tmp_path / "corpus", WORDS)
    return TrainConfig(
        dataset=str(folder), encoder=str(tiny_encoder_folder), known_ratio=0.5, trainable_layers=1, epochs=1,
        head_steps=2, batch_size=8, device="cpu",
    )  # fmt: skip


def always_open(found, config) -> Answers:
    """Answers `open` to everything."""
    return from_scores(torch.full((len(found.test.targets),), -1.0), found.test.closed.argmax(1), 0.0)


# The protocol


def test_what_is_said_in_texts_of_held_out_classes_and_in_the_test_changes_nothing_that_is_learnt(config, tmp_path):
    def learnt(dataset: Path) -> dict:
        known = config.with_(dataset=str(dataset), known_classes=("card", "fly"))
        model = run_experiment(known, lambda event: None, lambda: False).classifier
        parts = {"tail": model.encoder.tail, "closed": model.closed, "heads": model.heads}
        return {f"{p}.{name}": value for p, part in parts.items() for name, value in part.state_dict().items()}

    poisoned = WORDS | {name: OTHER[name] for name in ("song", "lamp")}
    first = learnt(Path(config.dataset))
    second = learnt(corpus_folder(tmp_path / "poisoned", poisoned, test_words=OTHER))
    assert all(torch.equal(first[name], second[name]) for name in first)
    third = learnt(corpus_folder(tmp_path / "changed", WORDS | {"fly": "something else"}))
    assert not all(torch.equal(first[name], third[name]) for name in first), "this test can't fail"


def test_the_benchmark_gives_the_numbers_that_train_gives(config, tmp_path, no_output):
    results = Results(tmp_path / "results.json", "table1")
    config = config.with_(folds=0)  # with 30 dev texts there are none
    run([Method("ANS", ans)], Settings([config.dataset], [0.5], [3], config), results, no_output)
    metrics = run_experiment(config.with_(seed=3), lambda event: None, lambda: False).judged.metrics
    record = results.records[0]
    for name, value in metrics.headline().items():
        assert record["metrics"][name] == pytest.approx(value, abs=2e-3), name
    assert record["metrics"]["best_threshold_f1"] >= record["metrics"]["f1"] - 1e-3
    assert len(record["known_classes"]) == 2
    assert record["config"]["seed"] == 3
    assert {"commit", "versions", "device", "date", "seconds"} <= set(record)


def test_a_finished_cell_is_never_computed_again_and_a_broken_run_loses_only_the_cell_under_way(
    config, tmp_path, no_output
):
    computed = []

    def breaks_at_seed_two(found, one: TrainConfig) -> Answers:
        computed.append(one.seed)
        if one.seed == 2 and computed.count(2) == 1:
            raise KeyboardInterrupt
        return always_open(found, one)

    methods, path = [Method("m", breaks_at_seed_two)], tmp_path / "results.json"
    settings = Settings([config.dataset], [0.5], [0, 1, 2, 3], config)
    with pytest.raises(KeyboardInterrupt):
        run(methods, settings, Results(path, "x"), no_output)
    assert [record["config"]["seed"] for record in Results(path, "x").records] == [0, 1]
    run(methods, settings, Results(path, "x"), no_output)
    assert [record["config"]["seed"] for record in Results(path, "x").records] == [0, 1, 2, 3]
    assert computed == [0, 1, 2, 2, 3]


def test_other_settings_replace_the_record_of_a_cell(config, tmp_path, no_output):
    path, methods = tmp_path / "results.json", [Method("m", always_open)]
    for steps in (2, 5):
        settings = Settings([config.dataset], [0.5], [0], config.with_(head_steps=steps))
        run(methods, settings, Results(path, "x"), no_output)
    assert [record["config"]["head_steps"] for record in Results(path, "x").records] == [5]


def test_a_cell_that_another_table_has_with_the_same_rule_and_settings_is_taken_from_there(config, tmp_path):
    table1, ablation = Results(tmp_path / "table1.json", "table1"), Results(tmp_path / "ablation.json", "ablation")
    (tmp_path / "other.json").write_text("[1, 2]")
    table1.add("ANS", config, ["a", "b"], {"accuracy": 90.0}, {"method": 1.0})
    settings = Settings([config.dataset], [config.known_ratio], [config.seed], config)
    take_over(BENCHMARKS["ablation"].methods, settings, ablation)
    assert [(one["method"], one["metrics"]) for one in ablation.records] == [("+ ascent (ANS)", {"accuracy": 90.0})]
    other_settings = Settings([config.dataset], [config.known_ratio], [config.seed], config.with_(gamma=3.0))
    baselines = Results(tmp_path / "baselines.json", "baselines")
    take_over(BENCHMARKS["baselines"].methods, other_settings, baselines)
    assert baselines.records == []


def test_phase_one_is_shared_by_all_settings_of_phase_two_and_by_no_others(config):
    names = [spec.name for spec in fields(TrainConfig)]
    assert set(setting_names(PHASE_2)) == set(names[names.index("views") :]), "the fields from `views` on are phase 2"
    loaded = []

    def states() -> CorpusStates:
        loaded.append(1)
        return CorpusStates(config)

    first = phase_one_features(config, states)
    again = phase_one_features(config.with_(head_steps=9, views="tuned", negatives="none"), states)
    assert torch.equal(first.train.tuned, again.train.tuned)
    assert len(loaded) == 1
    other = phase_one_features(config.with_(encoder_lr=1e-3), states)
    assert not torch.equal(first.train.tuned, other.train.tuned)
    assert torch.equal(first.train.untouched, other.train.untouched)


def test_every_setting_is_there_once_and_seeds_come_last(config):
    settings = Settings(["a", "b"], [0.25, 0.5], [0, 1], config)
    cells = [(one.seed, one.known_ratio, one.dataset) for one in settings]
    assert len(set(cells)) == len(cells) == 8
    assert [seed for seed, _, _ in cells] == [0] * 4 + [1] * 4


def test_the_best_threshold_is_at_least_as_good_as_any_other():
    generator = torch.Generator().manual_seed(0)
    targets = torch.randint(-1, 3, (300,), generator=generator)
    classes = torch.where(targets == OPEN, 0, targets)
    scores = (targets != OPEN).float() * 2 + torch.randn(300, generator=generator)
    best = best_threshold_f1(from_scores(scores, classes, 0.0), targets, 3)
    perfect = best_threshold_f1(from_scores((targets != OPEN).float(), classes, 0.5), targets, 3)
    assert 60 < best < perfect
    assert perfect == pytest.approx(100, abs=0.01)


# Records and tables


def test_a_file_that_holds_no_results_is_refused(tmp_path):
    path = tmp_path / "results.json"
    for content in ("no JSON", "[1]", '{"runs": 3}'):
        path.write_text(content)
        with pytest.raises(ValueError, match="holds no results of a benchmark; name another file with --out"):
            Results(path, "table1")
    path.write_text(json.dumps({"benchmark": "ablation", "runs": []}))
    with pytest.raises(ValueError, match="holds results of 'ablation', not of 'table1'"):
        Results(path, "table1")


def test_the_headline_table_stands_beside_the_published_figures():
    def record(seed: int, f1: float) -> dict:
        names = ("accuracy", "f1", "f1_known", "f1_open", "auroc", "best_threshold_f1")
        return {
            "method": "ANS",
            "config": {"dataset": "clinc", "known_ratio": 0.25, "seed": seed, "encoder": "minilm"},
            "metrics": dict.fromkeys(names, f1),
            "seconds": {"encoder": 30.0, "method": 10.0},
        }

    table = BENCHMARKS["table1"].print([record(0, 84.0), record(1, 88.0)])
    row = next(line for line in table.splitlines() if "clinc" in line)
    assert [cell.strip() for cell in row.strip("|").split("|")][:8] == [
        "clinc", "25%", "86.0 ± 2.8", "92.6 ± 1.9", "-6.6", "86.0 ± 2.8", "84.8 ± 2.6", "+1.2",
    ]  # fmt: skip


def test_the_command_knows_every_benchmark_and_no_other():
    assert set(WHICH) == {*BENCHMARKS, *TABLES, "teach", "heads", "router", "speed", "scale", "readme"}


def test_rows_of_a_table_are_taken_by_name():
    rows = BENCHMARKS["baselines"].methods
    assert [row.name for row in named(rows, ["ANS", "MSP"])] == ["MSP", "ANS"]
    assert named(rows, None) == list(rows)
    with pytest.raises(ValueError, match="this table has no row 'XYZ'; it has 'MSP', "):
        named(rows, ["XYZ"])


def test_seeds_and_ratios_are_read_as_people_write_them():
    assert numbers("0-4") == (0, 1, 2, 3, 4)
    assert numbers("0, 2,5-7") == (0, 2, 5, 6, 7)
    assert ratios("0.25,0.5") == (0.25, 0.5)
    for wrong in ("x", "4-1", "-3", "1,,2", ""):
        with pytest.raises(argparse.ArgumentTypeError, match="expected numbers such as"):
            numbers(wrong)
    with pytest.raises(argparse.ArgumentTypeError, match="expected ratios such as"):
        ratios("a quarter")


def test_the_tables_in_the_readme_are_those_of_the_results():
    texts = [page.read_text(encoding="utf-8") for page in readme.PAGES]
    assert "<!-- measured: table1, in short -->" in texts[0]
    named = {found["name"] for text in texts for found in readme.BLOCK.finditer(text) if not found["short"]}
    assert {path.stem for path in RESULTS_FOLDER.glob("*.json")} == named, "a file of results nobody reads"
    for text in texts:
        assert readme.fill(text) == text, "run `python -m ans benchmark readme`"


def test_a_row_that_was_measured_on_fewer_seeds_says_so_and_rows_keep_their_order(config, tmp_path):
    results = Results(tmp_path / "baselines.json", "baselines")
    for method, seed in (("ANS", 0), ("MSP", 0), ("ANS", 1)):
        numbers = {"accuracy": 90.0 + seed, "f1": 80.0}
        results.add(method, config.with_(seed=seed), ["a", "b"], numbers, {"method": 1.0})
    rows = BENCHMARKS["baselines"].table(results.records).split("\n\n")[0].splitlines()[2:]
    assert [row.split(" | ")[0] for row in rows] == ["| MSP (seed 0 only)", "| ANS"]
    assert rows[1].endswith("| 90.5 | 90.5 |")


def test_every_measured_mean_of_table_1_is_above_the_papers():
    settings = settings_of(Results(RESULTS_FOLDER / "table1.json", "table1").records, "ANS")
    assert len(settings) == 9
    for (dataset, ratio), group in settings:
        for name in ("accuracy", "f1"):
            assert mean(group, name) > published(dataset, ratio)[name], (dataset, ratio, name)


def test_the_results_in_the_repository_are_of_the_default_configuration():
    for record in Results(RESULTS_FOLDER / "table1.json", "table1").records:
        config = TrainConfig.from_dict(record["config"])
        if config.dataset == "banking":  # of its 9,003 training texts one is longer than the window, and was cut off
            config = config.with_(long_texts="average")
        assert config == TrainConfig(dataset=config.dataset, known_ratio=config.known_ratio, seed=config.seed)

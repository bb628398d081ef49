"""`benchmark scale`: sizes are measured in processes of their own, and the power they grow with is told."""

import json

import pytest

from ans.__main__ import main
from ans.benchmark import scale
from ans.benchmark.own_process import in_own_process
from ans.benchmark.readme import block
from ans.benchmark.results import Results, timed_record
from ans.benchmark.scale_figure import scale_figure
from ans.config import TrainConfig


@pytest.mark.parametrize("power", [0.0, 1.0, 2.0])
def test_the_power_is_that_with_which_the_seconds_grow(power):
    fitted, end = scale.exponents([(size, 3 * size**power) for size in (10, 100, 1000)])
    assert fitted == pytest.approx(power)
    assert end == pytest.approx(power)


def test_what_is_fixed_hides_in_the_fit_and_not_at_the_end():
    fitted, end = scale.exponents([(size, 5 + size / 100) for size in (10, 1000, 100_000, 10_000_000)])
    assert fitted < 0.9
    assert end == pytest.approx(1, abs=0.01)


def test_one_size_is_measured_in_its_own_process_and_stands_in_the_table(tmp_path):
    numbers = in_own_process("it failed", scale.measure, "query", 10, TrainConfig(device="cpu"))
    assert numbers["seconds"] > 0
    kept = Results(tmp_path / "scale.json", "scale")
    kept.keep(timed_record("query 10", numbers, 5))
    kept.keep(timed_record("query 100", numbers | {"seconds": 10 * numbers["seconds"]}, 5))
    *_, one, ten = scale.table(json.loads((tmp_path / "scale.json").read_text())["runs"]).splitlines()
    assert one.startswith("| query | 10 classes | ")
    assert ten.startswith("| query | 100 classes | ")
    assert ten.endswith("1.00, at the end 1.00 |")
    assert scale.table(kept.records) in block(tmp_path / "scale.json")
    drawn = scale_figure(kept.records).data
    assert [list(line.x) for line in drawn] == [[10, 100], [], [], [], []]


def test_a_model_of_many_made_up_classes_answers_one_text_and_many_alike():
    model = scale.made_up(600, TrainConfig(device="cpu"))
    texts = [f"a text about {i}" for i in range(8)]
    together, alone = model.explain(texts), [model.explain(text) for text in texts]
    assert [one.label for one in together] == [one.label for one in alone]
    assert [one.score for one in together] == pytest.approx([one.score for one in alone], abs=1e-3)


def test_texts_are_scored_by_a_model_that_was_trained_and_no_two_of_them_are_alike(monkeypatch, tiny_encoder_folder):
    asked, answers = [], scale.brief_answers
    monkeypatch.setattr(
        scale, "brief_answers", lambda model, texts: asked.append((model, texts)) or answers(model, texts)
    )
    quick = {"epochs": 1, "least_updates": 0, "head_steps": 5, "folds": 0, "device": "cpu"}
    assert scale.scoring(5000, TrainConfig(encoder=str(tiny_encoder_folder), **quick)) > 0
    assert all(model.seconds["heads"] > 0 for model, _ in asked)
    assert len({text for _, texts in asked for text in texts}) == 5000


def test_an_unknown_curve_is_refused(capsys):
    assert main(["benchmark", "scale", "--only", "weather"]) == 2
    assert (
        "no curve 'weather'; it has query, training, training of many texts, scoring, file." in capsys.readouterr().err
    )

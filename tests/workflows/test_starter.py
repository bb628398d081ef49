"""The starter that comes with the app is the one that today's settings, data, encoder and models would give."""

from __future__ import annotations

import dataclasses

import pytest

from ans.config import STARTER
from ans.runs.shipped import made_from, put_starter
from ans.runs.store import RunStore
from ans.serving.models import Serving
from ans.workflows.judging import judge
from ans.workflows.starter import digest_of, ingredients, outdated


@pytest.fixture(scope="module")
def now() -> dict:
    return ingredients()


def test_the_shipped_starter_is_up_to_date(now):
    assert outdated(made_from(), now) == [], "build it again: python -m ans.workflows.starter"


@pytest.mark.parametrize("what", ["data", "encoder", "model_format"])
def test_it_is_outdated_when_an_ingredient_changes(now, what):
    assert outdated({**now, what: "of before"}, now) == [what]


def test_it_is_outdated_by_another_setting_and_not_by_one_that_does_what_was_done_before(now):
    changed = dict(now["settings"], head_steps=STARTER.head_steps + 1)
    assert outdated({**now, "settings": changed}, now) == ["settings"]
    added = {name: value for name, value in now["settings"].items() if name != "no_class"}
    assert outdated({**now, "settings": added}, now) == []


def test_the_digest_of_data_tells_a_changed_text(tmp_path):
    (tmp_path / "train.tsv").write_text("text\tlabel\nhello\tgreet\n")
    before = digest_of(tmp_path)
    (tmp_path / "train.tsv").write_text("text\tlabel\nhello!\tgreet\n")
    assert digest_of(tmp_path) != before


def test_what_it_answers_here_is_what_its_run_tells_and_texts_are_answered(tmp_path):
    import torch

    store = RunStore(tmp_path / "runs")
    run, serving = put_starter(store), Serving(store)
    _, labels, arrays = run.load_test()
    judged = judge(serving.model(run.id), torch.from_numpy(arrays["features"]), labels)
    assert dataclasses.asdict(judged.metrics) == dataclasses.asdict(run.evaluation.metrics)
    assert serving.answer(run.id, "wake me up at seven")[0].label == "alarm_set"
    assert serving.answer(run.id, "do fish sleep")[0].open

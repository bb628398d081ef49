"""Answers and examples from a finished run."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from ans.evaluation.mistakes import read_answers
from ans.model.rounding import LEAST
from ans.model.threads import computing_with
from ans.recent import Recent
from ans.runs.store import RunStore
from ans.serving.models import Serving
from tests.finished_runs import finished_run


@pytest.fixture(scope="module")
def serving(classifier, small_split, small_config, tmp_path_factory) -> Serving:
    """A store with one finished run: the shared small classifier."""
    store = RunStore(tmp_path_factory.mktemp("serving") / "runs")
    finished_run(store, small_config, classifier, small_split)
    return Serving(store)


@pytest.fixture(scope="module")
def run_id(serving) -> str:
    return serving.store.finished()[0].id


def test_a_server_that_is_warm_has_its_model_loaded_and_computes_each_answer_on_one_core(serving, run_id):
    fresh = Serving(serving.store)
    with computing_with(2):
        fresh.warm()
        assert torch.get_num_threads() == 1
    assert fresh.is_loaded(run_id)


def test_an_answer_from_the_store_is_the_classifiers_own(serving, run_id, classifier):
    text = "wake me up at seven tomorrow morning"
    prediction, milliseconds = serving.answer(run_id, text)
    own = classifier.explain(text)
    assert prediction.label == own.label == "alarm_set"
    assert prediction.score == pytest.approx(own.score, abs=LEAST)
    assert milliseconds > 0


def test_examples_are_test_texts_of_their_kind_with_the_expected_answer_and_always_the_same(
    serving, run_id, small_split
):
    examples = serving.examples(run_id)
    assert examples == serving.examples(run_id)
    label_of = dict(zip(small_split.test.texts, small_split.test.labels, strict=True))
    assert len(examples["known"]) == 3
    assert all(label_of[one.text] == one.expected in small_split.known for one in examples["known"])
    assert len(examples["oos"]) == 3
    assert all(label_of[one.text] == "oos" and one.expected is None for one in examples["oos"])


def test_each_known_class_has_samples_of_the_test_or_of_the_training_where_the_test_has_none(
    serving, run_id, small_split, classifier, small_config, tmp_path
):
    label_of = dict(zip(small_split.test.texts, small_split.test.labels, strict=True))
    samples = serving.samples(run_id)
    assert list(samples) == small_split.known
    assert all({label_of[text] for text in texts} == {name} for name, texts in samples.items())
    first = small_split.known[0]
    rows = [i for i, label in enumerate(small_split.test.labels) if label != first]
    without = replace(small_split, test=small_split.test.only(rows))
    other = Serving(RunStore(tmp_path / "runs"))
    taught = other.samples(finished_run(other.store, small_config, classifier, without).id)[first]
    assert taught
    assert set(taught) <= set(small_split.train.texts)


def test_the_known_classes_are_those_of_the_run_and_none_once_it_is_gone(serving, run_id, small_split):
    assert serving.known(run_id) == small_split.known
    assert serving.known("20990101-000000-abcdef") == serving.known(None) == []


def test_a_run_that_is_not_there_is_refused_with_what_to_do(serving):
    with pytest.raises(
        ValueError, match=r"^there is no trained model yet; wait for the starter model, or train one\.$"
    ):
        serving.answer(None, "hello")
    with pytest.raises(ValueError, match=r"^no trained model 'gone'; choose one from the list, or train one\.$"):
        serving.answer("gone", "hello")


def test_recent_makes_a_value_once_even_for_many_askers_at_the_same_time():
    made, recent = [], Recent(2)
    begin = threading.Barrier(8)

    def ask() -> None:
        begin.wait()
        recent.get("key", lambda: made.append(1) or len(made))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [1]


def test_recent_forgets_what_was_used_longest_ago():
    recent = Recent(2)
    for key in ("a", "b", "a", "c"):
        recent.get(key, lambda: key)  # noqa: B023  called at once
    assert "a" in recent
    assert "c" in recent
    assert "b" not in recent


def test_recent_keeps_no_failure():
    recent = Recent(2)
    with pytest.raises(ZeroDivisionError):
        recent.get("key", lambda: 1 / 0)
    assert recent.get("key", lambda: "made") == "made"


def test_paths_of_the_store_stay_inside_it(serving, tmp_path: Path):
    with pytest.raises(ValueError, match="no trained model"):
        serving.answer(f"../{tmp_path.name}", "hello")


def test_what_is_damaged_is_told_without_the_servers_folders(small_config, classifier, small_split, tmp_path):
    store = RunStore(tmp_path / "runs")
    run = finished_run(store, small_config, classifier, small_split)
    (run.folder / "model" / "weights.safetensors").write_bytes(b"torn")
    (run.folder / "test.safetensors").write_bytes(b"torn")
    for read in (lambda: Serving(store).model(run.id), run.load_test, lambda: read_answers(run)):
        with pytest.raises(ValueError, match="damaged") as caught:
            read()
        assert str(tmp_path) not in str(caught.value)

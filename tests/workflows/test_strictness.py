"""Another line for a finished run: what it does is told before, and once kept every answer is by it."""

from __future__ import annotations

import errno

import numpy as np
import pytest
import torch

from ans.model.trained_model import TrainedModel
from ans.runs.check import Check
from ans.runs.evaluation import Evaluation
from ans.runs.run import Run
from ans.runs.store import RunStore
from ans.serving.models import Serving, load_classifier
from ans.workflows.archive import load_archive, save_archive
from ans.workflows.strictness import keep, lines_of
from tests.finished_runs import finished_run

LOOSE, STRICT = 0.02, 0.4


@pytest.fixture
def run(tmp_path, classifier, small_split, small_config) -> Run:
    return finished_run(RunStore(tmp_path / "runs"), small_config, classifier, small_split)


def refused_in_the_test(run: Run) -> tuple[int, int]:
    """Known texts and open texts that the run answers with open, by its numbers."""
    confusion = np.array(run.evaluation.metrics.confusion)
    return int(confusion[:-1, -1].sum()), int(confusion[-1, -1])


def test_the_effect_of_a_line_is_told_before_it_is_kept(run, classifier):
    for refused in (LOOSE, 0.1, STRICT):
        told = lines_of(run, classifier).refusing(refused)
        keep(run, classifier, refused)
        known, outside = refused_in_the_test(run)
        assert (told.test_refused.texts, told.let_in.of - told.let_in.texts) == (known, outside)
        assert told.refused.texts == int(
            (classifier.refusing(refused).calibration.refused or 0) * told.refused.of + 0.5
        )
        assert told.refused.share <= refused
        assert sum(count.texts for count in told.by_class.values()) == told.refused.texts
        assert sum(count.of for count in told.by_class.values()) == told.refused.of
        keep(run, load_classifier(run, "cpu"), None)


def test_a_looser_line_never_refuses_more_and_never_lets_in_fewer(run, classifier):
    effects = [lines_of(run, classifier).refusing(percent / 100) for percent in range(51)]
    assert [one.test_refused.texts for one in effects] == sorted(one.test_refused.texts for one in effects)
    assert [one.let_in.texts for one in effects] == sorted((one.let_in.texts for one in effects), reverse=True)


def test_the_line_in_use_is_told_like_any_other(run, classifier):
    assert lines_of(run, classifier).own.test_refused.texts == refused_in_the_test(run)[0]


def test_a_kept_line_answers_everywhere_and_reset_brings_back_every_bit(run, classifier, small_split, tmp_path):
    before = run.evaluation, run.load_test()
    keep(run, classifier, STRICT)
    again = load_classifier(run, "cpu")
    expected = classifier.refusing(STRICT)
    texts = small_split.test.texts
    assert [one.label for one in again.explain(texts)] == [one.label for one in expected.explain(texts)]
    assert torch.equal(torch.tensor(run.load_test()[2]["answers"]), expected.decide(expected.features(texts))[0])
    assert run.evaluation.metrics != before[0].metrics
    zipped = tmp_path / "run.zip"
    save_archive(run, zipped)
    other = load_archive(zipped, RunStore(tmp_path / "other"), "b" * 32, {"minilm"})
    assert [one.label for one in load_classifier(other, "cpu").explain(texts)] == [
        one.label for one in expected.explain(texts)
    ]
    grown = again.add_class("greeting", ["good morning to you", "hi there", "hello friend", "hey you", "good evening"])
    assert grown.calibration.line == expected.calibration.line

    keep(run, again, None)
    assert run.evaluation == before[0]
    assert all(np.array_equal(value, run.load_test()[2][name]) for name, value in before[1][2].items())


@pytest.mark.parametrize("fails", [(Evaluation, "replacing"), (Check, "replacing"), (TrainedModel, "save")])
def test_a_disk_that_is_full_by_then_leaves_the_line_and_the_numbers_as_they_were(run, classifier, monkeypatch, fails):
    before = {path: path.read_bytes() for path in run.folder.rglob("*") if path.is_file()}

    def full(*given, **more):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(*fails, full)
    with pytest.raises(OSError, match="No space"):
        keep(run, classifier, STRICT)
    assert {path: path.read_bytes() for path in run.folder.rglob("*") if path.is_file()} == before


def test_the_page_answers_by_a_kept_line_at_once_and_tells_whoever_draws_by_answers(run, classifier, small_split):
    serving, told = Serving(RunStore(run.folder.parent)), []
    serving.when_changed(told.append)
    texts = [text for text in small_split.test.texts if not classifier.refusing(STRICT).explain(text).unsure]
    changing = next(
        text for text in texts if classifier.explain(text).open != classifier.refusing(STRICT).explain(text).open
    )
    assert not serving.answer(run.id, changing)[0].open
    assert serving.answer(run.id, changing, refused=STRICT)[0].open  # tried, not kept
    assert not serving.answer(run.id, changing)[0].open
    serving.keep_line(run.id, STRICT)
    assert serving.answer(run.id, changing)[0].open
    assert told == [run.id]
    assert serving.lines(run.id).own.refused.share == pytest.approx(STRICT, abs=0.05)


def test_of_an_earlier_versions_model_no_line_can_be_chosen_and_nothing_is_changed(run, classifier):
    from dataclasses import replace

    from ans.model.calibration import Calibration
    from ans.model.trained_model import TrainedModel

    views = len(classifier.config.head_views)
    old = TrainedModel(
        classifier.config, replace(classifier.fitted, calibration=Calibration.none(views)), classifier.seconds
    )
    before = run.evaluation
    assert not lines_of(run, old).can_move
    with pytest.raises(ValueError, match="train it again"):
        keep(run, old, 0.1)
    assert run.evaluation == before


@pytest.mark.parametrize("content", [None, "{}"])
def test_a_line_is_kept_and_a_zip_is_taken_without_a_check_or_with_a_damaged_one(run, classifier, tmp_path, content):
    file = run.folder / "check.json"
    file.unlink()
    if content is not None:
        file.write_text(content)
    zipped = tmp_path / "run.zip"
    save_archive(run, zipped)
    assert load_archive(zipped, RunStore(tmp_path / "other"), "b" * 32, {"minilm"}).check is not None
    keep(run, classifier, STRICT)
    assert run.check is not None
    assert run.check.refused.share == pytest.approx(STRICT, abs=0.05)

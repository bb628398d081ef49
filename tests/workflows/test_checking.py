"""What a run finds out about itself: what its line refuses, an estimate for open texts, oddities of its texts."""

from __future__ import annotations

import numpy as np
import pytest

from ans.json_files import DamagedFile, write_json
from ans.model.trained_model import TrainedModel
from ans.runs.check import CHECK_FILE, Check, Quality
from ans.workflows import quality
from ans.workflows.checking import check_of
from ans.workflows.quality import MOST_LISTED, quality_of

SEED = 0


@pytest.fixture(scope="module")
def check(classifier) -> Check:
    return check_of(classifier)


def test_what_is_refused_is_counted_in_all_and_for_each_class(check, classifier):
    assert check.refused.share == pytest.approx(classifier.calibration.refused)
    assert sum(count.texts for count in check.by_class.values()) == check.refused.texts
    assert set(check.by_class) <= set(classifier.labels)


def test_a_stricter_line_is_expected_to_let_in_fewer_texts_of_other_classes(classifier):
    shares = [check_of(classifier.refusing(refused), Quality()).left_out.share for refused in (0.02, 0.1, 0.3)]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] > shares[-1]


def test_without_dev_texts_the_estimate_comes_from_trainings_that_leave_classes_out(encoder, small_split):
    from ans.config import TrainConfig

    rows = [i for i in range(len(small_split.train)) if i % 6 == 0]
    train = small_split.train.only(rows)
    labels = [f"{label} {i % 2}" for i, label in enumerate(train.labels)]  # eight classes: some can be left out
    config = TrainConfig(device="cpu", trainable_layers=0, head_steps=10, folds=1)
    found = check_of(TrainedModel.trained_on(config, train.texts, labels), Quality())
    assert not found.estimated
    assert found.left_out.of > 0


def test_the_check_is_read_as_it_was_written_and_a_run_without_one_has_none(check, tmp_path):
    assert Check.read(tmp_path) is None
    check.write(tmp_path)
    assert Check.read(tmp_path) == check


def test_a_check_that_counts_more_than_there_is_is_damaged(check, tmp_path):
    check.write(tmp_path)
    plain = {"refused": {"texts": 9, "of": 3}, "by_class": {}, "left_out": {"texts": 0, "of": 0}, "estimated": True}
    write_json(tmp_path / CHECK_FILE, {**plain, "labelled_open": {"texts": 0, "of": 0}, "quality": {}})
    with pytest.raises(DamagedFile, match="counts more texts than there are"):
        Check.read(tmp_path)


def planted(split, encoder, wrong: int) -> tuple[list[str], list[str], np.ndarray, list[str]]:
    """Training texts, labels of which some are wrong, features, the texts with a wrong label."""
    labels, names = list(split.train.labels), sorted(set(split.train.labels))
    rows = np.random.RandomState(SEED).permutation(len(labels))[:wrong].tolist()
    for row in rows:
        labels[row] = names[(names.index(labels[row]) + 1) % len(names)]
    texts = split.train.texts
    features = encoder.features(encoder.cache(texts), untouched=True).numpy()
    return texts, labels, features, [texts[row] for row in rows]


def test_most_wrong_labels_are_listed_first_and_right_ones_rarely(small_split, encoder):
    texts, labels, features, wrong = planted(small_split, encoder, 8)
    listed = quality_of(texts, labels, features, SEED).mislabelled
    assert len({one.text for one in listed} & set(wrong)) >= 6
    assert len(listed) <= 10
    by_text = dict(zip(texts, small_split.train.labels, strict=True))
    found = [one for one in listed if one.text in wrong]
    assert [one.looks_like for one in found] == [by_text[one.text] for one in found]


def test_of_many_texts_the_directions_in_which_they_differ_most_are_enough(encoder, monkeypatch):
    from ans.data.corpora import load_corpus

    train = load_corpus("assistant").train
    names = sorted(set(train.labels))[:14]
    train = train.only([i for i, label in enumerate(train.labels) if label in names])
    assert len(train) >= 2 * quality.DIRECTIONS
    labels, rows = list(train.labels), np.random.RandomState(SEED).permutation(len(train))[:20].tolist()
    for row in rows:
        labels[row] = names[(names.index(labels[row]) + 5) % len(names)]
    features = encoder.features(encoder.cache(train.texts), untouched=True).numpy()

    def found() -> tuple[int, list[float]]:
        said = quality_of(train.texts, labels, features, SEED)
        listed = {one.text for one in said.mislabelled}
        return len(listed & {train.texts[row] for row in rows}), [point.right for point in said.curve]

    hits, curve = found()
    monkeypatch.setattr(quality, "DIRECTIONS", features.shape[1])
    hits_of_all, curve_of_all = found()
    assert hits >= hits_of_all - 1 >= 10
    assert curve[-1] >= curve_of_all[-1] - 0.01


def test_texts_that_stand_under_two_classes_are_paired_and_the_same_class_is_no_matter(small_split, encoder):
    texts, labels, features, _ = planted(small_split, encoder, 0)
    other = next(i for i, label in enumerate(labels) if label != labels[0])
    doubled = (
        [*texts, texts[0], texts[0]],
        [*labels, labels[0], labels[other]],
        np.vstack([features, features[:1], features[:1]]),
    )
    pairs = quality_of(doubled[0], doubled[1], doubled[2], SEED).twins
    assert [(one.text, {one.label, one.other_label}) for one in pairs] == [(texts[0], {labels[0], labels[other]})] * 2
    assert all(one.similarity > 0.99 for one in pairs)


def test_the_learning_curve_rises_to_all_texts(small_split, encoder):
    texts, labels, features, _ = planted(small_split, encoder, 0)
    curve = quality_of(texts, labels, features, SEED).curve
    assert [one.share for one in curve] == [0.25, 0.5, 0.75, 1.0]
    assert [one.texts for one in curve] == sorted(one.texts for one in curve)
    assert curve[0].right <= curve[-1].right


@pytest.mark.parametrize("each", [1, 2, 4, 5, 6])
def test_of_very_few_texts_little_or_nothing_is_said_and_nothing_breaks(small_split, encoder, each):
    rows = [small_split.train.labels.index(name) + k for name in small_split.known for k in range(each)]
    part = small_split.train.only(sorted(set(rows)))
    features = encoder.features(encoder.cache(part.texts), untouched=True).numpy()
    found = quality_of(part.texts, part.labels, features, SEED)
    assert found.checked in (0, len(part))


def test_whatever_odd_features_make_of_it_the_model_is_kept(classifier, caplog):
    import torch

    broken = TrainedModel(classifier.config, classifier.fitted, classifier.seconds)
    broken._untouched = torch.full((len(classifier.train_texts), 4), float("nan"))
    found = check_of(broken)
    assert found.quality == Quality()
    assert "could not be looked at" in caplog.text
    assert found.refused.of > 0


def test_many_texts_that_say_the_same_are_listed_up_to_a_limit_the_most_alike_first():
    rng = np.random.RandomState(SEED)
    features = np.ones((600, 8)) + 0.01 * rng.randn(600, 8)
    pairs = quality_of([f"text {i}" for i in range(600)], ["a", "b"] * 300, features, SEED).twins
    assert len(pairs) == MOST_LISTED
    assert [one.similarity for one in pairs] == sorted((one.similarity for one in pairs), reverse=True)

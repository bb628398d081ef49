"""Many texts are answered in half the precision, and no answer changes by it."""

from __future__ import annotations

import pytest
import torch

from ans.config import TrainConfig
from ans.conventions import OPEN
from ans.model import precision
from ans.model.answers import ABOUT_EQUAL, Answers
from ans.model.rounding import Rounding, doubtful, probes
from ans.model.trained_model import ROUNDED_FROM, TrainedModel
from ans.workflows.judging import judge_test

HAS_BFLOAT16 = torch.cpu._is_avx512_bf16_supported()


@pytest.fixture
def asked(classifier: TrainedModel) -> list[str]:
    """Known texts, and halves of them put together, which lie between the classes."""
    texts = classifier.train_texts[:24]
    return [*texts, *(f"{a[: len(a) // 2]} {b[len(b) // 2 :]}" for a, b in zip(texts, texts[::-1], strict=True))]


def test_many_texts_together_get_the_answers_that_each_gets_alone(classifier, asked):
    together = classifier.explain_many(asked)
    alone = [classifier.explain(text) for text in asked]
    shown = [[(one.label, one.between, one.candidates[0].label) for one in some] for some in (together, alone)]
    assert shown[0] == shown[1]


def test_what_could_change_is_computed_again_in_full_precision(classifier, asked, monkeypatch):
    found = classifier.answered(asked)
    exact = classifier.answers(found[0])
    torch.testing.assert_close(found[1].logits, exact.logits, rtol=0, atol=1e-4)
    torch.testing.assert_close(found[1].votes, exact.votes, rtol=0, atol=1e-4)
    monkeypatch.setattr(classifier, "_rounding", Rounding(1e9, 1e9))  # every answer is in doubt
    torch.testing.assert_close(classifier.answered(asked)[0], classifier.features(asked), rtol=0, atol=1e-5)


@pytest.mark.skipif(not HAS_BFLOAT16, reason="this processor has no bfloat16")
def test_the_rest_is_rounded_but_of_a_few_texts_nothing_is(classifier, asked, monkeypatch):
    monkeypatch.setattr(classifier, "_rounding", Rounding(-1.0, -1.0))  # none is
    exact = classifier.features(asked)
    difference = (classifier.answered(asked)[0] - exact).abs().max()
    assert 1e-5 < difference < 0.1
    few = asked[: ROUNDED_FROM - 1]
    assert torch.equal(classifier.answered(few)[0], classifier.features(few))


def test_an_answer_is_in_doubt_near_a_line_and_between_two_classes_that_are_about_even():
    def doubt(score: float, gap: float, band: tuple[float, float] = (-1.0, 1.0)) -> bool:
        logits, votes = torch.tensor([[score, score - 5]]), torch.tensor([[0.0, -gap]])
        return bool(doubtful(Answers(logits, votes), band, Rounding(0.04, 0.04)))

    assert not doubt(3.0, 5.0)
    assert all(doubt(line + side, 5.0) for line in (0.0, -1.0, 1.0) for side in (-0.03, 0.03))
    assert doubt(3.0, 0.03)
    assert doubt(3.0, ABOUT_EQUAL + 0.03)
    assert not doubt(3.0, ABOUT_EQUAL + 0.05)
    assert doubt(-0.5, 0.03), "a text that wavers between open and its class"
    assert not doubt(-3.0, 0.03), "open for sure: nobody is told which class it would have"
    assert not doubt(-0.5, ABOUT_EQUAL + 0.03), "two classes about equal are told of known texts alone"


@pytest.mark.skipif(not HAS_BFLOAT16, reason="this processor has no bfloat16")
@pytest.mark.parametrize("changes", [{"similarity": 100.0}, {"head_lr": 0.01, "head_steps": 300}], ids=str)
def test_no_answer_changes_either_where_scores_are_many_times_as_large(small_split, changes):
    """Nearest texts that weigh a hundredfold, or heads that learnt fast, are moved as much more by rounding."""
    config = TrainConfig(trainable_layers=0, folds=1, device="cpu", **changes)
    part = small_split.train.only(range(0, len(small_split.train), 4))
    model = TrainedModel.trained_on(config, part.texts, part.labels)
    texts = [*small_split.test.texts, *small_split.train.texts]
    assert model.rounding.logits > 2 * Rounding().logits
    for one, other in zip(model.explain(texts), model.explain_many(texts), strict=True):
        assert (one.label, one.between, one.candidates[0].label) == (
            other.label,
            other.between,
            other.candidates[0].label,
        )


def test_a_model_is_measured_by_texts_that_are_none_of_its_own(classifier):
    asked = probes(classifier.train_texts)
    assert len(set(asked)) == len(asked) == 48
    assert not set(asked) & set(classifier.train_texts)
    assert probes(["one text", "another"]) == ["one ther", "anotext"]


def test_a_stricter_line_needs_no_new_measure(classifier):
    assert classifier.rounding is classifier.refusing(None).rounding


def test_which_class_is_closest_is_in_doubt_wherever_the_score_lies():
    logits, votes = torch.tensor([[-3.0, -3.03], [3.0, 2.97], [-3.0, -4.0]]), torch.tensor([[0.0, -5.0]] * 3)
    assert doubtful(Answers(logits, votes), (-1.0, 1.0), Rounding()).tolist() == [True, True, False]


def test_an_evaluation_gives_the_answers_that_each_text_gets(classifier, small_split):
    judged = judge_test(classifier, small_split)
    answered = [classifier.explain(text).label for text in small_split.test.texts]
    assert [None if one == OPEN else classifier.labels[one] for one in judged.answers.tolist()] == answered


@pytest.mark.skipif(not HAS_BFLOAT16, reason="this processor has no bfloat16")
def test_a_training_learns_from_rounded_features_and_answers_in_full_precision(classifier):
    texts = classifier.train_texts
    with precision.rounded():
        learnt = classifier.features(texts)
    exact = classifier.features(texts)
    off = [(found - classifier.train_features).abs().max() for found in (learnt, exact)]
    assert off[0] < 0.1 * off[1]
    assert classifier.explain(texts[0]).score == pytest.approx(float(classifier.answers(exact[:1]).scores), abs=1e-4)


def test_features_are_rounded_only_where_that_is_asked_for():
    cpu = torch.device("cpu")
    with torch.no_grad():
        plain = type(precision.mixed_precision(cpu))
        with precision.rounded():
            assert (type(precision.mixed_precision(cpu)) is not plain) == HAS_BFLOAT16
        assert type(precision.mixed_precision(cpu)) is plain

"""Many texts are answered in half the precision, and no answer changes by it."""

from __future__ import annotations

import pytest
import torch

from ans.model import answers, precision
from ans.model.trained_model import ROUNDED_FROM, TrainedModel

HAS_BFLOAT16 = torch.cpu._is_avx512_bf16_supported()


@pytest.fixture
def asked(classifier: TrainedModel) -> list[str]:
    """Known texts, and halves of them put together, which lie between the classes."""
    texts = classifier.train_texts[:24]
    return [*texts, *(f"{a[: len(a) // 2]} {b[len(b) // 2 :]}" for a, b in zip(texts, texts[::-1], strict=True))]


def test_many_texts_together_get_the_answers_that_each_gets_alone(classifier, asked):
    together = classifier.explain_many(asked)
    alone = [classifier.explain(text) for text in asked]
    assert [(one.label, one.between) for one in together] == [(one.label, one.between) for one in alone]


def test_what_could_change_is_computed_again_in_full_precision(classifier, asked, monkeypatch):
    found = classifier.answered(asked)
    exact = classifier.answers(found[0])
    torch.testing.assert_close(found[1].logits, exact.logits, rtol=0, atol=1e-4)
    torch.testing.assert_close(found[1].votes, exact.votes, rtol=0, atol=1e-4)
    monkeypatch.setattr(answers, "ROUNDING", 1e9)  # every answer is in doubt
    torch.testing.assert_close(classifier.answered(asked)[0], classifier.features(asked), rtol=0, atol=1e-5)


@pytest.mark.skipif(not HAS_BFLOAT16, reason="this processor has no bfloat16")
def test_the_rest_is_rounded_but_of_a_few_texts_nothing_is(classifier, asked, monkeypatch):
    monkeypatch.setattr(answers, "ROUNDING", -1.0)  # none is
    exact = classifier.features(asked)
    difference = (classifier.answered(asked)[0] - exact).abs().max()
    assert 1e-5 < difference < 0.1
    few = asked[: ROUNDED_FROM - 1]
    assert torch.equal(classifier.answered(few)[0], classifier.features(few))


def test_an_answer_is_in_doubt_near_a_line_and_between_two_classes_that_are_about_even(monkeypatch):
    monkeypatch.setattr(answers, "ROUNDING", 0.04)

    def doubt(score: float, gap: float, band: tuple[float, float] = (-1.0, 1.0)) -> bool:
        logits, votes = torch.tensor([[score, score - 5]]), torch.tensor([[0.0, -gap]])
        return bool(answers.doubtful(answers.Answers(logits, votes), band))

    assert not doubt(3.0, 5.0)
    assert all(doubt(line + side, 5.0) for line in (0.0, -1.0, 1.0) for side in (-0.03, 0.03))
    assert doubt(3.0, 0.03)
    assert doubt(3.0, answers.ABOUT_EQUAL + 0.03)
    assert not doubt(3.0, answers.ABOUT_EQUAL + 0.05)


def test_features_are_rounded_only_where_that_is_asked_for():
    cpu = torch.device("cpu")
    with torch.no_grad():
        plain = type(precision.mixed_precision(cpu))
        with precision.rounded():
            assert (type(precision.mixed_precision(cpu)) is not plain) == HAS_BFLOAT16
        assert type(precision.mixed_precision(cpu)) is plain

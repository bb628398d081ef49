"""Probabilities are as sure as held-out texts were right, and keep to the line."""

import math

import pytest
import torch

from ans.model.probabilities import LARGEST, SMALLEST, probabilities, score_scale, temperature


def test_votes_that_are_three_times_too_sure_get_a_temperature_of_three():
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(4000, 5, generator=generator) * 2
    truth = torch.multinomial(logits.softmax(1), 1, generator=generator).squeeze(1)
    assert temperature([(3 * logits[:2500], truth[:2500]), (3 * logits[2500:], truth[2500:])]) == pytest.approx(
        3, abs=0.2
    )


def test_scores_that_tell_known_from_open_become_log_odds_at_their_scale():
    generator = torch.Generator().manual_seed(0)
    scores = torch.randn(8000, generator=generator) * 3
    known = torch.rand(8000, generator=generator) < torch.sigmoid(scores / 1.5)
    assert score_scale(scores[known], scores[~known]) == pytest.approx(1.5, abs=0.15)


def test_without_held_out_texts_or_where_all_are_right_scales_stay_within_bounds():
    assert temperature([]) == temperature([(torch.zeros(0, 3), torch.zeros(0, dtype=torch.long))]) == 1
    assert score_scale(torch.zeros(0), torch.zeros(0)) == 1
    sure = torch.eye(3).repeat(20, 1)
    for scale in (
        temperature([(sure, torch.arange(3).repeat(20))]),
        score_scale(torch.full((20,), 2.0), torch.zeros(0)),
    ):
        assert SMALLEST < scale < LARGEST


def test_rows_sum_to_one_and_a_text_on_the_line_is_open_with_one_half():
    votes, scores = torch.tensor([[2.0, 0.0], [0.0, 1.0], [1.0, 1.0]]).log_softmax(1), torch.tensor([0.0, 2.0, -3.0])
    found = probabilities(votes, scores, 1.0, 0.7)
    assert torch.allclose(found.sum(1), torch.ones(3, dtype=torch.float64))
    assert found[0, 2] == 0.5
    assert found[1, 2] < 0.5 < found[2, 2]
    assert found[:, :2].argmax(1)[:2].tolist() == [0, 1]


def test_log_odds_are_divided_by_the_scales():
    votes, scores = torch.tensor([[2.0, 0.0]]).log_softmax(1), torch.tensor([1.4])
    first, second, beyond = probabilities(votes, scores, 4.0, 0.7)[0].log().tolist()
    assert first - second == pytest.approx(2.0 / 4.0)
    assert torch.logit(torch.tensor(1 - math.exp(beyond))).item() == pytest.approx(1.4 / 0.7, abs=1e-4)

"""How sure an answer is: what it wavers between, and how usual its score is among known texts."""

import math
from dataclasses import replace

import pytest
import torch

from ans.conventions import OPEN, OPEN_NAME
from ans.model.answers import Answers, between
from ans.model.calibration import Calibration

SURE = torch.tensor([0.98, 0.01, 0.01]).log()
TORN = torch.tensor([0.5, 0.45, 0.05]).log()


def answers(score: float, votes: torch.Tensor) -> Answers:
    return Answers(torch.tensor([[score, score - 3, score - 4]]), votes[None])


@pytest.mark.parametrize(
    ("score", "votes", "expected"),
    [
        (5.0, SURE, ()),
        (-5.0, SURE, ()),
        (-5.0, TORN, ()),  # of no class, whichever of two it would be
        (0.5, SURE, (0, OPEN)),
        (-0.5, SURE, (OPEN, 0)),
        (5.0, TORN, (0, 1)),
    ],
)
def test_a_text_wavers_near_the_line_or_between_two_classes_and_the_answer_given_comes_first(score, votes, expected):
    found = answers(score, votes)
    assert between(found, (-1.0, 1.0)) == [expected]
    assert not expected or expected[0] == found.decided.item()


def test_a_score_that_reads_as_zero_is_never_sure_even_where_nothing_was_held_out():
    nothing_held_out = (0.0, 0.0)
    assert between(answers(0.04, SURE), nothing_held_out) == [(0, OPEN)]
    assert between(answers(-0.04, SURE), nothing_held_out) == [(OPEN, 0)]
    assert between(answers(0.06, SURE), nothing_held_out) == [()]


def of_scores(scores: torch.Tensor, line: float = 0.0) -> Calibration:
    ordered, zeros = scores.sort().values, torch.zeros(len(scores), dtype=torch.long)
    made = replace(Calibration.none(1), scores=ordered, targets=zeros, answers=zeros, rows=zeros)
    return replace(made, line=line, trained_line=line)


def test_the_band_reaches_to_the_lines_that_refuse_half_and_twice_as_many_known_texts():
    scores = torch.randn(4000, generator=torch.Generator().manual_seed(0))
    found = of_scores(scores, line=float(scores.quantile(0.1)))
    low, high = found.band
    assert float((scores - found.line < low).float().mean()) == pytest.approx(0.05, abs=0.01)
    assert float((scores - found.line < high).float().mean()) == pytest.approx(0.2, abs=0.02)


@pytest.mark.parametrize("line", [-30.0, 0.0, 30.0])
def test_the_line_itself_lies_in_the_band_wherever_it_was_moved(line):
    low, high = of_scores(torch.randn(50, generator=torch.Generator().manual_seed(1)), line).band
    assert low <= 0 <= high
    assert math.isfinite(low)
    assert math.isfinite(high)


def test_a_model_without_held_out_texts_says_nothing_of_how_usual_a_score_is():
    none = Calibration.none(2)
    assert none.known_below(torch.tensor([1.0])) is None
    assert none.band == (0.0, 0.0)


def test_how_usual_a_score_is_grows_with_it_from_nobody_below_to_everybody():
    found = of_scores(torch.tensor([-1.0, 0.0, 1.0, 2.0]), line=0.5)
    assert found.known_below(torch.tensor([-9.0, -0.2, 9.0])).tolist() == [0.0, 0.5, 1.0]


def test_a_trained_model_tells_of_each_text_how_sure_it_is(classifier, small_split):
    found = classifier.explain(small_split.test.texts)
    assert all(0 <= one.known_below <= 1 for one in found)
    by_score = sorted(found, key=lambda one: one.score)
    assert [one.known_below for one in by_score] == sorted(one.known_below for one in by_score)
    unsure = [one for one in found if one.unsure]
    assert unsure
    for one in unsure:
        assert one.between[0] == (OPEN_NAME if one.open else one.label)
        assert set(one.between) <= {OPEN_NAME, *classifier.labels}
    plain = unsure[0].to_dict()
    assert plain["unsure"] is True
    assert plain["between"] == list(unsure[0].between)


def test_unsure_answers_are_wrong_more_often_than_sure_ones_and_mostly_right_in_one_of_two(classifier, small_split):
    right = {True: [], False: []}
    either = []
    for one, label in zip(classifier.explain(small_split.test.texts), small_split.test.labels, strict=True):
        truth = label if label in classifier.labels else OPEN_NAME
        right[one.unsure].append((OPEN_NAME if one.open else one.label) == truth)
        if one.unsure:
            either.append(truth in one.between)
    assert sum(right[True]) / len(right[True]) < sum(right[False]) / len(right[False])
    assert sum(either) / len(either) > 0.8

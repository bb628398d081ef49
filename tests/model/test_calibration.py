"""The line between open and known: it refuses what it promises, moves one way, and is kept wherever a model goes."""

import math
from dataclasses import replace

import pytest
import torch

from ans.model.calibration import Calibration, Evidence, HeldOut

CLASSES = 3


def held_out(scores: torch.Tensor, left_out: torch.Tensor | None = None) -> HeldOut:
    """Texts of the first class, whose head gives these logits; the others say −10. No nearest text matters."""
    other = torch.zeros(0) if left_out is None else left_out

    def evidence(of: torch.Tensor) -> Evidence:
        return Evidence(torch.stack([of, *(torch.full_like(of, -10.0) for _ in range(CLASSES - 1))], 1), cosines(of))

    def cosines(of: torch.Tensor) -> torch.Tensor:
        return torch.zeros(1, len(of), CLASSES)

    rows = torch.arange(len(scores))
    known, closed = torch.arange(CLASSES), torch.zeros(len(scores), CLASSES)
    return HeldOut(
        evidence(scores),
        closed,
        torch.zeros(len(scores), dtype=torch.long),
        known,
        rows,
        evidence(other),
        evidence(torch.zeros(0)),
    )


def calibrated(scores: torch.Tensor, refused: float = 0.1, trust: float = 1.0) -> Calibration:
    return Calibration.of([held_out(scores)], views=1, weight=0.0, refused=refused, trust=trust)


@pytest.mark.parametrize("refused", [0.05, 0.1, 0.2, 0.5])
def test_the_line_refuses_no_more_than_the_promised_share_of_new_texts_like_those_held_out(refused):
    generator = torch.Generator().manual_seed(0)
    shares = []
    for _ in range(200):
        scores = torch.randn(100, generator=generator) ** 3  # skewed nowhere near normal
        line = calibrated(scores).line_for(refused)
        shares.append(float((torch.randn(1000, generator=generator) ** 3 < line).float().mean()))
    mean = sum(shares) / len(shares)
    allowed = 3 * math.sqrt(refused * (1 - refused) / 100 / len(shares))  # of the mean, by the held-out texts' chance
    assert refused - 1 / 101 - allowed <= mean <= refused + allowed


def test_a_looser_line_never_refuses_a_text_that_a_stricter_one_knows():
    found = calibrated(torch.randn(57, generator=torch.Generator().manual_seed(1)))
    lines = [found.line_for(share / 100) for share in range(0, 91)]
    assert lines == sorted(lines)
    assert [found.refusing(share / 100).refused for share in range(0, 91)] == sorted(
        found.refusing(share / 100).refused for share in range(0, 91)
    )


def test_of_no_share_at_all_none_of_the_held_out_texts_is_refused():
    assert calibrated(torch.randn(20)).refusing(0.0).refused == 0


def test_a_line_that_is_not_trusted_stays_at_zero():
    assert calibrated(torch.randn(30) + 5, trust=0.0).line == 0
    assert calibrated(torch.randn(30) + 5, trust=1.0).line > 2


def test_the_line_can_be_moved_and_comes_back_to_where_training_left_it():
    found = calibrated(torch.randn(40))
    moved = found.refusing(0.5)
    assert moved.line != found.line
    assert moved.trained_line == found.line == moved.as_trained().line


def test_what_is_saved_comes_back_to_the_last_bit():
    found = calibrated(torch.randn(40)).refusing(0.3)
    again = Calibration.from_tensors(found.tensors(), views=1)
    assert (again.line, again.trained_line) == (found.line, found.trained_line)
    assert all(torch.equal(value, again.tensors()[name]) for name, value in found.tensors().items())


def test_a_saved_calibration_of_other_parts_is_refused():
    found = calibrated(torch.randn(40))
    with pytest.raises(RuntimeError, match="of 1 views, not of 2"):
        Calibration.from_tensors(found.tensors(), views=2)
    with pytest.raises(RuntimeError, match="not all there"):
        Calibration.from_tensors(replace(found, targets=found.targets[:3]).tensors(), views=1)
    with pytest.raises(KeyError):
        Calibration.from_tensors({"scores": found.scores}, views=1)


def test_a_model_without_held_out_texts_says_why_its_line_cannot_be_moved():
    none = Calibration.none(2)
    assert (none.line, none.refused, none.hears_similarity) == (0.0, None, False)
    with pytest.raises(ValueError, match="no held-out texts to check a line on; train it again with folds from 1"):
        none.refusing(0.1)


def test_where_no_known_text_could_be_held_out_the_line_keeps_most_texts_of_left_out_classes_out():
    left = torch.arange(100.0)
    found = Calibration.of([held_out(torch.zeros(0), left)], views=1, weight=0.0, refused=0.3, trust=1.0)
    assert float((left >= found.line).float().mean()) == pytest.approx(0.25, abs=0.01)


def test_nearest_texts_weigh_as_many_spreads_as_they_are_told_to():
    generator = torch.Generator().manual_seed(2)
    heads, near = torch.randn(50, CLASSES, generator=generator), torch.rand(1, 50, CLASSES, generator=generator) / 10
    one = held_out(torch.zeros(50))
    evidence = Evidence(heads, near)
    found = Calibration.of([replace(one, evidence=evidence)], views=1, weight=2.0, refused=0.1, trust=1.0)
    strongest_heads, strongest_near = heads.max(1).values, near[0].max(1).values

    def spread(of: torch.Tensor) -> float:
        return float((of - of.median()).abs().mean())

    assert float(found.weights[0]) == pytest.approx(2 * spread(strongest_heads) / spread(strongest_near), rel=1e-4)
    assert torch.allclose(found.combined(evidence), heads + found.weights[0] * (near[0] - found.middles[0]), atol=1e-5)


def test_a_calibration_of_before_texts_of_no_class_were_held_out_has_none_of_them():
    saved = calibrated(torch.randn(40)).tensors()
    del saved["outside"]
    assert len(Calibration.from_tensors(saved, views=1).outside) == 0

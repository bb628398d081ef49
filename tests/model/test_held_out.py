"""Texts that are held out to check the line: never learnt from, nor their near-duplicates; classes are left out too."""

import torch
import torch.nn.functional as F

from ans.model.held_out import FIFTHS, QUARTERS, alike, plan

DIM = 16


def scattered(texts: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(texts, DIM, generator=torch.Generator().manual_seed(seed))


def test_no_text_is_learnt_from_and_held_out_and_over_all_folds_each_is_held_out_once_or_left_out():
    targets = torch.arange(10).repeat_interleave(8)
    folds = list(plan(scattered(80), targets, 10, QUARTERS, seed=0))
    assert len(folds) == QUARTERS
    seen = torch.zeros(80)
    for fold in folds:
        rows = torch.cat([fold.train, fold.held_out, fold.left_out])
        assert sorted(rows.tolist()) == list(range(80))
        assert len(fold.left_out) == 80 / FIFTHS
        assert not set(targets[fold.left_out].tolist()) & set(targets[fold.train].tolist())
        seen[fold.held_out] += 1
    assert seen.max() == 1


def test_texts_that_say_almost_the_same_are_held_out_together():
    centres = F.normalize(scattered(12), dim=1)
    twins = centres.repeat_interleave(3, 0) + 0.01 * scattered(36, seed=1)
    targets = torch.arange(2).repeat_interleave(18)
    for fold in plan(twins, targets, 2, QUARTERS, seed=3):
        held = set((fold.held_out // 3).tolist())
        assert not held & set((fold.train // 3).tolist())
        assert (fold.groups[fold.held_out] == fold.groups[fold.held_out]).all()


def test_texts_of_one_class_that_are_alike_share_a_group_and_others_do_not():
    groups = alike(torch.cat([torch.eye(4), torch.eye(4)[:2]]))
    assert (groups[:2] == groups[4:]).all()
    assert len(set(groups[:4])) == 4


def test_a_class_of_one_text_or_of_copies_of_one_stays_in_training():
    targets = torch.tensor([0] * 8 + [1] + [2] * 3)
    features = torch.cat([scattered(8), scattered(1, 5), scattered(1, 6).expand(3, -1)])
    for fold in plan(features, targets, 3, QUARTERS, seed=0):
        assert {1, 2} <= set(targets[fold.train].tolist())
        assert set(targets[fold.held_out].tolist()) <= {0}


def test_the_plan_depends_on_the_seed_alone():
    targets = torch.arange(6).repeat_interleave(5)
    one, same, other = (
        [fold.held_out.tolist() for fold in plan(scattered(30), targets, 6, 2, seed)] for seed in (0, 0, 1)
    )
    assert one == same != other


def test_two_classes_of_a_text_each_leave_nothing_to_hold_out():
    assert list(plan(scattered(2), torch.tensor([0, 1]), 2, QUARTERS, seed=0)) == []

"""Thousands of classes: heads are trained in groups, asked by nearness, and held-out texts are not too many."""

import pytest
import torch

from ans.config import TrainConfig
from ans.conventions import MOST_CLASSES
from ans.model import held_out, phase_two
from ans.model.asked_heads import ALL_UP_TO, ASKED, head_logits, nearest_classes
from ans.model.heads import MultiViewHeads
from ans.model.negatives import class_deviations, neighbour_distance
from ans.model.parts import checked_parts

DIM, CLASSES, TEXTS = 6, 7, 5
CONFIG = TrainConfig(head_steps=12, head_dropout=0.0, few_texts=0, widened_below=0, device="cpu")


def drawn(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def trained(events: list[dict]) -> MultiViewHeads:
    targets = torch.arange(CLASSES).repeat_interleave(TEXTS)
    features = 4 * drawn(CLASSES, 2 * DIM)[targets] + drawn(len(targets), 2 * DIM, seed=1)
    return phase_two.phase_two(features, targets, CLASSES, DIM, CONFIG, events.append, lambda: False)


def test_a_group_of_heads_is_trained_to_what_they_become_among_all(monkeypatch):
    together, apart = [], []
    whole = trained(together)
    monkeypatch.setattr(phase_two, "GROUP", CLASSES - 2)
    grouped = trained(apart)
    first = slice(0, CLASSES - 2)
    asked = 3 * drawn(40, 2 * DIM, seed=2)
    with torch.no_grad():
        said, in_groups = whole(asked), grouped(asked)
    assert torch.allclose(said[first], in_groups[first], atol=0.5), "other draws, the same task"
    for rows in (first, slice(CLASSES - 2, CLASSES)):
        assert ((said[rows] > 0) == (in_groups[rows] > 0)).float().mean() > 0.95
    assert [event["step"] for event in apart] == list(range(1, 2 * CONFIG.head_steps + 1))
    assert apart[-1]["steps"] == 2 * len(together)


def test_copies_of_some_heads_are_put_back_where_they_were_taken_and_nowhere_else():
    heads = MultiViewHeads(CLASSES, DIM, 1).views[0]
    before = [parameter.detach().clone() for parameter in heads.parameters()]
    some = heads.some(slice(2, 4))
    with torch.no_grad():
        for parameter in some.parameters():
            parameter += 1
    assert all(torch.equal(now, was) for now, was in zip(heads.parameters(), before, strict=True))
    heads.put(slice(2, 4), some)
    for now, was in zip(heads.parameters(), before, strict=True):
        assert torch.equal(now[2:4], was[2:4] + 1)
        assert torch.equal(now[:2], was[:2])
        assert torch.equal(now[4:], was[4:])


def test_of_ordinary_models_every_head_is_asked():
    assert nearest_classes(drawn(3, ALL_UP_TO)) is None


def test_one_text_and_many_are_told_the_same_by_the_heads_that_are_asked():
    classes = ALL_UP_TO + 40
    heads, features = MultiViewHeads(classes, DIM, 2).eval(), drawn(300, 2 * DIM)
    asked = nearest_classes(drawn(300, classes, seed=1))
    assert asked is not None
    assert asked.shape == (300, ASKED)
    with torch.no_grad():
        every = heads(features).T
    together = head_logits(heads, features, asked)
    alone = torch.cat([head_logits(heads, features[i : i + 1], asked[i : i + 1]) for i in range(20)])
    assert torch.allclose(together[:20], alone, atol=1e-5)
    assert torch.allclose(together.gather(1, asked), every.gather(1, asked), atol=1e-5)
    others = torch.ones_like(together).scatter(1, asked, 0.0).bool()
    least = every.gather(1, asked).amin(1, keepdim=True).expand_as(together)
    assert torch.allclose(together[others], least[others], atol=1e-5)


def test_one_text_reads_only_the_heads_that_are_asked(monkeypatch):
    classes, seen = 8 * ALL_UP_TO, []
    heads = MultiViewHeads(classes, 2, 1, hidden=(2, 2)).eval()
    forward = heads.forward
    monkeypatch.setattr(heads, "forward", lambda features, only=None: seen.append(only) or forward(features, only))
    head_logits(heads, drawn(1, 2), nearest_classes(drawn(1, classes)))
    assert [len(only) for only in seen] == [ASKED]


def test_of_many_training_texts_no_more_are_held_out_than_can_be_compared(monkeypatch):
    targets = torch.arange(10).repeat_interleave(8)
    (whole,) = held_out.plan(drawn(80, DIM), targets, 10, 1, seed=0)
    monkeypatch.setattr(held_out, "MOST_PAIRS", 5 * len(whole.train))
    (few,) = held_out.plan(drawn(80, DIM), targets, 10, 1, seed=0)
    assert torch.equal(few.train, whole.train)
    for some, all_of_them in ((few.held_out, whole.held_out), (few.left_out, whole.left_out)):
        assert len(some) == 5 < len(all_of_them)
        assert set(some.tolist()) < set(all_of_them.tolist())


def test_each_class_has_its_own_extent_in_whatever_order_its_texts_come():
    targets = torch.tensor([2, 0, 1, 0, 2, 1, 0, 2])
    features = drawn(8, DIM)
    found = class_deviations(features, targets, 3, neighbours=1)
    for m in range(3):
        own = features[targets == m]
        width = (2 * found[m].square().sum()).sqrt()
        assert torch.allclose(width, 1.6 * neighbour_distance(own, 1), rtol=1e-4)


def test_more_classes_than_can_be_known_are_refused_before_any_work_with_the_limit_named():
    labels = [f"class {m}" for m in range(MOST_CLASSES + 1)]
    with pytest.raises(ValueError, match=r"at most 5,000 classes can be known at a time, got 5,001; name fewer"):
        checked_parts(labels, labels, None, None)
    checked_parts(labels[:-1], labels[:-1], None, None)

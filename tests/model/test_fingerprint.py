"""The fingerprint of weights is that of their file, whatever they are made of, and costs no second copy of them."""

from __future__ import annotations

import hashlib
import tracemalloc

import pytest
import torch
from safetensors.torch import save

from ans.model.fingerprint import fingerprint

TENSORS = {
    "halves": torch.randn(3, 5).half(),
    "rough": torch.randn(7).bfloat16(),
    "a.weight": torch.randn(4, 6),
    "a.ids": torch.arange(9),
    "whether": torch.tensor([True, False, True]),
    "one": torch.tensor(2.5, dtype=torch.float64),
    "none": torch.empty(0, 4),
    'é "quoted"': torch.ones(2, dtype=torch.int32),
    "turned": torch.randn(4, 6).T.contiguous(),
}


@pytest.mark.parametrize("names", [list(TENSORS), ["one"], ["none"], [], list(TENSORS)[::-1]], ids=len)
def test_it_is_the_sum_of_what_safetensors_writes(names):
    tensors = {name: TENSORS[name] for name in names}
    for also in ("", "the first token"):
        assert fingerprint(tensors, also) == hashlib.sha256(save(tensors) + also.encode()).hexdigest()


def test_a_number_a_name_a_shape_and_a_kind_of_number_are_told_apart():
    whole = {"a": torch.zeros(2, 3), "b": torch.zeros(4)}
    others = [
        {**whole, "a": torch.tensor([[0, 0, 0], [0, 0, 1.0]])},
        {"a": whole["a"], "c": whole["b"]},
        {**whole, "a": torch.zeros(3, 2)},
        {**whole, "b": torch.zeros(4).int()},
    ]
    assert len({fingerprint(one) for one in (whole, *others)}) == 5


def test_tensors_need_not_lie_in_one_piece():
    assert fingerprint({"a": TENSORS["turned"].T}) == fingerprint({"a": TENSORS["turned"].T.contiguous()})


def test_large_weights_are_not_held_twice():
    weights = {str(i): torch.zeros(1 << 20) for i in range(8)}  # 32 MiB
    tracemalloc.start()
    try:
        fingerprint(weights)
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()

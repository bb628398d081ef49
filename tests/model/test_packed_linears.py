"""Linear layers whose weights lie as the processor reads them give what PyTorch's own give."""

from __future__ import annotations

import copy
from collections import Counter
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from ans.model.encoder import TextEncoder
from ans.model.packed import PackedLinear, pack, with_packed_linears
from ans.model.precision import can_round
from ans.model.recorded import LOWER, recorded

pytestmark = pytest.mark.skipif(not can_round(torch.device("cpu")), reason="this processor has no bfloat16")


@pytest.mark.parametrize("bias", [True, False])
def test_a_packed_layer_gives_what_the_layer_itself_gives_in_bfloat16(bias):
    torch.manual_seed(0)
    layers = nn.Sequential(nn.Linear(24, 48, bias=bias), nn.GELU(), nn.Linear(48, 8, bias=bias))
    given, mask = torch.randn(2, 5, 24), torch.ones(2, 5).long()
    found = recorded(layers, lambda half, x, _: half(x), given, mask, rounded=True)
    assert found is not None
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        for x in (given, given[:1, :1], torch.randn(40, 30, 24)):
            wanted = layers(x)
            assert found(x, torch.ones(x.shape[:2]).long()).dtype == wanted.dtype == torch.bfloat16
            torch.testing.assert_close(found(x, mask).float(), wanted.float(), rtol=0.02, atol=0.02)


def test_the_layers_themselves_stay_as_they_were():
    layer = nn.Linear(6, 4)
    before = layer.weight.clone()
    recorded(nn.Sequential(layer), lambda half, x, _: half(x), torch.randn(2, 3, 6), torch.ones(2, 3).long(), True)
    assert torch.equal(layer.weight, before)


def test_what_was_recorded_holds_its_weights_in_the_order_of_the_kernel_once_it_is_packed():
    layers = with_packed_linears(nn.Sequential(nn.Linear(24, 48), nn.GELU(), nn.Linear(48, 8)))
    given = torch.randn(2, 5, 24)
    found: Any = torch.jit.trace(layers, (given,))
    before = found(given)
    layers = [part for part in found.modules() if part.original_name == "PackedLinear"]
    assert [part.weight.is_mkldnn for part in layers] == [False, False]
    pack(found)
    assert [part.weight.is_mkldnn for part in layers] == [True, True]
    torch.testing.assert_close(found(given), before)


def test_all_layers_of_an_encoder_that_is_recorded_in_bfloat16_are_packed(encoder: TextEncoder):
    own = copy.deepcopy(encoder)
    own.record()
    for (half, rounded), one in own._recorded.items():
        kinds = Counter(node.kind() for node in one.graph.nodes())  # pyright: ignore[reportFunctionMemberAccess]
        layers = 6 * len(own.prefix if half == LOWER else own.tail)
        packed = layers if rounded else 0
        assert (kinds["mkldnn::_linear_pointwise"], kinds["aten::linear"]) == (packed, layers - packed), half


def test_a_layer_of_another_kind_is_left_alone():
    class Doubling(nn.Linear):
        def forward(self, input: Tensor) -> Tensor:
            return super().forward(2 * input)

    layers = with_packed_linears(nn.Sequential(Doubling(3, 3), nn.Linear(3, 3)))
    assert [type(one) for one in layers.children()] == [Doubling, PackedLinear]

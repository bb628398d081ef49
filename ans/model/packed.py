"""Linear layers in bfloat16 whose weights lie in memory as the processor reads them.

PyTorch's own layer puts them in that order at each call. For a text alone that takes as long as all the rest of its
work. What stands here in its place is what PyTorch's compiler takes (`torch._inductor.fx_passes.mkldnn_fusion`), which
itself wants a C++ compiler and a minute.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import torch
from torch import Tensor, nn


def with_packed_linears(module: nn.Module) -> nn.Module:
    """The same module, with a `PackedLinear` in the place of each `nn.Linear`; as it was if PyTorch has no kernel."""
    if not hasattr(torch.ops.mkldnn, "_linear_pointwise"):
        return module
    for parent in list(module.modules()):
        for name, child in parent.named_children():
            if type(child) is nn.Linear:
                setattr(parent, name, PackedLinear(child))
    return module


def pack(recorded: Any) -> None:
    """Bring the weights of a recorded module's linear layers into the kernel's order; nothing changes but the time."""
    for part in recorded.modules():
        if part.original_name == PackedLinear.__name__:
            part.weight = torch.ops.mkldnn._reorder_linear_weight(part.weight)


class PackedLinear(nn.Module):
    """`nn.Linear` in bfloat16, whatever it is given; to be recorded, and then to be packed."""

    weight: Tensor
    bias: Tensor

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        bias = torch.zeros(linear.out_features) if linear.bias is None else linear.bias
        self.register_buffer("weight", linear.weight.detach().bfloat16())
        self.register_buffer("bias", bias.detach().bfloat16())

    def forward(self, given: Tensor) -> Tensor:
        """[…, in] → […, out]."""
        return _multiplied()(given.to(torch.bfloat16), self.weight, self.bias)


@cache
def _multiplied() -> Callable[[Tensor, Tensor, Tensor], Tensor]:
    """The kernel by a name that a recording can keep: what it takes beside tensors can't be recorded."""
    return torch.jit.script(_linear)


def _linear(given: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    nothing: list[int | float | complex | None] = []
    return torch.ops.mkldnn._linear_pointwise(given, weight, bias, "none", nothing, "")

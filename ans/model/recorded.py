"""A half of an encoder as one recorded piece of work, run without Python between its steps.

A text is answered a third sooner so, and who answers it needs Python's lock twice instead of hundreds of times, which
other visitors' threads hold. What is recorded is compared with the half itself, and goes if it gives anything else.
"""

from __future__ import annotations

import copy
import gc
import logging
import threading
import warnings
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any
from weakref import WeakValueDictionary

import torch
from torch import Tensor, nn
from torch.jit import _recursive, _state

from ans.model.halves import run_lower, run_upper
from ans.model.packed import pack, with_packed_linears

log = logging.getLogger("ans.model")
Run = Callable[[nn.Module, Tensor, Tensor], Tensor]
Recorded = Callable[[Tensor, Tensor], Tensor]
LOWER, TUNED = "lower", "tuned"
# Some models compute in Python what depends on the number of texts or tokens, and a recording would keep that number.
EXACT, ROUGH = 1e-6, 0.05


# Models differ in what was tuned. What all those of one encoder have in common is recorded once, and stays for as long
# as one of them does.
_shared: WeakValueDictionary[tuple[str, str, bool], Any] = WeakValueDictionary()
_one_at_a_time = threading.Lock()  # when one is done, all that was traced is forgotten


def recordings(
    lower: nn.Module | None, upper: Mapping[str, nn.Module], tokens: Tensor, mask: Tensor, rounded: bool, frozen: str
) -> dict[tuple[str, bool], Recorded]:
    """By half (`LOWER`, or the view) and whether it is in bfloat16, the halves of an encoder that can be recorded.

    Args:
        tokens, mask: token ids and mask [B, L] of two texts or more of different lengths.
        rounded: whether to record them in bfloat16 too. Of each kind either all halves are, or none.
        frozen: tells halves that were not tuned from those of all other encoders.
    """
    with _one_at_a_time:
        try:
            return _recordings(lower, upper, tokens, mask, rounded, frozen)
        finally:
            _forget_traced()


def _recordings(
    lower: nn.Module | None, upper: Mapping[str, nn.Module], tokens: Tensor, mask: Tensor, rounded: bool, frozen: str
) -> dict[tuple[str, bool], Recorded]:
    given, found = tokens if lower is None else run_lower(lower, tokens, mask), {}
    parts = {view: (part, run_upper, given) for view, part in upper.items()}
    parts |= {} if lower is None else {LOWER: (lower, run_lower, tokens)}
    for rough in (False, True) if rounded else (False,):
        halves = {}
        for name, (part, run, first) in parts.items():
            one = None if name == TUNED else _shared.get((frozen, name, rough))
            halves[name, rough] = one = one or recorded(part, run, first, mask, rough)
            if name != TUNED and one is not None:
                _shared[frozen, name, rough] = one
        if all(one is not None for one in halves.values()):
            found |= halves
    return found


def _forget_traced() -> None:
    """PyTorch keeps types and code of whatever it has traced, 14 MiB for an encoder, until it is told not to; what was
    loaded again is not among them. As its own tests do it, which is the only way."""
    torch._C._jit_clear_class_registry()
    setattr(_recursive, "concrete_type_store", _recursive.ConcreteTypeStore())  # noqa: B010
    _state._clear_class_state()
    gc.collect()  # what was traced holds itself, and all weights with it


class _Whole(nn.Module):
    def __init__(self, half: nn.Module, run: Run) -> None:
        super().__init__()
        self.of, self._run = half, run

    def forward(self, given: Tensor, mask: Tensor) -> Tensor:
        return self._run(self.of, given, mask)


@torch.no_grad()
def recorded(half: nn.Module, run: Run, given: Tensor, mask: Tensor, rounded: bool) -> Recorded | None:
    """`run` of a half whose weights stay as they are, recorded; None if it can't be, or gives something else.

    Args:
        given, mask: what is recorded with, [B, L, …] and [B, L]: two texts or more of different lengths.
        rounded: in bfloat16, with the weights converted once and for all.
    """
    whole = _Whole(half, run).eval()
    try:
        with warnings.catch_warnings(), torch.autocast("cpu", torch.bfloat16, rounded, cache_enabled=False):
            warnings.simplefilter("ignore")  # of Python that is kept as it went: `_same` sees whether it matters
            twin = with_packed_linears(_twin(whole)) if rounded else _twin(whole)
            alone = _on_its_own(torch.jit.trace(twin, (given, mask), check_trace=False))
            pack(alone)
            found = torch.jit.freeze(alone)
        if all(_same(found, whole, rounded, *other) for other in _other_shapes(given, mask)):
            return found
    except Exception as error:  # whatever a model's own code raises when it is recorded
        log.info("%s is not recorded: %s", type(half).__name__, type(error).__name__)
    return None


def _twin(whole: nn.Module) -> nn.Module:
    """The same module, whose tensors are objects of their own with the same numbers in memory."""
    parameters = {id(one): nn.Parameter(one.detach(), requires_grad=False) for one in whole.parameters()}
    buffers = {id(one): one.detach() for one in whole.buffers()}
    return copy.deepcopy(whole, parameters | buffers)


def _on_its_own(traced: Any) -> torch.jit.ScriptModule:
    """The same, but free to go: PyTorch does not forget by itself the code of what it has traced, into which `freeze`
    would write all weights; of what it has loaded it does.

    It is saved into memory, with a single zero in the place of each tensor, and takes the tensors themselves once it
    is loaded. So weights are neither copied nor written to a disk that may be full: PyTorch ends the process then.
    """
    tensors = dict(traced.state_dict(keep_vars=True))
    numbers, code = {name: one.data for name, one in tensors.items()}, BytesIO()
    for one in tensors.values():
        one.data = one.data.new_zeros(()).expand(one.shape)
    torch.jit.save(traced, code)
    code.seek(0)
    alone = torch.jit.load(code).eval()
    for name, one in alone.state_dict(keep_vars=True).items():
        one.data = numbers[name]
    return alone


def _other_shapes(given: Tensor, mask: Tensor) -> list[tuple[Tensor, Tensor]]:
    """The same texts otherwise: each alone, all shortened, three times as many."""
    short = mask.sum(1).min()
    alone = [(given[i : i + 1, : own.sum()], own[None, : own.sum()]) for i, own in enumerate(mask)]
    thrice = (torch.cat([given] * 3), torch.cat([mask] * 3))
    return [*alone, (given[:, :short], mask[:, :short]), thrice, (given, mask)]


def _same(found: Recorded, whole: nn.Module, rounded: bool, given: Tensor, mask: Tensor) -> bool:
    real, within = mask.bool(), ROUGH if rounded else EXACT
    return torch.allclose(found(given, mask)[real].float(), whole(given, mask)[real], atol=within, rtol=within)

"""Where a device multiplies bfloat16 by itself, work is done in it: about twice as fast, and no worse."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar

import torch

_rounded: ContextVar[bool] = ContextVar("rounded", default=False)


def mixed_precision(device: torch.device) -> AbstractContextManager:
    """Autocast to bfloat16 where that pays, else nothing. Weights, losses and everything saved stay float32.

    On a CPU only what is learnt from runs in bfloat16 (gradients on, or within `rounded`, as a whole training is), and
    answers that do not hang on it: all others are float32, so that a saved model answers alike on every machine.
    """
    if device.type == "cuda" and torch.cuda.is_bf16_supported():
        return torch.autocast("cuda", dtype=torch.bfloat16)
    wanted = torch.is_grad_enabled() or is_rounded()
    if wanted and can_round(device):
        return torch.autocast("cpu", dtype=torch.bfloat16)
    return nullcontext()


def is_rounded() -> bool:
    """Whether this thread is within `rounded`."""
    return _rounded.get()


def can_round(device: torch.device) -> bool:
    """Whether `rounded` makes a difference there: a GPU that has bfloat16 computes in it anyway."""
    return device.type == "cpu" and torch.cpu._is_avx512_bf16_supported()


@contextmanager
def rounded() -> Iterator[None]:
    """Features of this thread are computed in bfloat16 as well, on CPUs that have it."""
    before = _rounded.set(True)
    try:
        yield
    finally:
        _rounded.reset(before)

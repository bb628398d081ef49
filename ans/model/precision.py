"""Where a device multiplies bfloat16 by itself, training computes in it: about twice as fast, and no worse."""

from contextlib import AbstractContextManager, nullcontext

import torch


def mixed_precision(device: torch.device) -> AbstractContextManager:
    """Autocast to bfloat16 where that pays, else nothing. Weights, losses and everything saved stay float32.

    On a CPU only what is learnt from runs in bfloat16 (gradients on): features and answers are float32 there, so that a
    saved model answers alike on every machine.
    """
    if device.type == "cuda" and torch.cuda.is_bf16_supported():
        return torch.autocast("cuda", dtype=torch.bfloat16)
    if device.type == "cpu" and torch.is_grad_enabled() and torch.cpu._is_avx512_bf16_supported():
        return torch.autocast("cpu", dtype=torch.bfloat16)
    return nullcontext()

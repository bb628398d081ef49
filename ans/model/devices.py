"""Which device of this machine computes."""

from __future__ import annotations

import torch


def choose_device(name: str = "auto") -> torch.device:
    """`auto` takes CUDA, then MPS, then the CPU; any other name is taken as it is.

    Raises:
        ValueError: that device is not on this machine.
    """
    here = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if name == "auto":
        return torch.device(next(kind for kind in ("cuda", "mps", "cpu") if here[kind]))
    if not here.get(name, False):
        found = ", ".join(kind for kind, present in here.items() if present)
        raise ValueError(f"device must be on this machine ({found}) or auto, got {name!r}.")
    return torch.device(name)

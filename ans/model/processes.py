"""Several processes that tune one encoder together, as `accelerate launch` starts them: each takes a share of a batch.

All else each does by itself, with the same random numbers; the first one alone speaks and saves.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class Processes:
    """This process is number `rank`, from 0, of `count`."""

    rank: int = 0
    count: int = 1

    def share(self, rows: Tensor) -> tuple[Tensor, float]:
        """The rows of a batch that are this process's, and what its mean loss counts in the mean of all processes."""
        if self.count == 1:
            return rows, 1.0
        own = rows[self.rank :: self.count]
        return (own, len(own) * self.count / len(rows)) if len(own) else (rows[:1], 0.0)

    def average(self, parameters: Iterable[nn.Parameter]) -> None:
        """Each gradient becomes the mean of those of all processes."""
        if self.count == 1:
            return
        gradients = [one.grad for one in parameters if one.grad is not None]
        mean = _mean(torch.cat([one.flatten() for one in gradients]))
        for gradient, part in zip(gradients, mean.split([one.numel() for one in gradients]), strict=True):
            gradient.copy_(part.view_as(gradient))

    def agreed(self, value: float, device: torch.device) -> float:
        """The mean of a number over all processes, so that all decide alike."""
        return value if self.count == 1 else _mean(torch.tensor([value], device=device, dtype=torch.float32)).item()


def _mean(values: Tensor) -> Tensor:
    from accelerate.utils import reduce

    found = reduce(values, "mean")
    if not isinstance(found, Tensor):
        raise TypeError(f"expected a tensor of accelerate, got {type(found).__name__}.")
    return found


@cache
def processes(cpu: bool = False) -> Processes:
    """Those that were started with this one; itself alone where nothing has started several.

    Args:
        cpu: even where there are GPUs.

    Raises:
        ValueError: accelerate is not installed.
    """
    if int(os.environ.get("WORLD_SIZE", "1")) < 2:
        return Processes()
    try:
        from accelerate import PartialState
    except ImportError:
        raise ValueError(
            "several processes need Accelerate, which isn't installed; pip install '.[cluster]' in the clone brings it."
        ) from None
    state = PartialState(cpu=cpu or not torch.cuda.is_available())  # each process takes a GPU of its own
    return Processes(state.process_index, state.num_processes)

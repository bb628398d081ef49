"""PyTorch's one generator, of which first weights and dropout draw: kept for one training at a time, or not touched."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import torch
from torch import nn

_one_at_a_time = threading.Lock()
Made = TypeVar("Made", bound=nn.Module)


@contextmanager
def random_numbers_from(seed: int) -> Iterator[None]:
    """So that the seed alone decides how a training ends, whoever trains beside it; then all as it was."""
    devices = range(torch.cuda.device_count()) if torch.cuda.is_available() else []
    with _one_at_a_time, torch.random.fork_rng(devices=list(devices)):
        torch.manual_seed(seed)
        yield


def unfilled(make: Callable[[], Made]) -> Made:
    """A module on the CPU whose weights are about to be loaded: it draws none, which others would miss."""
    with torch.device("meta"):
        made = make()
    return made.to_empty(device="cpu")

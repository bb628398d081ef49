"""How far the tunings of a training are, kept after each pass, so that one that was cut off can go on from there.

A training that goes on ends with the same numbers as one that was never cut off: weights, the optimizer's moments, the
best weights so far and all random numbers are kept. Safetensors, so nothing is ever unpickled.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from ans.durable import remedy, replacing
from ans.tensor_files import write_tensors

log = logging.getLogger("ans.model")
LEAST_SECONDS = 2.0  # between two writes; a pass of a small training takes less than writing it down


@dataclass
class Tuning:
    """All that changes while phase 1 tunes. `learnt`: what is tuned; `order`: draws the batches.

    `epoch`, `step`: those that are done. `best`: the best accuracy on dev texts so far and `best_weights` what had it;
    `waited`: passes since then.
    """

    learnt: nn.Module
    optimizer: torch.optim.Optimizer
    rates: torch.optim.lr_scheduler.LambdaLR
    order: torch.Generator
    epoch: int = 0
    step: int = 0
    best: float = -1.0
    waited: int = 0
    best_weights: dict[str, Tensor] = field(default_factory=dict)

    def tensors(self) -> dict[str, Tensor]:
        """All of it by name."""
        counts = torch.tensor([self.epoch, self.step, self.waited, self.best], dtype=torch.float64)
        return {
            "counts": counts,
            "order": self.order.get_state(),
            **{f"random.{name}": state for name, state in _random_numbers()},
            **{f"learnt.{name}": value for name, value in self.learnt.state_dict().items()},
            **{f"best.{name}": value for name, value in self.best_weights.items()},
            **{f"optimizer.{name}": value for name, value in self._moments()},
        }

    def go_on_from(self, kept: dict[str, Tensor]) -> None:
        """Inverse of `tensors`.

        Raises:
            KeyError, RuntimeError: they are of another training.
        """
        epoch, step, waited, self.best = kept["counts"].tolist()
        self.learnt.load_state_dict(_part(kept, "learnt"))
        device = next(self.learnt.parameters()).device
        self.best_weights = {name: value.to(device) for name, value in _part(kept, "best").items()}
        state = self.optimizer.state_dict()
        state["state"] = {}
        for name, value in _part(kept, "optimizer").items():
            number, _, moment = name.partition(".")
            state["state"].setdefault(int(number), {})[moment] = value
        self.optimizer.load_state_dict(state)
        self.epoch, self.step, self.waited = int(epoch), int(step), int(waited)
        self.rates.last_epoch = self.step
        rates = zip(self.optimizer.param_groups, self.rates.base_lrs, self.rates.lr_lambdas, strict=True)
        for group, base, factor in rates:
            group["lr"] = base * factor(self.step)
        self.order.set_state(kept["order"])
        torch.set_rng_state(kept["random.cpu"])
        if torch.cuda.is_available() and "random.cuda" in kept:
            torch.cuda.set_rng_state(kept["random.cuda"])

    def _moments(self) -> Iterator[tuple[str, Tensor]]:
        for number, moments in self.optimizer.state_dict()["state"].items():
            for name, value in moments.items():
                yield f"{number}.{name}", value


@dataclass(frozen=True)
class Checkpoints:
    """Where a training keeps its tunings, one file for each. Without a folder nothing is kept."""

    folder: Path | None = None
    least_seconds: float = LEAST_SECONDS

    def of(self, name: str) -> Checkpoint:
        """The place of one tuning, such as `encoder`, or `check-1` for the first fold."""
        return Checkpoint(None if self.folder is None else self.folder / f"{name}.safetensors", self.least_seconds)


NOWHERE = Checkpoints()


@dataclass
class Checkpoint:
    """The place of one tuning. Without a file nothing is kept."""

    file: Path | None = None
    least_seconds: float = LEAST_SECONDS
    _written: float = field(default_factory=time.monotonic)

    def read(self, tuning: Tuning) -> None:
        """Let a tuning that begins go on from what was kept, if anything was; a file that can't be used is left."""
        if self.file is None or not self.file.exists():
            return
        fresh = {name: value.clone() for name, value in tuning.tensors().items()}
        try:
            tuning.go_on_from(load_file(self.file))
        except (OSError, SafetensorError, KeyError, ValueError, RuntimeError) as error:
            log.warning("%s can't be used, so this part begins anew: %s", self.file.name, error)
            tuning.go_on_from(fresh)

    def keep(self, tuning: Tuning, last: bool) -> None:
        """Write how far a tuning is, unless that was done a moment ago and there is more to come.

        A full disk ends no training: then it can't go on after a cut, that is all.
        """
        if self.file is None or (not last and time.monotonic() - self._written < self.least_seconds):
            return
        tensors = {name: value.detach().cpu().contiguous() for name, value in tuning.tensors().items()}
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            with replacing(self.file) as building:
                write_tensors(building, tensors, save_file)
        except OSError as error:
            log.warning("How far the training is could not be kept: %s", remedy(error) or error)
        self._written = time.monotonic()


def _random_numbers() -> Iterator[tuple[str, Tensor]]:
    yield "cpu", torch.get_rng_state()
    if torch.cuda.is_available():
        yield "cuda", torch.cuda.get_rng_state()


def _part(tensors: dict[str, Tensor], name: str) -> dict[str, Tensor]:
    return {key.removeprefix(f"{name}."): value for key, value in tensors.items() if key.startswith(f"{name}.")}

"""Whether an encoder's description asks for no more than its weights hold: told before anything of that size is made.

A library makes whatever a `config.json` asks for, and compares it with the weights only then.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import Any

from torch import Tensor, nn
from torch.nn.modules.module import (
    register_module_buffer_registration_hook,
    register_module_parameter_registration_hook,
)

from ans.json_files import read_json

MOST_PARTS = 30_000  # parameters of a model, each as one; XMOD with all its languages has 12,000
MOST_OF_A_KIND = 100_000  # layers, heads, labels: lists of that length are made from a description alone
LEFT_OUT = 10_000_000  # numbers that weights may lack: of a pooler, of what a model computes by itself
WEIGHTS = (".safetensors", ".bin")


def check_files(folder: Path) -> None:
    """See that nothing in an encoder's folder is a pipe or a device, of which nobody sees the end, or leads to one.

    Raises:
        ValueError: something is, or weights in parts are said to lie somewhere else.
    """
    for path in sorted(folder.iterdir()):
        if path.exists() and not (S_ISREG(mode := path.stat().st_mode) or S_ISDIR(mode)):
            raise ValueError(f"{path.name} in it is no file.")
        if path.name.endswith(".index.json"):
            parts = read_json(path)["weight_map"].values()
            if odd := sorted({str(part) for part in parts if not _is_beside(folder, part)}):
                raise ValueError(f"{path.name} names weights that are not in its folder: {odd[0][:100]!r}.")


def _is_beside(folder: Path, name: Any) -> bool:
    return isinstance(name, str) and Path(name).name == name and (folder / name).is_file()


def check_counts(described: Any) -> None:
    """See that a description is one, and that of nothing it asks for very many.

    Raises:
        ValueError: it is none, or it asks for more than `MOST_OF_A_KIND`.
    """
    if not isinstance(described, Mapping):
        raise ValueError("Its config.json is no description of a model.")
    for name, value in described.items():
        if isinstance(value, Mapping):
            check_counts(value)
        if name == "transformers_weights" and value is not None and Path(str(value)).name != value:
            raise ValueError("Its config.json names weights that are not in its folder.")
        counts = name.startswith(("num_", "n_")) or name.endswith("layers")
        if counts and isinstance(value, (int, float)) and not -1 <= value <= MOST_OF_A_KIND:
            raise ValueError(
                f"Its config.json asks for {name} = {str(value)[:20]}; at most {MOST_OF_A_KIND:,} are read."
            )


@contextmanager
def no_larger_than(weights: int | None) -> Iterator[None]:
    """While a model is being made in this thread: it is given up once it is larger than its weights.

    Args:
        weights: bytes of their files; None where that is not known.

    Raises:
        ValueError: it has more parameters than any encoder, or more numbers than there are bytes.
    """
    mine, parts, numbers = threading.get_ident(), 0, 0

    def look(module: nn.Module, name: str, made: Tensor | None) -> None:
        nonlocal parts, numbers
        if made is None or not made.is_meta or threading.get_ident() != mine:  # others may be made elsewhere
            return
        parts, numbers = parts + 1, numbers + made.numel()
        if parts > MOST_PARTS or (weights is not None and numbers > 2 * weights + LEFT_OUT):
            raise ValueError("Its config.json asks for a larger model than its weights are of.")

    hooks = [
        register(look)
        for register in (register_module_parameter_registration_hook, register_module_buffer_registration_hook)
    ]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


def check_numbers(weights: Mapping[str, Tensor]) -> None:
    """See that weights are numbers: a text with a word whose are not would get features that are none.

    Raises:
        ValueError: some are not.
    """
    for name, one in weights.items():
        if not one.isfinite().all():
            raise ValueError(f"Its weights {name} hold values that are no numbers.")


def size_of_weights(folder: Path) -> int:
    """Bytes of all files of weights in a folder."""
    return sum(path.stat().st_size for path in folder.iterdir() if path.suffix in WEIGHTS and path.is_file())

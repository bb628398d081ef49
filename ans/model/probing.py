"""What a whole model makes of two short texts, before it is cut in two: its halves must make the same of them."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from ans.model.halves import last_norm
from ans.model.tokens import Tokens

PROBES = ("a probe", "a somewhat longer probe")
# What a model or a layer says that wants more than a text.
FAILURES = (RuntimeError, TypeError, ValueError, AttributeError, LookupError, ArithmeticError, AssertionError)


def probed_whole(model: Any, tokens: Tokens, name: str) -> tuple[Tensor, str | None]:
    """The last states of each probe alone, token by token [T, width], and where its last norm is, as `last_norm`.

    Raises:
        ValueError: the encoder of this name wants more than a text, or makes of one what is no number.
    """
    try:
        alone = [last_norm(model, *tokens.padded([ids])) for ids in tokens.cut(PROBES)]
    except FAILURES as error:
        reason = next(iter(str(error).splitlines()), type(error).__name__)
        raise ValueError(f"encoder {name!r} can't read a text by itself ({reason}); try minilm.") from error
    if not all(states.isfinite().all() for states, _ in alone):
        raise ValueError(f"encoder {name!r} makes of a text what is no number; try minilm.")
    return torch.cat([states[0] for states, _ in alone]), alone[0][1]

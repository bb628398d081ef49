"""A transformer cut in two: lower layers that run once over each text, and upper layers that are tuned.

What a family does around its layers (masks, position biases, rotary angles, a last norm) is written down nowhere here:
each half is the model itself with some of its layers left out, run by the model's own code. Whether the halves give
what the whole gives is checked on each model that is loaded; where they don't, the whole model runs each time.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

# What some families do once: between embeddings and first layer (ELECTRA), right after the first layer (DeBERTa).
BEFORE_THE_FIRST, AFTER_THE_FIRST = "embeddings_project", "encoder.conv"


@dataclass(frozen=True)
class Halves:
    """The parts of a model: frozen `embeddings` and `prefix`, the `tail` that is tuned and its `untouched` twin.

    `lower`: token ids → what comes to the first tuned layer; None if the model can't be cut. `upper`: from there, or
    from the ids, to the last states, for each of the views `tuned` and `untouched`; empty if there is no tail.
    `named`: how the names of what embeddings and layers hold begin.
    """

    embeddings: nn.Module
    prefix: nn.ModuleList
    tail: nn.ModuleList
    untouched: nn.ModuleList
    lower: nn.Module | None
    upper: dict[str, nn.Module]
    named: tuple[str, ...]


def halves(model: Any, trainable_layers: int, cut: bool = True) -> Halves:
    """Take a model apart; it stays as it was. All but the tail is frozen.

    Raises:
        ValueError: it has fewer layers than are to be tuned, or none that can be told apart.
    """
    model.requires_grad_(False)
    layers_at, layers = _layers(model)
    if trainable_layers and not len(layers):
        raise ValueError("trainable_layers must be 0, since its layers can't be told apart,")
    if trainable_layers > len(layers):
        raise ValueError(f"trainable_layers must be at most {len(layers)}")
    split = len(layers) - trainable_layers
    prefix, tail = layers[:split], layers[split:]
    untouched = copy.deepcopy(tail)
    tail.requires_grad_(True)
    embeddings_at = _embeddings(model)
    embeddings = model.get_submodule(embeddings_at)
    lower, uppers = model, {}
    if trainable_layers:
        lower = _with(model, {layers_at: nn.ModuleList([*prefix, _Door(tail[0])])}) if cut else None
        own: dict[str, nn.Module | None] = {}
        if cut:
            # A bare table of words is asked for nothing where states are given; a whole module would add positions.
            own |= {} if isinstance(embeddings, nn.Embedding) else {embeddings_at: _Given()}
            own |= {BEFORE_THE_FIRST: nn.Identity()} if hasattr(model, BEFORE_THE_FIRST) else {}
            own |= {AFTER_THE_FIRST: None} if split and _has(model, AFTER_THE_FIRST) else {}
        below = [] if cut else prefix
        uppers = {
            view: _with(model, {**own, layers_at: nn.ModuleList([*below, *upper])})
            for view, upper in (("tuned", tail), ("untouched", untouched))
        }
    named = (f"{embeddings_at}.", *([f"{layers_at}."] if layers_at else []))
    return Halves(embeddings, prefix, tail, untouched, lower, uppers, named)


def run_lower(lower: nn.Module, ids: Tensor, mask: Tensor) -> Tensor:
    """Token ids and mask [B, L] → what comes to the first tuned layer [B, L, d]; without one, the last states."""
    try:
        return lower(input_ids=ids, attention_mask=mask).last_hidden_state
    except _Reached as reached:
        return reached.states


def run_upper(upper: nn.Module, states: Tensor, mask: Tensor) -> Tensor:
    """States [B, L, d], or token ids [B, L] of a model that is not cut, and mask [B, L] → the last states [B, L, d]."""
    given = {"inputs_embeds": states} if states.is_floating_point() else {"input_ids": states}
    return upper(**given, attention_mask=mask).last_hidden_state


@torch.no_grad()
def last_norm(model: Any, ids: Tensor, mask: Tensor) -> tuple[Tensor, str | None]:
    """A model's last states, and where in its last layer the norm is that gives them; None if something follows it."""
    _, layers = _layers(model)
    heard: dict[str, list[Any]] = {}
    norms = [(name, part) for name, part in layers[-1:].named_modules() if isinstance(part, nn.LayerNorm)]
    hooks = [
        part.register_forward_hook(lambda _, __, out, name=name: heard.setdefault(name, []).append(out))
        for name, part in norms
    ]
    states = model(input_ids=ids, attention_mask=mask).last_hidden_state
    for hook in hooks:
        hook.remove()
    # XMOD's norm gives them, and has worked inside the layer before: what scales the one end would scale the other.
    ends = (name.partition(".")[2] for name, outs in heard.items() if len(outs) == 1 and torch.equal(outs[0], states))
    return states, next(ends, None)


def known_words(model: Any) -> int | None:
    """How many tokens a model knows; None if it keeps them in another way than a table."""
    try:
        words = model.get_input_embeddings()
    except NotImplementedError:
        return None
    return words.num_embeddings if isinstance(words, nn.Embedding) else None


class _Reached(Exception):
    """The first tuned layer was reached with these states."""

    def __init__(self, states: Tensor) -> None:
        super().__init__()
        self.states = states


class _Door(nn.Module):
    """Stands where the first tuned layer does, and hands out what comes to it."""

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        # Some models ask a layer how it attends before they call it.
        self.__dict__ |= {name: value for name, value in vars(layer).items() if name not in vars(self)}

    def forward(self, *given: Any, **named: Any) -> Tensor:
        raise _Reached(next(value for value in (*given, *named.values()) if isinstance(value, Tensor)))


class _Given(nn.Module):
    """Stands where the embeddings do, and gives back the states that are given in their place."""

    def forward(self, *given: Any, **named: Any) -> Tensor:
        """The one tensor [B, L, d] of all that a model tells its embeddings."""
        return next(value for value in (*given, *named.values()) if isinstance(value, Tensor) and value.dim() == 3)


def _layers(model: Any) -> tuple[str, nn.ModuleList]:
    """Where a model's layers are, and they; none if they can't be told apart (ALBERT's share their weights)."""
    for name, part in model.named_modules():
        if isinstance(part, nn.ModuleList) and len(part) == model.config.num_hidden_layers:
            return name, part
    return "", nn.ModuleList()


def _embeddings(model: Any) -> str:
    """Where a model's embeddings are: with all that is added to the words, else the table of words."""
    if hasattr(model, "embeddings"):
        return "embeddings"
    words = model.get_input_embeddings()
    return next(name for name, part in model.named_modules() if part is words)


def _with(model: nn.Module, others: Mapping[str, nn.Module | None]) -> nn.Module:
    """The same model with other modules in some places; everything else is shared."""
    top = _shallow(model)
    for place, other in others.items():
        *way, last = place.split(".")
        parent = top
        for step in way:
            child = _shallow(parent.get_submodule(step))
            parent._modules[step] = child
            parent = child
        parent._modules[last] = other
    return top


def _shallow(module: nn.Module) -> nn.Module:
    twin = copy.copy(module)
    twin._modules = dict(module._modules)
    return twin


def _has(model: nn.Module, place: str) -> bool:
    return any(name == place for name, _ in model.named_modules())

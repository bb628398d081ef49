"""Phase 1 of every setting, computed once and kept: all methods that share an encoder start from the same features."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import lru_cache
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

from ans.baselines.features import Part, PhaseOneFeatures
from ans.config import PHASE_2, TrainConfig, setting_names
from ans.data.corpora import Corpus, OpenWorldSplit, corpus_of, few_of_each, make_open_world_split, targets
from ans.durable import replacing
from ans.model.devices import choose_device
from ans.model.encoder import TextEncoder
from ans.model.phase_one import phase_one
from ans.model.precision import rounded
from ans.model.states import CachedStates
from ans.paths import home

PARTS = ("train", "dev", "test")
ELSEWHERE = ("data_dir", "device")


class CorpusStates:
    """A corpus with the frozen prefix's states of all its texts, for every ratio and seed."""

    def __init__(self, config: TrainConfig) -> None:
        self.corpus: Corpus = corpus_of(config)
        encoder = _encoder(config)
        self.states: dict[str, CachedStates] = {}
        self.untouched: dict[str, Tensor] = {}
        for part in PARTS:
            with _precision(part):
                self.states[part] = encoder.cache(getattr(self.corpus, part).texts, batch_size=256)
                self.untouched[part] = encoder.features(self.states[part], untouched=True)

    def split(self, config: TrainConfig) -> tuple[OpenWorldSplit, dict[str, tuple[CachedStates, Tensor, Tensor]]]:
        """The open-world split, and each part's states, untouched features and targets.

        Train and dev are cut to the known classes.
        """
        split, parts = make_open_world_split(self.corpus, config), {}
        for part in PARTS:
            found = torch.tensor(targets(getattr(self.corpus, part).labels, split.known))
            rows = torch.arange(len(found)) if part == "test" else (found >= 0).nonzero().squeeze(1)
            if part != "test" and config.texts_per_class is not None:
                few = few_of_each([split.known[m] for m in found[rows].tolist()], config.texts_per_class, config.seed)
                rows = rows[few] if part == "train" else rows[:0]
            parts[part] = self.states[part].only(rows), self.untouched[part][rows], found[rows]
        return split, parts


def phase_one_features(
    config: TrainConfig, corpus_states: Callable[[], CorpusStates], tune=phase_one
) -> PhaseOneFeatures:
    """Phase 1 of one setting, from disk if it was computed before.

    Args:
        tune: how the encoder is trained; takes what `phase_one` takes and gives a classifier on the features.
    """
    folder = home() / "benchmark"
    of_phase_two = setting_names(PHASE_2)  # settings that differ in nothing else share their features
    kept = {key: value for key, value in config.to_dict().items() if key not in (*of_phase_two, *ELSEWHERE)}
    if config.encoder != "minilm":
        kept["feature_size"] = "usual"  # earlier versions left those of other encoders as they were
    if Path(config.dataset).exists():  # another file may stand there tomorrow
        kept["dataset"] = [config.dataset, Path(config.dataset).stat().st_mtime]
    key = hashlib.sha256(json.dumps([kept, tune.__name__], sort_keys=True).encode()).hexdigest()[:16]
    path = folder / f"{Path(config.dataset).stem}-{config.known_ratio:g}-{config.seed}-{key}.safetensors"
    if not path.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        about, tensors = _compute(config, corpus_states(), tune)
        with replacing(path) as building:
            save_file(tensors, building, metadata={"about": json.dumps(about)})
    return _read(path)


@lru_cache(maxsize=2)  # the methods of a setting come one after another, some with an encoder of their own
def _read(path: Path) -> PhaseOneFeatures:
    with safe_open(path, "pt") as file:
        about = json.loads(file.metadata()["about"])
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  the file is no mapping
    parts = {
        part: Part(*(tensors[f"{part}.{name}"] for name in ("tuned", "untouched", "closed", "targets")))
        for part in PARTS
    }
    weights = {name.removeprefix("classifier."): t for name, t in tensors.items() if name.startswith("classifier.")}
    return PhaseOneFeatures(
        about["known"], **parts, dropped=tensors["dropped"], classifier=weights, seconds=about["seconds"]
    )


def _precision(part: str) -> AbstractContextManager:
    """As the app has it: what is learnt from is rounded, the test is answered in full precision."""
    return nullcontext() if part == "test" else rounded()


def _compute(config: TrainConfig, corpus_states: CorpusStates, tune) -> tuple[dict, dict[str, Tensor]]:
    split, parts = corpus_states.split(config)
    encoder = _encoder(config)
    started = time.perf_counter()
    train, dev = ((states, found) for states, _, found in (parts["train"], parts["dev"]))
    with rounded():
        closed = tune(encoder, len(split.known), train, dev, config, lambda event: None, lambda: False)
    seconds = time.perf_counter() - started
    tensors = {f"classifier.{name}": value.cpu() for name, value in closed.state_dict().items()}
    for part, (states, untouched, found) in parts.items():
        with _precision(part):
            features = encoder.features(states)
        with torch.no_grad():
            logits = closed(features.to(encoder.device)).float().cpu()
        tensors |= {
            f"{part}.tuned": features,
            f"{part}.untouched": untouched,
            f"{part}.closed": logits,
            f"{part}.targets": found,
        }
    encoder.tail.train()
    states = train[0]
    with torch.no_grad(), rounded():
        rows = torch.arange(len(states)).split(128)
        tensors["dropped"] = torch.cat([encoder(*states.batch(some, encoder.device)).cpu() for some in rows])
    return {"known": split.known, "seconds": seconds}, tensors


def _encoder(config: TrainConfig) -> TextEncoder:
    device = choose_device(config.device)
    return TextEncoder.of(config).to(device)

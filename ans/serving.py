"""What the page asks of trained runs: answers, examples, maps. Loaded models and fitted maps are kept for reuse."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np

from ans.conventions import OPEN_LABELS, Prediction
from ans.runs import Run, RunStore

MODELS_KEPT, MAPS_KEPT = 3, 24
MOST_POINTS = 400  # of one group on a map
LONGEST = 2000  # characters of a text; far beyond what the encoder reads


@dataclass(frozen=True)
class MapGroup:
    """One group of points: its name, 2-D places [n, 2] and what hovering shows [n]."""

    name: str
    places: np.ndarray
    texts: list[str]


@dataclass(frozen=True)
class HeadMap:
    """A head's second hidden layer in two dimensions (Figure 4), and how to put one more text on it."""

    groups: list[MapGroup]
    place: Callable[[np.ndarray], np.ndarray]


class Recent:
    """The last few results by key. A key being made is made once; others wait for it."""

    def __init__(self, size: int) -> None:
        self._kept: OrderedDict[Any, Any] = OrderedDict()
        self._size, self._lock, self._making = size, threading.Lock(), {}

    def __contains__(self, key: Any) -> bool:
        return key in self._kept

    def get(self, key: Any, make: Callable[[], Any]) -> Any:
        """The value of `key`, made now if it is not kept. An error of `make` is the caller's; nothing is kept then."""
        with self._lock:
            making = self._making.setdefault(key, threading.Lock())
        with making:
            with self._lock:
                if key in self._kept:
                    self._kept.move_to_end(key)
                    return self._kept[key]
            value = make()
            with self._lock:
                self._kept[key] = value
                while len(self._kept) > self._size:
                    self._making.pop(self._kept.popitem(last=False)[0], None)
            return value


class Serving:
    """Answers from the finished runs of a store. Safe to call from many threads."""

    def __init__(self, store: RunStore) -> None:
        self.store = store
        self._models, self._maps, self._examples = Recent(MODELS_KEPT), Recent(MAPS_KEPT), Recent(MAPS_KEPT)

    def warm(self) -> None:
        """Import torch and load the newest model, so that the first keystroke finds them there."""
        import torch

        torch.set_num_threads(1)  # one text needs no more, and the trainer wants the other cores
        if finished := self.store.finished():
            with suppress(ValueError):  # a damaged model says so when somebody asks it
                self.model(finished[0].id)

    def device_name(self) -> str:
        """Where a training computes: the GPU's name, or the number of CPU cores."""
        import os

        import torch

        from ans.encoder import choose_device

        device = choose_device()
        if device.type == "cuda":
            return torch.cuda.get_device_name()
        return "the Apple GPU" if device.type == "mps" else f"the CPU, {os.cpu_count()} cores"

    def is_loaded(self, run_id: str) -> bool:
        """Whether an answer needs no loading first."""
        return run_id in self._models

    def run(self, run_id: str | None) -> Run:
        """The finished run with this id.

        Raises:
            ValueError: there is none.
        """
        if not run_id:
            raise ValueError("there is no trained model yet; wait for the starter model, or train one.")
        run = self.store.get(run_id)
        if run is None or not run.status.ended_well:
            raise ValueError(f"no trained model {run_id!r}; choose one from the list, or train one.")
        return run

    def model(self, run_id: str | None):
        """The run's OpenWorldClassifier."""
        run = self.run(run_id)
        return self._models.get(run.id, run.load_classifier)

    def answer(self, run_id: str | None, text: str) -> tuple[Prediction, float]:
        """The prediction for one text, cut at `LONGEST`, and the milliseconds it took."""
        model = self.model(run_id)
        started = time.perf_counter()
        prediction = model.predict(text[:LONGEST])
        return prediction, 1000 * (time.perf_counter() - started)

    def examples(self, run_id: str | None, each: int = 3) -> dict[str, list[str]]:
        """A few short test texts of each kind: `known`, `held_out`, `oos`. Drawn blindly, not picked for the answer."""
        run = self.run(run_id)
        return self._examples.get((run.id, each), lambda: _draw_examples(run, each))

    def head_map(self, run_id: str | None, label: str, method: str) -> HeadMap:
        """The map of one class's head; `method` is `pca` or `umap`."""
        model = self.model(run_id)
        return self._maps.get((run_id, label, method), lambda: _fit_head_map(self.run(run_id), model, label, method))

    def has_map(self, run_id: str | None, label: str, method: str) -> bool:
        """Whether that map is there already."""
        return (run_id, label, method) in self._maps

    def place(self, run_id: str | None, label: str, method: str, text: str) -> tuple[float, float]:
        """Where a text lies on a map."""
        model = self.model(run_id)
        hidden = _hidden(model, label, model.features([text[:LONGEST]]))
        x, y = self.head_map(run_id, label, method).place(hidden)[0]
        return float(x), float(y)


def _draw_examples(run: Run, each: int) -> dict[str, list[str]]:
    texts, labels, _ = run.load_test()
    known = set(run.evaluation["known"])
    kinds: dict[str, list[str]] = {"known": [], "held_out": [], "oos": []}
    for text, label in zip(texts, labels, strict=True):
        kinds["oos" if label in OPEN_LABELS else "known" if label in known else "held_out"].append(text)
    rng = np.random.RandomState(run.config.seed)
    return {kind: list(rng.permutation(_handy(found))[:each]) for kind, found in kinds.items()}


def _handy(texts: list[str]) -> list[str]:
    """Those that fit on a chip: three to eight words, or the ten shortest where none is so short."""
    return [text for text in texts if 3 <= len(text.split()) <= 8] or sorted(texts, key=len)[:10]


def _hidden(model, label: str, features) -> np.ndarray:
    """Second hidden layer of one head: features [N, d] → [N, 64]."""
    import torch

    index = model.labels.index(label)
    with torch.no_grad():
        # Every head runs; one is kept. At a few thousand texts that costs less than a second implementation would.
        return torch.cat(
            [model.heads.hidden(part.to(model.encoder.device))[index].cpu() for part in features.split(256)]
        ).numpy()


def _fit_head_map(run: Run, model, label: str, method: str) -> HeadMap:
    from ans.projection import fit

    rng = np.random.RandomState(run.config.seed)
    texts, labels, arrays = run.load_test()
    if label not in model.labels:
        raise ValueError(f"{label!r} is no known class of this model; choose one from the list.")
    own = (model.train_targets == model.labels.index(label)).numpy()
    names, known = np.array(labels), set(model.labels)
    oos = np.array([name in OPEN_LABELS for name in labels])
    held_out = np.array([name not in known for name in labels]) & ~oos
    negatives, sources = model.synthesized_negatives(label, min(MOST_POINTS, int(own.sum())), run.config.seed)

    def some(mask: np.ndarray) -> np.ndarray:
        return rng.permutation(np.flatnonzero(mask))[:MOST_POINTS]

    parts = []
    for name, mask in (("known negatives", ~own), ("known positives", own)):
        rows = some(mask)
        hover = [f"{model.train_texts[i]}<br><i>{model.labels[model.train_targets[i]]}</i>" for i in rows]
        parts.append((name, model.train_features[rows].cpu(), hover))
    parts.append(("synthesized negatives", negatives, [f"made from:<br>{model.train_texts[i]}" for i in sources]))
    features = arrays["features"]
    for name, mask in (("open: held-out classes", held_out), ("open: out of scope", oos)):
        if mask.any():
            rows = some(mask)
            parts.append((name, _tensor(features[rows]), [f"{texts[i]}<br><i>{names[i]}</i>" for i in rows]))
    hidden = [_hidden(model, label, part) for _, part, _ in parts]
    fitted = fit(np.concatenate(hidden), method, run.config.seed)
    ends = np.cumsum([len(part) for part in hidden])[:-1]
    groups = [
        MapGroup(name, places, hover)
        for (name, _, hover), places in zip(parts, np.split(fitted.places, ends), strict=True)
    ]
    return HeadMap(groups, fitted.place)


def _tensor(array: np.ndarray):
    import torch

    return torch.from_numpy(array)

"""What an uploaded run must be before it stands among the others. Nobody vouches for what is in its files.

Its model must load and answer; the answers and numbers of its test are computed anew from the features.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from ans.conventions import OPEN_LABELS
from ans.data.corpora import BUNDLED, PUBLIC, dataset_name, targets
from ans.json_files import read_json, write_json
from ans.runs.run import FINISHED, Run
from ans.runs.store import RunStore

if TYPE_CHECKING:
    import numpy as np

NUMBERS_OF_AN_EVENT = ("time", "step", "steps", "loss", "dev_accuracy", "known", "texts")
PHASES = ("data", "cache", "encoder", "heads", "evaluate")


def check(folder: Path, store: RunStore, owner: str, encoders: Collection[str]) -> None:
    """Let nothing stand that was not looked at: each file is read, checked, and written anew from what was read."""
    from safetensors.numpy import load_file, save_file

    from ans.evaluation.metrics import evaluate
    from ans.model.classifier import OpenWorldClassifier

    config, about = Run(folder).config, read_json(folder / "model" / "model.json")
    if about["config"] != config.to_dict():
        raise ValueError("its settings are not those of its model.")
    if config.encoder not in encoders:
        raise ValueError(f"its encoder is {config.encoder!r}; here it must be one of {', '.join(sorted(encoders))}.")
    if config.dataset not in (BUNDLED, *PUBLIC):  # no upload may point to a file of this machine
        place = store.uploads / folder.name.removeprefix(".") / dataset_name(config.dataset)
        config = config.with_(dataset=str(place))
    config = config.with_(data_dir=None)
    write_json(folder / "config.json", config.to_dict())
    write_json(folder / "model" / "model.json", {**about, "config": config.to_dict()})
    _check_classes(folder, about["labels"])

    classifier = OpenWorldClassifier.load(folder / "model", "cpu")
    _need_texts("training texts", classifier.train_texts)
    classifier.predict("does it answer?")
    test, arrays, before = (
        read_json(folder / "test.json"),
        load_file(folder / "test.safetensors"),
        read_json(folder / "evaluation.json"),
    )
    texts, labels, held_out = test["texts"], test["labels"], before["held_out"]
    for what, names in (("test texts", texts), ("test labels", labels), ("held-out classes", held_out)):
        _need_texts(what, names)
    if not len(texts) == len(labels) == len(arrays["features"]):
        raise ValueError("it has not as many test texts as labels and features.")
    answers, logits = _judged(classifier, arrays["features"])
    metrics = evaluate(targets(labels, classifier.labels), answers, logits.max(1), classifier.labels)
    save_file({"features": arrays["features"], "logits": logits, "answers": answers}, folder / "test.safetensors")
    write_json(folder / "test.json", {"texts": texts, "labels": labels})
    write_json(
        folder / "evaluation.json",
        {
            "metrics": metrics.to_dict(),
            "known": classifier.labels,
            "held_out": held_out,
            "num_known_classes": len(classifier.labels),
            "seconds": {phase: _number(seconds) for phase, seconds in before["seconds"].items() if phase in PHASES},
            "device": str(before["device"])[:20],
        },
    )
    _check_story(folder, owner)


def _check_classes(folder: Path, labels: list[str]) -> None:
    """The labels are names, and as many as the weights have classes: before a model of that size is built."""
    from safetensors import safe_open

    _need_texts("class names", labels)
    if len(labels) < 2 or len(set(labels)) < len(labels) or OPEN_LABELS & set(labels):
        raise ValueError("expected at least two known classes of different names, none of them open.")
    with safe_open(folder / "model" / "weights.safetensors", "numpy") as weights:
        outputs = weights.get_slice("closed.2.bias").get_shape()[0]
        of_classes = weights.get_tensor("train_targets")
    if outputs != len(labels) or set(of_classes.tolist()) != set(range(len(labels))):
        raise ValueError("its weights are not those of its classes.")


def _judged(classifier, features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Answers [N] and head logits [N, C] of a model for features [N, V·d]."""
    import torch

    answers, logits = classifier.decide(torch.from_numpy(features))
    if not torch.isfinite(logits).all():
        raise ValueError("its model answers with no numbers.")
    return answers.numpy(), logits.contiguous().numpy()


def _check_story(folder: Path, owner: str) -> None:
    """Name, times and events of the training, and whose the run is now."""
    path, events = folder / "events.jsonl", []
    for line in path.read_text("utf-8").splitlines() if path.is_file() else []:
        event = json.loads(line)
        if event["phase"] not in PHASES:
            raise ValueError(f"its training has a phase {event['phase']!r}; expected {', '.join(PHASES)}.")
        numbers = {name: _number(event[name]) for name in NUMBERS_OF_AN_EVENT if name in event}
        events.append(json.dumps({"phase": event["phase"], "time": 0.0, **numbers}) + "\n")
    path.write_text("".join(events), "utf-8")
    status, now = read_json(folder / "status.json"), time.time()
    took = max(0.0, _number(status["ended"]) - _number(status["started"]))
    write_json(
        folder / "status.json",
        {"state": FINISHED, "message": "", "created": now, "started": now - took, "ended": now, "process": None},
    )
    if (folder / "name.json").is_file():
        Run(folder).rename(str(read_json(folder / "name.json")))
    write_json(folder / "owner.json", owner)


def _need_texts(what: str, values: object) -> None:
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise ValueError(f"its {what} are no list of texts.")


def _number(value: object) -> float:
    if not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ValueError(f"expected a number, got {value!r}.")
    return value

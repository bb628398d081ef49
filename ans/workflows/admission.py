"""What an uploaded run must be before it stands among the others. Nobody vouches for what is in its files.

Its model must load and answer; the answers and numbers of its test are computed again from the features.
"""

from __future__ import annotations

import json
import time
from collections.abc import Collection
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from ans.config_files import read_settings, written_settings
from ans.conventions import OPEN_LABELS
from ans.data.corpora import BUNDLED, PUBLIC, dataset_name
from ans.json_files import read_json, write_json
from ans.runs.check import Quality
from ans.runs.evaluation import Evaluation
from ans.runs.progress import EVENTS_FILE, PHASES, Progress
from ans.runs.run import CONFIG_FILE, Run
from ans.runs.status import FINISHED, Status
from ans.runs.store import RunStore
from ans.runs.test_part import ARRAYS_FILE, read_test_part, write_test_texts
from ans.tensor_files import write_tensors

if TYPE_CHECKING:
    pass


def check(folder: Path, store: RunStore, owner: str, encoders: Collection[str]) -> None:
    """Let nothing stand that was not looked at: each file is read, checked, and written again from what was read."""
    import torch
    from safetensors.torch import save_file

    from ans.model.trained_model import TrainedModel
    from ans.workflows.checking import check_of
    from ans.workflows.judging import judge, msp_numbers

    config, about = Run(folder).config, read_json(folder / "model" / "model.json")
    refused = read_settings(about["config"]).config.refused  # a line that was kept after the training is the model's
    if read_settings(about["config"]).config != config.with_(refused=refused):
        raise ValueError("its settings are not those of its model.")
    if config.encoder not in encoders:
        raise ValueError(f"its encoder is {config.encoder!r}; here it must be one of {', '.join(sorted(encoders))}.")
    if config.dataset not in (BUNDLED, *PUBLIC):  # no upload may point to a file of this machine
        place = store.uploads / folder.name.removeprefix(".") / dataset_name(config.dataset)
        config = config.with_(dataset=str(place))
    config = config.with_(data_dir=None)
    write_json(folder / CONFIG_FILE, written_settings(config))
    write_json(folder / "model" / "model.json", {**about, "config": written_settings(config.with_(refused=refused))})
    _check_classes(folder, about["labels"])

    classifier = TrainedModel.load(folder / "model", "cpu")
    _need_texts("training texts", classifier.train_texts)
    classifier.explain("does it answer?")
    texts, labels, arrays = read_test_part(folder)
    before = Evaluation.read(folder)
    judged = judge(classifier, torch.from_numpy(arrays["features"]), labels)
    if not torch.isfinite(judged.logits).all():
        raise ValueError("its model answers with no numbers.")
    saved = {"features": judged.features, "logits": judged.logits, "answers": judged.answers}
    write_tensors(folder / ARRAYS_FILE, {name: value.contiguous() for name, value in saved.items()}, save_file)
    write_test_texts(folder, texts, labels)
    found = Run(folder).check
    check_of(classifier, Quality() if found is None else found.quality).write(folder)
    seconds = {phase: took for phase, took in before.seconds.items() if phase in PHASES}
    msp = msp_numbers(classifier, judged.features, labels)
    reading = classifier.encoder.description()
    evaluation = Evaluation(
        judged.metrics, classifier.labels, before.held_out, seconds, before.device[:20], msp, reading
    )
    evaluation.write(folder)
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


def _check_story(folder: Path, owner: str) -> None:
    """Name, times and events of the training, and whose the run is now."""
    events = [
        {name: value for name, value in asdict(event).items() if value is not None}
        for event in Progress.read(folder).events
    ]
    (folder / EVENTS_FILE).write_text("".join(json.dumps(event) + "\n" for event in events), "utf-8")
    took, now = Status.read(folder).seconds or 0.0, time.time()
    Status(FINISHED, created=now, started=now - took, ended=now).write(folder)
    if (folder / "name.json").is_file():
        Run(folder).rename(str(read_json(folder / "name.json")))
    write_json(folder / "owner.json", owner)


def _need_texts(what: str, values: object) -> None:
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise ValueError(f"its {what} are no list of texts.")

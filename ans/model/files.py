"""A saved classifier on disk: safetensors and JSON, whole or not at all, and refused when damaged or foreign.

The frozen prefix of the encoder is not written: it is the named encoder's, and `model.json` holds its fingerprint.
"""

from __future__ import annotations

import json
import logging
import os
import reprlib
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from ans.config import TrainConfig
from ans.config_files import read_settings, written_settings
from ans.durable import is_passing, settle
from ans.json_files import DamagedFile, NewerFormat, read_json
from ans.model.calibration import Calibration
from ans.model.devices import choose_device
from ans.model.encoder import TextEncoder
from ans.model.fitted import Fitted
from ans.model.heads import MultiViewHeads
from ans.model.model_folder import ABOUT_FILE, FORMAT, TEXTS_FILE, WEIGHTS_FILE, place_of_model
from ans.model.phase_one import closed_set_classifier
from ans.model.saved_parts import (
    Unfit,
    check_calibration,
    check_factor,
    check_labels,
    check_texts,
    check_weights,
    hidden_widths,
)
from ans.paths import place
from ans.tensor_files import read_tensors, write_tensors

log = logging.getLogger("ans.model")
VERSION = 4
READABLE = (2, 3, 4)  # 2 had no calibration: heads alone, a line at zero; 3 left each encoder's features as they are


def version_of(factor: float) -> int:
    """The format in which a model is written whose features are multiplied so: the earliest that says all of it."""
    return VERSION if factor != 1 else 3


def save(
    folder: str | Path, config: TrainConfig, fitted: Fitted, seconds: Mapping[str, float], **more: dict[str, Any]
) -> None:
    """Write a model into a folder, complete or not at all; an older model there is replaced.

    Args:
        more: what `about` is to find again, by name.

    Raises:
        ValueError: something else than a model is there, which stays as it is.
    """
    about, texts, tensors = packed(config, fitted, seconds)
    _write(folder, about | more, texts, tensors)


def packed(
    config: TrainConfig, fitted: Fitted, seconds: Mapping[str, float]
) -> tuple[dict[str, Any], list[str], dict[str, Tensor]]:
    """A model as what is written of it: about, training texts, tensors."""
    about = {
        "labels": fitted.labels,
        "config": written_settings(config),
        "encoder_fingerprint": fitted.encoder.fingerprint(),
        "feature_factor": fitted.encoder.factor,
        "seconds": dict(seconds),
    }
    tensors = {
        **_named("tail", fitted.encoder.tail),
        **_named("scaling", fitted.encoder.scaling),
        **_named("closed", fitted.closed),
        **_named("heads", fitted.heads),
        "train_features": fitted.features,
        "train_targets": fitted.targets,
        "outside_features": fitted.outside,
        **{f"calibration.{name}": value for name, value in fitted.calibration.tensors().items()},
    }
    return about, fitted.texts, tensors


def unpacked(about: dict[str, Any], texts: list[str], tensors: dict[str, Tensor]) -> tuple[TrainConfig, Fitted]:
    """Inverse of `packed`, on the best device here.

    Raises:
        ValueError: the encoder is missing, or has other weights here.
    """
    config = _settings("memory", about)
    return config, _fitted("memory", config, about, texts, tensors, choose_device())


def about(folder: str | Path, name: str) -> dict[str, Any]:
    """What `save` was given to keep under this name; nothing if that was nothing."""
    try:
        found = read_json(place(folder) / ABOUT_FILE)
    except (FileNotFoundError, DamagedFile):
        return {}
    kept = found.get(name) if isinstance(found, dict) else None
    return kept if isinstance(kept, dict) else {}


def load(folder: str | Path, device: str | None = None) -> tuple[TrainConfig, Fitted, dict[str, float]]:
    """Inverse of `save`: settings, trained parts, seconds by phase.

    Args:
        device: where to compute; None takes the best device here.

    Raises:
        ValueError: no model there, or one of another kind or of another encoder's weights. NewerFormat: a newer version
            wrote it. DamagedFile: its files are damaged, or of a version that can't be read any more.
        OSError, MemoryError, RuntimeError: the machine is short of something, see `durable.is_passing`.
    """
    about, texts, tensors = _read(folder)
    config = _settings(folder, about)
    try:
        fitted = _fitted(folder, config, about, texts, tensors, choose_device(device if device is not None else "auto"))
    except Unfit as error:
        raise _damaged(folder, str(error)) from error
    except (KeyError, IndexError, RuntimeError, TypeError) as error:
        if is_passing(error):
            raise
        log.info("The model in %s: %s: %s", folder, type(error).__name__, error)  # torch's words help nobody else
        raise _damaged(folder, "its parts don't fit together") from error
    seconds = about.get("seconds")
    return config, fitted, seconds if isinstance(seconds, dict) else {}


def _fitted(
    folder: str | Path,
    config: TrainConfig,
    about: dict[str, Any],
    texts: list[str],
    tensors: dict[str, Tensor],
    device: torch.device,
) -> Fitted:
    labels = check_labels(about["labels"])
    encoder = TextEncoder.of(config, check_factor(about.get("feature_factor", 1.0)))
    if encoder.fingerprint() != about["encoder_fingerprint"]:
        raise ValueError(
            f"the model in {folder} was trained on other weights than the encoder {config.encoder!r} has here; "
            "bring those weights back, or train again."
        )
    views, widths = len(config.head_views), hidden_widths(tensors)
    with torch.device("meta"):  # of whatever size, this takes no memory, and no random numbers
        closed = closed_set_classifier(encoder.dim, len(labels))
        heads = MultiViewHeads(len(labels), encoder.dim, views, config.head_dropout, widths)
    parts: dict[str, nn.Module] = {"tail": encoder.tail, "scaling": encoder.scaling, "closed": closed, "heads": heads}
    check_weights(tensors, parts)
    check_texts(tensors, len(texts), len(labels), encoder.dim * views)
    check_calibration(tensors, len(texts), len(labels), views)
    encoder.to(device)
    for module in (closed, heads):
        module.to_empty(device=device)
    for name, module in parts.items():
        module.load_state_dict(_part(tensors, name))
    features, targets = tensors["train_features"], tensors["train_targets"]
    return Fitted.of(
        config,
        labels=labels,
        encoder=encoder,
        closed=closed,
        heads=heads,
        features=features.to(device),
        targets=targets,
        texts=texts,
        outside=tensors["outside_features"].to(device) if "outside_features" in tensors else None,
        calibration=Calibration.from_tensors(_part(tensors, "calibration"), views),
    )


def _named(name: str, module: nn.Module) -> dict[str, Tensor]:
    """A module's weights, each under `name.`."""
    return {f"{name}.{key}": value for key, value in module.state_dict().items()}


def _part(tensors: dict[str, Tensor], name: str) -> dict[str, Tensor]:
    """Inverse of `_named`: the weights below `name.`."""
    return {key.removeprefix(f"{name}."): value for key, value in tensors.items() if key.startswith(f"{name}.")}


def _damaged(folder: str | Path, what: str) -> DamagedFile:
    """The one sentence for a model that can't be read."""
    return DamagedFile(f"the model in {folder} is damaged ({what}); train it again or copy it again.")


def _settings(folder: str | Path, about: dict[str, Any]) -> TrainConfig:
    """The settings a model was trained with, whichever version wrote them. What it does not know goes into the log.

    Raises:
        NewerFormat: a newer version did. DamagedFile: they can't be read.
    """
    try:
        settings = read_settings(about["config"])
    except NewerFormat as error:
        raise NewerFormat(f"the model in {folder} was {error}") from error
    except (KeyError, ValueError) as error:
        raise _damaged(folder, f"the settings in {ABOUT_FILE} can't be understood") from error
    for note in settings.notes:
        log.warning("The model in %s: %s", folder, note)
    return settings.config


def _write(folder: str | Path, about: dict, texts: list[str], tensors: dict[str, Tensor]) -> None:
    """Write a model into `folder` by building it beside it and renaming; an older model there is replaced."""
    folder = place_of_model(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    old = building.with_name(f"{building.name}-old")
    about = {"format": FORMAT, "version": version_of(about["feature_factor"]), **about}
    try:
        saved = {key: value.detach().cpu().contiguous() for key, value in tensors.items()}
        write_tensors(building / WEIGHTS_FILE, saved, save_file)
        # In Python a text may hold half a character, which JSON has a way to write and UTF-8 none.
        (building / TEXTS_FILE).write_text(json.dumps(texts), encoding="ascii")
        (building / ABOUT_FILE).write_text(json.dumps(about, indent=1), encoding="ascii")
        building.chmod(0o755)
        (building / WEIGHTS_FILE).chmod(0o644)  # safetensors makes it readable for its owner alone
        for path in (*building.iterdir(), building):
            settle(path)
        if folder.exists():  # whoever reads meanwhile finds the old one or the new one, but for a moment
            os.replace(folder, old)
        os.replace(building, folder)
        settle(folder.parent)
    finally:
        if old.exists() and not folder.exists():  # cut off between the two
            os.replace(old, folder)
        shutil.rmtree(old, ignore_errors=True)
        shutil.rmtree(building, ignore_errors=True)


def _read(folder: str | Path) -> tuple[dict, list[str], dict[str, Tensor]]:
    """What `_write` wrote: about, training texts, tensors.

    Raises:
        ValueError: no model there, or one of another kind. NewerFormat: a newer version wrote it.
        DamagedFile: its files are damaged, or of a version that can't be read any more.
    """
    folder = place(folder)
    if not (folder / ABOUT_FILE).exists():
        raise ValueError(
            f"no model in {folder}: expected a folder written by `python -m ans train --out`, with {ABOUT_FILE} in it."
        )
    about = _whole(folder, ABOUT_FILE, read_json)
    if not isinstance(about, dict) or about.get("format") != FORMAT:
        raise DamagedFile(f"{folder} holds no open-world classifier; {ABOUT_FILE} should say {FORMAT!r}.")
    version = about.get("version")
    if isinstance(version, int) and version > VERSION:
        raise NewerFormat(
            f"the model in {folder} was made by a newer version: its format is {reprlib.repr(version)}, and this "
            f"version reads {VERSION}. Update the app to use it."
        )
    if version not in READABLE:
        raise DamagedFile(
            f"the model in {folder} has format version {reprlib.repr(version)}, expected {VERSION}; train it again."
        )
    texts = _whole(folder, TEXTS_FILE, read_json)
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise DamagedFile(f"the model in {folder} is damaged ({TEXTS_FILE} is no list of texts); train it again.")
    return about, texts, _whole(folder, WEIGHTS_FILE, lambda path: read_tensors(path, load_file))


def _whole(folder: Path, name: str, read: Callable[[Path], Any]) -> Any:
    """What `read` makes of a model's file.

    Raises:
        DamagedFile: it is not there, or not whole.
    """
    try:
        return read(folder / name)
    except (FileNotFoundError, DamagedFile) as error:
        raise _damaged(folder, f"{name} can't be read") from error

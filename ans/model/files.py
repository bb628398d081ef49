"""A saved classifier on disk: safetensors and JSON, whole or not at all, and refused when damaged or foreign.

The frozen prefix of the encoder is not written: it is the named encoder's, and `model.json` holds its fingerprint.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from ans.config_files import ReadSettings, read_settings
from ans.json_files import DamagedFile, NewerFormat

FORMAT, VERSION = "ans-open-world-classifier", 2
ABOUT_FILE, WEIGHTS_FILE, TEXTS_FILE = "model.json", "weights.safetensors", "training_texts.json"


def named(name: str, module: nn.Module) -> dict[str, Tensor]:
    """A module's weights, each under `name.`."""
    return {f"{name}.{key}": value for key, value in module.state_dict().items()}


def part(tensors: dict[str, Tensor], name: str) -> dict[str, Tensor]:
    """Inverse of `named`: the weights below `name.`."""
    return {key.removeprefix(f"{name}."): value for key, value in tensors.items() if key.startswith(f"{name}.")}


def damaged(folder: str | Path, error: Exception) -> DamagedFile:
    """The one sentence for a model that can't be read."""
    first_line = next(iter(str(error).splitlines()), type(error).__name__)
    return DamagedFile(f"the model in {folder} is damaged ({first_line}); train it again or copy it again.")


def settings(folder: str | Path, about: dict) -> ReadSettings:
    """The settings a model was trained with, whichever version wrote them.

    Raises:
        NewerFormat: a newer version did. DamagedFile: they can't be read.
    """
    try:
        return read_settings(about["config"])
    except NewerFormat as error:
        raise NewerFormat(f"the model in {folder} was {error}") from error
    except (KeyError, ValueError) as error:
        raise damaged(folder, error) from error


def write(folder: str | Path, about: dict, texts: list[str], tensors: dict[str, Tensor]) -> None:
    """Write a model into `folder` by building it beside it and renaming; an older model there is replaced."""
    folder = Path(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    about = {"format": FORMAT, "version": VERSION, **about}
    try:
        save_file({key: value.detach().cpu().contiguous() for key, value in tensors.items()}, building / WEIGHTS_FILE)
        (building / TEXTS_FILE).write_text(json.dumps(texts, ensure_ascii=False), encoding="utf-8")
        (building / ABOUT_FILE).write_text(json.dumps(about, indent=1, ensure_ascii=False), encoding="utf-8")
        building.chmod(0o755)
        (building / WEIGHTS_FILE).chmod(0o644)  # safetensors makes it readable for its owner alone
        if folder.exists():
            shutil.rmtree(folder)
        os.replace(building, folder)
    finally:
        shutil.rmtree(building, ignore_errors=True)


def read(folder: str | Path) -> tuple[dict, list[str], dict[str, Tensor]]:
    """What `write` wrote: about, training texts, tensors.

    Raises:
        ValueError: no model there, or one of another kind. NewerFormat: a newer version wrote it.
        DamagedFile: its files are damaged, or of a version that can't be read any more.
    """
    folder = Path(folder)
    if not (folder / ABOUT_FILE).exists():
        raise ValueError(
            f"no model in {folder}: expected a folder written by `python -m ans train --out`, with {ABOUT_FILE} in it."
        )
    try:
        about = json.loads((folder / ABOUT_FILE).read_text(encoding="utf-8"))
        if not isinstance(about, dict) or about.get("format") != FORMAT:
            raise DamagedFile(f"{folder} holds no open-world classifier; {ABOUT_FILE} should say {FORMAT!r}.")
        if isinstance(about.get("version"), int) and about["version"] > VERSION:
            raise NewerFormat(
                f"the model in {folder} was made by a newer version: its format is {about['version']}, and this "
                f"version reads {VERSION}. Update the app to use it."
            )
        if about.get("version") != VERSION:
            raise DamagedFile(
                f"the model in {folder} has format version {about.get('version')}, expected {VERSION}; train it again."
            )
        texts = json.loads((folder / TEXTS_FILE).read_text(encoding="utf-8"))
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise DamagedFile(f"the model in {folder} is damaged ({TEXTS_FILE} is no list of texts); train it again.")
        return about, texts, load_file(folder / WEIGHTS_FILE)
    except (OSError, json.JSONDecodeError, UnicodeDecodeError, RecursionError, SafetensorError) as error:
        raise damaged(folder, error) from error

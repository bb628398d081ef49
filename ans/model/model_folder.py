"""The files of a saved model, and where one may be saved. Nothing here waits for PyTorch."""

from __future__ import annotations

from pathlib import Path

from ans.paths import place

FORMAT = "ans-open-world-classifier"
ABOUT_FILE, WEIGHTS_FILE, TEXTS_FILE = "model.json", "weights.safetensors", "training_texts.json"
LABELS_IN = "labels_in"  # the entry of a model from Python about its labels: of which kind, and what stands for open


def place_of_model(folder: str | Path) -> Path:
    """Where a model is to be saved, as a whole path: what is there goes, so it may be nothing else than a model.

    Raises:
        ValueError: a file, or a folder that holds anything else.
    """
    whole = place(folder).resolve()
    if whole.exists() and not whole.is_dir():
        raise ValueError(f"{folder} is a file; name a new or an empty folder.")
    if whole.is_dir() and (there := {path.name for path in whole.iterdir()}):
        about = whole / ABOUT_FILE
        is_model = about.is_file() and FORMAT in about.read_text(encoding="utf-8", errors="replace")
        if not is_model or there - {ABOUT_FILE, WEIGHTS_FILE, TEXTS_FILE}:
            raise ValueError(f"{folder} holds other files than a model; name a new or an empty folder.")
    return whole

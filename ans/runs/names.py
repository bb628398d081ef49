"""The name of a run that nobody has named: what it knows and, but for the starter, when it began."""

from __future__ import annotations

import time
from pathlib import Path

from ans.config import TrainConfig
from ans.conventions import DATASET_NAMES


def made_name(config: TrainConfig, known: int | None, is_starter: bool, created: float) -> str:
    """`Everyday assistant, 16 classes known · 25 % · 27 Nov 02:50:31`, and seed and encoder unless they are the usual.

    Args:
        known: how many classes it knows, None before it has read its data.
    """
    usual = TrainConfig()
    share = f"{100 * config.known_ratio:.0f} %" if config.known_classes is None else ""
    classes = f"{share} of its classes" if known is None else f"{known} {'class' if known == 1 else 'classes'}"
    words = [f"{DATASET_NAMES.get(config.dataset, Path(config.dataset).stem)}, {classes} known"]
    if is_starter:
        return words[0]
    if known is not None and share not in ("", "100 %"):
        words.append(share)
    words.append(time.strftime("%d %b %H:%M:%S", time.localtime(created)))
    if config.seed != usual.seed:
        words.append(f"seed {config.seed}")
    if config.encoder != usual.encoder:
        words.append(Path(config.encoder).name)
    return " · ".join(words)

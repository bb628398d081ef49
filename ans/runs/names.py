"""Names of runs: one for a run that nobody has named, and in a list no two that are the same."""

from __future__ import annotations

import time
import unicodedata
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from ans.config import TrainConfig
from ans.conventions import DATASET_NAMES

JOINERS = "\u200c\u200d"  # of letters in some scripts, and of emoji


def plain(name: str) -> str:
    """A name on one line, without characters that nobody sees or that change how those beside them are shown."""
    shown = "".join(
        " " if one.isspace() else one for one in name if one.isspace() or one in JOINERS or not _hidden(one)
    )
    return " ".join(shown.split())


def _hidden(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def made_name(config: TrainConfig, known: int | None, is_starter: bool, created: float) -> str:
    """What a run knows and, but for the starter, when it began; seed and encoder unless they are the usual.

    `Everyday assistant, 16 classes known · 25 % · 27 Nov 02:50:31`.

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


def distinct(names: Sequence[str]) -> list[str]:
    """The names of a list, newest first; of equal ones the oldest keeps its name and the others get a number."""
    taken, met, out = set(names), Counter[str](), []
    for name in reversed(names):
        met[name] += 1
        shown = name
        while met[name] > 1 and (shown := f"{name} ({met[name]})") in taken:
            met[name] += 1
        taken.add(shown)
        out.append(shown)
    return out[::-1]

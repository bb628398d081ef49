"""Open-world text classification with adaptive negative samples (ANS).

`from ans import OpenWorldClassifier, TrainConfig`. Importing this package imports nothing heavy; torch and transformers
load when one of these names is first used.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ans.config import TrainConfig
    from ans.model.estimator import OpenWorldClassifier

# torch's threads sleep while they wait. By default they spin, and on cores that are busy (the page beside its trainer)
# a training then takes ten times as long. A short spin, some microseconds, bridges the time between two operations: a
# tenth quicker on idle cores, and a tenth slower where one of two is busy. Both must be set before torch is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("GOMP_SPINCOUNT", "1000")

__version__ = "0.1.0"
__all__ = ["OpenWorldClassifier", "TrainConfig", "__version__"]


def __getattr__(name: str) -> Any:
    if name == "OpenWorldClassifier":
        from ans.model.estimator import OpenWorldClassifier

        return OpenWorldClassifier
    if name == "TrainConfig":
        from ans.config import TrainConfig

        return TrainConfig
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

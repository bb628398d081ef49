"""Ray, where one machine is not enough: an optional package, started on this machine or joined by its address."""

from __future__ import annotations

import logging
import os
from types import ModuleType
from typing import Any

ENGINES = ("local", "ray")


def joined(address: str | None) -> ModuleType:
    """The module `ray`, connected to the cluster at this address, else to one that begins and ends with this process.

    Raises:
        ValueError: Ray is not installed. ConnectionError: no cluster answers there.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is told to anybody
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")  # its own log has the rest
    try:
        import ray
    except ImportError:
        raise ValueError(
            "--engine ray needs Ray, which is not installed: pip install '.[cluster]' in the clone brings it."
        ) from None
    if not ray.is_initialized():
        address = address or os.environ.get("RAY_ADDRESS")
        alone: dict[str, Any] = {"include_dashboard": False} if address is None else {}
        ray.init(address=address or "local", log_to_driver=False, logging_level=logging.ERROR, **alone)
    return ray

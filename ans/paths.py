"""Where things lie: the project's own files, and the home of runs and caches."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent  # holds ans/, and in a checkout app.py and assets/
IS_CHECKOUT = (ROOT / "assets" / "page").is_dir()
ASSETS = ROOT / "assets" if IS_CHECKOUT else ROOT / "ans" / "assets"  # an installed package has them inside


def home() -> Path:
    """Where runs and caches live: `ANS_HOME`, else `~/.cache/ans`."""
    return Path(os.environ.get("ANS_HOME") or Path.home() / ".cache" / "ans")

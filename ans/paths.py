"""Where things lie: the project's own files, and the home of runs and caches."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent  # holds app.py, ans/, assets/
ASSETS = ROOT / "assets"


def home() -> Path:
    """Where runs and caches live: `ANS_HOME`, else `~/.cache/ans`."""
    return Path(os.environ.get("ANS_HOME") or Path.home() / ".cache" / "ans")

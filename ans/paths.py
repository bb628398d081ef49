"""Where things lie: the project's own files, and the home of runs and caches."""

from __future__ import annotations

import os
import reprlib
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent  # holds ans/, and in a checkout app.py and assets/
IS_CHECKOUT = (ROOT / "assets" / "page").is_dir()
ASSETS = ROOT / "assets" if IS_CHECKOUT else ROOT / "ans" / "assets"  # an installed package has them inside


SPACE_DISK = Path("/data")  # of a Hugging Face Space that has paid for one: what lies there outlives a restart


def existing(name: str | os.PathLike[str]) -> Path | None:
    """The file or folder that somebody has named, `~` being their home; None where there is none, or can be none: a
    name may be too long for any file, or hold what none can hold."""
    path = os.path.expanduser(name)
    return Path(path) if os.path.exists(path) else None


def place(name: str | os.PathLike[str]) -> Path:
    """The file or folder that somebody has named, there or not, `~` being their home.

    Raises:
        ValueError: it is no name of any.
    """
    if not isinstance(name, (str, os.PathLike)) or not os.fspath(name):
        raise ValueError(f"expected the path of a folder or file, got {reprlib.repr(name)}.")
    return Path(os.path.expanduser(name))


def existing_folder(name: str | os.PathLike[str]) -> Path | None:
    """As `existing`, of folders alone."""
    path = existing(name)
    return path if path is not None and path.is_dir() else None


def home() -> Path:
    """Where runs and caches live: `ANS_HOME`, else the disk of a Space, else `~/.cache/ans`."""
    if named := os.environ.get("ANS_HOME"):
        return place(named)
    if "SPACE_ID" in os.environ and os.access(SPACE_DISK, os.W_OK):
        return SPACE_DISK / "ans"
    try:
        return Path.home() / ".cache" / "ans"
    except RuntimeError:  # a user of a container that has none
        return Path(tempfile.gettempdir()) / "ans"

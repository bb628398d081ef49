"""A model on the Hugging Face hub: its way there and back. `ans.model.card` is its README. No torch."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from huggingface_hub import HfApi, snapshot_download

from ans.durable import is_passing, remedy
from ans.model.model_folder import ABOUT_FILE, FORMAT, TEXTS_FILE, WEIGHTS_FILE
from ans.paths import existing_folder, place

TAGS = ("open-set-recognition", "out-of-distribution", "intent-detection")
FILES = (WEIGHTS_FILE, TEXTS_FILE, ABOUT_FILE)  # the last says that a model is there
KIND = {"architectures": ["OpenWorldClassifier"], "model_type": FORMAT}


def full_name(repository: str, private: bool | None = None, token: str | None = None) -> str:
    """A repository with its owner, who is whoever the token belongs to where none is named; it is made if need be."""
    if "/" in repository:
        return repository
    return HfApi(token=token).create_repo(repository, private=private, exist_ok=True).repo_id


def save_beside(save: Callable[[Path], None], folder: Path) -> None:
    """Save a model among the other files of a repository; `save` would have a folder for itself."""
    # Built on the same disk, so that the files change places at once; cut off even there, it is no model at all rather
    # than one that answers with the names of another.
    with tempfile.TemporaryDirectory(prefix=".model-", dir=folder) as own:
        built = Path(own) / "model"
        save(built)
        (folder / ABOUT_FILE).unlink(missing_ok=True)
        for name in FILES:
            os.replace(built / name, folder / name)
    (folder / "config.json").write_text(json.dumps(KIND, indent=2), encoding="utf-8")


def folder_of(model_id: Any, **where: Any) -> Path:
    """The folder itself, or where the files of a repository on the hub have been downloaded to.

    Args:
        where: what `snapshot_download` takes: revision, cache_dir, force_download, local_files_only, token.

    Raises:
        ValueError: no folder is there, and no repository of that name could be reached.
    """
    if (folder := existing_folder(place(model_id))) is not None:
        return folder
    wanted = [*FILES, "config.json"]  # by the last the hub counts downloads
    try:
        return Path(snapshot_download(str(model_id), allow_patterns=wanted, **where))
    except Exception as error:  # whatever the library and the network raise: the way out is the same
        if isinstance(error, TypeError) or is_passing(error) or remedy(error):  # an argument that is none; the machine
            raise
        raise ValueError(
            f"no model at {str(model_id)[:200]!r}: no folder is there, and no such repository on the Hugging Face hub "
            f"could be reached ({type(error).__name__}); name the folder that a model was saved to, or check the "
            "repository's name, the network and your token."
        ) from error

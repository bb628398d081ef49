"""Keys of a private run: whoever shows one may ask the run through the API. `keys.json`.

A key is told once, when it is made; only its hash is kept, in the run's folder. It goes when the run is deleted, and
into no copy: neither the zip of a run nor a run made from it has the keys.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field

from ans.json_files import DamagedFile, parser, read_typed, write_json
from ans.runs.run import DELETED_NOW
from ans.runs.status import Moment

KEYS_FILE, MOST_KEYS = "keys.json", 10
BEGINNING = "ans_"  # of every key
_changing = threading.Lock()


@dataclass(frozen=True)
class Key:
    """What is kept of a key: its id, which is also its beginning and no secret, its hash, and when it was made."""

    id: str
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    made: Moment


def keys_of(folder: Path) -> list[Key]:
    """The keys of a run, oldest first; none where the file is damaged: it opens nothing then."""
    try:
        return read_typed(folder / KEYS_FILE, _PARSE)
    except (FileNotFoundError, DamagedFile):
        return []


def make_key(folder: Path) -> str:
    """A new key of a run: the only time that it can be read.

    Raises:
        ValueError: the run has as many as it may have, or was deleted in this moment.
    """
    name = f"{BEGINNING}{secrets.token_hex(3)}"
    key = f"{name}_{secrets.token_urlsafe(32)}"
    with _changing:
        kept = keys_of(folder)
        if len(kept) >= MOST_KEYS:
            raise ValueError(f"a model has at most {MOST_KEYS} keys, and this one has {len(kept)}; revoke one first.")
        _write(folder, [*kept, Key(name, _hash(key), time.time())])
    return key


def revoke_key(folder: Path, key_id: object) -> None:
    """Let a key open nothing from now on.

    Raises:
        ValueError: the run has none with this id, or was deleted in this moment.
    """
    with _changing:
        kept = keys_of(folder)
        staying = [key for key in kept if key.id != key_id]
        if len(staying) == len(kept):
            raise ValueError("there is no such key any more; it may have been revoked in another window.")
        _write(folder, staying)


def opens(folder: Path, shown: object) -> bool:
    """Whether what somebody shows is a key of a run. How long it takes tells nothing of how near a guess came."""
    of_shown = _hash(shown if isinstance(shown, str) else "")
    return any([hmac.compare_digest(key.sha256, of_shown) for key in keys_of(folder)])  # a list: all are compared


def _hash(key: str) -> str:
    """Fast and without salt: a key has 256 random bits, so there is no list of likely ones to try."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def _write(folder: Path, keys: list[Key]) -> None:
    try:
        write_json(folder / KEYS_FILE, [asdict(key) for key in keys])
    except FileNotFoundError as error:
        raise ValueError(DELETED_NOW) from error


_PARSE = parser(list[Key])

"""The names of browsers, signed: a browser shows the one that this server gave it, and can make up no other."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Callable
from pathlib import Path

from ans.durable import replacing

SECRET_FILE = "secret"
_TOKEN = re.compile(r"([0-9a-f]{32})\.([0-9a-f]{64})")
_NAME = re.compile(r"[0-9a-f]{32}")  # what browsers kept before names were signed


class Identities:
    """Gives names to browsers, as tokens that they keep, and reads them.

    Args:
        home: where the secret lies that signs them; it outlives the server, and so do the tokens.

    Raises:
        OSError: the secret can't be read or written.
    """

    def __init__(self, home: Path) -> None:
        self._secret = _secret(home / SECRET_FILE)

    def new(self, name: str | None = None) -> str:
        """A token for a new browser, or for the one of this name."""
        name = name or secrets.token_hex(16)
        return f"{name}.{self._sign(name)}"

    def name(self, token: object) -> str | None:
        """The name that a token was given for, 32 hexadecimal digits; None if this server has not signed it."""
        found = _TOKEN.fullmatch(token) if isinstance(token, str) else None
        return found[1] if found is not None and hmac.compare_digest(self._sign(found[1]), found[2]) else None

    def token_of(self, shown: object, has_something: Callable[[str], bool]) -> str | None:
        """The token of a browser that shows a token, or the bare name of an earlier version; None if it is a new one.

        Args:
            has_something: whether anything here is of the browser of that name. Nobody else knows such a name.
        """
        if self.name(shown) is not None:
            return str(shown)
        known = isinstance(shown, str) and _NAME.fullmatch(shown) is not None and has_something(shown)
        return self.new(str(shown)) if known else None

    def _sign(self, name: str) -> str:
        return hmac.new(self._secret, name.encode(), hashlib.sha256).hexdigest()


def _secret(path: Path) -> bytes:
    """The secret of this home, made at its first start. Only its owner may read it."""
    try:
        kept = path.read_bytes()
        if len(kept) == 32:
            return kept
    except FileNotFoundError:
        pass
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as file:
        file.write_bytes(secrets.token_bytes(32))
        os.chmod(file, 0o600)
    return path.read_bytes()

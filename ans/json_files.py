"""JSON files that appear whole or not at all, because another process may be reading them."""

import json
import os
import secrets
from pathlib import Path
from typing import Any


def read_json(path: Path) -> Any:
    """The value a file holds."""
    return json.loads(path.read_text(encoding="utf-8"))


def write_json(path: Path, value: Any) -> None:
    """Write beside the file, then rename over it."""
    building = path.with_name(f".{path.name}.{secrets.token_hex(3)}")
    building.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    os.replace(building, path)
